import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  APP,
  ascii,
  COM,
  encodeJpeg,
  exif,
  exifBlock,
  icc,
  jfif,
  joinJpeg,
  type Segment,
  segment,
  splitJpeg,
} from '../builders/jpeg.ts';

import {
  inspect,
  kinds,
  parts,
  pixels,
  plain,
  scrub,
  scrubWithReport,
  text,
  withSegments,
} from '../builders/jpeg-pictures.ts';

describe('what is kept of a JPEG', () => {
  it('the coded scans, byte for byte', async () => {
    for (const options of [
      {},
      { progressive: true },
      { chromaSubsampling: '4:4:4' },
      { colors: 'gray' },
      { colors: 'cmyk' },
    ] as const) {
      const file = await encodeJpeg(options);
      const scans = (bytes: Uint8Array): (Uint8Array | undefined)[] => splitJpeg(bytes).map(({ scan }) => scan);
      const output = await scrub(joinJpeg([segment(COM, 'SECRET'), ...splitJpeg(file)]));
      expect(scans(output).filter(Boolean)).toEqual(scans(file).filter(Boolean));
    }
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('orientation %i, alone, in the 26 bytes of a canonical block', async (orientation) => {
    for (const littleEndian of [false, true]) {
      const block = exifBlock({ 0x010f: { text: 'Maker' }, 0x0112: { short: orientation } }, { littleEndian });
      const file = withSegments(exif(block));
      const output = await scrub(file);
      expect(await pixels(output)).toEqual(await pixels(file));
      expect(await exifr.orientation(output)).toBe(orientation);
      const segments = splitJpeg(output).filter(({ marker }) => marker === APP(1));
      // Big-endian header, one entry: tag 0x0112, type SHORT, count 1, the value; no next IFD (TIFF 6.0 §2).
      const canonical = [
        0x4d,
        0x4d,
        0,
        42,
        0,
        0,
        0,
        8,
        0,
        1,
        1,
        0x12,
        0,
        3,
        0,
        0,
        0,
        1,
        0,
        orientation,
        0,
        0,
        0,
        0,
        0,
        0,
      ];
      expect(segments).toEqual([segment(APP(1), 'Exif\0\0', canonical)]);
    }
  });

  it('no Exif block for a picture that is upright, or whose orientation makes no sense', async () => {
    const blocks = [
      exifBlock({ 0x0112: { short: 1 } }),
      exifBlock({ 0x0112: { short: 9 } }),
      exifBlock({ 0x0112: { short: 0 } }),
      exifBlock({ 0x0112: { long: 6 } }),
      exifBlock({ 0x0112: { text: '6' } }),
      ascii('II*\0\xff\xff\xff\xff'),
      ascii('nonsense'),
      new Uint8Array(0),
    ];
    for (const block of blocks) {
      expect(Buffer.from(await scrub(withSegments(exif(block))))).toEqual(Buffer.from(await scrub(plain)));
    }
  });

  it('the orientation of the first Exif segment, and none from behind the first scan', async () => {
    const six = exif(exifBlock({ 0x0112: { short: 6 } }));
    const three = exif(exifBlock({ 0x0112: { short: 3 } }));
    expect(await exifr.orientation(await scrub(withSegments(six, three)))).toBe(6);
    expect(await exifr.orientation(await scrub(joinJpeg([...parts, three])))).toBeUndefined();
  });

  it('the Adobe RGB mark of DCF', async () => {
    const dcf = (index: string, colorSpace: number): Uint8Array =>
      exifBlock({
        0x010f: { text: 'SECRET' },
        0x8769: {
          ifd: { 0xa001: { short: colorSpace }, 0xa005: { ifd: { 1: { text: index }, 2: { bytes: ascii('0100') } } } },
        },
      });
    for (const colorSpace of [2, 0xffff]) {
      const output = await scrub(withSegments(exif(dcf('R03', colorSpace))));
      const read: unknown = await exifr.parse(output, { interop: true, translateValues: false });
      expect(read).toEqual({ ColorSpace: 0xffff, InteropIndex: 'R03' });
      expect(text(output)).not.toContain('SECRET');
    }
    expect(Buffer.from(await scrub(withSegments(exif(dcf('R98', 1)))))).toEqual(Buffer.from(await scrub(plain)));
  });

  it('an ICC profile, however it is cut, with the same colours', async () => {
    const { icc: profile = Buffer.alloc(0) } = await sharp(
      await sharp(plain).withIccProfile('p3').jpeg({ quality: 100 }).toBuffer(),
    ).metadata();
    const whole = withSegments(...icc(profile));
    const cut = withSegments(...icc(profile, 100).reverse());
    const output = await scrub(whole);
    expect(Buffer.from(await scrub(cut))).toEqual(Buffer.from(output));
    const converted = async (file: Uint8Array): Promise<Buffer> => sharp(file).toColourspace('srgb').raw().toBuffer();
    expect(await converted(output)).toEqual(await converted(whole));
    expect((await sharp(output).metadata()).hasProfile).toBe(true);
    expect(await converted(output)).not.toEqual(await converted(plain));
  });

  it('no ICC profile that decoders do not read either: parts missing, doubled, miscounted', async () => {
    const { icc: profile = Buffer.alloc(0) } = await sharp(
      await sharp(plain).withIccProfile('p3').jpeg().toBuffer(),
    ).metadata();
    const [one, two, ...more] = icc(profile, 100) as [Segment, Segment, ...Segment[]];
    for (const broken of [
      [one, ...more],
      [one, one, two, ...more],
      [two, ...more],
    ]) {
      const { output, report } = await scrubWithReport(withSegments(...broken));
      expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
      expect(kinds(report)).toContain('color-profile: APP2 › ICC profile');
    }
  });

  it('the shape of a pixel but not its size', async () => {
    const density = async (file: Uint8Array): Promise<number[]> => [...(await scrub(file)).subarray(13, 18)];
    const rest = parts.slice(1);
    expect(await density(joinJpeg([jfif(1, 300, 300), ...rest]))).toEqual([0, 0, 1, 0, 1]);
    expect(await density(joinJpeg([jfif(1, 72, 144), ...rest]))).toEqual([0, 0, 1, 0, 2]);
    expect(await density(joinJpeg([jfif(0, 0, 0), ...rest]))).toEqual([0, 0, 1, 0, 1]);
  });
});

describe('options', () => {
  const file = joinJpeg([
    jfif(1, 300, 150),
    exif(
      exifBlock({
        0x010e: { text: 'Caption' },
        0x010f: { text: 'Maker' },
        0x0112: { short: 6 },
        0x013b: { text: 'Artist' },
        0x8298: { text: 'Rights' },
        0x8769: { ifd: { 0x9003: { text: '2024:01:02 03:04:05' }, 0xa431: { text: 'Serial' } } },
      }),
    ),
    ...parts.slice(1),
  ]);
  const read = async (bytes: Uint8Array): Promise<unknown> =>
    exifr.parse(bytes, { reviveValues: false, translateValues: false });

  it.each([
    ['copyright', { Copyright: 'Rights' }],
    ['author', { Artist: 'Artist' }],
    ['title', { ImageDescription: 'Caption' }],
    ['dates', { DateTimeOriginal: '2024:01:02 03:04:05' }],
  ] as const)('keep %s', async (name, expected) => {
    const output = await scrub(file, { keep: [name] });
    expect(await read(output)).toEqual({ Orientation: 6, ...expected });
    expect(await scrub(output, { keep: [name] })).toBe(output);
  });

  it('keep density', async () => {
    const { density } = await sharp(await scrub(file, { keep: ['density'] })).metadata();
    expect(density).toBe(300);
  });

  it('drop orientation, pixelAspect, colorProfile', async () => {
    expect(await read(await scrub(file, { drop: ['orientation'] }))).toBeUndefined();
    expect([...(await scrub(file, { drop: ['pixelAspect'] })).subarray(13, 18)]).toEqual([0, 0, 1, 0, 1]);
    const profiled = new Uint8Array(await sharp(plain).withIccProfile('p3').jpeg().toBuffer());
    expect((await sharp(await scrub(profiled, { drop: ['colorProfile'] })).metadata()).hasProfile).toBe(false);
  });

  it('values: what Exif and comments say, in the findings', async () => {
    const gps = exif(
      exifBlock({
        0x010f: { text: 'Maker' },
        0x8825: {
          ifd: {
            1: { text: 'N' },
            2: {
              rationals: [
                [48, 1],
                [30, 1],
                [0, 1],
              ],
            },
            3: { text: 'E' },
            4: {
              rationals: [
                [11, 1],
                [15, 1],
                [0, 1],
              ],
            },
          },
        },
      }),
    );
    const { findings } = await inspect(withSegments(gps, segment(COM, 'a comment')), { values: true });
    expect(findings.find(({ kind }) => kind === 'location')?.values).toEqual({ latitude: 48.5, longitude: 11.25 });
    expect(findings.find(({ kind }) => kind === 'device')?.values).toEqual({ Make: 'Maker' });
    expect(findings.find(({ kind }) => kind === 'comment')?.values).toEqual({ text: 'a comment' });
    const silent = await inspect(withSegments(gps, segment(COM, 'a comment')));
    expect(silent.findings.some(({ values }) => values !== undefined)).toBe(false);
  });
});

describe('what comes out of a clean file', () => {
  it('is the very same value, reported as unchanged', async () => {
    const clean = await scrub(withSegments(exif(exifBlock({ 0x0112: { short: 6 } }))));
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report.changed).toBe(false);
    expect(kinds(report)).toEqual([]);
  });
});

describe('a Blob', () => {
  it('gives the same bytes as memory, whatever the size of reads', async () => {
    const file = withSegments(exif(exifBlock({ 0x0112: { short: 6 } })), segment(COM, 'SECRET'));
    const output = await scrub(new Blob([file as Uint8Array<ArrayBuffer>]));
    expect(Buffer.from(await output.arrayBuffer())).toEqual(Buffer.from(await scrub(file)));
    expect(output.type).toBe('image/jpeg');
  });
});
