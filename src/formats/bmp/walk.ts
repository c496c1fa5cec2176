import { carry } from '../../containers/carry.ts';
import { colorLength, colorsUsed, countColors, keepColors } from '../../containers/dib/colors.ts';
import { keepDensity } from '../../containers/dib/density.ts';
import {
  Compression,
  changedFields,
  type DibHeader,
  HeaderSize,
  masksLength,
  readHeader,
  readHeaderSize,
  readMasks,
  writeHeader,
} from '../../containers/dib/header.ts';
import { keepPixelRows, keepRunLengths } from '../../containers/dib/pixels.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan, Slot } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { walkColorSpace } from './color-space.ts';

const FILE_HEADER_LENGTH = 14;
const FILE_HEADER = 'BITMAPFILEHEADER';

/** A bitmap whose headers were read. */
interface Bitmap {
  header: DibHeader;
  /** File header, DIB header and masks as they were found. */
  found: Uint8Array;
  /** Where the pixels begin (bfOffBits). */
  pixelsStart: number;
  /** How many colours are kept. */
  colors: number;
}

/** Walks a BMP file: headers, colour table, pixels, profile. */
export function* walkBmp(window: Window, plan: Plan, context: Context): Walk {
  const bitmap = yield* readHeaders(window);
  const { header, pixelsStart, found } = bitmap;
  const front = plan.slot();
  const colorsEnd = yield* keepColors(window, plan, header, found.length, bitmap.colors);
  noteGap(plan, 'between colour table and pixels', colorsEnd, pixelsStart);
  const before = plan.length;
  const end = yield* keepPixels(window, plan, context, header, pixelsStart);
  header.imageSize = plan.length - before;
  header.density = keepDensity(header, context);
  header.colorsUsed = colorsUsed(header, bitmap.colors);
  const pixelsOut = found.length + bitmap.colors * colorLength(header);
  const profileStart = pixelsOut + header.imageSize - FILE_HEADER_LENGTH;
  const profile = yield* walkColorSpace(window, plan, context, header, FILE_HEADER_LENGTH, profileStart);
  if (profile !== undefined) carry(plan, profile.start, profile.found, profile.canonical);
  writeHeaders(plan, front, bitmap, pixelsOut, pixelsOut + header.imageSize + (profile?.canonical.length ?? 0));
  noteRest(plan, window.size, end, profile);
  plan.residual.add('What the picture shows.');
  plan.residual.add('How its colours are ordered and coded, and colours that no pixel names.');
}

function* readHeaders(window: Window): Walk<Bitmap> {
  if (!window.has(0, FILE_HEADER_LENGTH + 4)) yield window.need(0, FILE_HEADER_LENGTH + 4, FILE_HEADER);
  if (window.u8(1) === 0x41) {
    throw unsupported('The file is an array of OS/2 bitmaps. Save the one you want to send as PNG and try again.', 0);
  }
  const size = readHeaderSize(window, FILE_HEADER_LENGTH);
  const headerEnd = FILE_HEADER_LENGTH + size;
  if (!window.has(0, headerEnd)) yield window.need(0, headerEnd, 'BITMAPINFOHEADER');
  const header = readHeader(window, FILE_HEADER_LENGTH, size);
  const tableStart = headerEnd + masksLength(header);
  if (!window.has(0, tableStart)) yield window.need(0, tableStart, 'masks');
  const found = window.view(0, tableStart);
  if (tableStart > headerEnd) header.masks = readMasks(found, headerEnd, tableStart - headerEnd > 12);
  const pixelsStart = window.u32le(10);
  if (pixelsStart < tableStart) throw malformed('The pixels begin inside the headers.', 10, FILE_HEADER, 'bfOffBits');
  const colors = countColors(header, pixelsStart - tableStart);
  if (colors === 0 && header.bitCount > 0 && header.bitCount <= 8) {
    throw malformed('The bitmap has no colour table.', tableStart, 'colour table');
  }
  return { header, found, pixelsStart, colors };
}

/** @returns where the pixels end in the input */
function* keepPixels(window: Window, plan: Plan, context: Context, header: DibHeader, start: number): Walk<number> {
  const { compression, width, bitCount: bits } = header;
  if (compression === Compression.jpeg || compression === Compression.png) {
    return yield* keepFile(window, plan, context, header, start);
  }
  if (isRunLength(compression)) return yield* keepRunLengths(window, plan, context, header, start);
  const count = Math.abs(header.height);
  return yield* keepPixelRows(window, plan, context, { start, width, count, bits, limit: window.size });
}

function isRunLength(compression: number): boolean {
  return compression === Compression.rle8 || compression === Compression.rle4 || compression === Compression.rle24;
}

/** A JPEG or PNG file takes the place of pixels (BI_JPEG, BI_PNG). */
function* keepFile(window: Window, plan: Plan, context: Context, header: DibHeader, start: number): Walk<number> {
  const { imageSize, compression } = header;
  const end = imageSize > 0 && start + imageSize <= window.size ? start + imageSize : window.size;
  if (start >= end) throw malformed('The file is cut off: it ends in front of its pixels.', window.size, 'pixels');
  // Who shows a bitmap does not turn it.
  const nested = yield* context.without('orientation', 'exifColor').nested(window, start, end);
  if (nested.format.id !== (compression === Compression.jpeg ? 'jpeg' : 'png')) {
    throw malformed('What stands in place of pixels is not what the header says.', start, 'pixels');
  }
  plan.append(nested.plan, start, 'pixels');
  return end;
}

function writeHeaders(plan: Plan, slot: Slot, { header, found }: Bitmap, pixelsStart: number, fileSize: number): void {
  const written = new Uint8Array(found.length);
  const view = new DataView(written.buffer);
  view.setUint16(0, 0x424d);
  view.setUint32(2, fileSize, true);
  view.setUint32(10, pixelsStart, true);
  written.set(writeHeader(header), FILE_HEADER_LENGTH);
  carry(slot.plan, 0, found, written);
  const changed = changedFields(header, found.subarray(FILE_HEADER_LENGTH), written.subarray(FILE_HEADER_LENGTH));
  if (found.subarray(6, 10).some((byte) => byte !== 0)) {
    plan.found({ kind: 'other', where: `${FILE_HEADER} › bfReserved`, action: 'removed', bytes: 4, offset: 6 });
  }
  if (found.subarray(2, 6).some((byte, at) => byte !== written[2 + at])) {
    plan.found({ kind: 'structure', where: `${FILE_HEADER} › bfSize`, action: 'rewritten', bytes: 4, offset: 2 });
  }
  for (const { name, kind, bytes, offset, action } of changed) {
    plan.found({ kind, where: `${nameHeader(header)} › ${name}`, action, bytes, offset: FILE_HEADER_LENGTH + offset });
  }
}

function nameHeader({ size }: DibHeader): string {
  if (size === HeaderSize.core) return 'BITMAPCOREHEADER';
  if (size === HeaderSize.v4) return 'BITMAPV4HEADER';
  return size === HeaderSize.v5 ? 'BITMAPV5HEADER' : 'BITMAPINFOHEADER';
}

function noteGap(plan: Plan, where: string, start: number, end: number): void {
  if (end > start) plan.found({ kind: 'other', where, action: 'removed', bytes: end - start, offset: start });
}

/** Notes what stands behind the pixels and is no profile. */
function noteRest(plan: Plan, size: number, start: number, profile: { start: number; end: number } | undefined): void {
  const isBehind = profile !== undefined && profile.start >= start;
  noteTrailer(plan, start, isBehind ? profile.start : size);
  if (isBehind) noteTrailer(plan, profile.end, size);
}

function noteTrailer(plan: Plan, start: number, end: number): void {
  const where = 'after pixels';
  if (end > start) plan.found({ kind: 'trailing-data', where, action: 'removed', bytes: end - start, offset: start });
}
