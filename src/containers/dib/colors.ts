// The colour table of a bitmap: three bytes an entry behind a BITMAPCOREHEADER, else four, the last of them reserved.
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { carry } from '../carry.ts';
import { type DibHeader, HeaderSize } from './header.ts';

const WHERE = 'colour table';

/** Length of an entry. */
export function colorLength({ size }: DibHeader): number {
  return size === HeaderSize.core ? 3 : 4;
}

/** How many entries of the table pixels can name, if it may take `available` bytes; 0 where pixels are colours themselves. */
export function countColors(header: DibHeader, available: number): number {
  const { bitCount, colorsUsed } = header;
  if (bitCount === 0 || bitCount > 8) return 0;
  const most = 2 ** bitCount;
  const stored = colorsUsed === 0 || colorsUsed > most ? most : colorsUsed;
  return Math.min(stored, Math.floor(available / colorLength(header)));
}

/**
 * Carries the table of `count` colours at `start` over, with nothing in its reserved bytes.
 * @returns where it ends in the input
 */
export function* keepColors(window: Window, plan: Plan, header: DibHeader, start: number, count: number): Walk<number> {
  const length = count * colorLength(header);
  if (length === 0) return start;
  if (!window.has(start, length)) yield window.need(start, length, WHERE);
  const found = window.view(start, start + length);
  const written = colorLength(header) === 4 ? found.map((byte, at) => (at % 4 === 3 ? 0 : byte)) : found;
  carry(plan, start, found, written);
  const bytes = found.reduce((sum, byte, at) => (byte === written[at] ? sum : sum + 1), 0);
  if (bytes > 0)
    plan.found({ kind: 'other', where: `${WHERE} › rgbReserved`, action: 'removed', bytes, offset: start });
  return start + length;
}

/** biClrUsed for a table of so many entries. */
export function colorsUsed({ bitCount }: DibHeader, count: number): number {
  return count === 2 ** bitCount ? 0 : count;
}
