import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { flac } from '../../src/formats/flac.ts';
import { jpeg } from '../../src/formats/jpeg.ts';
import { createScrubber, type Report, ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import {
  APPLICATION,
  apeTag,
  type Block,
  codedNumber,
  cueSheet,
  frame,
  id3v1,
  id3v2,
  joinFlac,
  PADDING,
  PICTURE,
  SEEKTABLE,
  splitFlac,
  streamInfo,
  VORBIS_COMMENT,
} from '../builders/flac.ts';
import { APP, ascii, encodeJpeg, exif, exifBlock, join, joinJpeg, splitJpeg } from '../builders/jpeg.ts';
import { refusalOf } from '../builders/outcome.ts';
import { tone } from '../builders/tone.ts';
import { comments, picture } from '../builders/vorbis-comment.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([flac, jpeg]);

const frames = Array.from({ length: 6 }, (_, number) => frame({ number }));
const info = streamInfo({ total: 96 });
const unknownTotal = streamInfo();
const clean = joinFlac([info], frames);

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function kinds(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

const refusal = (file: Uint8Array, options?: ScrubOptions): Promise<ScrubError> => refusalOf(scrub(file, options));

async function expectClean(file: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(expected));
}

function fields(...texts: string[]): Block {
  return { type: VORBIS_COMMENT, content: comments('SECRET vendor', texts) };
}

/** Fields that an independent reader finds. */
async function read(file: Uint8Array): Promise<Record<string, unknown>> {
  const { native } = await parseBuffer(file, { mimeType: 'audio/flac' });
  return Object.fromEntries((native.vorbis ?? []).map(({ id, value }) => [id, value]));
}

describe('what is dropped from FLAC', () => {
  const blocks: [string, Block, string][] = [
    ['comments', fields('TITLE=SECRET'), 'comment: VORBIS_COMMENT › TITLE'],
    ['the vendor string', fields(), 'software: VORBIS_COMMENT › vendor string'],
    ['padding, whatever is in it', { type: PADDING, content: ascii('SECRET') }, 'structure: PADDING'],
    ['application data', { type: APPLICATION, content: ascii('riffSECRET') }, 'history: APPLICATION'],
    ['seek tables', { type: SEEKTABLE, content: ascii('SECRET seek points') }, 'structure: SEEKTABLE'],
    ['cue sheets', cueSheet('SECRET', 'SECRET'), 'identifier: CUESHEET'],
    ['pictures', { type: PICTURE, content: picture(ascii('SECRET')) }, 'thumbnail: PICTURE'],
    ['reserved blocks', { type: 42, content: ascii('SECRET') }, 'other: block type 42'],
  ];

  it.each(blocks)('%s', async (_, block, expected) => {
    for (const others of [
      [info, block],
      [info, block, { type: PADDING, content: new Uint8Array(9) }],
    ]) {
      const { output, report } = await scrubWithReport(joinFlac(others, frames));
      expect(Buffer.from(output)).toEqual(Buffer.from(clean));
      expect(kinds(report)).toContain(expected);
    }
  });

  const around: [string, Uint8Array, Uint8Array, string][] = [
    ['ID3v2 tags in front', join(id3v2('SECRET', 6000), id3v2('SECRET')), ascii(''), 'author: ID3v2'],
    ['zeros between a tag and the stream', join(id3v2('SECRET'), new Uint8Array(40)), ascii(''), 'author: ID3v2'],
    ['ID3v1 tags behind', ascii(''), id3v1('SECRET'), 'author: after the last frame › ID3v1'],
    [
      'APE and other tags behind',
      ascii(''),
      join(apeTag('SECRET'), id3v1('SECRET')),
      'trailing-data: after the last frame',
    ],
    ['ID3v2 tags behind', ascii(''), id3v2('SECRET'), 'author: after the last frame › ID3v2'],
    ['anything else behind', ascii(''), join([0xff, 0xf8, 0x69, 8], 'SECRET'), 'trailing-data: after the last frame'],
  ];

  it.each(around)('%s', async (_, before, behind, expected) => {
    for (const head of [info, unknownTotal]) {
      const { output, report } = await scrubWithReport(joinFlac([head], frames, { before, behind }));
      expect(Buffer.from(output)).toEqual(Buffer.from(joinFlac([head], frames)));
      expect(kinds(report)).toContain(expected);
    }
  });

  it('another FLAC stream behind the last frame, of any length', async () => {
    for (const head of [info, unknownTotal]) {
      for (const count of [1, 3, 6, 9]) {
        const other = Array.from({ length: count }, (_, number) =>
          frame({ number, samples: new Array(16).fill(number) }),
        );
        const behind = joinFlac([head, fields('TITLE=SECRET')], other);
        await expectClean(joinFlac([head], frames, { behind }), joinFlac([head], frames));
      }
    }
  });

  it('a text with a copy of the last frame behind it', async () => {
    const behind = join('SECRET', frames[5] ?? []);
    await expectClean(joinFlac([info], frames, { behind }));
  });

  it('bytes in front of the first frame and between frames, which decoders skip', async () => {
    const [first = ascii(''), ...others] = frames;
    const gap = new Uint8Array(500);
    const { output, report } = await scrubWithReport(
      join(joinFlac([info], []), 'SECRET', first, gap, 'SECRET', ...others),
    );
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(kinds(report)).toEqual(['structure: before the first frame', 'structure: between frames']);
  });

  it('what stands behind the 34 bytes of STREAMINFO', async () => {
    await expectClean(joinFlac([{ ...info, content: join(info.content, 'SECRET') }], frames));
  });

  it('names fields by what they tell, and shows values when asked', async () => {
    const file = joinFlac([info, fields('ARTIST=Ann', 'ISRC=X', 'GPSLATITUDE=1.5', 'DATE=2024')], frames);
    const { findings } = await inspect(file, { values: true });
    const found = new Map(findings.map(({ where, kind, values }) => [where, { kind, values }]));
    expect(found.get('VORBIS_COMMENT › ARTIST')).toEqual({ kind: 'author', values: { ARTIST: 'Ann' } });
    expect(found.get('VORBIS_COMMENT › ISRC')?.kind).toBe('identifier');
    expect(found.get('VORBIS_COMMENT › GPSLATITUDE')?.kind).toBe('location');
    expect(found.get('VORBIS_COMMENT › DATE')?.kind).toBe('time');
  });
});

describe('what is kept of FLAC', () => {
  it('the frames and STREAMINFO, byte for byte', async () => {
    const encoded = await runFfmpeg(tone({ channels: 2, samples: 20_000 }), 'wav', ['-c:a', 'flac'], 'out.flac');
    const output = await scrub(encoded);
    const [found, left] = [splitFlac(encoded), splitFlac(output)];
    expect(Buffer.from(left.frames)).toEqual(Buffer.from(found.frames));
    expect(left.blocks).toEqual([found.blocks[0]]);
    expect(await hashStreams(output, 'flac')).toBe(await hashStreams(encoded, 'flac'));
    expect((await parseBuffer(output, { mimeType: 'audio/flac' })).format.duration).toBe(20_000 / 16_000);
  });

  const ends: [string, string[]][] = [
    ['linear prediction', ['-lpc_type', 'cholesky']],
    ['fixed prediction', ['-lpc_type', 'fixed']],
    ['no prediction', ['-lpc_type', 'none']],
    ['24 bits', ['-sample_fmt', 's32', '-bits_per_raw_sample', '24']],
    ['left and side channel', ['-ch_mode', 'left_side']],
    ['side and right channel', ['-ch_mode', 'right_side']],
    ['mid and side channel', ['-ch_mode', 'mid_side']],
  ];

  it.each(ends)('nothing but the frames, to the exact end of the last one: %s', async (_, args) => {
    const wav = tone({ channels: 2, samples: 5000 });
    const { blocks, frames: coded } = splitFlac(await runFfmpeg(wav, 'wav', ['-c:a', 'flac', ...args], 'out.flac'));
    const first = blocks.slice(0, 1);
    const output = await scrub(joinFlac(first, [coded], { behind: ascii('SECRET'.repeat(99)) }));
    expect(Buffer.from(output)).toEqual(Buffer.from(joinFlac(first, [coded])));
  });

  it.each([
    ['six channels', 6, '0x3F', 'WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x3f'],
    ['a mask of another layout', 2, '0x30', 'waveformatextensible_channel_mask=0x0030'],
    ['no speakers at all', 2, '0x0', 'WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x00000000'],
  ])('the channel mask: %s', async (_, channels, expected, field) => {
    const file = joinFlac([streamInfo({ channels, total: 96 }), fields(field, 'TITLE=SECRET')], frames);
    const output = await scrub(file);
    expect(await read(output)).toEqual({ WAVEFORMATEXTENSIBLE_CHANNEL_MASK: expected });
    expect(text(output)).not.toContain('SECRET');
  });

  it.each(['0x3', '0x7', '0xFFFFFFFF', '0x40000', '3', 'SECRET', '0x3SECRET'])(
    'no channel mask that is usual or none: %s',
    async (mask) => {
      const head = streamInfo({ channels: 2, total: 96 });
      const file = joinFlac([head, fields(`WAVEFORMATEXTENSIBLE_CHANNEL_MASK=${mask}`)], frames);
      await expectClean(file, joinFlac([head], frames));
    },
  );

  it('frames numbered by samples, also as encoders did before the sync code told it', async () => {
    const sizes = [16, 30, 20];
    const starts = [0, 16, 46];
    for (const variable of [true, false]) {
      const parts = sizes.map((size, index) =>
        frame({ number: starts[index] ?? 0, variable, samples: new Array(size).fill(index) }),
      );
      const file = joinFlac([streamInfo({ total: 66 })], parts, { behind: ascii('SECRET') });
      await expectClean(file, joinFlac([streamInfo({ total: 66 })], parts));
    }
  });

  it('frames with numbers of any length', async () => {
    for (const start of [126, 2046, 65_534, 2 ** 21 - 2, 2 ** 26 - 2, 2 ** 31 - 2]) {
      expect(codedNumber(start).length).toBeLessThan(8);
      const parts = [0, 1, 2, 3].map((index) => frame({ number: start + index }));
      await expectClean(joinFlac([info, fields()], parts, { behind: ascii('SECRET') }), joinFlac([info], parts));
    }
  });

  it('more frames than the count of samples says', async () => {
    const short = streamInfo({ total: 40 });
    await expectClean(joinFlac([short, fields()], frames, { behind: ascii('SECRET') }), joinFlac([short], frames));
  });

  it('frames behind lost ones', async () => {
    const some = frames.filter((_, index) => index !== 2);
    await expectClean(joinFlac([info, fields()], some), joinFlac([info], some));
  });

  it('a damaged frame between others', async () => {
    const damaged = frames.map((bytes, index) =>
      index === 2 ? bytes.map((byte, at) => (at > 8 ? byte ^ 1 : byte)) : bytes,
    );
    await expectClean(joinFlac([info, fields()], damaged), joinFlac([info], damaged));
  });

  it('a stream without samples', async () => {
    await expectClean(joinFlac([info, fields()], []), joinFlac([info], []));
  });

  it('whole frames of a file that is cut off', async () => {
    for (const cut of [1, 7, 30]) {
      const file = joinFlac([info, fields()], frames);
      await expectClean(file.subarray(0, file.length - cut), joinFlac([info], frames.slice(0, 5)));
    }
  });
});

describe('options of FLAC', () => {
  const blocks = [
    info,
    fields(
      'ARTIST= Ann\u200b  B ',
      'title=Song',
      'DATE=2024-05-06 SECRET',
      'COPYRIGHT=(c) Ann',
      'LANGUAGE=eng',
      'REPLAYGAIN_TRACK_GAIN=-7.031 db',
      'REPLAYGAIN_TRACK_PEAK=0.98',
      'CHAPTER007=00:00:01.500',
      'CHAPTER007NAME=One',
      'CHAPTER009URL=SECRET',
      'COMMENT=SECRET',
    ),
  ];
  const cases: [ScrubOptions['keep'] & {}, Record<string, string>][] = [
    [['title'], { TITLE: 'Song' }],
    [['author'], { ARTIST: 'Ann B' }],
    [['dates'], { DATE: '2024-05-06' }],
    [['copyright'], { COPYRIGHT: '(c) Ann' }],
    [['language'], { LANGUAGE: 'eng' }],
    [['loudness'], { REPLAYGAIN_TRACK_GAIN: '-7.03 dB', REPLAYGAIN_TRACK_PEAK: '0.980000' }],
    [['chapters'], { CHAPTER001: '00:00:01.500', CHAPTER001NAME: 'One' }],
    [['title', 'author'], { TITLE: 'Song', ARTIST: 'Ann B' }],
  ];

  it.each(cases)('keep %j', async (keep, expected) => {
    const output = await scrub(joinFlac(blocks, frames), { keep });
    expect(await read(output)).toEqual(expected);
    expect(text(output)).not.toContain('SECRET');
    const again = await scrubWithReport(output, { keep });
    expect(again.report.changed).toBe(false);
    expect(again.report.findings.filter(({ action }) => action !== 'kept')).toEqual([]);
  });

  it('keep chapters: of a cue sheet its times alone', async () => {
    const keep = ['chapters'] as const;
    const output = await scrub(joinFlac([info, cueSheet('SECRET', 'SECRET', 1176)], frames), { keep });
    expect(splitFlac(output).blocks[1]?.content).toEqual(cueSheet('', '', 1176).content);
    expect((await scrubWithReport(output, { keep })).report.changed).toBe(false);
  });

  it('keep coverArt: one picture, scrubbed, without a description', async () => {
    const photo = await encodeJpeg();
    const dirty = joinJpeg([exif(exifBlock({ 0x010f: { text: 'SECRET' } })), ...splitJpeg(photo)]);
    const plain = await scrub(photo);
    const keep = ['coverArt'] as const;
    const cover: Block = { type: PICTURE, content: picture(dirty, { description: 'SECRET', mediaType: 'image/png' }) };
    const back: Block = { type: PICTURE, content: picture(ascii('SECRET'), { type: 4 }) };
    const inComment = fields(`METADATA_BLOCK_PICTURE=${Buffer.from(cover.content).toString('base64')}`);
    for (const file of [
      [info, back, cover],
      [info, cover],
      [info, inComment],
    ]) {
      const output = await scrub(joinFlac(file, frames), { keep });
      const { common } = await parseBuffer(output, { mimeType: 'audio/flac' });
      expect(common.picture).toMatchObject([{ format: 'image/jpeg', type: 'Cover (front)' }]);
      expect(Buffer.from(common.picture?.[0]?.data ?? [])).toEqual(Buffer.from(plain));
      expect(text(output)).not.toContain('SECRET');
      expect((await scrubWithReport(output, { keep })).report.changed).toBe(false);
    }
  });

  it('keep coverArt: no picture that can not be cleaned, or is an address', async () => {
    const keep = ['coverArt'] as const;
    for (const content of [
      picture(ascii('SECRET, no picture')),
      picture(ascii('http://SECRET'), { mediaType: '-->' }),
      picture(joinJpeg([{ marker: APP(0), body: ascii('SECRET') }])),
    ]) {
      expect(Buffer.from(await scrub(joinFlac([info, { type: PICTURE, content }], frames), { keep }))).toEqual(
        Buffer.from(clean),
      );
    }
  });
});

describe('FLAC that is refused or mended', () => {
  const refusals: [string, Uint8Array, string, number | undefined][] = [
    ['no STREAMINFO', joinFlac([fields()], frames), 'malformed', 4],
    [
      'STREAMINFO that is too short',
      joinFlac([{ ...info, content: info.content.slice(0, 33) }], frames),
      'malformed',
      8,
    ],
    ['a block of the forbidden type', joinFlac([info, { type: 127, content: ascii('') }], frames), 'malformed', 42],
    ['a file that ends inside a block', clean.subarray(0, 20), 'malformed', 8],
    [
      'a block longer than the file',
      joinFlac([info, { ...fields(), length: 0xffffff }], frames),
      'malformed',
      undefined,
    ],
    ['a file cut off inside its first frame', clean.subarray(0, 60), 'malformed', 42],
    ['no frame at all where something stands', join(joinFlac([info], []), new Uint8Array(3000)), 'malformed', 42],
  ];

  it.each(refusals)('%s', async (_, file, code, offset) => {
    const error = await refusal(file);
    expect(error).toMatchObject({ code, format: 'flac' });
    if (offset !== undefined) expect(error.offset).toBe(offset);
  });

  it('a picture longer than its block says, as decoders take it', async () => {
    const content = picture(ascii('SECRET'.repeat(100)));
    const lying: Block = { type: PICTURE, content, length: content.length - 200 };
    const { output, report } = await scrubWithReport(
      joinFlac([info, lying, { type: PADDING, content: new Uint8Array(9) }], frames),
    );
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings.some(({ note }) => note?.includes('longer'))).toBe(true);
  });

  it('comments whose counts and lengths lie', async () => {
    for (const content of [
      comments('SECRET', ['A=SECRET'], 0xffffffff),
      comments('SECRET', ['A=SECRET', 'B=SECRET'], 0),
      join([0xff, 0xff, 0xff, 0x7f], 'SECRET'),
      ascii('x'),
      new Uint8Array(0),
    ]) {
      await expectClean(joinFlac([info, { type: VORBIS_COMMENT, content }], frames));
    }
  });

  it('floods in time that grows with their length', async () => {
    const blocks = Array.from({ length: 20_000 }, (): Block => ({ type: PADDING, content: new Uint8Array(0) }));
    const tiny = join(...new Array<Uint8Array>(20_000).fill(frame({ number: 0 }).subarray(0, 7)));
    const syncs = new Uint8Array(1_000_000).map((_, index) => (index % 2 ? 0xf8 : 0xff));
    await expectClean(joinFlac([info, ...blocks], frames));
    await expectClean(joinFlac([info], frames, { behind: syncs }));
    await refusal(join(joinFlac([info], []), syncs));
    await scrub(joinFlac([unknownTotal], [frames[0] ?? ascii(''), tiny]));
    await scrub(joinFlac([info], [tiny, ...frames])).catch((error: unknown) =>
      expect(error).toBeInstanceOf(ScrubError),
    );
  });
});
