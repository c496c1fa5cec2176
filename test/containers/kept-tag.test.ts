// What is kept of the tags of sounds that have APEv2 tags: one canonical tag behind the sound.
import { describe, expect, it } from 'vitest';
import type { Keepable } from '../../src/core/options.ts';
import { ape } from '../../src/formats/ape.ts';
import { jpeg } from '../../src/formats/jpeg.ts';
import { mpc } from '../../src/formats/mpc.ts';
import { tta } from '../../src/formats/tta.ts';
import { wavpack } from '../../src/formats/wavpack.ts';
import { createScrubber } from '../../src/scrub.ts';
import { apeFile, noise } from '../builders/ape.ts';
import { tone } from '../builders/chunks.ts';
import { sv7 } from '../builders/mpc.ts';
import { photographer, takePhoto } from '../builders/photo.ts';
import { apeTag, id3v1, id3v2, join, textFrame } from '../builders/tags.ts';
import { fmt, riffChunk, riffFile } from '../builders/wav.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([ape, wavpack, tta, mpc, jpeg]);
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const photo = await takePhoto();
const source = riffFile([riffChunk('fmt ', [fmt()]), riffChunk('data', [tone(9000)])]);
const encode = async (codec: string, name: string) => scrub(await runFfmpeg(source, 'wav', ['-c:a', codec], name));
const sounds: [string, string, Uint8Array][] = [
  ["Monkey's Audio", 'ape', apeFile({ frames: [noise(1)], flags: 0x20 })],
  ['WavPack', 'wv', await encode('wavpack', 'out.wv')],
  ['TTA', 'tta', await encode('tta', 'out.tta')],
  ['Musepack', 'mpc', await scrub(sv7())],
];

/** A sound with tags all around it. */
function tagged(sound: Uint8Array, picture: Uint8Array = photo): Uint8Array {
  const items = {
    Title: 'Other',
    Artist: 'An artist',
    Copyright: '2001 Label',
    Year: '2004-12-31 SECRET',
    Language: 'ENG',
    replaygain_track_gain: '-6.5 dB',
    Comment: 'SECRET',
    'Cover Art (Front)': join('SECRET.jpg', [0], picture),
  };
  return join(id3v2([textFrame('TIT2', 'A title')]), sound, apeTag(items), id3v1('SECRET'));
}

describe.each(sounds)('tags of %s', (_, demuxer, clean) => {
  it('go without an option', async () => {
    expect(Buffer.compare(await scrub(tagged(clean)), clean)).toBe(0);
  });

  const kept: [Keepable, Record<string, string>][] = [
    ['title', { Title: 'A title' }],
    ['author', { Artist: 'An artist' }],
    ['copyright', { Copyright: '2001 Label' }],
    ['dates', { Year: '2004-12-31' }],
    ['language', { Language: 'eng' }],
    ['loudness', { REPLAYGAIN_TRACK_GAIN: '-6.50 dB' }],
  ];
  it.each(kept)('keep %s, and nothing else, in one canonical tag', async (name, items) => {
    const output = await scrub(tagged(clean), { keep: [name] });
    expect(Buffer.from(output)).toEqual(Buffer.from(join(clean, apeTag(items))));
    const again = await scrubWithReport(output, { keep: [name] });
    expect(again.output).toBe(output);
    expect(again.report.findings.map(({ action, where }) => `${action} ${where}`)).toEqual(['kept APEv2']);
    expect(Buffer.compare(await scrub(output), clean)).toBe(0);
  });

  it('keep the cover picture, scrubbed itself', async () => {
    const output = await scrub(tagged(clean), { keep: ['coverArt'] });
    const value = join('cover.jpeg', [0], await scrub(photo));
    expect(Buffer.from(output)).toEqual(Buffer.from(join(clean, apeTag({ 'Cover Art (Front)': value }))));
    expect(latin1(output)).not.toMatch(new RegExp(`SECRET|${photographer}`));
    expect(await scrub(output, { keep: ['coverArt'] })).toBe(output);
  });

  it('keep no cover picture that can not be cleaned', async () => {
    const { output, report } = await scrubWithReport(tagged(clean, join('SECRET')), { keep: ['coverArt'] });
    expect(Buffer.compare(output, clean)).toBe(0);
    expect(report.findings).toContainEqual(expect.objectContaining({ kind: 'thumbnail', action: 'removed' }));
  });

  it('that were kept are found by another reader', async () => {
    const output = await scrub(tagged(clean), { keep: ['title', 'author'] });
    const listed = new TextDecoder().decode(
      await runFfmpeg(output, demuxer, ['-f', 'ffmetadata', '-fflags', '+bitexact']),
    );
    expect(listed.trim().split('\n').slice(1).sort()).toEqual(['Artist=An artist', 'Title=A title']);
  });
});
