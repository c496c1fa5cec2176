import sharp from 'sharp';
import { bmp, colorTable, dibHeader, join, rows, u32 } from '../builders/bitmap.ts';
import { decodePicture } from '../decoders/picture.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['gap', 'trailer', 'link'] as const;

/** What tells something in any bitmap, drawn from the seed. */
interface Planted {
  density: [number, number];
  colorsImportant: number;
  reserved: number;
  fileSize: number;
  gap: Uint8Array;
  behind: Uint8Array;
  padding: number;
}

function plant(seed: number, random: () => number): Planted {
  const resolution = Math.floor(random() * 100_000);
  return {
    density: [resolution, resolution],
    colorsImportant: Math.floor(random() * 5),
    reserved: Math.floor(random() * 2 ** 31),
    fileSize: [0, 26, 54, 78, 999_999][Math.floor(random() * 5)] ?? 0,
    gap: random() < 0.7 ? join(canary(seed, 'gap')) : join(),
    behind: random() < 0.7 ? join(canary(seed, 'trailer')) : join(),
    padding: Math.floor(random() * 256),
  };
}

const profile = (
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .withIccProfile('p3')
    .png()
    .toBuffer()
    .then((png) => sharp(png).metadata())
).icc;
if (profile === undefined) throw new Error('The encoder writes no profile.');

const SRGB = 0x73524742;
const LINKED = 0x4c494e4b;
const EMBEDDED = 0x4d424544;
const calibration = new Array<number>(48).fill(0);

/** bV5: masks, colour space, calibration, intent, profile. */
function v5(colorSpace: number, start: number, length: number): number[] {
  return [...new Array<number>(16).fill(0), ...u32(colorSpace), ...calibration, ...[4, start, length].flatMap(u32)];
}

type Make = (planted: Planted, seed: number, random: () => number) => Uint8Array;

const makers: Record<string, Make> = {
  '24 bits': (planted) => bmp({ ...planted, dib: dibHeader(planted), pixels: rows(7, 5, 24, planted.padding) }),
  '8 bits, colours, top row first': (planted, _, random) =>
    bmp({
      ...planted,
      dib: dibHeader({ ...planted, bits: 8, height: -5, colorsUsed: random() < 0.5 ? 0 : 256 }),
      colors: colorTable(256, planted.padding),
      pixels: rows(7, 5, 8, planted.padding),
    }),
  'OS/2, 1 bit': (planted) =>
    bmp({
      ...planted,
      gap: join(),
      dib: dibHeader({ size: 12, bits: 1 }),
      colors: colorTable(2),
      pixels: rows(7, 5, 1, planted.padding),
    }),
  '4 bits, run lengths': (planted) =>
    bmp({
      ...planted,
      dib: dibHeader({ ...planted, bits: 4, compression: 2, height: 2 }),
      colors: colorTable(16, planted.padding),
      pixels: join([7, 0x12, 0, 0, 0, 5, 0x12, 0x34, 0x50, planted.padding, 2, 0x66, 0, 0, 0, 1]),
    }),
  '16 bits by masks': (planted) =>
    bmp({
      ...planted,
      dib: dibHeader({ ...planted, bits: 16, compression: 3 }),
      masks: [0xf800, 0x7e0, 0x1f].flatMap(u32),
      pixels: rows(7, 5, 16, planted.padding),
    }),
  'embedded profile': (planted, _, random) => {
    const dated = new Uint8Array(profile);
    dated.set([7, 208 + Math.floor(random() * 20)], 24);
    const pixels = rows(7, 5, 24, planted.padding);
    const start = 124 + planted.gap.length + pixels.length + planted.behind.length;
    const dib = dibHeader({ ...planted, size: 124, rest: v5(EMBEDDED, start, dated.length) });
    return bmp({ ...planted, dib, pixels, behind: join(planted.behind, dated) });
  },
  'linked profile': (planted, seed, random) => {
    const path = `C:\\Users\\${canary(seed, 'link')}\\monitor.icc\0`;
    const pixels = rows(7, 5, 24, planted.padding);
    const start = 124 + planted.gap.length + pixels.length;
    const isLinked = random() < 0.7;
    const dib = dibHeader({
      ...planted,
      size: 124,
      rest: isLinked ? v5(LINKED, start, path.length) : v5(SRGB, start, 0),
    });
    return bmp({ ...planted, dib, pixels, behind: join(isLinked ? path : '', planted.behind) });
  },
};

export const specimens: readonly Specimen[] = Object.entries(makers).map(([name, make]) => ({
  name,
  make(seed) {
    const random = randomFrom(seed);
    return make(plant(seed, random), seed, random);
  },
  canaries: (seed) => words.map((word) => canary(seed, word)),
  decode: (file) => decodePicture(file, 'bmp'),
}));

export const structuralTags: RegExp =
  /^(File:(BMPVersion|ImageWidth|ImageHeight|Planes|BitDepth|Compression|ImageLength|PixelsPerMeter[XY]|NumColors|NumImportantColors|ColorSpace|RenderingIntent|ProfileDataOffset|ProfileSize|(Red|Green|Blue|Alpha)(Mask|Endpoint))|BMP:.*|ICC.*)=/;
