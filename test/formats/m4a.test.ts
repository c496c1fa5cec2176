import { parseBuffer } from 'music-metadata';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpeg } from '../../src/formats/jpeg.ts';
import { m4a } from '../../src/formats/m4a.ts';
import { createScrubber, type Keepable, ScrubError } from '../../src/scrub.ts';
import {
  be16,
  be32,
  box,
  chapterTrack,
  findBox,
  freeFormItem,
  fullBox,
  item,
  itemList,
  type MovieLayout,
  metadata,
  neroChapters,
  readBoxes,
  type TrackLayout,
  words,
  writeFragments,
  writeMovie,
} from '../builders/isobmff.ts';
import { join } from '../builders/jpeg.ts';
import { refusalOf } from '../builders/outcome.ts';
import { encodeSound, encodeTone, type Sound } from '../builders/sound.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([m4a, jpeg]);

const aac = await encodeSound('aac', 'm4a', '-b:a', '48k');
/** How long it plays, in milliseconds. */
const whole = Math.round((aac.durations.reduce((sum, duration) => sum + duration, 0) * 1000) / aac.timescale);
const plain = writeMovie([aac]);
const clean = await scrub(plain);
const STBL = ['moov', 'trak', 'mdia', 'minf', 'stbl'] as const;

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function movie(layout: MovieLayout, track: Partial<Sound & TrackLayout> = {}): Uint8Array {
  return writeMovie([{ ...aac, ...track }], layout);
}

const refusal = (file: Uint8Array): Promise<ScrubError> => refusalOf(scrub(file));

/** A sound with its first sample begun by other elements, of as many whole bytes. */
function begunBy(...prefix: number[]): Sound {
  const [first = new Uint8Array(0), ...rest] = aac.samples;
  return { ...aac, samples: [join(prefix, first), ...rest] };
}

/** Bits as bytes. */
function bits(pattern: string): number[] {
  return (pattern.replaceAll(' ', '').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
}

/** A fill element of 14 bytes whose payload is given from its 17th bit on, byte aligned behind it (14496-3 §4.4.2.7). */
function fillElement(words: string, type = 0): number[] {
  const payload = [...words.padEnd(12, '\0')].map((character) => character.charCodeAt(0).toString(2).padStart(8, '0'));
  // Id 6, count 14, type, 13 bits, text; then an empty fill element aligns what follows.
  return bits(
    `110 1110 ${type.toString(2).padStart(4, '0')} 0000000000000 ${payload.join('').slice(0, 95)} 110 0000 110 0000`.slice(
      0,
      400,
    ),
  );
}

describe('what is dropped from an M4A file', () => {
  const layouts: [string, MovieLayout][] = [
    ['iTunes items', { inMoov: itemList(item('\xa9nam', 1, 'SECRET'), freeFormItem('SECRET', 'SECRET')) }],
    ['user data', { inMoov: box('udta', box('\xa9xyz', '\0\x06\x15\xc7SECRET'), be32(0)) }],
    ['metadata of the movie', { inMoov: metadata(item('covr', 13, 'SECRET')) }],
    ['user data with sizes that do not fit', { inMoov: box('udta', be32(999), 'nameSECRET') }],
    ['boxes of the movie that nobody knows', { inMoov: box('abcd', 'SECRET') }],
    ['free space', { before: box('free', 'SECRET'), between: box('skip', 'SECRET'), behind: box('wide', 'SECRET') }],
    ['uuid boxes', { behind: box('uuid', '0123456789abcdef', 'SECRET') }],
    ['metadata of the file', { behind: metadata(item('\xa9nam', 1, 'SECRET')) }],
    ['boxes that nobody knows', { before: box('\0\x01\x02\x03', 'SECRET') }],
    ['the rest of the media data', { rest: 'SECRET' }],
    ['what follows the last box', { behind: join(be32(2), 'SECRET') }],
    ['brands', { compatible: 'M4A SECRETs ' }],
    ['dates', { time: 0x53454352 }],
  ];

  it.each(layouts)('%s', async (_, layout) => {
    for (const moovFirst of [false, true]) {
      const file = movie({ ...layout, moovFirst });
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.compare(output, clean)).toBe(0);
      expect(report.changed).toBe(true);
    }
  });

  const tracks: [string, Partial<TrackLayout>][] = [
    ['names and makers of handlers', { handlerName: 'SECRET', manufacturer: 'SECR' }],
    ['dates of tracks', { time: 0x53454352 }],
    ['the language of the only track', { language: 0x15c7 }],
    ['numbers of tracks', { id: 0x53454352 }],
    ['user data of tracks', { inTrak: box('udta', box('name', 'SECRET')) }],
    ['boxes of sample tables that no decoder needs', { inStbl: box('free', 'SECRET') }],
    ['bytes between chunks', { gap: () => 'SECRET', samplesPerChunk: aac.samples.length }],
    ['an edit list that plays everything', { edits: [[whole, 0, 0x10000]] }],
    ['wide offsets', { large: true }],
  ];

  it.each(tracks)('%s', async (_, track) => {
    expect(Buffer.compare(await scrub(movie({}, track)), clean)).toBe(0);
  });

  it('everything but ftyp, moov and mdat, in this order', async () => {
    const file = movie({ before: box('free', 'x'), behind: box('uuid', '0123456789abcdef') });
    expect(readBoxes(await scrub(file)).map(({ type }) => type)).toEqual(['ftyp', 'moov', 'mdat']);
  });

  it('tracks of anything but sound, with their samples', async () => {
    const place = {
      ...chapterTrack([500, 'SECRET']),
      handler: 'meta',
      entry: box('mett', new Uint8Array(8), 'SECRET'),
    };
    const { output, report } = await scrubWithReport(writeMovie([aac, place]));
    expect(Buffer.compare(output, clean)).toBe(0);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: 'location', where: 'moov › trak › meta', action: 'removed' }),
    );
  });

  it('tracks of anything but sound that are damaged', async () => {
    const place = { ...chapterTrack([500, 'SECRET']), handler: 'tmcd' };
    const file = writeMovie([aac, place]);
    file.set(be32(0xffffff), text(file).lastIndexOf('stsz') + 12);
    expect(Buffer.compare(await scrub(file), clean)).toBe(0);
  });

  it('boxes and spare bytes in sample entries', async () => {
    const entry = join(be32(aac.entry.length + 18), aac.entry.subarray(4), box('btrt', 'SECRETsecr'));
    expect(Buffer.compare(await scrub(movie({}, { entry })), clean)).toBe(0);
  });

  it('vendor and version of the coder of AMR', async () => {
    const settings = (vendor: string): Uint8Array => box('damr', vendor, [9, 0x81, 0xff, 0, 1]);
    const entryOf = (vendor: string): Uint8Array =>
      box(
        'samr',
        new Uint8Array(6),
        be16(1),
        new Uint8Array(8),
        be16(1),
        be16(16),
        be32(0, 8000 * 65536),
        settings(vendor),
      );
    const make = (vendor: string): Uint8Array => movie({ brand: '3gp5' }, { entry: entryOf(vendor), timescale: 8000 });
    const output = await scrub(make('FFMP'));
    expect(Buffer.compare(output, await scrub(make('Nok1')))).toBe(0);
    expect(text(output.subarray(8, 12))).toBe('3gp4');
  });
});

describe('what AAC samples carry in front of the sound', () => {
  it('names of encoders in fill elements are written over, at the same length', async () => {
    const secrets = ['Lavc57.107', 'SECRETname', 'longersecret'];
    const outputs = await Promise.all(secrets.map((secret) => scrub(movie({}, begunBy(...fillElement(secret))))));
    for (const output of outputs) expect(Buffer.compare(output, outputs[0] as Uint8Array)).toBe(0);
  });

  it('they play the same afterwards', async () => {
    const file = await encodeTone('m4a', '-c:a', 'aac');
    const { output, report } = await scrubWithReport(file);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ where: 'mdat › AAC fill element', action: 'rewritten' }),
    );
    expect(await hashStreams(output, 'm4a')).toBe(await hashStreams(file, 'm4a'));
  });

  it('the encoder after whose name FFmpeg leaves out the priming keeps its name alone', async () => {
    const file = (version: string): Uint8Array => movie({}, begunBy(...fillElement(`libfaac ${version}`)));
    const [first, second] = [await scrub(file('1.28')), await scrub(file('1.3'))];
    expect(Buffer.compare(first, second)).toBe(0);
    expect(await hashStreams(first, 'm4a')).toBe(await hashStreams(file('1.28'), 'm4a'));
    expect(await hashStreams(first, 'm4a')).not.toBe(
      await hashStreams(await scrub(movie({}, begunBy(...fillElement('x')))), 'm4a'),
    );
  });

  it('data stream elements become zero', async () => {
    // Id 4, tag 0, aligned, count 6: sixteen bits, six bytes.
    const withData = (data: string): Sound =>
      begunBy(...bits('100 0000 1 00000110'), ...data.split('').map((c) => c.charCodeAt(0)));
    const output = await scrub(movie({}, withData('SECRET')));
    expect(Buffer.compare(output, await scrub(movie({}, withData('secret'))))).toBe(0);
    expect(text(output)).not.toContain('SECRET');
  });

  it('samples of other codings are not touched', async () => {
    const { samples } = await encodeSound('alac');
    const alac = await encodeSound('alac');
    const output = await scrub(writeMovie([alac]));
    expect(Buffer.compare(findBox(output, 'mdat'), join(...samples))).toBe(0);
  });

  it('a Buffer is not written to', async () => {
    const file = Buffer.from(movie({}, { ...begunBy(...fillElement('SECRET')), handlerName: 'SECRET' }));
    const before = Buffer.from(file);
    const output = await scrub(file);
    expect(file.equals(before)).toBe(true);
    expect(output.equals(await scrub(new Uint8Array(before)))).toBe(true);
  });

  it('the comment in a program config element of the decoder settings goes', async () => {
    const withComment = async (comment: string): Promise<Uint8Array> => {
      const four = await encodeSound('aac', 'm4a', '-af', 'pan=quad(side)|FL=c0|FR=c1|SL=c0|SR=c1', '-b:a', '96k');
      const at = text(four.entry).indexOf('Lavc');
      expect(at).toBeGreaterThan(0);
      const length = four.entry[at - 1] ?? 0;
      const entry = four.entry.slice();
      entry.set(join(comment.padEnd(length, '.').slice(0, length)), at);
      return writeMovie([{ ...four, entry }]);
    };
    const file = await withComment('SECRET');
    const output = await scrub(file);
    expect(text(findBox(output, 'moov'))).not.toContain('SECRET');
    expect(Buffer.compare(output, await scrub(await withComment('another')))).toBe(0);
    expect(await hashStreams(output, 'm4a')).toBe(await hashStreams(file, 'm4a'));
  });
});

describe('what is kept of an M4A file', () => {
  it.each([
    ['aac', 'm4a', []],
    ['alac', 'm4a', []],
    ['ac3', 'mp4', []],
    ['eac3', 'mp4', []],
    ['flac', 'mp4', ['-strict', '-2']],
    ['opus', 'mp4', ['-ar', '48000', '-strict', '-2']],
    ['libmp3lame', 'mp4', []],
    ['pcm_s16le', 'mov', []],
    ['pcm_s24be', 'mov', []],
    ['pcm_mulaw', 'mov', []],
    ['alac', 'mov', []],
  ] as const)('sound coded by %s in %s files', async (codec, extension, args) => {
    const file = await encodeTone(extension, '-c:a', codec, ...args, '-metadata', 'title=SECRET');
    const output = await scrub(file);
    expect(await hashStreams(output, extension)).toBe(await hashStreams(file, extension));
    expect(text(output)).not.toContain('SECRET');
    expect(Buffer.compare(await scrub(output), output)).toBe(0);
  });

  it('edit lists, such as those that leave out the priming', async () => {
    const file = movie(
      {},
      {
        edits: [
          [100, -1, 0x10000],
          [300, 1024, 0x10000],
        ],
      },
    );
    const output = await scrub(file);
    expect(words(findBox(output, 'moov', 'trak', 'edts', 'elst'), 4)).toEqual([
      2, 100, 0xffffffff, 0x10000, 300, 1024, 0x10000,
    ]);
    expect(await hashStreams(output, 'm4a')).toBe(await hashStreams(file, 'm4a'));
  });

  it('sample groups of roll distances', async () => {
    const groups = join(
      fullBox('sgpd', 1, 0, 'roll', be32(2, 2), be16(7), be16(-1)),
      fullBox('sbgp', 0, 0, 'roll', be32(1, aac.samples.length, 2)),
    );
    const output = await scrub(movie({}, { inStbl: groups }));
    expect(words(findBox(output, ...STBL, 'sgpd'), 8)).toEqual([2, 1]);
    expect([...findBox(output, ...STBL, 'sgpd').slice(16)]).toEqual([0xff, 0xff]);
    expect(words(findBox(output, ...STBL, 'sbgp'), 8)).toEqual([1, aac.samples.length, 1]);
  });

  it('languages and groups of tracks among which a player chooses, in ISO’s form', async () => {
    // 1 is French to the Macintosh; `fra` packed is 0x1a41 (§8.4.2).
    const output = await scrub(
      writeMovie([
        { ...aac, language: 1 },
        { ...aac, language: 0x15c7 },
      ]),
    );
    const traks = readBoxes(findBox(output, 'moov')).filter(({ type }) => type === 'trak');
    const languages = traks.map(({ body }) => words(findBox(body, 'mdia', 'mdhd'), 20)[0]);
    expect(languages).toEqual([0x1a410000, 0x15c70000]);
  });

  it('the gapless numbers of iTunes, as an edit list', async () => {
    const tags = itemList(freeFormItem('iTunSMPB', ' 00000000 00000400 00000111 0000000000002000 00000000'));
    const { output, report } = await scrubWithReport(movie({ inMoov: tags, timescale: aac.timescale }));
    expect(words(findBox(output, 'moov', 'trak', 'edts', 'elst'), 4)).toEqual([1, 0x2000, 0x400, 0x10000]);
    expect(report.findings.some(({ where }) => where.includes('iTunSMPB'))).toBe(true);
    expect(text(output)).not.toContain('iTunSMPB');
  });

  it('an edit list counts before the gapless numbers', async () => {
    const tags = itemList(freeFormItem('iTunSMPB', ' 00000000 00000400 00000111 0000000000002000 00000000'));
    const edits: [number, number, number][] = [[200, 512, 0x10000]];
    const output = await scrub(movie({ inMoov: tags }, { edits }));
    expect(Buffer.compare(output, await scrub(movie({}, { edits })))).toBe(0);
  });

  it('files without a brand stay QuickTime', async () => {
    const output = await scrub(movie({ fileType: false, before: box('wide') }));
    expect(text(output.subarray(8, 12))).toBe('qt  ');
    expect((await inspect(output)).mediaType).toBe('video/quicktime');
  });
});

describe('fragments', () => {
  it('become the one form that the same samples have without them', async () => {
    const total = aac.durations.reduce((sum, duration) => sum + duration, 0);
    for (const absolute of [false, true]) {
      for (const startTime of [0, 12345678]) {
        const fragmented = writeFragments(aac, { samplesPerFragment: aac.samples.length, absolute, startTime });
        const output = await scrub(fragmented);
        expect(Buffer.compare(output, clean)).toBe(0);
      }
    }
    expect(words(findBox(clean, 'moov', 'trak', 'mdia', 'mdhd'), 16)[0]).toBe(total);
  });

  it('play the same afterwards', async () => {
    const file = writeFragments(aac, { samplesPerFragment: 3 });
    expect(await hashStreams(await scrub(file), 'm4a')).toBe(await hashStreams(file, 'm4a'));
  });

  it('an edit without end ends with the last sample', async () => {
    const output = await scrub(writeFragments(aac, { edits: [[0, 1024, 0x10000]] }));
    const total = aac.durations.reduce((sum, duration) => sum + duration, 0);
    const expected = Math.round(((total - 1024) * 1000) / aac.timescale);
    expect(words(findBox(output, 'moov', 'trak', 'edts', 'elst'), 4)).toEqual([1, expected, 1024, 0x10000]);
  });

  it('without the beginning of their stream are refused', async () => {
    const file = writeFragments(aac);
    const segment = file.subarray(readBoxes(file).find(({ type }) => type === 'moof')?.start);
    const error = await refusal(join(box('ftyp', 'iso5', be32(0)), segment));
    expect(error).toMatchObject({ code: 'malformed', trail: ['moov'] });
    expect(error.message).toContain('without its beginning');
  });
});

describe('what the options keep of an M4A file', () => {
  const keepOnly = (name: Keepable, file: Uint8Array): Promise<Uint8Array> => scrub(file, { keep: [name] });
  const twice = async (name: Keepable, file: Uint8Array): Promise<Uint8Array> => {
    const output = await keepOnly(name, file);
    expect(Buffer.compare(await keepOnly(name, output), output)).toBe(0);
    expect(await hashStreams(output, 'm4a')).toBe(await hashStreams(file, 'm4a'));
    return output;
  };
  const tagged = movie({
    inMoov: itemList(
      item('\xa9nam', 1, 'A title', 0x15c70000),
      item('\xa9ART', 1, 'An artist'),
      item('cprt', 1, 'A notice'),
      item('\xa9day', 1, '2024'),
      item('\xa9too', 1, 'SECRET'),
      freeFormItem('iTunNORM', ' 0000120A'.repeat(10)),
      freeFormItem('replaygain_track_gain', '-3.50 dB'),
      freeFormItem('iTunes_CDDB_1', 'SECRET'),
    ),
  });

  it.each([
    ['title', { title: 'A title' }],
    ['author', { artist: 'An artist' }],
    ['copyright', { copyright: 'A notice' }],
    ['dates', { year: 2024 }],
  ] as const)('%s', async (name, expected) => {
    const output = await twice(name, tagged);
    const { common } = await parseBuffer(output, 'audio/mp4');
    expect(common).toMatchObject(expected);
    const others = ['A title', 'An artist', 'A notice', '2024', 'SECRET'].filter((word) => text(output).includes(word));
    expect(others).toHaveLength(1);
    expect(others[0]).toBe(String(Object.values(expected)[0]));
  });

  it('loudness', async () => {
    const output = await twice('loudness', tagged);
    const { common } = await parseBuffer(output, 'audio/mp4');
    expect(common.replaygain_track_gain?.dB).toBe(-3.5);
    expect(text(output)).toContain('iTunNORM');
    expect(text(output)).not.toContain('SECRET');
    const abused = movie({
      inMoov: itemList(freeFormItem('iTunNORM', 'SECRET'), freeFormItem('replaygain_track_gain', 'SECRET dB')),
    });
    expect(Buffer.compare(await keepOnly('loudness', abused), clean)).toBe(0);
  });

  it('language', async () => {
    const output = await twice('language', movie({}, { language: 1 }));
    expect(words(findBox(output, 'moov', 'trak', 'mdia', 'mdhd'), 20)[0]).toBe(0x1a410000);
  });

  it('coverArt, scrubbed itself', async () => {
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .withExif({ IFD0: { Artist: 'SECRET' } })
      .jpeg()
      .toBuffer();
    const output = await twice('coverArt', movie({ inMoov: itemList(item('covr', 14, new Uint8Array(picture))) }));
    const { common } = await parseBuffer(output, 'audio/mp4');
    const [cover] = common.picture ?? [];
    expect(cover?.format).toBe('image/jpeg');
    expect(await sharp(cover?.data).raw().toBuffer()).toEqual(await sharp(picture).raw().toBuffer());
    expect(text(output)).not.toContain('SECRET');
  });

  it('no cover that can’t be cleaned', async () => {
    const file = movie({ inMoov: itemList(item('covr', 13, 'no picture')) });
    expect(Buffer.compare(await keepOnly('coverArt', file), clean)).toBe(0);
  });

  const readChapters = async (file: Uint8Array): Promise<string[]> => {
    const listed = await runFfmpeg(file, 'm4a', ['-f', 'ffmetadata']);
    return [
      ...Buffer.from(listed)
        .toString()
        .matchAll(/START=(\d+)[\s\S]*?title=(.*)/g),
    ].map(([, start, title]) => `${start} ${title}`);
  };

  it('chapters of Nero’s and of QuickTime’s kind, in one form', async () => {
    const nero = movie({ inMoov: box('udta', neroChapters([0, 'One'], [200, 'Two'])) });
    const track = { ...aac, inTrak: box('tref', box('chap', be32(2))) };
    const quickTime = writeMovie([track, chapterTrack([200, 'One'], [whole - 200, 'Two'])]);
    const output = await twice('chapters', nero);
    expect(await readChapters(output)).toEqual(['0 One', '200 Two']);
    expect(Buffer.compare(await twice('chapters', quickTime), output)).toBe(0);
    expect(Buffer.compare(await scrub(quickTime), clean)).toBe(0);
  });

  it('chapters that begin later than the sound', async () => {
    const output = await twice('chapters', movie({ inMoov: box('udta', neroChapters([100, 'One'])) }));
    expect((await readChapters(output)).at(-1)).toBe('100 One');
  });
});

describe('M4A files that are refused', () => {
  const video = { ...aac, handler: 'vide', entry: box('avc1', new Uint8Array(78)) };

  it('video, with a sentence that says what to do', async () => {
    const error = await refusal(writeMovie([aac, video], { brand: 'isom' }));
    expect(error).toMatchObject({ code: 'unsupported', trail: ['moov', 'trak', 'hdlr', 'vide'] });
    expect(error.message).toContain('Export the sound');
  });

  it('motion JPEG, which is video too', async () => {
    const film = { ...aac, handler: 'vide', entry: box('jpeg', new Uint8Array(78)) };
    expect((await refusal(writeMovie([aac, film]))).code).toBe('unsupported');
  });

  it('subtitles', async () => {
    const track = { ...chapterTrack([500, 'words']), handler: 'sbtl', entry: box('tx3g', new Uint8Array(40)) };
    expect((await refusal(writeMovie([aac, track]))).code).toBe('unsupported');
  });

  it.each(['enca', 'drms', 'aavd'])('sound encrypted as %s', async (type) => {
    const entry = join(aac.entry.subarray(0, 4), type, aac.entry.subarray(8));
    expect(await refusal(movie({}, { entry }))).toMatchObject({
      code: 'encrypted',
      trail: ['moov', 'trak', 'stsd', type],
    });
  });

  it('protection system headers', async () => {
    expect(await refusal(movie({ inMoov: box('pssh', new Uint8Array(24)) }))).toMatchObject({ code: 'encrypted' });
  });

  it('codings that nobody knows', async () => {
    const entry = join(aac.entry.subarray(0, 4), 'zzzz', aac.entry.subarray(8));
    const error = await refusal(movie({}, { entry }));
    expect(error).toMatchObject({ code: 'unsupported', trail: ['moov', 'trak', 'stsd', 'zzzz'] });
  });

  it('two movie boxes, none, and one without sound', async () => {
    const moov = readBoxes(plain).find(({ type }) => type === 'moov');
    expect(await refusal(join(plain, box('moov', moov?.body ?? '')))).toMatchObject({
      code: 'malformed',
      offset: plain.length,
    });
    expect(await refusal(plain.subarray(0, moov?.start))).toMatchObject({ code: 'malformed', trail: ['moov'] });
    const place = { ...aac, handler: 'meta' };
    expect(await refusal(writeMovie([place]))).toMatchObject({ code: 'unsupported', trail: ['moov'] });
  });

  it('compressed movie boxes', async () => {
    expect(await refusal(movie({ inMoov: box('cmov', 'x') }))).toMatchObject({
      code: 'unsupported',
      trail: ['moov', 'cmov'],
    });
  });

  it('samples in other boxes than the media data', async () => {
    const file = join(plain);
    const at = text(file).indexOf('stco') + 12;
    file.set(be32(8), at);
    expect(await refusal(file)).toMatchObject({ code: 'malformed', trail: ['mdat'] });
  });

  it('chunks that overlap', async () => {
    const file = movie({}, { samplesPerChunk: 4 });
    const at = text(file).indexOf('stco') + 12;
    const [first = 0] = words(file.subarray(at, at + 4));
    file.set(be32(first + 7), at + 4);
    expect(await refusal(file)).toMatchObject({ code: 'malformed', trail: ['mdat'] });
  });

  it('pictures in boxes are not taken for sound', () => {
    for (const brand of ['heic', 'avif', 'mif1', 'crx ', 'jxl ', 'jp2 ', 'avis', 'msf1'])
      expect(m4a.matches(box('ftyp', brand, be32(0), 'isommp42'))).toBe(false);
  });
});

describe('M4A files that are repaired', () => {
  it('cut off behind the movie box: what is there stays and plays', async () => {
    const file = movie({ moovFirst: true });
    for (const missing of [1, 100, 1000]) {
      const cut = file.subarray(0, file.length - missing);
      const { output, report } = await scrubWithReport(cut);
      expect(await hashStreams(output, 'm4a')).toBe(await hashStreams(cut, 'm4a'));
      const finding = report.findings.find(({ note }) => note?.includes('cut off'));
      if (missing > 500) expect(finding?.where).toBe('moov › trak › stbl');
      expect(Buffer.compare(await scrub(output), output)).toBe(0);
    }
  });

  it('media data whose size was never filled in', async () => {
    const file = movie({ moovFirst: true });
    const at = readBoxes(file).find(({ type }) => type === 'mdat')?.start ?? 0;
    // Behind the empty box stands what is no box: a size of 2.
    const open = join(file.subarray(0, at), be32(8), 'mdat', be32(2), file.subarray(at + 12));
    const { output, report } = await scrubWithReport(open);
    expect(findBox(output, 'mdat')).toHaveLength(findBox(clean, 'mdat').length);
    expect(report.findings.some(({ note }) => note === 'Its size was never filled in.')).toBe(true);
    expect(await hashStreams(output, 'm4a')).toBe(await hashStreams(open, 'm4a'));
  });

  it('an edit list that is a unit shorter or longer than the whole', async () => {
    for (const duration of [whole - 1, whole + 1]) {
      expect(Buffer.compare(await scrub(movie({}, { edits: [[duration, 0, 0x10000]] })), clean)).toBe(0);
    }
  });

  it('a table of durations that is too short or too long', async () => {
    const longer = movie({}, { durations: [...aac.durations, 1024, 1024] });
    expect(words(findBox(await scrub(longer), ...STBL, 'stts'), 4)).toEqual(words(findBox(clean, ...STBL, 'stts'), 4));
    const shorter = movie({}, { durations: aac.durations.slice(0, 3) });
    expect(words(findBox(await scrub(shorter), ...STBL, 'stts'), 4)).toEqual([1, aac.samples.length, 1024]);
  });

  it('chunks that two tracks share are written once', async () => {
    const twin = writeMovie([aac, aac]);
    const at = text(twin).lastIndexOf('stco') + 12;
    const first = text(twin).indexOf('stco') + 12;
    twin.set(twin.subarray(first, first + 4), at);
    const output = await scrub(twin);
    expect(findBox(output, 'mdat')).toHaveLength(findBox(clean, 'mdat').length);
    expect(await hashStreams(output, 'm4a')).toBe(await hashStreams(twin, 'm4a'));
  });
});

describe('hostile M4A files', () => {
  const sizes = [0, 1, 7, 8, 0x7fffffff, 0xffffffff];

  it('any size at any box gives a result or a ScrubError', async () => {
    const moovAt = readBoxes(plain).find(({ type }) => type === 'moov')?.start ?? 0;
    for (let at = moovAt; at + 8 < plain.length; at += 4) {
      for (const size of sizes) {
        const file = plain.slice();
        file.set(be32(size), at);
        const output = await scrub(file).catch((error: unknown) => error);
        if (!(output instanceof ScrubError)) expect(output).toBeInstanceOf(Uint8Array);
      }
    }
  });

  it('floods of boxes, tracks and entries take time in proportion', async () => {
    const many = (count: number, part: Uint8Array): Uint8Array => {
      const all = new Uint8Array(count * part.length);
      for (let index = 0; index < count; index++) all.set(part, index * part.length);
      return all;
    };
    const floods = [
      movie({ inMoov: box('udta', many(10_000, box('free'))) }),
      join(plain, many(50_000, box('free'))),
      movie({}, { edits: Array.from({ length: 5000 }, (): [number, number, number] => [1, 0, 0x10000]) }),
      movie({}, { entry: many(2000, aac.entry) }),
      movie({ inMoov: many(5000, box('trak')) }),
    ];
    for (const flood of floods) {
      await scrub(flood).catch((error: unknown) => expect(error).toBeInstanceOf(ScrubError));
    }
  });

  it('counts of samples that no file could hold', async () => {
    const huge = join(plain);
    const at = text(huge).indexOf('stsz') + 8;
    huge.set(be32(1, 0xffffffff), at);
    const output = await scrub(huge).catch((error: unknown) => error);
    expect(output instanceof ScrubError || output instanceof Uint8Array).toBe(true);
    const run = fullBox('trun', 0, 0, be32(0xffffffff));
    const moof = box('moof', fullBox('mfhd', 0, 0, be32(1)), box('traf', fullBox('tfhd', 0, 0x20000, be32(1)), run));
    expect((await refusal(join(plain, moof))).code).toBe('limit-exceeded');
  });
});
