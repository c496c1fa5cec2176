// Pixels of a bitmap: rows that are padded to 32 bits, or run lengths (RLE8, RLE4, OS/2's RLE24).
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { keepRows } from '../rows.ts';
import { Compression, type DibHeader } from './header.ts';

const WHERE = 'pixels';
/** Behind a zero: end of a row, end of the bitmap, a jump; larger ones count pixels that are stored as they are. */
const Escape = { row: 0, bitmap: 1, delta: 2 } as const;
const END_OF_BITMAP = Uint8Array.of(0, Escape.bitmap);
const ZERO = new Uint8Array(1);

/**
 * Carries rows of `bits` bits a pixel over.
 * @returns where they end in the input
 */
export function keepPixelRows(
  window: Window,
  plan: Plan,
  context: Context,
  rows: { start: number; width: number; count: number; bits: number; limit: number },
): Walk<number> {
  const { start, width, count, limit } = rows;
  const bits = width * rows.bits;
  return keepRows(window, plan, context, { start, count, stride: Math.ceil(bits / 32) * 4, bits, limit, where: WHERE });
}

/**
 * Carries run lengths over up to the end of the bitmap, where every decoder stops.
 * @returns where they end in the input
 */
export function* keepRunLengths(
  window: Window,
  plan: Plan,
  context: Context,
  header: DibHeader,
  start: number,
): Walk<number> {
  const { compression, bitCount, width } = header;
  const height = Math.abs(header.height);
  const runLength = compression === Compression.rle24 ? 4 : 2;
  const most = width * height;
  let [x, y, pixels, keptTo] = [0, 0, 0, start];
  let at = start;
  const spend = (count: number): void => {
    if (pixels >= most) throw malformed('The bitmap codes more pixels than it has.', at, WHERE);
    pixels += count;
  };
  while (y < height) {
    if (!window.has(at, 2)) {
      // The last row may be the end of the file.
      if (at >= window.size && y === height - 1 && x >= width) break;
      yield window.need(at, 2, WHERE);
    }
    const count = window.u8(at);
    const code = window.u8(at + 1);
    if (count > 0) {
      spend(count);
      x += count;
      at += runLength;
    } else if (code === Escape.row) {
      x = 0;
      y++;
      at += 2;
    } else if (code === Escape.bitmap) {
      break;
    } else if (code === Escape.delta) {
      if (!window.has(at, 4)) yield window.need(at, 4, WHERE);
      spend(1);
      x += window.u8(at + 2);
      y += window.u8(at + 3);
      at += 4;
    } else {
      spend(code);
      x += code;
      const end = at + 2 + Math.ceil((code * bitCount) / 8);
      // Stored pixels are padded to 16 bits.
      at = end + ((end - at) & 1);
      if (at > end) {
        if (!window.has(end, 1)) yield window.need(end, 1, WHERE);
        if (window.u8(end) !== 0) {
          context.countStructures();
          plan.keep(keptTo, end);
          plan.insert(ZERO);
          keptTo = at;
          plan.found({ kind: 'structure', where: `${WHERE} › padding`, action: 'rewritten', bytes: 1, offset: end });
        }
      }
    }
  }
  if (at > start && !window.has(at - 1, 1)) yield window.need(at - 1, 1, WHERE);
  if (!window.has(at, 2) && at + 2 <= window.size) yield window.need(at, 2, WHERE);
  if (window.has(at, 2) && window.u16be(at) === Escape.bitmap) {
    plan.keep(keptTo, at + 2);
    return at + 2;
  }
  plan.keep(keptTo, at);
  plan.insert(END_OF_BITMAP);
  const note = 'It is missing, and is added.';
  plan.found({ kind: 'structure', where: 'end of bitmap', action: 'rewritten', bytes: 0, offset: at, note });
  return at;
}
