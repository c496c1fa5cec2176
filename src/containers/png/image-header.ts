import { malformed } from '../../core/errors.ts';
import { MAX_UINT } from '../png.ts';

/** What the IHDR chunk says (§11.2.1). */
export interface ImageHeader {
  width: number;
  height: number;
  bitDepth: number;
  colorType: ColorType;
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

/** Interlace methods: none and Adam7. */
const LAST_INTERLACE_METHOD = 1;

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
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || view.getUint8(12) > LAST_INTERLACE_METHOD) {
    throw broken('names a method of compression, filtering or interlacing that PNG does not have', start);
  }
  return { width, height, bitDepth, colorType };
}

function isColorType(value: number): value is ColorType {
  return bitDepths.has(value);
}

function broken(what: string, start: number): Error {
  return malformed(`The image header ${what}; no viewer shows such a file.`, start, 'IHDR');
}
