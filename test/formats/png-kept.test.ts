import { deflateSync, inflateSync } from 'node:zlib';
import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ScrubOptions } from '../../src/scrub.ts';
import { exifBlock } from '../builders/jpeg.ts';
import {
  type Chunk,
  chunk,
  compressedText,
  encode,
  GRAY,
  GRAY_ALPHA,
  INDEXED,
  iccp,
  internationalText,
  joinPng,
  phys,
  plte,
  putBefore,
  RGB,
  RGB_ALPHA,
  rawProfile,
  splitPng,
  text,
  time,
  typesOf,
  u32,
} from '../builders/png.ts';
import {
  damaged,
  dataOf,
  displayP3,
  forge,
  latin1,
  pixelsOf,
  plain,
  refusal,
  scrub,
  scrubWithReport,
  turned,
  withChunks,
} from '../builders/png-pictures.ts';
import { readTags } from '../readers/exiftool.ts';

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
