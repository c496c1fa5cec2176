// A DIB in an icon: its header has twice the height, and behind the pixels stands a mask of one bit a pixel.
import { carry } from '../../containers/carry.ts';
import { colorsUsed, countColors, keepColors } from '../../containers/dib/colors.ts';
import {
  ColorSpace,
  Compression,
  changedFields,
  type DibHeader,
  hasMasks,
  masksLength,
  readHeader,
  readHeaderSize,
  readMasks,
  writeHeader,
} from '../../containers/dib/header.ts';
import { keepPixelRows } from '../../containers/dib/pixels.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const HEADER = 'BITMAPINFOHEADER';
const NO_DENSITY = { x: 0, y: 0 };

/**
 * Walks the DIB at `start`; `end` is that of what may be read, `statedEnd` that which the directory gives.
 * @param entryHeight the height that the directory gives; 0 for 256
 */
export function* walkIconBitmap(
  window: Window,
  context: Context,
  { start, end, statedEnd }: { start: number; end: number; statedEnd: number },
  entryHeight: number,
): Walk<Plan> {
  const plan = new Plan(context.describes);
  if (!window.has(start, 4)) yield window.need(start, 4, HEADER);
  const size = readHeaderSize(window, start);
  const headerEnd = start + size;
  if (headerEnd > end) throw cutOff(end);
  if (!window.has(start, size)) yield window.need(start, size, HEADER);
  const header = readHeader(window, start, size);
  if (header.compression !== Compression.rgb && !hasMasks(header.compression)) {
    throw unsupported('The icon has a compressed bitmap, which hardly any program reads.', start, HEADER);
  }
  const tableStart = headerEnd + masksLength(header);
  if (tableStart > end) throw cutOff(end);
  if (!window.has(start, tableStart - start)) yield window.need(start, tableStart - start, 'masks');
  const found = window.view(start, tableStart);
  if (tableStart > headerEnd) header.masks = readMasks(found, size, tableStart - headerEnd > 12);

  const colors = countColors(header, end - tableStart);
  const front = plan.slot();
  const pixelsStart = yield* keepColors(window, plan, header, tableStart, colors);
  const before = plan.length;
  const maskStart = yield* keepPicture(window, plan, context, header, pixelsStart, end, entryHeight);
  const { width } = header;
  const count = Math.floor(Math.abs(header.height) / 2);
  let last = maskStart;
  // With an alpha channel some writers leave the mask out, and decoders do without it.
  if (header.bitCount !== 32 || (maskStart < end && maskStart !== statedEnd)) {
    last = yield* keepPixelRows(window, plan, context, { start: maskStart, width, count, bits: 1, limit: end });
  }
  header.imageSize = plan.length - before;
  header.colorsUsed = colorsUsed(header, colors);
  header.density = NO_DENSITY;
  header.profileStart = 0;
  header.profileSize = 0;
  if (header.colorSpace !== ColorSpace.calibrated) header.colorSpace = ColorSpace.sRGB;
  const written = writeHeader(header);
  carry(front.plan, start, found, written);
  for (const { name, kind, action, bytes, offset } of changedFields(header, found, written)) {
    plan.found({ kind, where: `${HEADER} › ${name}`, action, bytes, offset: start + offset });
  }
  if (end > last) {
    plan.found({ kind: 'trailing-data', where: 'after mask', action: 'removed', bytes: end - last, offset: last });
  }
  return plan;
}

/** @returns where the pixels end in the input */
function* keepPicture(
  window: Window,
  plan: Plan,
  context: Context,
  header: DibHeader,
  start: number,
  limit: number,
  entryHeight: number,
): Walk<number> {
  const { width, bitCount: bits, height } = header;
  const count = Math.floor(Math.abs(height) / 2);
  if (count === 0 || (height > 1 && height === entryHeight)) {
    throw malformed(
      'The bitmap has not twice the height of the icon, so where its mask begins is not clear.',
      start,
      HEADER,
    );
  }
  return yield* keepPixelRows(window, plan, context, { start, width, count, bits, limit });
}

function cutOff(end: number): Error {
  return malformed(`A bitmap of the icon is cut off: it ends at byte ${end}.`, end, HEADER);
}
