import { malformed } from '../../core/errors.ts';
import { MAX_UINT } from '../png.ts';

/** What the IHDR chunk says (§11.2.1). */
export interface ImageHeader {
  width: number;
  height: number;
  bitDepth: number;
  colorType: ColorType;
  isInterlaced: boolean;
}

/** §6.1. */
export const ColorType = { gray: 0, rgb: 2, indexed: 3, grayAlpha: 4, rgbAlpha: 6 } as const;
/** One of the values of {@link ColorType}. */
export type ColorType = (typeof ColorType)[keyof typeof ColorType];

/** Length of the data of an IHDR chunk. */
export const IMAGE_HEADER_LENGTH = 13;

/** Table 11.1: the bit depths of each colour type. */
const bitDepths: ReadonlyMap<number, readonly number[]> = new Map([
  [ColorType.gray, [1, 2, 4, 8, 16]],
  [ColorType.rgb, [8, 16]],
  [ColorType.indexed, [1, 2, 4, 8]],
  [ColorType.grayAlpha, [8, 16]],
  [ColorType.rgbAlpha, [8, 16]],
]);

/** §8.1: interlace methods are 0, none, and this one. */
const ADAM7 = 1;

/** §8.1: the seven passes of Adam7: the first column and row, and the distance to the next. */
const passes: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** §6.1: how many samples a pixel has. */
const samplesPerPixel: Readonly<Record<ColorType, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Reads the data of an IHDR chunk, of which every byte means something.
 * @throws ScrubError `malformed` where decoders refuse it
 */
export function readImageHeader(data: Uint8Array, start: number): ImageHeader {
  if (data.length !== IMAGE_HEADER_LENGTH) throw broken('has a wrong length', start);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const bitDepth = view.getUint8(8);
  const colorType = view.getUint8(9);
  if (width === 0 || height === 0 || width > MAX_UINT || height > MAX_UINT) {
    throw broken('gives the picture an impossible size', start);
  }
  if (!isColorType(colorType) || !bitDepths.get(colorType)?.includes(bitDepth)) {
    throw broken('names a combination of colour type and bit depth that does not exist', start);
  }
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || view.getUint8(12) > ADAM7) {
    throw broken('names a method of compression, filtering or interlacing that PNG does not have', start);
  }
  return { width, height, bitDepth, colorType, isInterlaced: view.getUint8(12) === ADAM7 };
}

/** How many bytes the picture data unpacks to: rows, each with its filter type in front (§7.2). */
export function rawLength({ width, height, bitDepth, colorType, isInterlaced }: ImageHeader): number {
  let length = 0;
  for (const [column, row, columnStep, rowStep] of isInterlaced ? passes : [[0, 0, 1, 1] as const]) {
    const [columns, rows] = [Math.ceil((width - column) / columnStep), Math.ceil((height - row) / rowStep)];
    if (columns > 0)
      length += Math.max(0, rows) * (1 + Math.ceil((columns * samplesPerPixel[colorType] * bitDepth) / 8));
  }
  return length;
}

function isColorType(value: number): value is ColorType {
  return bitDepths.has(value);
}

function broken(what: string, start: number): Error {
  return malformed(`The image header ${what}; no viewer shows such a file.`, start, 'IHDR');
}
