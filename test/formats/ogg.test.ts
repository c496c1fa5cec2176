import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { jpeg } from '../../src/formats/jpeg.ts';
import { ogg } from '../../src/formats/ogg.ts';
import { createScrubber, type Report, ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import { id3v2, streamInfo, writeBlocks } from '../builders/flac.ts';
import { ascii, encodeJpeg, exif, exifBlock, join, joinJpeg, splitJpeg } from '../builders/jpeg.ts';
import {
  hasRightChecksums,
  joinOgg,
  opusHead,
  type Page,
  packetsOf,
  pageOf,
  skeletonHead,
  speexHeader,
  speexPacket,
  splitOgg,
  withHeaders,
  writePage,
} from '../builders/ogg.ts';
import { refusalOf } from '../builders/outcome.ts';
import { be, film, tone } from '../builders/tone.ts';
import { comments, picture } from '../builders/vorbis-comment.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport, scrubAttachment } = createScrubber([ogg, jpeg]);

async function encode(codec: string, input: Uint8Array, extension: string): Promise<Uint8Array> {
  return runFfmpeg(input, extension, ['-c', codec, '-page_duration', '100000', '-f', 'ogg'], 'out.ogg');
}

const vorbisFile = await encode('libvorbis', tone({ samples: 12_000 }), 'wav');
const theoraFile = await encode('libtheora', film(), 'y4m');

/** Data packets of an Opus stream: their content means nothing here. */
const data = (count: number, fields: Partial<Page> = {}): Page[] =>
  Array.from({ length: count }, (_, index) =>
    pageOf([Uint8Array.of(8, index, 1, 2), Uint8Array.of(8, index, 3)], {
      granule: BigInt((index + 1) * 1920),
      flags: index === count - 1 ? 4 : 0,
      ...fields,
    }),
  );

function tags(...fields: string[]): Uint8Array {
  return join('OpusTags', comments('SECRET vendor', fields));
}

/** An Opus stream with these tags. */
function opus(
  list: Uint8Array = tags('TITLE=SECRET'),
  { serial = 0x5ec12e7, pages = data(4), perPage = 255, firstSequence = 0 } = {},
): Page[] {
  return withHeaders(pages, 0, [opusHead(), list], { serial, perPage, firstSequence });
}

/** What a stream comes to: serial number 0, two header pages, then the data. */
function cleanOpus(pages = data(4), serial = 0): Page[] {
  return withHeaders(pages, 0, [opusHead(), join('OpusTags', comments('', []))], { serial });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function kinds(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

async function expectPages(file: Uint8Array | readonly Page[], expected: readonly Page[]): Promise<void> {
  const output = await scrub(file instanceof Uint8Array ? file : joinOgg(file));
  expect(splitOgg(output)).toEqual(splitOgg(joinOgg(expected)));
  expect(hasRightChecksums(output)).toBe(true);
}

const refusal = (file: Uint8Array, options?: ScrubOptions): Promise<ScrubError> => refusalOf(scrub(file, options));

async function read(file: Uint8Array): Promise<Record<string, unknown>> {
  const { native } = await parseBuffer(file, { mimeType: 'audio/ogg' });
  return Object.fromEntries((native.vorbis ?? []).map(({ id, value }) => [id, value]));
}

describe('what is dropped from Ogg', () => {
  it('comments and vendor string, serial number and numbering', async () => {
    const lists = [tags(), tags('TITLE=SECRET', 'ARTIST=SECRET'), tags(`COVERART=${'SECRET'.repeat(30_000)}`)];
    for (const list of lists) {
      for (const perPage of [255, 3]) {
        await expectPages(opus(list, { perPage, firstSequence: 9, serial: 0xffffffff }), cleanOpus());
      }
    }
  });

  it('what stands behind the list of comments, and behind a header', async () => {
    const head = join(opusHead(), 'SECRET');
    const list = join(tags(), [1], 'SECRET');
    const { output, report } = await scrubWithReport(joinOgg(withHeaders(data(4), 0, [head, list])));
    expect(Buffer.from(output)).toEqual(Buffer.from(joinOgg(cleanOpus())));
    expect(kinds(report)).toContain('other: Opus › OpusHead › behind the end');
  });

  it('the version text and unused numbers of a Speex header, and extra headers', async () => {
    const pages = [pageOf([speexPacket(1), speexPacket(2)], { granule: 320n, flags: 4 })];
    const packets = [speexHeader('SECRET', 1, 77), comments('SECRET', ['A=SECRET']), ascii('SECRET')];
    const expected = withHeaders(pages, 0, [speexHeader('1.2'), comments('', [])], { serial: 0 });
    await expectPages(withHeaders(pages, 0, packets), expected);
  });

  it('all blocks of FLAC but STREAMINFO, however many are announced', async () => {
    const pages = [pageOf([Uint8Array.of(0xff, 0xf8, 1, 2)], { granule: 16n, flags: 4 })];
    const head = (count: number): Uint8Array =>
      join('\x7fFLAC\x01\0', be(count, 2), 'fLaC', [0], writeBlocks([streamInfo()]).subarray(1));
    const block = (type: number, content: Uint8Array): Uint8Array => join([type], be(content.length, 3), content);
    const headers = [
      block(4, comments('SECRET', ['A=SECRET'])),
      block(6, picture(ascii('SECRET'))),
      block(3, ascii('SECRET')),
      block(0x81, ascii('SECRET')),
    ];
    const expected = [head(1), block(0x84, comments('', []))];
    for (const packets of [headers, headers.slice(0, 3), headers.slice(1, 2), []]) {
      for (const count of [0, packets.length, 9]) {
        await expectPages(
          withHeaders(pages, 0, [head(count), ...packets]),
          withHeaders(pages, 0, expected, { serial: 0 }),
        );
      }
    }
  });

  it('streams that are neither sound nor film, and pages that no stream announced', async () => {
    const foreign: [Page[], string][] = [
      [[pageOf([skeletonHead('20240102T030405.000Z')], { flags: 2, serial: 7 })], 'time: Skeleton stream'],
      [[pageOf([ascii('\x80kate\0\0\0SECRET')], { flags: 2, serial: 7 })], 'comment: Kate stream'],
      [[pageOf([ascii('SECRET')], { flags: 2, serial: 7 })], 'other: unknown stream'],
      [[], 'other: unannounced stream'],
    ];
    for (const [first, expected] of foreign) {
      const [head, ...rest] = opus() as [Page, ...Page[]];
      const later = pageOf([ascii('SECRET')], { serial: 7, sequence: 1 });
      const file = [...first, head, ...rest.slice(0, 2), later, ...rest.slice(2)];
      await expectPages(file, cleanOpus());
      expect(kinds(await inspect(joinOgg(file)))).toContain(expected);
    }
  });

  it('bytes in front of, between and behind pages, a page that is cut off among them', async () => {
    const pages = opus().map(writePage);
    const cutOff = writePage(pageOf([ascii('SECRET SECRET')], { serial: 0x5ec12e7, sequence: 6 })).slice(0, 35);
    const file = join(
      id3v2('SECRET', 5000),
      ...pages.slice(0, 1),
      'SECRET OggS',
      ...pages.slice(1, 4),
      new Uint8Array(500),
      ...pages.slice(4),
      cutOff,
    );
    await expectPages(file, cleanOpus());
    expect(kinds(await inspect(file))).toEqual(
      expect.arrayContaining([
        'trailing-data: before the first page',
        'trailing-data: between pages',
        'trailing-data: after the last page',
      ]),
    );
  });

  it('a page whose length is not true, as decoders do', async () => {
    const pages = opus().map(writePage);
    const broken = (pages[3] ?? ascii('')).slice(0, -2);
    const file = join(...pages.slice(0, 3), broken, ...pages.slice(4));
    await expectPages(file, cleanOpus(data(4).filter((_, index) => index !== 1)));
  });

  it('flags that mean nothing', async () => {
    const pages = opus().map((page) => ({ ...page, flags: page.flags | 0xf8 }));
    await expectPages(pages, cleanOpus());
  });
});

describe('what is kept of Ogg', () => {
  it('data pages as they are: packets, cuts, times, marks of first and last', async () => {
    for (const file of [vorbisFile, theoraFile]) {
      const [found, left] = [splitOgg(file), splitOgg(await scrub(file))];
      const dataOf = (pages: Page[]): Partial<Page>[] =>
        pages.filter(({ granule }) => granule > 0n).map(({ serial: _, sequence: __, ...rest }) => rest);
      expect(dataOf(left)).toEqual(dataOf(found));
      expect(left.map(({ sequence }) => sequence)).toEqual(left.map((_, index) => index));
      expect(await hashStreams(joinOgg(left), 'ogg')).toBe(await hashStreams(file, 'ogg'));
    }
  });

  it('headers that decoders need: gain, pre-skip and mapping of Opus, setup of Vorbis', async () => {
    const head = opusHead({ channels: 2, gain: -512, preSkip: 77 });
    const output = await scrub(joinOgg(withHeaders(data(2), 0, [head, tags('A=SECRET')])));
    expect(packetsOf(splitOgg(output))[0]).toEqual(head);
    const mapped = join('OpusHead', [1, 3], new Uint8Array(8), [1, 2, 1, 0, 2, 1]);
    const surround = await scrub(joinOgg(withHeaders(data(2), 0, [join(mapped, 'SECRET'), tags()])));
    expect(packetsOf(splitOgg(surround))[0]).toEqual(mapped);
    const [identification, , setup] = packetsOf(splitOgg(vorbisFile));
    const [leftIdentification, comment, leftSetup] = packetsOf(splitOgg(await scrub(vorbisFile)));
    expect([leftIdentification, leftSetup]).toEqual([identification, setup]);
    expect(comment).toEqual(join('\x03vorbis', comments('', []), [1]));
  });

  it('every link of a chain, each stream with a number of its own', async () => {
    const links = [opus(tags('A=SECRET'), { serial: 5 }), opus(tags(), { serial: 5 }), opus(tags(), { serial: 9 })];
    await expectPages(links.flat(), [...cleanOpus(data(4), 0), ...cleanOpus(data(4), 1), ...cleanOpus(data(4), 2)]);
  });

  it('streams side by side, their pages in the order of the file', async () => {
    const film = splitOgg(theoraFile).map((page) => ({ ...page, serial: 88 }));
    const sound = splitOgg(vorbisFile).map((page) => ({ ...page, serial: 99 }));
    const [filmHeaders, soundHeaders] = [film, sound].map(
      (pages) => pages.filter(({ granule }) => granule <= 0n).length,
    );
    const file = joinOgg([
      ...film.slice(0, 1),
      ...sound.slice(0, 1),
      ...film.slice(1, filmHeaders),
      ...sound.slice(1, soundHeaders),
      ...film.slice(filmHeaders, (filmHeaders ?? 0) + 1),
      ...sound.slice(soundHeaders),
      ...film.slice((filmHeaders ?? 0) + 1),
    ]);
    const output = await scrub(file);
    expect(
      splitOgg(output)
        .map(({ serial }) => (serial === 0 ? 88 : 99))
        .slice(-5),
    ).toEqual(
      splitOgg(file)
        .map(({ serial }) => serial)
        .slice(-5),
    );
    expect(
      splitOgg(output)
        .slice(0, 2)
        .map(({ flags, serial }) => [flags, serial]),
    ).toEqual([
      [2, 0],
      [2, 1],
    ]);
    expect(await hashStreams(output, 'ogg')).toBe(await hashStreams(file, 'ogg'));
    const { name, type } = await scrubAttachment({ data: file });
    expect({ name, type }).toEqual({ name: 'video.ogv', type: 'video/ogg' });
  });

  it('sound that stands on the last header page, on a page of its own', async () => {
    const list = tags('A=SECRET');
    const mixed = pageOf([list, Uint8Array.of(8, 1), Uint8Array.of(8, 2)], { granule: 1920n, sequence: 1 });
    const file = [
      pageOf([opusHead()], { flags: 2 }),
      mixed,
      pageOf([Uint8Array.of(8, 3)], { granule: 3840n, sequence: 2, flags: 4 }),
    ];
    const pages = [
      pageOf([Uint8Array.of(8, 1), Uint8Array.of(8, 2)], { granule: 1920n }),
      pageOf([Uint8Array.of(8, 3)], { granule: 3840n, flags: 4 }),
    ];
    await expectPages(file, cleanOpus(pages));
  });

  it('an end that is not marked, so that decoders cut nothing', async () => {
    const pages = data(4, { flags: 0 });
    await expectPages(opus(tags(), { pages }), cleanOpus(pages));
  });

  it('a lost page, as a gap only where a packet would seem to go on over it', async () => {
    const part = (fields: Partial<Page>): Page => ({
      ...pageOf([new Uint8Array(254)], fields),
      segments: [255],
      body: new Uint8Array(255).fill(8),
    });
    const pages = [part({}), ...data(1, { flags: 0 }), part({}), part({ flags: 1 }), ...data(1)];
    const headers = opus(tags(), { pages }).slice(0, 2);
    const numbers = [2, 4, 6, 7, 9];
    const file = [
      ...headers,
      ...pages.map((page, index) => ({ ...page, serial: headers[0]?.serial ?? 0, sequence: numbers[index] ?? 0 })),
    ];
    const output = splitOgg(await scrub(joinOgg(file)));
    expect(output.slice(2).map(({ sequence }) => sequence)).toEqual([2, 4, 5, 6, 8]);
  });

  it('checksums right where they were, and wrong where they were', async () => {
    const random = splitOgg(joinOgg(opus(tags(), { serial: 0x12345678, firstSequence: 70_000, pages: data(300) })));
    expect(hasRightChecksums(await scrub(joinOgg(random)))).toBe(true);
    const long = { ...pageOf([]), segments: new Array<number>(255).fill(255), body: new Uint8Array(65_025).fill(7) };
    const both = [long, ...data(1)];
    expect(hasRightChecksums(await scrub(joinOgg(opus(tags(), { pages: both, serial: 0xfedcba98 }))))).toBe(true);
    const wrong = opus().map((page, index) => (index === 3 ? { ...page, crc: 1 } : page));
    expect(hasRightChecksums(await scrub(joinOgg(wrong)))).toBe(false);
  });

  it('pages inside a stream that are marked as first ones', async () => {
    const pages = opus().map((page, index) => (index === 3 ? { ...page, flags: 2 } : page));
    await expectPages(pages, cleanOpus());
  });

  it('names by what the file holds', async () => {
    const names = async (file: Uint8Array): Promise<string> => (await scrubAttachment({ data: file })).name;
    expect(await names(joinOgg(opus()))).toBe('audio.opus');
    expect(await names(vorbisFile)).toBe('audio.ogg');
    expect(await names(theoraFile)).toBe('video.ogv');
  });
});

describe('options of Ogg', () => {
  const list = tags('title=Song', 'ARTIST=Ann', 'DATE=2024', 'R128_TRACK_GAIN=-0512', 'COMMENT=SECRET', 'LANGUAGE=de');
  const cases: [ScrubOptions['keep'] & {}, Record<string, string>][] = [
    [['title'], { TITLE: 'Song' }],
    [['author'], { ARTIST: 'Ann' }],
    [['dates'], { DATE: '2024' }],
    [['language'], { LANGUAGE: 'de' }],
    [['loudness'], { R128_TRACK_GAIN: '-512' }],
  ];

  it.each(cases)('keep %j', async (keep, expected) => {
    const output = await scrub(joinOgg(opus(list)), { keep });
    expect(await read(output)).toEqual(expected);
    expect(text(output)).not.toContain('SECRET');
    expect(hasRightChecksums(output)).toBe(true);
    const again = await scrubWithReport(output, { keep });
    expect(again.report.changed).toBe(false);
    expect(again.report.findings.filter(({ action }) => action !== 'kept')).toEqual([]);
  });

  it('keep copyright and chapters', async () => {
    const keep = ['copyright', 'chapters'] as const;
    const output = await scrub(joinOgg(opus(tags('COPYRIGHT=Ann', 'CHAPTER001=00:00:01.000', 'TITLE=SECRET'))), {
      keep,
    });
    expect(await read(output)).toEqual({ COPYRIGHT: 'Ann', CHAPTER001: '00:00:01.000' });
  });

  it('keep coverArt, scrubbed, also when it takes several pages', async () => {
    const photo = await encodeJpeg({ width: 300, height: 300 });
    const dirty = joinJpeg([exif(exifBlock({ 0x010f: { text: 'SECRET' } })), ...splitJpeg(photo)]);
    const field = `METADATA_BLOCK_PICTURE=${Buffer.from(picture(dirty, { description: 'SECRET' })).toString('base64')}`;
    const keep = ['coverArt'] as const;
    const output = await scrub(joinOgg(opus(tags(field, `NOTE=${'SECRET'.repeat(20_000)}`))), { keep });
    const { common } = await parseBuffer(output, { mimeType: 'audio/ogg' });
    expect(Buffer.from(common.picture?.[0]?.data ?? [])).toEqual(Buffer.from(await scrub(photo)));
    expect(common.picture?.[0]?.description ?? '').toBe('');
    expect(text(output)).not.toContain('SECRET');
    expect((await scrubWithReport(output, { keep })).report.changed).toBe(false);
  });

  it('buffer no more header bytes than allowed', async () => {
    const file = joinOgg(opus(tags(`A=${'SECRET'.repeat(20_000)}`)));
    expect(await refusal(file, { limits: { bufferedBytes: 5000 } })).toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('Ogg that is refused or mended', () => {
  const [identification = ascii(''), comment = ascii('')] = packetsOf(splitOgg(vorbisFile));
  const refusals: [string, readonly Page[], string][] = [
    ['film of a kind that can not be cleaned', [pageOf([ascii('BBCD\0')], { flags: 2 }), ...opus()], 'unsupported'],
    ['no stream of sound or film', [pageOf([ascii('fishead\0')], { flags: 2 })], 'unsupported'],
    ['headers that are cut off', opus().slice(0, 1), 'malformed'],
    [
      'headers in the wrong order',
      withHeaders(data(1), 0, [identification, ascii('\x05vorbis'), comment]),
      'malformed',
    ],
    ['a header that is too short', withHeaders(data(1), 0, [opusHead().slice(0, 15), tags()]), 'malformed'],
    [
      'headers of the first of two streams cut off',
      [pageOf([identification], { flags: 2, serial: 3 }), ...opus()],
      'malformed',
    ],
  ];

  it.each(refusals)('%s', async (_, pages, code) => {
    expect(await refusal(joinOgg(pages))).toMatchObject({ code, format: 'ogg' });
  });

  it('a last link that is cut off in its headers is left out', async () => {
    const next = opus(tags('A=SECRET'), { serial: 3 }).slice(0, 1);
    await expectPages([...opus(), ...next], cleanOpus());
  });

  it('a link whose header page has a wrong checksum is left out, as decoders leave it out', async () => {
    const next = opus(tags('A=SECRET'), { serial: 3 }).map((page, index) => (index === 1 ? { ...page, crc: 5 } : page));
    await expectPages([...opus(), ...next], cleanOpus());
    expect(await refusal(joinOgg(next))).toMatchObject({ code: 'malformed' });
  });

  it('floods in time that grows with their length', async () => {
    const [head = ascii(''), ...others] = opus().map(writePage);
    const flood = (pages: readonly Uint8Array[], count = 1): Uint8Array =>
      new Uint8Array(Buffer.concat([head, ...others, ...Array.from({ length: count }, () => pages).flat()]));
    const lone = (flags: number): Uint8Array => writePage(pageOf([opusHead()], { flags, serial: 7 }));
    const fake = writePage({ ...pageOf([]), segments: new Array<number>(255).fill(255) });
    const spread = { ...pageOf([], { flags: 1, serial: 7 }), segments: [255], body: new Uint8Array(255) };
    const files: [string, Uint8Array][] = [
      ['streams of one page', flood([lone(2)], 20_000)],
      ['pages that no stream announced', flood([lone(0)], 50_000)],
      ['page headers without pages', flood([fake], 1500)],
      ['a packet on very many pages', flood([lone(2), ...new Array<Uint8Array>(150_000).fill(writePage(spread))])],
      [
        'very many comments',
        joinOgg(opus(join('OpusTags', new Uint8Array(4), [0xff, 0xff, 0xff, 0], new Uint8Array(1_000_000)))),
      ],
    ];
    for (const [name, file] of files) {
      await scrub(file).catch((error: unknown) => expect(error, name).toBeInstanceOf(ScrubError));
    }
  });
});
