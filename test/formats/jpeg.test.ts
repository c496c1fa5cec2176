import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpeg } from '../../src/formats/jpeg.ts';
import { createScrubber, type Report, ScrubError } from '../../src/scrub.ts';
import {
  APP,
  adobe,
  ascii,
  COM,
  DHT,
  DQT,
  DRI,
  encodeJpeg,
  encodeRestarted,
  exif,
  exifBlock,
  icc,
  jfif,
  join,
  joinJpeg,
  photoshop,
  type Segment,
  SOF0,
  SOS,
  segment,
  splitJpeg,
  writeSegment,
  xmp,
} from '../builders/jpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([jpeg]);

const bare = withoutApplication(splitJpeg(await encodeJpeg()));
const parts = [jfif(), ...bare];
const plain = joinJpeg(parts);
const fullChroma = withoutApplication(splitJpeg(await encodeJpeg({ chromaSubsampling: '4:4:4' })));
const gray = withoutApplication(splitJpeg(await encodeJpeg({ colors: 'gray' })));
const cmyk = splitJpeg(await encodeJpeg({ colors: 'cmyk' }));
const progressive = splitJpeg(await encodeJpeg({ progressive: true }));
const restarted = await encodeRestarted();

function withoutApplication(segments: readonly Segment[]): Segment[] {
  return segments.filter(({ marker }) => marker < APP(0) || marker > APP(15));
}

/** The picture with segments put behind its JFIF segment. */
function withSegments(...segments: Segment[]): Uint8Array {
  return joinJpeg([...parts.slice(0, 1), ...segments, ...parts.slice(1)]);
}

async function pixels(file: Uint8Array): Promise<Buffer> {
  return sharp(file, { failOn: 'none' }).rotate().raw().toBuffer();
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function kinds(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

async function refusal(file: Uint8Array): Promise<ScrubError> {
  const error: unknown = await scrub(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScrubError)) throw new Error('The file was not refused.');
  return error;
}

describe('what is dropped from a JPEG', () => {
  const places: [string, Segment][] = [
    ['comments', segment(COM, 'SECRET')],
    ['XMP', xmp('<x:xmpmeta>SECRET</x:xmpmeta>')],
    ['Photoshop resources with IPTC', photoshop('SECRET')],
    ['FlashPix', segment(APP(2), 'FPXR\0SECRET')],
    ['multi-picture indexes', segment(APP(2), 'MPF\0SECRET')],
    ['JUMBF, which holds C2PA manifests', segment(APP(11), 'JP\0\x01SECRET')],
    ['Ducky', segment(APP(12), 'Ducky\0SECRET')],
    ['JFIF extensions with thumbnails', segment(APP(0), 'JFXX\0\x10SECRET')],
    ['a JFIF thumbnail', jfif(0, 1, 1, { width: 2, height: 1, rgb: ascii('SECRET') })],
    ['unknown application segments', segment(APP(14), 'SECRET')],
    ['what follows the transform of an Adobe segment', { ...adobe(1), body: join(adobe(1).body, 'SECRET') }],
    ['a second Exif segment', exif(exifBlock({ 0x010f: { text: 'SECRET' } }))],
  ];

  it.each(places)('%s', async (_, planted) => {
    const file = withSegments(exif(exifBlock({ 0x0112: { short: 8 } })), planted);
    expect(text(file)).toContain('SECRET');
    const { output, report } = await scrubWithReport(file);
    expect(text(output)).not.toContain('SECRET');
    expect(report.changed).toBe(true);
    expect(kinds(report)).not.toEqual([]);
    expect(await pixels(output)).toEqual(await pixels(file));
  });

  it.each(Array.from({ length: 16 }, (_, number) => number))(
    'APP%i wherever it stands between segments',
    async (number) => {
      const secret = segment(APP(number), 'SECRET segment');
      for (let at = 0; at <= parts.length; at++) {
        const output = await scrub(joinJpeg([...parts.slice(0, at), secret, ...parts.slice(at)]));
        expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
      }
    },
  );

  it('everything behind EOI, such as the rest of a picture that was there before', async () => {
    for (const trailer of ['SECRET', join(plain, 'SECRET'), join([0, 0, 0, 24], 'ftypmp42SECRET')]) {
      const file = joinJpeg(parts, typeof trailer === 'string' ? trailer : trailer);
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
      const finding = report.findings.find(({ where }) => where.startsWith('after EOI'));
      expect(finding).toMatchObject({ action: 'removed', bytes: trailer.length, offset: plain.length });
    }
  });

  it('names what stands behind EOI', async () => {
    const trailers: [Uint8Array, string][] = [
      [plain, 'embedded-file: after EOI › JPEG'],
      [join([0, 0, 0, 24], 'ftypmp42'), 'embedded-file: after EOI › video'],
      [ascii('rest'), 'trailing-data: after EOI'],
    ];
    for (const [trailer, expected] of trailers) {
      expect(kinds(await inspect(join(plain, trailer)))).toContain(expected);
    }
  });

  it('says that a gain map or a motion video was announced', async () => {
    const gainMap = join(withSegments(xmp('<Container:Item Item:Semantic="GainMap" hdrgm:Version="1.0"/>')), plain);
    expect((await inspect(gainMap)).findings.at(-1)?.note).toContain('gain map');
    const motion = join(withSegments(xmp('<GCamera:MotionPhoto>1</GCamera:MotionPhoto>')), [0, 0, 0, 24], 'ftypmp42');
    expect((await inspect(motion)).findings.at(-1)?.note).toContain('motion video');
  });

  it('tables that no scan needs', async () => {
    const spare = segment(DQT, [3], ascii('S'.repeat(64)));
    const replaced = segment(DQT, [0], ascii('R'.repeat(64)));
    const idle = segment(DHT, [0x13, ...new Array<number>(15).fill(0), 6], 'SECRET');
    const output = await scrub(joinJpeg([...parts.slice(0, 1), replaced, spare, idle, ...parts.slice(1)]));
    expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
  });

  it('bytes between segments that decoders skip, and fill bytes', async () => {
    const [first = new Uint8Array(0), ...rest] = parts.map(writeSegment);
    const file = join([0xff, 0xd8], first, 'junk', [0xff, 0x00, 0xff, 0xff], ...rest, [0xff, 0xff, 0xff, 0xd9]);
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
    expect(kinds(report)).toContain('structure: between segments');
    expect(await pixels(output)).toEqual(await pixels(file));
  });
});

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

describe('colour model', () => {
  function withIds(picture: Segment[], ids: number[]): Segment[] {
    return picture.map((part) => {
      const body = part.body.slice();
      for (const [index, id] of ids.entries()) {
        if (part.marker === SOF0) body[6 + index * 3] = id;
        if (part.marker === SOS) body[1 + index * 2] = id;
      }
      return { ...part, body };
    });
  }

  const rgb = [0x52, 0x47, 0x42];
  const cases: [string, Segment[]][] = [
    ['neither JFIF nor Adobe, ids 1 2 3', bare],
    ['JFIF, ids 1 2 3', [jfif(), ...bare]],
    ['Adobe 1, ids 1 2 3', [adobe(1), ...bare]],
    ['Adobe 0, ids 1 2 3', [adobe(0), ...fullChroma]],
    ['JFIF and Adobe 0', [jfif(), adobe(0), ...fullChroma]],
    ['ids R G B', withIds(fullChroma, rgb)],
    ['JFIF, ids R G B', [jfif(), ...withIds(fullChroma, rgb)]],
    ['Adobe 0, ids R G B', [adobe(0), ...withIds(fullChroma, rgb)]],
    ['ids 0 1 2', withIds(bare, [0, 1, 2])],
    ['ids 7 8 9', withIds(bare, [7, 8, 9])],
    ['gray, no JFIF', gray],
    ['CMYK', cmyk],
  ];

  it.each(cases)('%s: the same pixels', async (_, picture) => {
    const file = joinJpeg([segment(COM, 'SECRET'), ...picture]);
    const output = await scrub(file);
    expect(await pixels(output)).toEqual(await pixels(file));
    expect(await scrub(output)).toBe(output);
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

describe('what is refused', () => {
  const frameAt = parts.findIndex(({ marker }) => marker === SOF0);
  const changeFrame = (change: (body: Uint8Array) => void, marker = SOF0): Uint8Array =>
    joinJpeg(
      parts.map((part, index) => {
        if (index !== frameAt) return part;
        const body = part.body.slice();
        change(body);
        return { marker, body };
      }),
    );

  it('a file that is cut off anywhere, with offset and trail', async () => {
    for (let length = 4; length < plain.length - 2; length++) {
      const error = await refusal(plain.slice(0, length));
      expect(error.code).toBe('malformed');
      expect(error.format).toBe('jpeg');
      expect(error.message).toContain(`ends at byte ${length}`);
      expect(error.offset).toBeLessThanOrEqual(length);
      expect(error.trail.length).toBeGreaterThan(0);
    }
  });

  it.each([
    ['coding processes that viewers do not show', changeFrame(() => {}, 0xc5), 'unsupported'],
    ['JPEG-LS', changeFrame(() => {}, 0xf7), 'unsupported'],
    ['a height that is given only behind the scan', changeFrame((body) => body.fill(0, 1, 3)), 'unsupported'],
    ['a picture without width', changeFrame((body) => body.fill(0, 3, 5)), 'malformed'],
    ['a frame whose length does not fit its components', changeFrame((body) => body.fill(4, 5, 6)), 'malformed'],
    ['two frames', joinJpeg([...parts.slice(0, frameAt + 1), ...parts.slice(frameAt)]), 'malformed'],
    ['no scan', joinJpeg(parts.filter(({ marker }) => marker !== SOS)), 'malformed'],
    ['no frame', joinJpeg(parts.filter(({ marker }) => marker !== SOF0)), 'malformed'],
    ['no quantization tables', joinJpeg(parts.filter(({ marker }) => marker !== DQT)), 'malformed'],
    ['a restart interval of the wrong length', withSegments(segment(DRI, [1])), 'malformed'],
    ['a segment shorter than its length field', join([0xff, 0xd8, 0xff, 0xe1, 0, 1], 'rest'), 'malformed'],
  ] as [string, Uint8Array, string][])('%s', async (_, file, code) => {
    expect((await refusal(file)).code).toBe(code);
  });

  it('more structures than the limit', async () => {
    const many = withSegments(...Array.from({ length: 50 }, () => segment(COM, 'x')));
    await expect(scrub(many, { limits: { structures: 20 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('coded data that no encoder writes', () => {
  const head = joinJpeg(parts).subarray(0, plain.length - 2 - (parts.at(-1)?.scan?.length ?? 0));

  it.each([
    ['stuffed bytes', [0xff, 0x00]],
    ['restart markers', [0xff, 0xd0]],
    ['fill bytes', [0xff, 0xff]],
    ['reserved markers', [0xff, 0x02]],
  ])('a flood of %s ends in a result or a refusal', async (_, pattern) => {
    const flood = Buffer.alloc(4_000_000).fill(Buffer.from(pattern));
    const file = new Uint8Array(Buffer.concat([head, flood, Buffer.from([0xff, 0xd9])]));
    const output = await scrub(file).catch((error: unknown) => error);
    if (output instanceof Uint8Array) expect(await scrub(output)).toBe(output);
    else expect(output).toBeInstanceOf(ScrubError);
  });

  it('200 MB of stuffed bytes are walked and written', async () => {
    const flood = Buffer.alloc(200_000_000).fill(Buffer.from([0xff, 0x00]));
    const file = new Uint8Array(Buffer.concat([head, flood, Buffer.from([0xff, 0xd9]), Buffer.from('SECRET')]));
    const output = await scrub(file);
    expect(output.length).toBe((await scrub(plain)).length - (parts.at(-1)?.scan?.length ?? 0) + flood.length);
    expect(text(output.subarray(-8))).not.toContain('SECRET');
  });

  it('restart markers are kept, those with nothing behind them are not', async () => {
    const file = joinJpeg([
      ...parts.slice(0, -1),
      segment(DRI, [0, 1]),
      { ...(parts.at(-1) as Segment), scan: join(ascii('ab'), [0xff, 0xd0], 'cd', [0xff, 0xd1, 0xff, 0xd2]) },
    ]);
    const output = await scrub(file);
    expect(splitJpeg(output).at(-1)?.scan).toEqual(join('ab', [0xff, 0xd0], 'cd'));
    expect(splitJpeg(output).map(({ marker }) => marker)).toContain(DRI);
  });

  it('fill bytes between restart markers with nothing behind them go with them', async () => {
    const scans = [
      join('ab', [0xff, 0xd0, 0xff, 0xff, 0xd1, 0xff, 0xff]),
      join('ab', [0xff, 0xff, 0xff, 0xd0, 0xff, 0xff, 0xff, 0xd1]),
      join('ab', [0xff, 0xd0, 0xff, 0xff, 0xff]),
    ];
    for (const scan of scans) {
      const { output, report } = await scrubWithReport(
        joinJpeg([...parts.slice(0, -1), { ...(parts.at(-1) as Segment), scan }]),
      );
      expect(text(output.subarray(-4))).toBe('ab\xff\xd9');
      expect(kinds(report)).toContain('structure: entropy-coded data › RST and fill bytes at the end');
      expect(await scrub(output)).toBe(output);
    }
  });

  it('stuffed bytes and fill bytes that are no markers stay', async () => {
    const scan = join('ab', [0xff, 0xff, 0xff, 0xd0], 'cd', [0xff, 0x00], 'ef', [0xff, 0xff, 0x00], 'gh');
    const output = await scrub(joinJpeg([...parts.slice(0, -1), { ...(parts.at(-1) as Segment), scan }]));
    expect(text(output.subarray(-scan.length - 2))).toBe(text(join(scan, [0xff, 0xd9])));
  });

  it.each([
    ['behind the data', join([0xff, 0x02, 0, 10], 'SECRET!!')],
    ['behind the data, with stuffed bytes and fill bytes', join([0xff, 0xff, 0xbf], 'SECRET', [0xff, 0, 0xff, 0xff])],
    ['behind the data, one after the other', join([0xff, 0x02], 'SECRET', [0xff, 0x01], 'SECRET')],
    ['with restart markers around', join([0xff, 0xd0, 0xff, 0x02], 'SECRET', [0xff, 0xd1])],
  ])('a reserved marker goes with what stands behind it: %s', async (_, hidden) => {
    const last = parts.at(-1) as Segment;
    const file = joinJpeg([...parts.slice(0, -1), { ...last, scan: join(last.scan ?? [], hidden) }], 'x');
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, await scrub(plain))).toBe(0);
    expect(kinds(report)).toContain('structure: entropy-coded data › reserved marker');
  });

  it('a reserved marker in front of a restart marker goes, and decoders show the same', async () => {
    const last = restarted.at(-1) as Segment;
    const scan = last.scan ?? new Uint8Array(0);
    const at = scan.indexOf(0xff);
    const hidden = join(scan.subarray(0, at), [0xff, 0x07], 'SECRET', scan.subarray(at));
    const file = joinJpeg([...restarted.slice(0, -1), { ...last, scan: hidden }]);
    const output = await scrub(file);
    expect(Buffer.compare(output, await scrub(joinJpeg(restarted)))).toBe(0);
    expect(await pixels(output)).toEqual(await pixels(file));
  });
});

describe('a file that ends without EOI', () => {
  it.each([
    ['baseline', parts],
    ['gray', gray],
    ['CMYK', cmyk],
    ['progressive', progressive],
    ['with restart intervals', restarted],
    ['with a comment behind the scan', [...parts, segment(COM, 'SECRET')]],
  ] as [string, Segment[]][])('is whole where its last MCU is there: %s', async (_, picture) => {
    const whole = await scrub(joinJpeg(picture));
    for (const bytes of [1, 2]) {
      const file = joinJpeg(picture).slice(0, -bytes);
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.compare(output, whole)).toBe(0);
      expect(await pixels(output)).toEqual(await pixels(file));
      expect(report.findings).toContainEqual(expect.objectContaining({ where: 'EOI', action: 'rewritten' }));
      const blob = await scrub(new Blob([new Uint8Array(file)]));
      expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), whole)).toBe(0);
    }
  });

  it.each([
    ['its last MCU', joinJpeg(parts).slice(0, -4)],
    ['the last interval', joinJpeg(restarted).slice(0, -8)],
    ['a component', joinJpeg(parts.filter(({ marker }) => marker !== SOS)).slice(0, -2)],
    ['a pass that refines it', joinJpeg(progressive.slice(0, -1)).slice(0, -2)],
    [
      'codes that follow its tables',
      joinJpeg([...parts.slice(0, -1), { ...(parts.at(-1) as Segment), scan: ascii('\xff\0'.repeat(400)) }]).slice(
        0,
        -2,
      ),
    ],
  ])('is refused where it lacks %s', async (_, file) => {
    const error = await refusal(file);
    expect(error).toMatchObject({ code: 'malformed', format: 'jpeg' });
    expect(error.message).toContain('cut off');
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
