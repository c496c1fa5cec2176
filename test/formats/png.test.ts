import { constants, crc32, deflateSync, inflateSync } from 'node:zlib';
import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { png } from '../../src/formats/png.ts';
import { createScrubber, type Report, ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import { exifBlock } from '../builders/jpeg.ts';
import {
  actl,
  animation,
  type Chunk,
  chunk,
  codePicture,
  compressedText,
  encode,
  fctl,
  fdat,
  GRAY,
  GRAY_ALPHA,
  INDEXED,
  iccp,
  ihdr,
  internationalText,
  joinPng,
  pack,
  phys,
  plte,
  putBefore,
  RGB,
  RGB_ALPHA,
  rawProfile,
  SIGNATURE,
  splitPng,
  text,
  time,
  typesOf,
  u32,
  writeChunk,
} from '../builders/png.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { readTags } from '../readers/exiftool.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([png]);

const plain = joinPng(encode());
const pixelsOf = async (file: Uint8Array): Promise<Buffer> => sharp(file).rotate().raw().toBuffer();
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** The plain picture with chunks put in front of its IDAT. */
function withChunks(...chunks: Chunk[]): Uint8Array {
  return joinPng(encode({}, ...chunks));
}

/** The data of the first chunk of a type. */
function dataOf(file: Uint8Array, type: string): number[] | undefined {
  const found = splitPng(file).find((each) => each.type === type);
  return found && [...found.data];
}

function removed(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

function damaged(each: Chunk): Chunk {
  return { ...each, crc: 0x12345678 };
}

async function refusal(file: Uint8Array, options?: ScrubOptions): Promise<ScrubError> {
  const error: unknown = await scrub(file, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScrubError)) throw new Error('The file was not refused.');
  return error;
}

async function framesOf(file: Uint8Array): Promise<string[]> {
  const listing = await runFfmpeg(file, 'apng', ['-fps_mode', 'passthrough', '-f', 'framemd5']);
  return new TextDecoder()
    .decode(listing)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const turned = exifBlock({ 0x010f: { text: 'SECRET' }, 0x0112: { short: 6 } });

async function wideGamut(): Promise<Uint8Array> {
  const file = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .withIccProfile('p3')
    .png()
    .toBuffer();
  return new Uint8Array((await sharp(file).metadata()).icc ?? new Uint8Array(0));
}
const displayP3 = await wideGamut();

/** A profile lengthened by padding whose last four bytes give it this CRC-32. */
function forge(profile: Uint8Array, length: number, target: number): Uint8Array {
  const forged = pack(profile, new Uint8Array(length - profile.length));
  forged.set(u32(length));
  // What the last word adds to the CRC does not depend on the rest: solve for it bit by bit.
  const difference = (crc32(forged) ^ target) >>> 0;
  const bare = crc32(new Uint8Array(4));
  const word = new Uint8Array(4);
  const rows = Array.from({ length: 32 }, (_, bit) => {
    const probe = new Uint8Array(4);
    probe[bit >> 3] = 1 << (bit & 7);
    return { effect: BigInt((crc32(probe) ^ bare) >>> 0), bits: 1n << BigInt(bit) };
  });
  let rest = { effect: BigInt(difference), bits: 0n };
  for (let column = 0n; column < 32n; column++) {
    const has = ({ effect }: { effect: bigint }): boolean => ((effect >> column) & 1n) === 1n;
    const at = rows.findIndex(has);
    const [pivot] = rows.splice(at, 1);
    if (pivot === undefined) throw new Error('CRC-32 has full rank.');
    const add = (row: typeof pivot): typeof pivot =>
      has(row) ? { effect: row.effect ^ pivot.effect, bits: row.bits ^ pivot.bits } : row;
    rows.splice(0, rows.length, ...rows.map(add));
    rest = add(rest);
  }
  for (let bit = 0; bit < 32; bit++)
    word[bit >> 3] = (word[bit >> 3] ?? 0) | (Number((rest.bits >> BigInt(bit)) & 1n) << (bit & 7));
  forged.set(word, length - 4);
  return forged;
}

/** How many bytes zlib makes of the beginning of a stream. */
function inflatePart(data: Uint8Array): number {
  return inflateSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).length;
}

describe('what is dropped from a PNG', () => {
  const places: [string, Chunk][] = [
    ['texts', text('Comment', 'SECRET')],
    ['compressed texts', compressedText('Software', 'SECRET')],
    ['international texts', internationalText('Author', 'SECRET', 'de')],
    ['XMP', internationalText('XML:com.adobe.xmp', '<x:xmpmeta>SECRET</x:xmpmeta>')],
    ['XMP in a chunk of its own', chunk('tXMP', 'SECRET')],
    ['prompts of image generators', text('parameters', 'SECRET')],
    ['IPTC and Photoshop resources as raw profiles', text('Raw profile type 8bim', 'SECRET')],
    ['raw profiles that are none', text('Raw profile type exif', 'SECRET')],
    ['times', time(2024)],
    ['resolutions', phys(2835, 2835, 1)],
    ['significant bits', chunk('sBIT', [5, 6, 5])],
    ['histograms', chunk('hIST', [0, 1])],
    ['suggested palettes', chunk('sPLT', 'SECRET\0\x08')],
    ['page offsets', chunk('oFFs', u32(1), u32(2), [0])],
    ['calibrations', chunk('pCAL', 'SECRET\0')],
    ['physical scales', chunk('sCAL', 'SECRET')],
    ['stereo marks', chunk('sTER', [1])],
    ["Apple's index of the picture data", chunk('iDOT', 'SECRET')],
    ['C2PA manifests', chunk('caBX', 'SECRET')],
    ['signatures', chunk('dSIG', 'SECRET')],
    ['previews and layers of Fireworks', chunk('mkBT', 'SECRET')],
    ['gain maps', chunk('gdAT', 'SECRET')],
    ['unknown ancillary chunks', chunk('prVt', 'SECRET')],
    ['Exif', chunk('eXIf', exifBlock({ 0x010f: { text: 'SECRET' } }))],
    ['a palette that only suggests colours', plte(4)],
    ['a background that nothing shows', chunk('bKGD', [0, 1, 0, 2, 0, 3])],
    ['frames without an animation', fctl(0)],
  ];

  it.each(places)('%s, wherever decoders look for them', async (_, planted) => {
    for (const at of ['IDAT', 'IEND']) {
      const file = joinPng(putBefore(at, encode(), planted));
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.compare(output, plain)).toBe(0);
      expect(report.changed).toBe(true);
      expect(removed(report)).toHaveLength(planted.type === 'eXIf' ? 2 : 1);
    }
  });

  it('everything behind IEND', async () => {
    for (const trailer of ['SECRET', 'PK\x03\x04SECRET', '\0']) {
      const { output, report } = await scrubWithReport(joinPng(encode(), trailer));
      expect(Buffer.compare(output, plain)).toBe(0);
      expect(report.findings).toEqual([
        { kind: 'trailing-data', where: 'after IEND', action: 'removed', bytes: trailer.length, offset: plain.length },
      ]);
    }
  });

  it('the end of a larger picture that was there before a cropped one was saved over it (CVE-2023-21036)', async () => {
    const large = joinPng(encode({ width: 80, height: 60, cuts: 4 }));
    const file = pack(plain, large.subarray(plain.length));
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, plain)).toBe(0);
    expect(report.findings).toMatchObject([
      { kind: 'trailing-data', where: 'after IEND', bytes: file.length - plain.length, offset: plain.length },
    ]);
    expect(report.findings[0]?.note).toContain('end of another PNG');
  });

  it('a whole second picture behind IEND', async () => {
    const { output, report } = await scrubWithReport(pack(plain, plain));
    expect(Buffer.compare(output, plain)).toBe(0);
    expect(removed(report)).toEqual(['embedded-file: after IEND']);
  });

  it('data in IEND', async () => {
    const file = joinPng([...encode().slice(0, -1), chunk('IEND', 'SECRET')]);
    expect(Buffer.compare(await scrub(file), plain)).toBe(0);
  });

  it('empty IDAT chunks', async () => {
    const file = joinPng(putBefore('IEND', putBefore('IDAT', encode(), chunk('IDAT')), chunk('IDAT')));
    expect(Buffer.compare(await scrub(file), plain)).toBe(0);
  });

  it('names what a text tells about', async () => {
    const keywords = ['Author', 'Software', 'date:create', 'exif:GPSLatitude', 'XML:com.adobe.xmp', 'Comment'];
    const report = await inspect(withChunks(...keywords.map((keyword) => text(keyword, 'x'))));
    expect(removed(report).map((line) => line.split(':')[0])).toEqual([
      'author',
      'software',
      'time',
      'location',
      'other',
      'comment',
    ]);
  });

  it('shows texts and Exif if asked to', async () => {
    const file = withChunks(text('Author', 'Jane Roe'), chunk('eXIf', exifBlock({ 0x010f: { text: 'Maker' } })));
    const { findings } = await inspect(file, { values: true });
    expect(findings.find(({ where }) => where === 'tEXt › Author')?.values).toEqual({ Author: 'Jane Roe' });
    expect(findings.find(({ where }) => where === 'eXIf › IFD0')?.values).toEqual({ Make: 'Maker' });
  });
});

describe('what is kept of a PNG', () => {
  it('the coded picture, byte for byte, as it was cut', async () => {
    for (const picture of [{}, { cuts: 5 }, { colorType: GRAY, bitDepth: 16 }, { colorType: RGB_ALPHA, cuts: 2 }]) {
      const chunks = encode(picture, text('Comment', 'SECRET'));
      const coded = (file: readonly Chunk[]): Chunk[] => file.filter(({ type }) => type === 'IDAT');
      const output = await scrub(joinPng(chunks));
      expect(coded(splitPng(output)).map(({ data }) => latin1(data))).toEqual(
        coded(chunks).map(({ data }) => latin1(data)),
      );
    }
  });

  const kinds = [1, 2, 4, 8, 16].flatMap((bitDepth) =>
    [GRAY, RGB, INDEXED, GRAY_ALPHA, RGB_ALPHA].map((colorType) => ({ bitDepth, colorType })),
  );
  const legal = kinds.filter(({ bitDepth, colorType }) => {
    if (colorType === GRAY) return true;
    return colorType === INDEXED ? bitDepth <= 8 : bitDepth >= 8;
  });

  it.each(legal)('pictures of color type $colorType with $bitDepth bits', async (picture) => {
    const file = joinPng(encode(picture, text('Comment', 'SECRET')));
    const output = await scrub(file);
    expect(latin1(output)).not.toContain('SECRET');
    const raw = (bytes: Uint8Array): Promise<Buffer> =>
      sharp(bytes).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    expect((await raw(output)).equals(await raw(file))).toBe(true);
  });

  it.each(kinds.filter((kind) => !legal.includes(kind)))(
    'no pictures of color type $colorType with $bitDepth bits',
    async (picture) => {
      expect(await refusal(joinPng(encode(picture)))).toMatchObject({ code: 'malformed', offset: 8, trail: ['IHDR'] });
    },
  );

  it('a clean file as it is', async () => {
    const { output, report } = await scrubWithReport(plain);
    expect(output).toBe(plain);
    expect(report).toMatchObject({ changed: false, findings: [], mediaType: 'image/png' });
    expect(report.residual.join()).toContain('behind the end of the compressed picture');
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('orientation %i, alone, in one eXIf in front of the picture', async (orientation) => {
    const block = exifBlock({ 0x010f: { text: 'SECRET' }, 0x0112: { short: orientation } }, { littleEndian: true });
    const carriers: Chunk[] = [
      chunk('eXIf', block),
      chunk('eXIf', 'Exif\0\0', block),
      text('Raw profile type exif', rawProfile(block)),
      compressedText('Raw profile type APP1', rawProfile(block)),
      internationalText('Raw profile type exif', rawProfile(block, ''), '', true),
    ];
    const expected = joinPng(encode({}, chunk('eXIf', exifBlock({ 0x0112: { short: orientation } }))));
    for (const carrier of carriers) {
      for (const at of ['IDAT', 'IEND']) {
        const output = await scrub(joinPng(putBefore(at, encode(), carrier)));
        expect(Buffer.compare(output, expected)).toBe(0);
      }
    }
    expect(await exifr.orientation(expected)).toBe(orientation);
    expect((await pixelsOf(expected)).equals(await pixelsOf(withChunks(chunk('eXIf', block))))).toBe(true);
  });

  it('the orientation of eXIf where a raw profile says another, and of the raw profile where eXIf says none', async () => {
    const raw = compressedText('Raw profile type exif', rawProfile(turned));
    for (const [stated, expected] of [
      [3, 3],
      [1, undefined],
      [undefined, 6],
    ] as const) {
      const block = exifBlock(stated === undefined ? { 0x010f: { text: 'M' } } : { 0x0112: { short: stated } });
      for (const chunks of [
        [raw, chunk('eXIf', block)],
        [chunk('eXIf', block), raw],
      ]) {
        expect(await exifr.orientation(await scrub(withChunks(...chunks)))).toBe(expected);
      }
    }
  });

  it('the first eXIf of several, and none whose CRC is wrong', async () => {
    const other = exifBlock({ 0x0112: { short: 3 } });
    const file = withChunks(damaged(chunk('eXIf', other)), chunk('eXIf', turned), chunk('eXIf', other));
    expect(await exifr.orientation(await scrub(file))).toBe(6);
  });

  it('the mark of Adobe RGB in Exif', async () => {
    const block = exifBlock({
      0x8769: { ifd: { 0xa001: { short: 0xffff }, 0xa005: { ifd: { 1: { text: 'R03' } } } } },
    });
    const output = await scrub(withChunks(text('Author', 'SECRET'), chunk('eXIf', block)));
    const tags = await readTags(output, 'png');
    expect(tags).toContain('ExifIFD:ColorSpace=Uncalibrated');
    expect(tags.some((tag) => tag.startsWith('InteropIFD:InteropIndex=R03'))).toBe(true);
    expect(dataOf(await scrub(output, { drop: ['exifColor'] }), 'eXIf')).toBeUndefined();
  });

  it('a color profile without what tells about its making', async () => {
    const twin = displayP3.slice();
    twin.set([7, 231, 0, 5, 0, 6], 24);
    const files = [iccp(displayP3, 'Display P3', 9), iccp(twin, 'Profile of SECRET', 0)].map((each) =>
      withChunks(each),
    );
    const [first = plain, second = plain] = await Promise.all(files.map((file) => scrub(file)));
    expect(Buffer.compare(first, second)).toBe(0);
    const data = Uint8Array.from(dataOf(first, 'iCCP') ?? []);
    expect(latin1(data.subarray(0, 5))).toBe('icc\0\0');
    expect(inflateSync(data.subarray(5)).subarray(24, 36)).toEqual(Buffer.from([7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]));
    expect((await pixelsOf(first)).equals(await pixelsOf(files[0] as Uint8Array))).toBe(true);
    expect((await sharp(first).metadata()).icc?.length).toBeGreaterThan(100);
    expect(dataOf(await scrub(first, { drop: ['colorProfile'] }), 'iCCP')).toBeUndefined();
  });

  it('a color profile whose checksum is missing, as decoders read it', async () => {
    const whole = iccp(displayP3);
    const cut = { ...whole, data: whole.data.subarray(0, -4) };
    expect(Buffer.compare(await scrub(withChunks(cut)), await scrub(withChunks(whole)))).toBe(0);
  });

  it.each([
    ['that can not be unpacked', chunk('iCCP', 'x\0\0', 'SECRET')],
    ['that is cut off', iccp(displayP3.subarray(0, 200))],
    ['compressed by an unknown method', chunk('iCCP', 'x\0\x01', deflateSync(displayP3))],
    ['without a name', chunk('iCCP', '\0\0', deflateSync(displayP3))],
    ['with a wrong CRC', damaged(iccp(displayP3))],
    ['behind the palette', iccp(displayP3)],
  ])('no color profile %s', async (what, profile) => {
    const chunks = what === 'behind the palette' ? [plte(4), profile] : [profile];
    const { output, report } = await scrubWithReport(withChunks(...chunks));
    expect(Buffer.compare(output, plain)).toBe(0);
    expect(report.findings.find(({ where }) => where === 'iCCP')?.note).toMatch(/^Decoders ignore it/);
  });

  it('no color profile that is made for other colors than the picture has', async () => {
    const output = await scrub(joinPng(encode({ colorType: GRAY }, iccp(displayP3))));
    expect(typesOf(output)).toEqual(['IHDR', 'IDAT', 'IEND']);
  });

  it('the first of two color profiles', async () => {
    const output = await scrub(withChunks(iccp(displayP3), iccp(new Uint8Array(300))));
    expect(Buffer.compare(output, await scrub(withChunks(iccp(displayP3))))).toBe(0);
  });

  it('chunks of color and palette in one order, with their content', async () => {
    const cicp = chunk('cICP', [9, 16, 0, 1]);
    const srgb = chunk('sRGB', [2]);
    const gama = chunk('gAMA', u32(45455));
    const chrm = chunk('cHRM', ...[31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000].map(u32));
    const mdcv = chunk('mDCV', new Uint8Array(24).fill(1));
    const clli = chunk('cLLI', u32(1000), u32(400));
    const expected = [cicp, srgb, gama, chrm, mdcv, clli];
    const first = await scrub(withChunks(...expected, text('Comment', 'SECRET')));
    expect(Buffer.compare(first, withChunks(...expected))).toBe(0);
    const second = await scrub(withChunks(...expected.toReversed()));
    expect(Buffer.compare(second, first)).toBe(0);
  });

  it('sRGB and iCCP in the order in which they came, for decoders obey the first', async () => {
    const both = [chunk('sRGB', [0]), splitPng(await scrub(withChunks(iccp(displayP3)))).at(1) as Chunk];
    for (const chunks of [both, both.toReversed()]) {
      const file = withChunks(...chunks);
      expect(await scrub(file)).toBe(file);
    }
  });

  it('mDCV and cLLI only where the transfer function is PQ or HLG', async () => {
    const levels = [chunk('mDCV', new Uint8Array(24).fill(1)), chunk('cLLI', u32(1000), u32(400))];
    const types = async (...chunks: Chunk[]): Promise<string[]> =>
      typesOf(await scrub(withChunks(...chunks, ...levels)));
    expect(await types(chunk('cICP', [9, 18, 0, 1]))).toEqual(['IHDR', 'cICP', 'mDCV', 'cLLI', 'IDAT', 'IEND']);
    expect(await types(chunk('cICP', [1, 13, 0, 1]))).toEqual(['IHDR', 'cICP', 'IDAT', 'IEND']);
    expect(await types()).toEqual(['IHDR', 'IDAT', 'IEND']);
  });

  it.each([
    ['sRGB with an intent that does not exist', chunk('sRGB', [4])],
    ['gAMA 0', chunk('gAMA', u32(0))],
    ['gAMA of another length', chunk('gAMA', u32(45455), 'SECRET')],
    ['cHRM without luminance', chunk('cHRM', new Uint8Array(32))],
    ['cHRM with impossible colors', chunk('cHRM', ...[31270, 32900, 4e9, 33000, 30000, 60000, 15000, 6000].map(u32))],
    ['cICP with a matrix', chunk('cICP', [9, 16, 9, 1])],
    ['gAMA with a wrong CRC', damaged(chunk('gAMA', u32(100000)))],
    ['cLLI alone', chunk('cLLI', u32(1), u32(1))],
  ])('no %s', async (_, planted) => {
    expect(Buffer.compare(await scrub(withChunks(planted)), plain)).toBe(0);
  });

  it('a standard profile of sRGB as an sRGB chunk, as libpng takes it: by length and CRC-32', async () => {
    const forged = forge(displayP3, 3144, 0x182ea552);
    const { output, report } = await scrubWithReport(withChunks(iccp(forged)));
    expect(Buffer.compare(output, withChunks(chunk('sRGB', [0])))).toBe(0);
    expect(report.findings).toMatchObject([{ kind: 'color-profile', where: 'iCCP', action: 'rewritten' }]);
    expect(typesOf(await scrub(withChunks(iccp(forge(displayP3, 3140, 0x182ea552)))))).toContain('iCCP');
    const both = await scrub(withChunks(iccp(forged), chunk('sRGB', [1])));
    expect(Buffer.compare(both, withChunks(chunk('sRGB', [1])))).toBe(0);
  });

  it('transparent colors and palette entries', async () => {
    const pictures: [number, number, Chunk[]][] = [
      [GRAY, 8, [chunk('tRNS', [0, 7])]],
      [RGB, 8, [chunk('tRNS', [0, 1, 0, 2, 0, 3])]],
      [RGB, 16, [chunk('tRNS', [1, 1, 2, 2, 3, 3])]],
      [INDEXED, 2, [chunk('tRNS', [0, 99])]],
    ];
    for (const [colorType, bitDepth, chunks] of pictures) {
      const file = joinPng(encode({ colorType, bitDepth }, ...chunks));
      const output = await scrub(joinPng(encode({ colorType, bitDepth }, ...chunks, text('Comment', 'SECRET'))));
      expect(Buffer.compare(output, file)).toBe(0);
    }
  });

  it('no transparency that decoders ignore', async () => {
    const pictures: [number, number, Chunk][] = [
      [GRAY, 8, chunk('tRNS', [0, 7, 0])],
      [RGB, 8, chunk('tRNS', [0, 1])],
      [INDEXED, 2, chunk('tRNS', 'SECRET')],
      [RGB_ALPHA, 8, chunk('tRNS', [0, 1, 0, 2, 0, 3])],
      [GRAY, 8, damaged(chunk('tRNS', [0, 7]))],
    ];
    for (const [colorType, bitDepth, transparency] of pictures) {
      const output = await scrub(joinPng(encode({ colorType, bitDepth }, transparency)));
      expect(Buffer.compare(output, joinPng(encode({ colorType, bitDepth })))).toBe(0);
    }
    const early = putBefore('PLTE', encode({ colorType: INDEXED }), chunk('tRNS', [0]));
    expect(Buffer.compare(await scrub(joinPng(early)), joinPng(encode({ colorType: INDEXED })))).toBe(0);
  });

  it('of a transparent color the bits that count', async () => {
    const output = await scrub(joinPng(encode({ colorType: GRAY, bitDepth: 4 }, chunk('tRNS', [0xab, 0xc5]))));
    expect(dataOf(output, 'tRNS')).toEqual([0, 5]);
  });

  it('of a palette the entries that the bit depth can name', async () => {
    const [header, , ...rest] = encode({ colorType: INDEXED, bitDepth: 2 });
    const file = joinPng([header as Chunk, plte(9), ...rest]);
    const output = await scrub(file);
    expect(Buffer.compare(output, joinPng([header as Chunk, plte(4), ...rest]))).toBe(0);
    expect((await pixelsOf(output)).equals(await pixelsOf(file))).toBe(true);
  });

  it('a background where something is transparent', async () => {
    const shown: [number, number, Chunk[]][] = [
      [RGB_ALPHA, 8, [chunk('bKGD', [0, 1, 0, 2, 0, 3])]],
      [GRAY_ALPHA, 16, [chunk('bKGD', [9, 9])]],
      [INDEXED, 4, [chunk('tRNS', [0]), chunk('bKGD', [15])]],
    ];
    for (const [colorType, bitDepth, chunks] of shown) {
      const file = joinPng(encode({ colorType, bitDepth }, ...chunks));
      expect(await scrub(file)).toBe(file);
    }
    const impossible: [number, number, Chunk[]][] = [
      [RGB_ALPHA, 8, [chunk('bKGD', [1, 1, 0, 2, 0, 3])]],
      [INDEXED, 4, [chunk('tRNS', [0]), chunk('bKGD', [16])]],
    ];
    for (const [colorType, bitDepth, chunks] of impossible) {
      expect(typesOf(await scrub(joinPng(encode({ colorType, bitDepth }, ...chunks))))).not.toContain('bKGD');
    }
  });

  it('the shape of a pixel, and the resolution only if asked to', async () => {
    const cases: [Chunk, ScrubOptions | undefined, number[] | undefined][] = [
      [phys(5000, 2500, 1), undefined, [...u32(2), ...u32(1), 0]],
      [phys(4, 6, 0), undefined, [...u32(2), ...u32(3), 0]],
      [phys(3, 3, 0), undefined, undefined],
      [phys(0, 3, 0), undefined, undefined],
      [phys(2, 4, 0), { drop: ['pixelAspect'] }, undefined],
      [phys(5000, 2500, 1), { keep: ['density'] }, [...u32(5000), ...u32(2500), 1]],
      [phys(2835, 2835, 1), { keep: ['density'] }, [...u32(2835), ...u32(2835), 1]],
      [phys(2835, 2835, 7), { keep: ['density'] }, undefined],
    ];
    for (const [planted, options, expected] of cases) {
      expect(dataOf(await scrub(withChunks(planted), options), 'pHYs')).toEqual(expected);
    }
  });

  it('title, author, copyright and dates if asked to, in one form', async () => {
    const options: ScrubOptions = { keep: ['title', 'author', 'copyright', 'dates'] };
    const added = [
      internationalText('Author', 'Jane Roe', 'en', true),
      compressedText('Copyright', '2024 Jane Roe'),
      text('Creation Time', 'yesterday'),
      internationalText('Title', '東京', 'ja'),
      text('Comment', 'SECRET'),
      text('Title', 'second'),
      time(2024),
    ];
    for (const at of ['IDAT', 'IEND']) {
      const { output, report } = await scrubWithReport(joinPng(putBefore(at, encode(), ...added)), options);
      const expected = withChunks(
        internationalText('Title', '東京'),
        text('Author', 'Jane Roe'),
        text('Copyright', '2024 Jane Roe'),
        text('Creation Time', 'yesterday'),
        time(2024),
      );
      expect(Buffer.compare(output, expected)).toBe(0);
      expect(report.findings.filter(({ action }) => action === 'removed')).toHaveLength(2);
      expect(await scrub(output, options)).toBe(output);
      expect(Buffer.compare(await scrub(output), plain)).toBe(0);
    }
  });

  it('the author of Exif if asked to', async () => {
    const block = exifBlock({ 0x010f: { text: 'SECRET' }, 0x013b: { text: 'Jane Roe' } });
    const output = await scrub(withChunks(chunk('eXIf', block)), { keep: ['author'] });
    expect(await exifr.parse(output, { ihdr: false })).toEqual({ Artist: 'Jane Roe' });
  });

  it('no orientation if told to drop it', async () => {
    expect(Buffer.compare(await scrub(withChunks(chunk('eXIf', turned)), { drop: ['orientation'] }), plain)).toBe(0);
  });
});

describe('animations', () => {
  it.each([true, false])('are kept as they are (picture inside: %s)', async (isPictureInside) => {
    const file = joinPng(animation(isPictureInside));
    const { output, report } = await scrubWithReport(file);
    expect(output).toBe(file);
    expect(report).toMatchObject({ changed: false, mediaType: 'image/apng', findings: [] });
  });

  it('are freed of everything between their chunks', async () => {
    const clean = joinPng(animation());
    const [header, ...rest] = animation();
    const file = joinPng(
      [header as Chunk, ...rest.flatMap((each) => [text('Comment', 'SECRET'), chunk('eXIf', exifBlock({})), each])],
      'SECRET',
    );
    expect(Buffer.compare(await scrub(file), clean)).toBe(0);
  });

  it('become the picture if told to drop them', async () => {
    const picture = joinPng(animation().filter(({ type }) => ['IHDR', 'IDAT', 'IEND'].includes(type)));
    for (const isPictureInside of [true, false]) {
      const { output, report } = await scrubWithReport(joinPng(animation(isPictureInside)), { drop: ['animation'] });
      expect(Buffer.compare(output, picture)).toBe(0);
      expect(report.mediaType).toBe('image/png');
    }
  });

  it('get sequence numbers that count from 0, with right CRCs, though their data is not read', async () => {
    const numbered = animation().map(({ type, data }, index) => {
      const renumbered = data.slice();
      if (type === 'fcTL' || type === 'fdAT') renumbered.set(u32(7 + index * 3));
      return { type, data: renumbered };
    });
    const output = await scrub(joinPng(numbered));
    expect(Buffer.compare(output, joinPng(animation()))).toBe(0);
    expect(await framesOf(output)).toHaveLength(3);
  });

  it('lose empty fdAT chunks and frames without data', async () => {
    const chunks = animation();
    const at = chunks.findIndex(({ type }) => type === 'fdAT');
    const file = [...chunks.slice(0, at), fdat(9, new Uint8Array(0)), ...chunks.slice(at)];
    expect(Buffer.compare(await scrub(joinPng(file)), joinPng(chunks))).toBe(0);
    expect(Buffer.compare(await scrub(joinPng(putBefore('IEND', chunks, fctl(9)))), joinPng(chunks))).toBe(0);
  });

  it('say how many frames there are', async () => {
    for (const told of [1, 2, 9]) {
      const file = animation().map((each) => (each.type === 'acTL' ? actl(told, 2) : each));
      expect(Buffer.compare(await scrub(joinPng(file)), joinPng(animation()))).toBe(0);
    }
  });

  it.each([
    ['there is no acTL', animation().filter(({ type }) => type !== 'acTL')],
    ['acTL says no frames', animation().map((each) => (each.type === 'acTL' ? actl(0) : each))],
    ['there are two acTL', putBefore('acTL', animation(), actl(3))],
    [
      'acTL stands behind the picture',
      putBefore(
        'IEND',
        animation().filter(({ type }) => type !== 'acTL'),
        actl(3),
      ),
    ],
    ['acTL has a wrong CRC', animation().map((each) => (each.type === 'acTL' ? damaged(each) : each))],
    ['there are no frames', animation().filter(({ type }) => type !== 'fcTL')],
  ])('are none where %s', async (_, chunks) => {
    const { output, report } = await scrubWithReport(joinPng(chunks));
    expect(typesOf(output)).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(report.mediaType).toBe('image/png');
  });

  it('turn with their orientation and keep colors of their frames', async () => {
    const file = joinPng(putBefore('IEND', animation(), chunk('eXIf', turned)));
    const output = await scrub(file);
    expect(await exifr.orientation(output)).toBe(6);
    expect(await framesOf(output)).toEqual(await framesOf(file));
  });

  it.each([
    ['frames outside of the picture', { x: 30, width: 16 }],
    ['frames without a size', { width: 0 }],
    ['unknown ways to dispose of a frame', { dispose: 3 }],
    ['unknown ways to blend a frame', { blend: 2 }],
  ])('are refused with %s', async (_, control) => {
    const file = joinPng(putBefore('IEND', animation(), fctl(5, control), fdat(6, codePicture({}))));
    expect(await refusal(file)).toMatchObject({ code: 'malformed', trail: ['fcTL'] });
  });

  it('are refused where data of the picture stands behind a frame', async () => {
    const file = joinPng(putBefore('IEND', animation(), chunk('IDAT', codePicture({}))));
    expect(await refusal(file)).toMatchObject({ code: 'malformed', trail: ['IDAT'] });
  });
});

describe('what is repaired in a PNG', () => {
  it('IDAT chunks that do not stand together, where the picture needs them', async () => {
    const file = joinPng(
      encode({ cuts: 3 }).flatMap((each) => (each.type === 'IDAT' ? [each, text('Comment', 'SECRET')] : [each])),
    );
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, joinPng(encode({ cuts: 3 })))).toBe(0);
    expect(report.findings.some(({ where, action }) => where === 'IDAT' && action === 'rewritten')).toBe(true);
  });

  it('IDAT chunks behind a complete picture, which no decoder shows', async () => {
    const old = codePicture({ width: 90, height: 90 });
    const file = joinPng(
      putBefore('IEND', encode({ cuts: 2 }), text('Comment', 'x'), chunk('IDAT', old), chunk('IDAT', old)),
    );
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, joinPng(encode({ cuts: 2 })))).toBe(0);
    expect(removed(report)).toContain('trailing-data: IDAT');
    expect((await pixelsOf(output)).equals(await pixelsOf(file))).toBe(true);
  });

  it('a missing or broken end, where the picture is complete', async () => {
    const whole = encode({ cuts: 3 });
    const body = joinPng(whole.slice(0, -1));
    for (const end of [
      '',
      '\0\0',
      '\0\0\0\0IEND',
      '\0\0\0\0IEND\xae\x42',
      '\0\0\x10\0tEXtComment\0SECRET',
      'SECRETSECRETSECRET',
    ]) {
      const { output, report } = await scrubWithReport(pack(body, end));
      expect(Buffer.compare(output, joinPng(whole))).toBe(0);
      expect(report.findings.some(({ where, action }) => where === 'IEND' && action === 'rewritten')).toBe(true);
    }
  });

  it('no missing end where rows of the picture are missing, though its chunks are whole', async () => {
    const interlaced = await sharp(plain).png({ progressive: true }).toBuffer();
    const streams: [Chunk, Uint8Array][] = [
      [ihdr(), codePicture({})],
      [ihdr({ colorType: GRAY, bitDepth: 1 }), codePicture({ colorType: GRAY, bitDepth: 1 })],
      [ihdr({}, 1), Uint8Array.from(dataOf(new Uint8Array(interlaced), 'IDAT') ?? [])],
    ];
    for (const [header, data] of streams) {
      // All but the checksum is needed.
      for (let length = 1; length < data.length - 4; length++) {
        const file = joinPng([header, chunk('IDAT', data.subarray(0, length))]);
        const complete = inflatePart(data.subarray(0, length)) === inflateSync(data).length;
        const answer = await scrub(file).then(
          () => true,
          (error: unknown) => !(error instanceof ScrubError),
        );
        expect(answer).toBe(complete);
      }
      expect(typesOf(await scrub(joinPng([header, chunk('IDAT', data)])))).toEqual(['IHDR', 'IDAT', 'IEND']);
    }
  });

  it('a wrong CRC of IEND', async () => {
    expect(Buffer.compare(await scrub(joinPng([...encode().slice(0, -1), damaged(chunk('IEND'))])), plain)).toBe(0);
  });

  it('nothing in IDAT: a wrong CRC there is carried over', async () => {
    const file = joinPng(encode().map((each) => (each.type === 'IDAT' ? damaged(each) : each)));
    expect(await scrub(file)).toBe(file);
  });
});

describe('what is refused', () => {
  const cases: [string, Uint8Array, object][] = [
    ['no IHDR', joinPng(encode().slice(1)), { code: 'malformed', offset: 8, trail: ['IDAT'] }],
    ['two IHDR', joinPng(putBefore('IDAT', encode(), ihdr())), { code: 'malformed', offset: 33, trail: ['IHDR'] }],
    [
      'an IHDR with a wrong CRC',
      joinPng([damaged(ihdr()), ...encode().slice(1)]),
      { code: 'malformed', offset: 8, trail: ['IHDR'] },
    ],
    [
      'an IHDR of another length',
      joinPng([chunk('IHDR', [0]), ...encode().slice(1)]),
      { code: 'malformed', trail: ['IHDR'] },
    ],
    ['a picture without size', joinPng(encode({ height: 0 })), { code: 'malformed', trail: ['IHDR'] }],
    [
      'an unknown interlace method',
      joinPng([ihdr({}, 2), ...encode().slice(1)]),
      { code: 'malformed', trail: ['IHDR'] },
    ],
    ['no IDAT', joinPng([ihdr(), chunk('IEND')]), { code: 'malformed', offset: 33, trail: ['IEND'] }],
    ['empty IDAT alone', joinPng([ihdr(), chunk('IDAT'), chunk('IEND')]), { code: 'malformed', trail: ['IEND'] }],
    [
      'no palette where one is needed',
      joinPng(encode({ colorType: INDEXED }).filter(({ type }) => type !== 'PLTE')),
      { code: 'malformed', trail: ['PLTE'] },
    ],
    [
      'a palette of a wrong length',
      joinPng([ihdr({ colorType: INDEXED }), chunk('PLTE', [1, 2]), ...encode().slice(1)]),
      { code: 'malformed', offset: 33, trail: ['PLTE'] },
    ],
    [
      'a palette with a wrong CRC',
      joinPng([ihdr({ colorType: INDEXED }), damaged(plte(4)), ...encode().slice(1)]),
      { code: 'malformed', offset: 33, trail: ['PLTE'] },
    ],
    ['two palettes', withChunks(plte(4), plte(4)), { code: 'malformed', trail: ['PLTE'] }],
    ['unknown critical chunks', withChunks(chunk('ABCD', 'x')), { code: 'unsupported', offset: 33, trail: ['ABCD'] }],
    [
      "pictures for Apple's devices alone",
      joinPng([chunk('CgBI', u32(0x50002002)), ...encode()]),
      { code: 'unsupported', offset: 8, trail: ['CgBI'] },
    ],
    [
      'lengths beyond the range',
      pack(plain.subarray(0, 33), [0xff, 0xff, 0xff, 0xff], 'tEXt', 'x'),
      { code: 'malformed', offset: 33, trail: ['tEXt'] },
    ],
    [
      'chunk types that are none',
      pack(plain.subarray(0, 33), [0, 0, 0, 0], '\x01\x02EX', [0, 0, 0, 0]),
      { code: 'malformed', offset: 33 },
    ],
  ];

  it.each(cases)('%s', async (_, file, expected) => {
    expect(await refusal(file)).toMatchObject({ format: 'png', ...expected });
  });

  it('pictures that are cut off, wherever', async () => {
    const file = joinPng(encode({ cuts: 3 }));
    const end = file.length - 12;
    for (let length = SIGNATURE.length; length < end; length++) {
      const error = await refusal(file.slice(0, length));
      expect(error.code).toBe('malformed');
      expect(error.offset).toBeLessThanOrEqual(length);
    }
    expect(await refusal(file.slice(0, end - 20))).toMatchObject({ trail: ['IDAT'], offset: end - 20 });
  });

  it('animations that are cut off', async () => {
    const file = joinPng(animation());
    for (const length of [file.length - 1, file.length - 12, file.length - 40]) {
      expect((await refusal(file.slice(0, length))).code).toBe('malformed');
    }
  });

  it('metadata that unpacks to more than is allowed', async () => {
    const bomb = iccp(pack(u32(7_900_000), displayP3.subarray(4), new Uint8Array(7_900_000)));
    expect(await refusal(withChunks(bomb), { limits: { inflatedBytes: 1000 } })).toMatchObject({
      code: 'limit-exceeded',
    });
  });
});

describe('hostile files', () => {
  it('unpacks bombs no further than anyone reads', async () => {
    const zeros = deflateSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    const bombs = [
      chunk('iCCP', 'x\0\0', zeros),
      chunk('zTXt', 'Raw profile type exif\0\0', zeros),
      chunk('zTXt', 'Title\0\0', zeros),
    ];
    for (const bomb of bombs) {
      const limits = { inflatedBytes: 12_000_000 };
      expect(Buffer.compare(await scrub(withChunks(bomb), { keep: ['title'], limits }), plain)).toBe(0);
    }
  });

  it('does not look at a picture again and again that is torn to pieces', async () => {
    const torn = encode({ cuts: 60 }).flatMap((each) => (each.type === 'IDAT' ? [each, text('Comment', 'x')] : [each]));
    expect(await refusal(joinPng(torn))).toMatchObject({ code: 'malformed', trail: ['IDAT'] });
  });

  it('takes many chunks in their stride', async () => {
    const empty = Buffer.concat(Array.from({ length: 100_000 }, () => writeChunk(chunk('prVt'))));
    const idle = Buffer.concat(Array.from({ length: 100_000 }, () => writeChunk(chunk('IDAT'))));
    const file = new Uint8Array(Buffer.concat([plain.subarray(0, 33), empty, idle, plain.subarray(33)]));
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, plain)).toBe(0);
    expect(report.findings).toHaveLength(2);
    expect(await refusal(file, { limits: { structures: 1000 } })).toMatchObject({ code: 'limit-exceeded' });
  });

  it('reads no picture data of a Blob', async () => {
    const coded = new Uint8Array(8 * 1024 * 1024);
    const file = joinPng([ihdr(), chunk('IDAT', coded), text('Comment', 'SECRET'), chunk('IEND')]);
    let read = 0;
    class CountingBlob extends Blob {
      override slice(start?: number, end?: number, type?: string): Blob {
        const part = super.slice(start, end, type);
        const arrayBuffer = part.arrayBuffer.bind(part);
        part.arrayBuffer = () => {
          read += part.size;
          return arrayBuffer();
        };
        return part;
      }
    }
    const output = await scrub(new CountingBlob([new Uint8Array(file)]));
    expect(output.size).toBeLessThan(file.length);
    expect(read).toBeLessThan(100_000);
  });
});
