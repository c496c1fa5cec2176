import sharp from 'sharp';
import { colorTable, dibHeader, type IconPicture, ico, join, rows, samples } from '../builders/bitmap.ts';
import { decodePicture } from '../decoders/picture.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['gap', 'trailer', 'tail', 'comment'] as const;

const png = new Uint8Array(
  await sharp(Buffer.from(samples(7 * 5 * 4)), { raw: { width: 7, height: 5, channels: 4 } })
    .png()
    .toBuffer(),
);
const IHDR_END = 33;

/** The PNG with a text chunk, whose checksum no decoder minds. */
function pngWith(text: string): Uint8Array {
  const length = 8 + text.length;
  return join(
    png.subarray(0, IHDR_END),
    [0, 0, 0, length],
    `tEXtComment\0${text}`,
    [0, 0, 0, 0],
    png.subarray(IHDR_END),
  );
}

interface Planted {
  padding: number;
  resolution: number;
  gap: Uint8Array;
  tail: Uint8Array;
}

function bitmap(bits: number, { padding, resolution, tail }: Planted): Uint8Array {
  const density: [number, number] = [resolution, resolution];
  const dib = dibHeader({ bits, height: 10, density, imageSize: padding, colorsImportant: padding });
  const colors = bits <= 8 ? colorTable(2 ** bits, padding) : [];
  return join(dib, colors, rows(7, 5, bits, padding), rows(7, 5, 1, padding), tail);
}

type Make = (planted: Planted, seed: number) => { type: 1 | 2; pictures: IconPicture[] };

const makers: Record<string, Make> = {
  'bitmap and PNG': (planted, seed) => ({
    type: 1,
    pictures: [
      { data: bitmap(24, planted), fields: [0, planted.padding, 1, 24], gap: planted.gap },
      { data: pngWith(canary(seed, 'comment')), fields: [0, 0, 1, 32], gap: planted.gap },
    ],
  }),
  '4 bits': (planted) => ({ type: 1, pictures: [{ data: bitmap(4, planted), fields: [16, planted.padding, 1, 4] }] }),
  cursor: (planted) => ({ type: 2, pictures: [{ data: bitmap(32, planted), fields: [0, planted.padding, 3, 4] }] }),
};

export const specimens: readonly Specimen[] = Object.entries(makers).map(([name, make]) => ({
  name,
  make(seed) {
    const random = randomFrom(seed);
    const planted = {
      padding: Math.floor(random() * 256),
      resolution: Math.floor(random() * 9999),
      gap: random() < 0.7 ? join(canary(seed, 'gap')) : join(),
      tail: random() < 0.7 ? join(canary(seed, 'tail')) : join(),
    };
    const { type, pictures } = make(planted, seed);
    return ico(type, pictures, canary(seed, 'trailer'));
  },
  canaries: (seed) => words.map((word) => canary(seed, word)),
  async decode(file) {
    const hotspot = file[2] === 2 ? file.slice(10, 14) : undefined;
    // FFmpeg knows no cursors, which are icons but for this.
    const icon = file.slice();
    icon[2] = 1;
    if (hotspot !== undefined) icon.set([1, 0, 32, 0], 10);
    return { hotspot, pixels: await decodePicture(icon, 'ico') };
  },
}));

export const structuralTags: RegExp =
  /^(File|ICO|Icon\d*|Cursor\d*):(ImageCount|ImageWidth|ImageHeight|NumColors|ColorPlanes|BitsPerPixel|ImageLength|Hotspot[XY])=/;
