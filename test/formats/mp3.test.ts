import { parseBuffer } from 'music-metadata';
import NodeID3 from 'node-id3';
import { beforeAll, describe, expect, it } from 'vitest';
import { jpeg } from '../../src/formats/jpeg.ts';
import { mp3 } from '../../src/formats/mp3.ts';
import { createScrubber, type ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import { encodeJpeg } from '../builders/jpeg.ts';
import { encode, encodeMp3, infoFrame, silence, splitFrames, vbriFrame, withCrc } from '../builders/mpeg-audio.ts';
import { refusalOf } from '../builders/outcome.ts';
import {
  apeTag,
  chapterFrame,
  enhancedTag,
  id3v1,
  id3v2,
  join,
  lyrics3v1,
  lyrics3v2,
  musicMatch,
  pictureFrame,
  textFrame,
  u32be,
  writeFrame,
} from '../builders/tags.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([jpeg, mp3]);

let frames: Uint8Array[] = [];
let sound: Uint8Array;
let clean: Uint8Array;

beforeAll(async () => {
  // Without LAME's own frame, which would put a frame of another origin in front.
  frames = splitFrames(await encodeMp3(['-b:a', '128k', '-write_xing', '0']));
  sound = join(...frames);
  clean = await scrub(sound);
});

function text(file: Uint8Array): string {
  return Buffer.from(file).toString('latin1');
}

const refusal = (file: Uint8Array, options?: ScrubOptions): Promise<ScrubError> => refusalOf(scrub(file, options));

/** The sound with an information frame that says this of it. */
function led(
  lame: Parameters<typeof infoFrame>[3],
  fields: Partial<{ frames: number; bytes: number }> = {},
): Uint8Array {
  const [like = silence()] = frames;
  const lead = infoFrame(like, 'Info', { frames: frames.length, bytes: sound.length + like.length, ...fields }, lame);
  return join(lead, sound);
}

const title = textFrame('TIT2', 'SECRET');

describe('tags around an MP3', () => {
  const tags: [string, () => Uint8Array[]][] = [
    ['ID3v2.2', () => [id3v2([textFrame('TT2', 'SECRET', 0)], { major: 2 })]],
    ['ID3v2.3', () => [id3v2([title], { major: 3, padding: 100 })]],
    ['ID3v2.3 with an extended header', () => [id3v2([title], { major: 3, extended: true })]],
    ['ID3v2.4', () => [id3v2([title])]],
    ['ID3v2.4 with a footer', () => [id3v2([title], { footer: true })]],
    [
      'ID3v2.4, unsynchronised',
      () => [id3v2([pictureFrame(join([0xff, 0xfb, 0x90, 0x64], 'SECRET'))], { unsynchronised: true })],
    ],
    [
      'several ID3v2 tags with zeros in between',
      () => [id3v2([title]), new Uint8Array(41), id3v2([title], { major: 3 })],
    ],
    ['an ID3v2 tag whose size is too small', () => [id3v2([title], { padding: 200, size: [0, 0, 0, 100] })]],
    ['an ID3v2 tag whose size is no number', () => [id3v2([title], { size: [0, 0, 0xff, 0xff] })]],
    ['an ID3v2 tag whose size leads past the end', () => [id3v2([title], { size: [0x7f, 0x7f, 0x7f, 0x7f] })]],
    ['APEv2 in front', () => [apeTag({ Title: 'SECRET' })]],
  ];
  it.each(tags)('are dropped in front: %s', async (_, make) => {
    expect(Buffer.compare(await scrub(join(...make(), sound)), clean)).toBe(0);
  });

  const ends: [string, () => Uint8Array[]][] = [
    ['ID3v1', () => [id3v1('SECRET')]],
    ['TAG+ and ID3v1', () => [enhancedTag('SECRET'), id3v1('SECRET')]],
    ['APEv1', () => [apeTag({ Title: 'SECRET' }, { version: 1000 })]],
    ['APEv2', () => [apeTag({ Title: 'SECRET', 'Cover Art (Front)': join('SECRET', [0, 0xff, 0xfb, 0x90, 0x64]) })]],
    ['APEv2 without header', () => [apeTag({ Title: 'SECRET' }, { header: false })]],
    ['APEv2, Lyrics3v2, ID3v1', () => [apeTag({ a1: 'SECRET' }), lyrics3v2({ LYR: 'SECRET' }), id3v1('SECRET')]],
    ['Lyrics3v1, APEv2, ID3v1', () => [lyrics3v1('SECRET'), apeTag({ a1: 'SECRET' }), id3v1('SECRET')]],
    ['ID3v1 and an ID3v2.4 tag with footer', () => [id3v1('SECRET'), id3v2([title], { footer: true })]],
    ['an ID3v2 tag without footer', () => [id3v2([title])]],
    ['MusicMatch', () => [musicMatch('SECRET', join('SECRET'))]],
    ['MusicMatch without header, ID3v1', () => [musicMatch('SECRET', join('SECRET'), false), id3v1('SECRET')]],
    ['an APEv2 tag whose size leads past the start', () => [apeTag({ Title: 'SECRET' }, { size: 0x7fffffff })]],
    ['a tag and zeros', () => [id3v1('SECRET'), new Uint8Array(300)]],
    ['text', () => [join('SECRET '.repeat(50))]],
    ['zeros', () => [new Uint8Array(5000)]],
    ['ones', () => [new Uint8Array(5000).fill(0xff)]],
  ];
  it.each(ends)('are dropped behind: %s', async (_, make) => {
    expect(Buffer.compare(await scrub(join(sound, ...make())), clean)).toBe(0);
  });

  it('are dropped between frames', async () => {
    const file = join(...frames.slice(0, 5), id3v1('SECRET'), id3v2([title], { padding: 50 }), ...frames.slice(5));
    expect(Buffer.compare(await scrub(file), clean)).toBe(0);
  });

  it('are dropped where they were joined to a frame without its end', async () => {
    const [last = silence()] = frames.slice(-1);
    const file = join(sound, last.subarray(0, 200), id3v2([title]), sound);
    const output = await scrub(file);
    expect(text(output)).not.toContain('SECRET');
    expect(splitFrames(output)).toHaveLength(frames.length * 2);
  });

  it('are found by nobody afterwards', async () => {
    const file = join(
      id3v2([title, textFrame('TPE1', 'Artist')]),
      led({ encoder: 'LAME3.100', delay: 576, padding: 9 }),
      id3v1('SECRET'),
    );
    const output = await scrub(file);
    const { common, native } = await parseBuffer(output, { mimeType: 'audio/mpeg' });
    expect(native).toEqual({});
    expect([common.title, common.artist]).toEqual([undefined, undefined]);
    expect(NodeID3.read(Buffer.from(output))).toEqual({ raw: {} });
  });

  it('are told of by what each frame says', async () => {
    const file = join(
      id3v2([title, textFrame('TPE1', 'x'), pictureFrame(join('jpg')), textFrame('TDRC', '2020')]),
      sound,
    );
    const { findings } = await inspect(file, { values: true });
    expect(findings.map(({ kind, where }) => `${kind}: ${where}`)).toEqual(
      expect.arrayContaining([
        'comment: ID3v2.4 › TIT2',
        'author: ID3v2.4 › TPE1',
        'thumbnail: ID3v2.4 › APIC',
        'time: ID3v2.4 › TDRC',
      ]),
    );
    expect(findings.find(({ where }) => where.endsWith('TIT2'))?.values).toEqual({ TIT2: 'SECRET' });
  });
});

describe('frames of an MP3', () => {
  it('are the same without what surrounds them', async () => {
    const stripped = await hashStreams(sound, 'mp3');
    expect(await hashStreams(await scrub(join(id3v2([title]), sound, id3v1('x'))), 'mp3')).toBe(stripped);
  });

  it('lose the bits that do not bear on the sound', async () => {
    const marked = frames.map((frame, index) => {
      const copy = frame.slice();
      copy[2] = (copy[2] ?? 0) | 1;
      copy[3] = ((copy[3] ?? 0) & ~12) | 8;
      copy[5] = (copy[5] ?? 0) | ((index & 7) << 4);
      return copy;
    });
    const { output, report } = await scrubWithReport(join(...marked));
    expect(Buffer.compare(output, clean)).toBe(0);
    expect(report.findings.find(({ where }) => where === 'frame header')?.bytes).toBe(frames.length);
  });

  it.each([
    [
      'layer III',
      'mp3',
      ['-c:a', 'libmp3lame', '-b:a', '320k', '-reservoir', '0', '-write_xing', '0', '-id3v2_version', '0'],
    ],
    ['layer II', 'mp2', ['-c:a', 'mp2', '-b:a', '384k']],
  ])('have right checksums afterwards: %s', async (_, extension, args) => {
    const plain = splitFrames(await encode(`output.${extension}`, args, { seconds: 0.1, sampleRate: 48000 }));
    const output = await scrub(join(...plain.map((frame) => withCrc(frame, 0x1234))));
    const strict = ['-f', 'md5'];
    await expect(decodeStrictly(output, extension, strict)).resolves.toBeDefined();
  });

  it('stay where the last is cut off, as far as it goes', async () => {
    const cut = sound.subarray(0, sound.length - 100);
    expect(await hashStreams(await scrub(join(id3v2([title]), cut)), 'mp3')).toBe(await hashStreams(cut, 'mp3'));
  });

  it('of one sound may follow those of another', async () => {
    const other = splitFrames(
      await encodeMp3(['-b:a', '64k', '-write_xing', '0'], { sampleRate: 32000, seconds: 0.6 }),
    );
    const output = await scrub(join(sound, id3v1('SECRET'), ...other));
    expect(splitFrames(output)).toHaveLength(frames.length + other.length);
  });
});

/** Decodes with checksums looked at: a wrong one is an error. */
async function decodeStrictly(file: Uint8Array, extension: string, args: readonly string[]): Promise<string> {
  return Buffer.from(await runFfmpeg(file, extension, ['-err_detect', 'crccheck+explode', ...args])).toString();
}

describe('the information frame', () => {
  it('keeps what gapless playback needs, and nothing of the encoder', async () => {
    const file = led({ encoder: 'LAME3.99r', delay: 576, padding: 1200, fill: 0x53 });
    const output = await scrub(file);
    expect(await hashStreams(output, 'mp3')).toBe(await hashStreams(file, 'mp3'));
    expect(text(output)).not.toContain('LAME3.99');
    expect(text(output)).not.toContain('SSSS');
    const [before, after] = await Promise.all(
      [file, output].map((bytes) => parseBuffer(bytes, { mimeType: 'audio/mpeg' })),
    );
    expect(after?.format.numberOfSamples).toBe(before?.format.numberOfSamples);
    expect(after?.format.duration).toBe(before?.format.duration);
  });

  it('keeps the place where the sound ends when its counts were wrong', async () => {
    const file = led({ encoder: 'LAME3.99r', delay: 576, padding: 1700 }, { frames: frames.length + 1 });
    expect(await hashStreams(await scrub(file), 'mp3')).toBe(await hashStreams(file, 'mp3'));
  });

  it('makes nothing silent that was heard when the file was cut off', async () => {
    const file = join(led({ encoder: 'LAME3.99r', delay: 576, padding: 1200 }).subarray(0, -3 * 418));
    expect(await hashStreams(await scrub(file), 'mp3')).toBe(await hashStreams(file, 'mp3'));
  });

  it('has no encoder where decoders honour none', async () => {
    const output = await scrub(led({ encoder: 'GOGO3.02', delay: 576, padding: 1200 }));
    expect(text(output)).not.toContain('Lavf');
  });

  it('in the middle becomes silence', async () => {
    const lead = infoFrame(
      frames[0] ?? silence(),
      'Xing',
      { frames: 1 },
      { encoder: 'SECRET', delay: 1, padding: 1, fill: 65 },
    );
    expect(text(await scrub(join(sound, lead, sound)))).not.toMatch(/SECRET|Xing|AAAA/);
  });

  it('of Fraunhofer counts anew', async () => {
    const output = await scrub(join(vbriFrame(frames[0] ?? silence(), 7, 8), sound));
    const view = new DataView(output.buffer, output.byteOffset);
    expect(text(output.subarray(36, 40))).toBe('VBRI');
    expect([view.getUint32(46), view.getUint32(50)]).toEqual([output.length, frames.length]);
    expect([...output.subarray(42, 46)]).toEqual([0, 0, 0, 0]);
  });
});

describe('what may be kept of an MP3', () => {
  const replayGain = (value: string) => ({ id: 'TXXX', data: join([0], 'replaygain_track_gain', [0], value) });
  const everything = (picture: Uint8Array): Uint8Array =>
    join(
      id3v2(
        [
          title,
          textFrame('TPE1', 'Artist', 1),
          textFrame('TCOP', '2001 Label', 0),
          textFrame('TYER', '2004', 0),
          textFrame('TDAT', '3112', 0),
          textFrame('TALB', 'ALBUM'),
          replayGain('-6.5 dB'),
          { id: 'TXXX', data: join([0], 'REPLAYGAIN_ALBUM_GAIN', [0], 'LEAK') },
          { id: 'PRIV', data: join('LEAK', [0], 'LEAK') },
          { id: 'CTOC', data: join('LEAK', [0, 3, 0]) },
          chapterFrame(
            'LEAK',
            1000,
            2000,
            writeFrame(textFrame('TIT2', 'Second'), 3),
            writeFrame({ id: 'WXXX', data: join('LEAK') }, 3),
          ),
          chapterFrame('LEAK2', 0, 1000),
          pictureFrame(picture, 'LEAK', 'image/jpeg', 4),
        ],
        { major: 3, padding: 77 },
      ),
      sound,
      apeTag({ Title: 'Other', Comment: 'LEAK' }),
      id3v1('LEAK'),
    );

  const kept: [NonNullable<ScrubOptions['keep']>[number], NodeID3.Tags][] = [
    ['title', { title: 'SECRET' }],
    ['author', { artist: 'Artist' }],
    ['copyright', { copyright: '2001 Label' }],
    ['dates', { recordingTime: '2004-12-31' }],
    ['loudness', { userDefinedText: [{ description: 'REPLAYGAIN_TRACK_GAIN', value: '-6.50 dB' }] }],
  ];
  it.each(kept)('%s, and nothing else', async (name, expected) => {
    const output = await scrub(everything(join('LEAK')), { keep: [name] });
    const { raw: _, ...tags } = NodeID3.read(Buffer.from(output));
    expect(tags).toEqual(expected);
    expect(text(output)).not.toContain('LEAK');
    expect(Buffer.compare(output.subarray(-clean.length), clean)).toBe(0);
    const again = await scrubWithReport(output, { keep: [name] });
    expect(again.report.changed).toBe(false);
    expect(again.report.findings.map(({ action }) => action)).toEqual(['kept']);
  });

  it('chapters, in the order of time', async () => {
    const output = await scrub(everything(join('LEAK')), { keep: ['chapters'] });
    const { raw: _, ...tags } = NodeID3.read(Buffer.from(output));
    expect(
      tags.chapter?.map(({ startTimeMs, endTimeMs, tags: inner }) => [startTimeMs, endTimeMs, inner?.title]),
    ).toEqual([
      [0, 1000, undefined],
      [1000, 2000, 'Second'],
    ]);
    expect(text(output)).not.toContain('LEAK');
  });

  it('the cover picture, scrubbed itself', async () => {
    const picture = await encodeJpeg();
    const leaky = join(picture.subarray(0, 2), [0xff, 0xfe, 0, 6], 'LEAK', picture.subarray(2));
    const output = await scrub(everything(leaky), { keep: ['coverArt'] });
    const { image } = NodeID3.read(Buffer.from(output));
    if (typeof image !== 'object') throw new Error('There is no picture.');
    expect([image.mime, image.type.id, image.description ?? '']).toEqual(['image/jpeg', 3, '']);
    expect(Buffer.compare(image.imageBuffer, await scrub(leaky))).toBe(0);
    expect(text(output)).not.toContain('LEAK');
  });

  it('no cover picture that can not be cleaned', async () => {
    const { output, report } = await scrubWithReport(everything(join('LEAK')), { keep: ['coverArt'] });
    expect(Buffer.compare(output, clean)).toBe(0);
    expect(report.findings.some(({ where, action }) => where === 'APIC' && action === 'removed')).toBe(true);
  });
});

describe('what is refused', () => {
  it('is free format, by name', async () => {
    const free = Array.from({ length: 4 }, () => join([0xff, 0xfb, 0x00, 0x04], new Uint8Array(300)));
    expect(await refusal(join(id3v2([title]), ...free))).toMatchObject({ code: 'unsupported', trail: ['frame'] });
  });

  it('is a tag without frames', async () => {
    expect(await refusal(join(id3v2([title]), new Uint8Array(2000)))).toMatchObject({
      code: 'malformed',
      format: 'mp3',
    });
  });
});

describe('hostile MP3 files', () => {
  it.each([
    [
      'tags between all frames',
      () =>
        join(...frames.flatMap((frame) => Array.from({ length: 40 }, () => [frame, frame, id3v1('SECRET')]).flat())),
    ],
    [
      'a long run of sync words',
      () =>
        join(
          sound,
          new Uint8Array(2_000_000).map((_, at) => (at % 2 ? 0xfb : 0xff)),
        ),
    ],
    [
      'tags that lie about their size',
      () =>
        join(
          sound,
          ...Array.from({ length: 20_000 }, () => join('ID3', [3, 0, 0, 127, 127, 127, 127], 'TIT2', u32be(9))),
        ),
    ],
    [
      'lying tags in front',
      () =>
        join(
          ...Array.from({ length: 20_000 }, () => join('ID3', [3, 0, 0, 0xff, 0, 0, 0], 'TIT2', u32be(4), [0, 0])),
          sound,
        ),
    ],
    ['empty APE tags', () => join(sound, ...Array.from({ length: 20_000 }, () => apeTag({})))],
  ])('take little time: %s', async (_, make) => {
    const file = make();
    expect(text(await scrub(file))).not.toContain('SECRET');
  });
});
