// Rows of pixels that are padded to whole bytes or words. What pads them is never shown, so it is written as zeros.
import type { Context } from '../core/context.ts';
import { malformed } from '../core/errors.ts';
import type { Plan } from '../core/plan.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

/** Rows of pixels one behind the other. */
export interface Rows {
  start: number;
  count: number;
  /** Length of a row in bytes, its padding included. */
  stride: number;
  /** How many bits of a row are pixels. */
  bits: number;
  /** End of what may be read. */
  limit: number;
  /** Names the rows in findings and errors. */
  where: string;
}

/**
 * Carries rows over, with zeros for padding. The last row may lack its padding; it is added.
 * @returns where they end in the input
 */
export function* keepRows(window: Window, plan: Plan, context: Context, rows: Rows): Walk<number> {
  const { start, count, stride, bits, limit, where } = rows;
  const used = Math.ceil(bits / 8);
  const end = start + count * stride;
  const pixelsEnd = end - stride + used;
  if (pixelsEnd > limit) {
    throw malformed(`The file is cut off: its pixels should end at byte ${pixelsEnd}.`, limit, where);
  }
  if (!window.has(pixelsEnd - 1, 1)) yield window.need(pixelsEnd - 1, 1, where);
  const inByte = bits % 8;
  if (inByte === 0 && used === stride) {
    plan.keep(start, end);
    return end;
  }
  const mask = inByte === 0 ? 0xff : (0xff << (8 - inByte)) & 0xff;
  let keptTo = start;
  let cleared = 0;
  for (let row = start; row < end; row += stride) {
    const tail = row + used - 1;
    const tailEnd = Math.min(row + stride, limit);
    if (!window.has(tail, tailEnd - tail)) yield window.need(tail, tailEnd - tail, where);
    const isWhole = tailEnd === row + stride;
    if (isWhole && isClear(window, tail, tailEnd, mask)) continue;
    context.countStructures();
    const clear = new Uint8Array(row + stride - tail);
    clear[0] = window.u8(tail) & mask;
    plan.keep(keptTo, tail);
    plan.insert(clear);
    keptTo = tailEnd;
    cleared += clear.length - (mask === 0xff ? 1 : 0);
  }
  plan.keep(keptTo, Math.min(end, limit));
  if (cleared > 0) {
    const note = 'It is written as zeros.';
    plan.found({
      kind: 'structure',
      where: `${where} › padding`,
      action: 'rewritten',
      bytes: cleared,
      offset: start,
      note,
    });
  }
  return Math.min(end, limit);
}

/** Whether nothing but pixels is in the byte at `tail`, and nothing behind it. */
function isClear(window: Window, tail: number, end: number, mask: number): boolean {
  if ((window.u8(tail) & ~mask) !== 0) return false;
  for (let at = tail + 1; at < end; at++) if (window.u8(at) !== 0) return false;
  return true;
}
