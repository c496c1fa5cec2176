// Entropy-coded data ends at the next marker that is not RSTn; FF00 is a data byte (ITU-T T.81 §B.1.1.5, §F.1.2.3).
// A photograph is almost wholly such data, so this search is where the time of a scrub goes.
import { Marker } from './marker.ts';

const { RST0, RST7 } = Marker;

/** The last unbroken run of RSTn markers and fill bytes that was passed: `[start, end)`, absolute offsets. */
export interface IdleRun {
  start: number;
  end: number;
}

type IndexOf = (this: Uint8Array, value: number, from: number) => number;

/** Node's search is vectorised; it takes any Uint8Array. */
const nativeIndexOf: IndexOf | undefined = globalThis.Buffer?.prototype.indexOf as IndexOf | undefined;

/** A call of the native search costs as much as stepping over about this many bytes. */
const SHORT_GAP = 32;
/** After so many short gaps in a row the data is dense with FF, and single steps are faster… */
const MAX_SHORT_GAPS = 4;
/** …for this many bytes, after which the search is tried again; twice as many each time it still doesn't pay… */
const DENSE_RUN = 512;
/** …up to this many. */
const MAX_DENSE_RUN = 64 * 1024;

/**
 * Finds the marker that ends coded data in `bytes` from index `at` on: the next FF that begins neither FF00 nor RSTn and that is
 * no fill byte (§B.1.1.2).
 * An FF that is the last byte is found too, since its second byte is not there to tell.
 * @param base absolute offset of `bytes[0]`
 * @param idle told of every RSTn and fill byte that is passed
 * @returns its index, or the length of `bytes`
 */
export function findMarker(bytes: Uint8Array, at: number, base: number, idle: IdleRun): number {
  const { length } = bytes;
  let find: ((from: number) => number) | undefined;
  let shortGaps = 0;
  let denseRun = DENSE_RUN;
  let index = at;
  while (index < length) {
    if (shortGaps < MAX_SHORT_GAPS) {
      let next: number;
      if (nativeIndexOf !== undefined) next = nativeIndexOf.call(bytes, 0xff, index);
      else {
        find ??= findByWords(bytes);
        next = find(index);
      }
      if (next < 0) return length;
      if (next - index < SHORT_GAP) shortGaps++;
      else {
        shortGaps = 0;
        denseRun = DENSE_RUN;
      }
      index = bytes[next + 1] === 0 ? next + 2 : stepOver(bytes, next, next + 2, base, idle);
      if (index === next) return next;
    } else {
      shortGaps = 0;
      const end = Math.min(length, index + denseRun);
      index = stepOver(bytes, index, end, base, idle);
      if (index < end) return index;
      denseRun = Math.min(denseRun * 2, MAX_DENSE_RUN);
    }
  }
  return length;
}

/** FF00 twice, as a little-endian word. */
const TWO_STUFFED = 0x00ff00ff;

/** Steps over coded data from index `from` to `end` or a few bytes past it, or to the first FF that is no part of it. */
function stepOver(bytes: Uint8Array, from: number, end: number, base: number, idle: IdleRun): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let { start: runStart, end: runEnd } = idle;
  let at = from;
  while (at < end) {
    if (bytes[at] !== 0xff) {
      at++;
      continue;
    }
    const code = bytes[at + 1];
    if (code === 0) {
      at += 2;
      while (
        at + 8 <= end &&
        view.getUint32(at, true) === TWO_STUFFED &&
        view.getUint32(at + 4, true) === TWO_STUFFED
      ) {
        at += 8;
      }
      continue;
    }
    if (code === 0xff || (code !== undefined && code >= RST0 && code <= RST7)) {
      if (runEnd !== base + at) runStart = base + at;
      at += code === 0xff ? 1 : 2;
      runEnd = base + at;
    } else break;
  }
  idle.start = runStart;
  idle.end = runEnd;
  return at;
}

/** A search for FF that tests 16 bytes a step, for runtimes without a native one. */
function findByWords(bytes: Uint8Array): (from: number) => number {
  const alignment = -bytes.byteOffset & 3;
  const wordCount = Math.max(0, (bytes.length - alignment) >> 2);
  const words =
    wordCount === 0 ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset + alignment, wordCount);
  return (from) => {
    let at = from;
    const { length } = bytes;
    for (; at < length && ((at - alignment) & 15) !== 0; at++) if (bytes[at] === 0xff) return at;
    let word = (at - alignment) >> 2;
    for (; word + 4 <= wordCount; word += 4) {
      const any = hasFF(words[word]) | hasFF(words[word + 1]) | hasFF(words[word + 2]) | hasFF(words[word + 3]);
      if (any !== 0) break;
    }
    for (at = Math.max(at, alignment + word * 4); at < length; at++) if (bytes[at] === 0xff) return at;
    return -1;
  };
}

/** Not zero if one of the word's four bytes is FF: the usual test for a zero byte, on the complement. */
function hasFF(word: number | undefined): number {
  const value = word as number;
  return (~value - 0x01010101) & value & 0x80808080;
}
