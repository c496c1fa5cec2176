// Decoders tell the colour model by which application segments there are: JFIF means YCbCr; without it the transform of Adobe
// decides; without both the component ids do. So presence is content, and is kept or made canonical with care.
import { type Frame, isLossless } from '../../containers/jpeg/frame.ts';
import { Marker, writeSegment } from '../../containers/jpeg/marker.ts';

/** Horizontal and vertical pixel density of JFIF (T.871 §10.1). */
export interface Density {
  /** 0: ratio alone, 1: dots per inch, 2: dots per centimetre. */
  units: number;
  x: number;
  y: number;
}

/** What the segments in front of the frame say about colour. */
export interface ColorModel {
  /** Set where there is a JFIF segment. */
  density: Density | undefined;
  /** The transform of an Adobe segment (T.872 §6.5.3): 0 none, 1 YCbCr, 2 YCCK. */
  transform: number | undefined;
}

const TRANSFORM_YCBCR = 1;
/** T.871 §10.1: version 1.01, as written by most. */
const JFIF_VERSION = [1, 1];
/** T.872 §6.5.3: version 100, both flag words zero. */
const ADOBE_BODY = [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0];

/**
 * The JFIF and Adobe segments that give every decoder the same colours as the input's did.
 * @param density what is kept of the pixel density
 */
export function writeColorModel(
  frame: Frame,
  { density: found, transform }: ColorModel,
  density: Density,
): Uint8Array[] {
  const segments: Uint8Array[] = [];
  const isPlain = !isLossless(frame) && (isGray(frame) || isPlainYCbCr(frame, transform));
  if (isPlain || found !== undefined) {
    segments.push(
      writeSegment(Marker.APP0, [0x4a, 0x46, 0x49, 0x46, 0, ...JFIF_VERSION, density.units, ...words(density), 0, 0]),
    );
  }
  if (!isPlain && transform !== undefined) segments.push(writeSegment(Marker.APP14, [...ADOBE_BODY, transform]));
  return segments;
}

function words({ x, y }: Density): number[] {
  return [x >> 8, x & 0xff, y >> 8, y & 0xff];
}

function isGray({ components }: Frame): boolean {
  return components.length === 1;
}

/** Three components that every decoder takes as YCbCr, with or without JFIF. */
function isPlainYCbCr({ components }: Frame, transform: number | undefined): boolean {
  if (components.length !== 3 || (transform !== undefined && transform !== TRANSFORM_YCBCR)) return false;
  const [first] = components;
  return first !== undefined && first.id <= 1 && components.every(({ id }, index) => id === first.id + index);
}

/** The shape of a pixel alone: the ratio in lowest terms. */
export function aspectOf({ x, y }: Density): Density {
  if (x === 0 || y === 0) return { units: 0, x: 1, y: 1 };
  const divisor = greatestCommonDivisor(x, y);
  return { units: 0, x: x / divisor, y: y / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
