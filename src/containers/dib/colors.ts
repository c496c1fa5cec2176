// The colour table of a bitmap: three bytes an entry behind a BITMAPCOREHEADER, else four, the last of them reserved.
import { type DibHeader, HeaderSize } from './header.ts';

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

/** The table with nothing in its reserved bytes. */
export function writeColors(header: DibHeader, found: Uint8Array): Uint8Array {
  const length = colorLength(header);
  return length === 4 ? found.map((byte, at) => (at % length === 3 ? 0 : byte)) : found;
}

/** biClrUsed for a table of so many entries. */
export function colorsUsed({ bitCount }: DibHeader, count: number): number {
  return count === 2 ** bitCount ? 0 : count;
}
