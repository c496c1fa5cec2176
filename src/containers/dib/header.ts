// The header of a device-independent bitmap, as BMP files and icons have it: BITMAPCOREHEADER, BITMAPINFOHEADER, its V2 to V5, and
// those of OS/2 (Windows GDI, [MS-WMF] §2.2.2; OS/2 Presentation Manager). A longer header begins like a shorter one.
// It is written anew from what decoders read of it.
import { malformed, unsupported } from '../../core/errors.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Window } from '../../core/window.ts';

/** How pixels are coded (biCompression). OS/2 uses 3 and 4 for others. */
export const Compression = {
  rgb: 0,
  rle8: 1,
  rle4: 2,
  bitfields: 3,
  jpeg: 4,
  png: 5,
  alphaBitfields: 6,
  rle24: -4,
} as const;

/** What the colours mean (bV4CSType, bV5CSType). */
export const ColorSpace = {
  calibrated: 0,
  sRGB: 0x73524742,
  windows: 0x57696e20,
  linked: 0x4c494e4b,
  embedded: 0x4d424544,
} as const;

/** Lengths of the headers. */
export const HeaderSize = { core: 12, info: 40, v2: 52, v3: 56, os2: 64, v4: 108, v5: 124 } as const;

/** What decoders read of a header. */
export interface DibHeader {
  /** Length of the header itself. */
  size: number;
  width: number;
  /** Negative where the first row is the top one. */
  height: number;
  bitCount: number;
  /** One of {@link Compression}. */
  compression: number;
  /** Length of the pixels in bytes, as it is stored. */
  imageSize: number;
  /** Pixels per metre. */
  density: { x: number; y: number };
  /** How many colours the table has; 0 for as many as pixels can name. */
  colorsUsed: number;
  /** Of red, green, blue and alpha. */
  masks: readonly number[];
  colorSpace: number;
  /** Endpoints and gamma of calibrated colours. */
  calibration: Uint8Array;
  /** bV5Intent. */
  intent: number;
  /** Where the profile stands, from the header's start. */
  profileStart: number;
  profileSize: number;
}

const BIT_COUNTS = [1, 2, 4, 8, 16, 24, 32, 64];
/** LCS_GM_BUSINESS, _GRAPHICS, _IMAGES, _ABS_COLORIMETRIC. */
const INTENTS = [8, 1, 2, 4];
const CALIBRATION_START = 60;
const CALIBRATION_LENGTH = 48;
const MASKS_START = 40;

/** A field in which a header as it was found differs from how it is written. */
export interface ChangedField {
  name: string;
  kind: FindingKind;
  action: 'removed' | 'rewritten';
  offset: number;
  bytes: number;
}

/** Fields behind the first three, in their order, with their lengths; what stands behind a BITMAPINFOHEADER's goes by its end. */
const fields: readonly (readonly [string, FindingKind, number])[] = [
  ['biPlanes', 'structure', 2],
  ['biBitCount', 'structure', 2],
  ['biCompression', 'structure', 4],
  ['biSizeImage', 'structure', 4],
  ['biXPelsPerMeter', 'device', 4],
  ['biYPelsPerMeter', 'device', 4],
  ['biClrUsed', 'structure', 4],
  ['biClrImportant', 'other', 4],
  ['masks', 'other', 16],
  ['bV5CSType', 'color-profile', 4],
  ['bV5Endpoints', 'color-profile', 36],
  ['bV5Gamma', 'color-profile', 12],
  ['bV5Intent', 'color-profile', 4],
  ['bV5ProfileData', 'structure', 4],
  ['bV5ProfileSize', 'structure', 4],
  ['bV5Reserved', 'other', 4],
];
const FIELDS_START = 12;
/** Behind these OS/2 has fields of its own. */
const COMMON_FIELDS = 8;

/** Whether a header is one of OS/2's second version, which may be cut anywhere behind the first fields. */
function isOs2(size: number): boolean {
  return size >= 16 && size <= HeaderSize.os2 && size !== 40 && size !== 52 && size !== 56;
}

/** Whether a header of this length is known. */
function isKnownSize(size: number): boolean {
  return size === HeaderSize.core || size === HeaderSize.v4 || size === HeaderSize.v5 || (size >= 16 && size <= 64);
}

/**
 * Length of the header at `start`, whose first four bytes are at hand.
 * @throws ScrubError `unsupported` for one that is not known
 */
export function readHeaderSize(window: Window, start: number): number {
  const size = window.u32le(start);
  if (isKnownSize(size)) return size;
  throw unsupported(
    `The bitmap has a header of ${size} bytes, which is not known. Save the picture as PNG and try again.`,
    start,
    'BITMAPINFOHEADER',
  );
}

/**
 * Reads the header at `start`, which is at hand.
 * @throws ScrubError where no decoder shows it
 */
export function readHeader(window: Window, start: number, size: number): DibHeader {
  const fail = (sentence: string): never => {
    throw malformed(sentence, start, 'BITMAPINFOHEADER');
  };
  const isCore = size === HeaderSize.core;
  const padded = new Uint8Array(HeaderSize.v5);
  padded.set(window.view(start, start + size));
  const view = new DataView(padded.buffer);
  const u32 = (at: number): number => view.getUint32(at, true);
  const i32 = (at: number): number => view.getInt32(at, true);
  const os2 = isOs2(size);
  const width = isCore ? view.getUint16(4, true) : i32(4);
  const height = isCore ? view.getUint16(6, true) : i32(8);
  const bitCount = view.getUint16(isCore ? 10 : 14, true);
  const compression = isCore ? Compression.rgb : compressionOf(u32(16), os2, start);
  if (width <= 0 || height === 0) fail('The bitmap has no width or no height.');
  const isFile = compression === Compression.jpeg || compression === Compression.png;
  if (!isFile && !BIT_COUNTS.includes(bitCount))
    fail(`The bitmap has ${bitCount} bits a pixel, which no decoder shows.`);
  if (!isFile && !fits(compression, bitCount)) fail('The bitmap is coded in a way that does not fit its bits a pixel.');
  const header: DibHeader = {
    size,
    width,
    height,
    bitCount: isFile ? 0 : bitCount,
    compression,
    imageSize: 0,
    density: { x: 0, y: 0 },
    colorsUsed: 0,
    masks: [0, 0, 0, 0],
    colorSpace: 0,
    calibration: new Uint8Array(CALIBRATION_LENGTH),
    intent: 0,
    profileStart: 0,
    profileSize: 0,
  };
  if (isCore) return header;
  header.imageSize = u32(20);
  header.density = { x: i32(24), y: i32(28) };
  header.colorsUsed = u32(32);
  if (os2) return header;
  if (size >= HeaderSize.v2) header.masks = readMasks(padded, MASKS_START, size >= HeaderSize.v3);
  header.colorSpace = u32(56);
  header.calibration = padded.slice(CALIBRATION_START, CALIBRATION_START + CALIBRATION_LENGTH);
  header.intent = u32(108);
  header.profileStart = u32(112);
  header.profileSize = u32(116);
  return header;
}

/** Masks of red, green, blue and maybe alpha at `at`. */
export function readMasks(bytes: Uint8Array, at: number, hasAlpha: boolean): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return [0, 1, 2, 3].map((index) => (index < 3 || hasAlpha ? view.getUint32(at + index * 4, true) : 0));
}

function compressionOf(value: number, os2: boolean, start: number): number {
  if (os2 && value === 4) return Compression.rle24;
  const isKnown = os2 ? value <= Compression.rle4 : value <= Compression.alphaBitfields;
  if (isKnown) return value;
  const coding = os2 && value === 3 ? 'Huffman codes' : `code ${value}`;
  throw unsupported(
    `The bitmap is compressed with ${coding}, which hardly any program reads. Save the picture as PNG and try again.`,
    start,
    'BITMAPINFOHEADER',
    'biCompression',
  );
}

function fits(compression: number, bitCount: number): boolean {
  if (compression === Compression.rle8) return bitCount === 8;
  if (compression === Compression.rle4) return bitCount === 4;
  if (compression === Compression.rle24) return bitCount === 24;
  return hasMasks(compression) ? bitCount === 16 || bitCount === 32 : true;
}

/** Whether the pixels are read by masks. */
export function hasMasks(compression: number): boolean {
  return compression === Compression.bitfields || compression === Compression.alphaBitfields;
}

/** Length of the masks that stand behind the header. */
export function masksLength({ size, compression }: DibHeader): number {
  if (size !== HeaderSize.info || !hasMasks(compression)) return 0;
  return compression === Compression.bitfields ? 12 : 16;
}

/** Writes a header, and the masks behind it. */
export function writeHeader(header: DibHeader): Uint8Array {
  const { size, compression, bitCount } = header;
  const behind = masksLength(header);
  const bytes = new Uint8Array(HeaderSize.v5);
  const view = new DataView(bytes.buffer);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, true);
  u32(0, size);
  if (size === HeaderSize.core) {
    view.setUint16(4, header.width, true);
    view.setUint16(6, header.height, true);
    view.setUint16(8, 1, true);
    view.setUint16(10, bitCount, true);
    return bytes.slice(0, size);
  }
  u32(4, header.width);
  view.setInt32(8, header.height, true);
  view.setUint16(12, 1, true);
  view.setUint16(14, bitCount, true);
  u32(16, Math.abs(compression));
  u32(20, header.imageSize);
  u32(24, header.density.x);
  u32(28, header.density.y);
  u32(32, header.colorsUsed);
  if (isOs2(size)) return bytes.slice(0, size);
  for (const [index, mask] of keptMasks(header).entries()) u32(MASKS_START + index * 4, mask);
  if (size === HeaderSize.info) return bytes.slice(0, size + behind);
  if (size >= HeaderSize.v4) {
    u32(56, header.colorSpace);
    if (header.colorSpace === ColorSpace.calibrated) bytes.set(header.calibration, CALIBRATION_START);
  }
  if (size >= HeaderSize.v5) {
    u32(108, INTENTS.includes(header.intent) ? header.intent : 0);
    u32(112, header.profileStart);
    u32(116, header.profileSize);
  }
  return bytes.slice(0, size);
}

/** Masks as far as decoders may read them: without bit fields, only those that say what holds without them. */
function keptMasks({ masks, compression, bitCount }: DibHeader): readonly number[] {
  if (hasMasks(compression)) return bitCount === 16 ? masks.map((mask) => mask & 0xffff) : masks;
  const plain = bitCount === 16 ? [0x7c00, 0x3e0, 0x1f, 0x8000] : [0xff0000, 0xff00, 0xff, 0xff000000];
  const [alpha = 0] = masks.slice(3);
  const isPlain = plain.every((mask, index) => mask === masks[index] || (index === 3 && alpha === 0));
  return (bitCount === 16 || bitCount === 32) && isPlain ? masks : [0, 0, 0, 0];
}

/** The fields in which a header as it was found differs from how it is written. */
export function changedFields({ size }: DibHeader, found: Uint8Array, written: Uint8Array): ChangedField[] {
  const differs = (start: number, end: number): boolean =>
    found.subarray(start, end).some((byte, at) => byte !== written[start + at]);
  if (size === HeaderSize.core) {
    return differs(0, size) ? [{ name: 'bcPlanes', kind: 'structure', action: 'rewritten', offset: 8, bytes: 2 }] : [];
  }
  const changed: ChangedField[] = [];
  const note = (name: string, kind: FindingKind, offset: number, bytes: number): void => {
    if (!differs(offset, offset + bytes)) return;
    const isEmpty = written.subarray(offset, offset + bytes).every((byte) => byte === 0);
    changed.push({ name, kind, action: isEmpty ? 'removed' : 'rewritten', offset, bytes });
  };
  let at = FIELDS_START;
  for (const [name, kind, length] of isOs2(size) ? fields.slice(0, COMMON_FIELDS) : fields) {
    note(name, kind, at, length);
    at += length;
  }
  if (isOs2(size) && size > at) note('fields of OS/2', 'other', at, size - at);
  return changed;
}
