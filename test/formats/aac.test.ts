import { parseBuffer } from 'music-metadata';
import { beforeAll, describe, expect, it } from 'vitest';
import { aac } from '../../src/formats/aac.ts';
import { mp3 } from '../../src/formats/mp3.ts';
import { createScrubber, type ScrubError } from '../../src/scrub.ts';
import { dataStream, fill, rewriteAdts } from '../builders/adts.ts';
import { adtsLengthAt, encode, splitFrames } from '../builders/mpeg-audio.ts';
import { refusalOf } from '../builders/outcome.ts';
import { id3v1, id3v2, join, textFrame } from '../builders/tags.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';

const { scrub, inspect } = createScrubber([aac, mp3]);
const tag = id3v2([textFrame('TIT2', 'SECRET')], { padding: 6000 });

let frames: Uint8Array[] = [];
let clean: Uint8Array;

beforeAll(async () => {
  frames = splitFrames(await encode('output.aac', ['-c:a', 'aac', '-f', 'adts'], { channels: 1 }), adtsLengthAt);
  clean = await scrub(join(...frames));
});

function text(file: Uint8Array): string {
  return Buffer.from(file).toString('latin1');
}

const refusal = (file: Uint8Array): Promise<ScrubError> => refusalOf(scrub(file));

describe('ADTS', () => {
  it.each([
    ['in front', () => join(tag, ...frames)],
    ['between frames', () => join(...frames.slice(0, 3), tag, ...frames.slice(3))],
    ['behind', () => join(...frames, id3v1('SECRET'))],
  ])('loses tags %s', async (_, make) => {
    expect((await inspect(make())).format).toBe('aac');
    expect(Buffer.compare(await scrub(make()), clean)).toBe(0);
  });

  it('says nothing of itself to a reader of metadata', async () => {
    const { native } = await parseBuffer(await scrub(join(tag, ...frames)), { mimeType: 'audio/aac' });
    expect(native).toEqual({});
  });

  it('loses the name of the encoder in fill elements, and sounds the same', async () => {
    const file = join(...frames);
    expect(text(file)).toContain('Lav');
    expect(text(clean)).not.toContain('Lav');
    expect(await hashStreams(clean, 'aac')).toBe(await hashStreams(file, 'aac'));
  });

  it('loses what data stream elements hold', async () => {
    const file = join(...frames.map((frame) => rewriteAdts(frame, dataStream('SECRET'), 0)));
    const output = await scrub(file);
    expect(text(output)).not.toContain('SECRET');
    expect(await hashStreams(output, 'aac')).toBe(await hashStreams(file, 'aac'));
  });

  it('loses comments of program config elements', async () => {
    // Instance 0, AAC LC, 44.1 kHz, one front channel, nothing else; aligned; a comment of six bytes.
    const bits = '101' + '0000' + '01' + '0100' + '0001' + '0000' + '0000' + '00' + '000' + '0000' + '000' + '00000';
    const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
    const element = join(
      bytes.map((byte) => Number.parseInt(byte, 2)),
      [6],
      'SECRET',
    );
    const file = join(...frames.map((frame) => rewriteAdts(frame, element, 0)));
    const output = await scrub(file);
    expect(output.length).toBe(file.length);
    expect(text(output)).not.toContain('SECRET');
    expect(await hashStreams(output, 'aac')).toBe(await hashStreams(file, 'aac'));
  });

  it('keeps the name by which FFmpeg leaves out the first samples, without its version', async () => {
    // Behind the type, thirteen bits, then text: the element in front of it takes 56 + 7 bits with its count.
    const shifted = Buffer.alloc(24);
    const bits =
      '0'.repeat(17) + [...'libfaac 1.28 SECR'].map((c) => c.charCodeAt(0).toString(2).padStart(8, '0')).join('');
    for (let at = 0; at < bits.length; at += 8)
      shifted[at >> 3] = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2);
    const payload = shifted.subarray(0, 14);
    const [first = join(), ...others] = frames;
    const file = join(rewriteAdts(first, fill(payload), 0), ...others);
    const output = await scrub(file);
    expect(await hashStreams(output, 'aac')).toBe(await hashStreams(file, 'aac'));
    expect(await hashStreams(output, 'aac')).not.toBe(await hashStreams(clean, 'aac'));
  });

  it('loses copyright identification, private bits and checksums', async () => {
    const marked = frames.map((frame, index) => rewriteAdts(frame, join(), index % 32, 0xbeef));
    expect(Buffer.compare(await scrub(join(...marked)), clean)).toBe(0);
  });

  it('is refused where several blocks of a frame have checksums', async () => {
    const marked = frames.map((frame) => {
      const copy = rewriteAdts(frame, join(), 0, 1);
      copy[6] = (copy[6] ?? 0) | 1;
      return copy;
    });
    expect(await refusal(join(...marked))).toMatchObject({ code: 'unsupported', offset: 0, trail: ['adts_frame'] });
  });

  it('keeps what was asked for in one tag', async () => {
    const output = await scrub(join(tag, ...frames), { keep: ['title'] });
    const { common } = await parseBuffer(output, { mimeType: 'audio/aac' });
    expect(common.title).toBe('SECRET');
    expect(Buffer.compare(output.subarray(-clean.length), clean)).toBe(0);
  });
});

describe('other forms of AAC', () => {
  it('ADIF is refused by name', async () => {
    expect(await refusal(join('ADIF', new Uint8Array(200)))).toMatchObject({ code: 'unsupported', trail: ['ADIF'] });
  });

  it('LOAS is refused by name', async () => {
    const frame = join([0x56, 0xe0, 40], new Uint8Array(40));
    expect(await refusal(join(frame, frame, frame, frame))).toMatchObject({
      code: 'unsupported',
      trail: ['AudioSyncStream'],
    });
  });
});
