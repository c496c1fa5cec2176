// Prefix codes of JPEG XL (ISO/IEC 18181-1:2022 §C.2.7), which are those of Brotli (RFC 7932 §3).
import type { CodestreamBits } from './bits.ts';

const MAX_LENGTH = 15;
/** RFC 7932 §3.5: in which order the lengths of the code for the lengths stand, and how each is coded in 2 to 4 bits. */
const LENGTH_ORDER = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const LENGTH_CODES: readonly (readonly [number, number])[] = [
  [2, 0],
  [2, 4],
  [2, 3],
  [3, 2],
  [2, 0],
  [2, 4],
  [2, 3],
  [4, 1],
  [2, 0],
  [2, 4],
  [2, 3],
  [3, 2],
  [2, 0],
  [2, 4],
  [2, 3],
  [4, 5],
];
const REPEAT_PREVIOUS = 16;
const REPEAT_ZERO = 17;
/** Repeated where nothing was read before. */
const FIRST_LENGTH = 8;

/** A code that reads symbols. */
export interface PrefixCode {
  read(bits: CodestreamBits): number;
}

/** Reads a code for the symbols below `size`. */
export function readPrefixCode(bits: CodestreamBits, size: number): PrefixCode {
  const lengths = new Uint8Array(size);
  if (size === 1) return canonicalCode(lengths);
  const kind = bits.read(2);
  if (kind === 1) return readSimpleCode(bits, size);
  const lengthCode = readLengthCode(bits, kind);
  readLengths(bits, lengthCode, lengths);
  return canonicalCode(lengths);
}

/** RFC 7932 §3.4: up to four symbols. */
function readSimpleCode(bits: CodestreamBits, size: number): PrefixCode {
  const width = 32 - Math.clz32(size - 1);
  const count = bits.read(2) + 1;
  const symbols = Array.from({ length: count }, () => bits.read(width));
  if (symbols.some((symbol) => symbol >= size) || new Set(symbols).size < count) {
    bits.reject('A prefix code in a header is damaged.');
  }
  const isSkewed = count === 4 && bits.bool();
  const depths = isSkewed ? [1, 2, 3, 3] : ([[0], [1, 1], [1, 2, 2], [2, 2, 2, 2]][count - 1] ?? []);
  const lengths = new Uint8Array(size);
  for (const [index, symbol] of symbols.entries()) lengths[symbol] = depths[index] ?? 0;
  return count === 1 ? { read: () => symbols[0] ?? 0 } : canonicalCode(lengths);
}

/** The code in which the lengths are coded; the first few of its lengths may be skipped. */
function readLengthCode(bits: CodestreamBits, skipped: number): PrefixCode {
  const lengths = new Uint8Array(LENGTH_ORDER.length);
  let space = 32;
  let count = 0;
  for (const symbol of LENGTH_ORDER.slice(skipped)) {
    if (space <= 0) break;
    const [width, length] = LENGTH_CODES[bits.peek(4)] ?? [4, 0];
    bits.at += width;
    lengths[symbol] = length;
    if (length === 0) continue;
    space -= 32 >> length;
    count++;
  }
  if (count !== 1 && space !== 0) bits.reject('A prefix code in a header is damaged.');
  const single = lengths.findIndex((length) => length > 0);
  return count === 1 ? { read: () => single } : canonicalCode(lengths);
}

/** RFC 7932 §3.5: the lengths of the code, with repetitions. */
function readLengths(bits: CodestreamBits, code: PrefixCode, lengths: Uint8Array): void {
  let space = 1 << MAX_LENGTH;
  let previous = FIRST_LENGTH;
  let repeat = 0;
  let repeated = 0;
  let symbol = 0;
  while (symbol < lengths.length && space > 0 && !bits.isBroken) {
    const length = code.read(bits);
    if (length < REPEAT_PREVIOUS) {
      repeat = 0;
      lengths[symbol++] = length;
      if (length === 0) continue;
      previous = length;
      space -= (1 << MAX_LENGTH) >> length;
      continue;
    }
    const extra = length - 14;
    const value = length === REPEAT_ZERO ? 0 : previous;
    if (repeated !== value) {
      repeat = 0;
      repeated = value;
    }
    const before = repeat;
    repeat = (repeat > 0 ? (repeat - 2) << extra : 0) + bits.read(extra) + 3;
    const count = repeat - before;
    if (symbol + count > lengths.length) {
      bits.reject('A prefix code in a header is damaged.');
      return;
    }
    lengths.fill(value, symbol, symbol + count);
    symbol += count;
    if (value > 0) space -= count << (MAX_LENGTH - value);
  }
  if (space !== 0) bits.reject('A prefix code in a header is damaged.');
}

/** The code in which shorter ones come first, and of the same length those of lower symbols (RFC 7932 §3.2). */
function canonicalCode(lengths: Uint8Array): PrefixCode {
  const counts = new Array<number>(MAX_LENGTH + 1).fill(0);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const used = lengths.length - (counts[0] ?? 0);
  if (used === 0) return { read: () => 0 };
  const places = new Array<number>(MAX_LENGTH + 2).fill(0);
  for (let length = 1; length <= MAX_LENGTH; length++) {
    places[length + 1] = (places[length] ?? 0) + (counts[length] ?? 0);
  }
  const sorted = new Uint16Array(used);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const place = places[length] ?? 0;
    sorted[place] = symbol;
    places[length] = place + 1;
  }
  return {
    read: (bits) => {
      let code = 0;
      let first = 0;
      let index = 0;
      for (let length = 1; length <= MAX_LENGTH; length++) {
        code = code * 2 + bits.read(1);
        const count = counts[length] ?? 0;
        if (code - first < count) return sorted[index + code - first] ?? 0;
        index += count;
        first = (first + count) * 2;
      }
      bits.reject('A prefix code in a header is damaged.');
      return 0;
    },
  };
}
