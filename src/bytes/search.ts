import { startsWith } from './text.ts';

/** Index of the first place from `from` on where the bytes spell a word, one byte a character; or -1. */
export function indexOf(bytes: Uint8Array, word: string, from = 0): number {
  const first = word.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (startsWith(bytes, word, at)) return at;
  }
  return -1;
}

/** Index of the last place where the bytes spell a word, or -1. */
export function lastIndexOf(bytes: Uint8Array, word: string): number {
  const first = word.charCodeAt(0);
  for (let at = bytes.lastIndexOf(first); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1)) {
    if (startsWith(bytes, word, at)) return at;
  }
  return -1;
}

/** Index of the last of `count` ascending numbers that is at most `value`; 0 where none is. */
export function lastAtMost(numbers: ArrayLike<number>, value: number, count: number = numbers.length): number {
  let low = 0;
  for (let high = count - 1; low < high; ) {
    const middle = (low + high + 1) >>> 1;
    if ((numbers[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
