import { lastAtMost } from '../bytes/search.ts';
import type { Span } from './plan.ts';

const FIRST_CAPACITY = 64;
/** Up to this length a loop is faster than a call. */
const SHORT = 32;

/**
 * A run of the input with some of its bytes replaced. It has no `end` of its own, so that nobody who looks for a span takes it
 * for one and writes the run as it was.
 */
export class PatchedRun {
  /** All of the run. */
  readonly span: Span;
  /** Where each patch begins, counted from the run's start; ascending. */
  #places: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** Where the bytes of each patch end among all bytes. */
  #ends: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  #bytes: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  #count = 0;
  #length = 0;
  /** Where the next patch may begin at the earliest. */
  #next = 0;

  constructor(span: Span) {
    this.span = span;
  }

  /** Length in bytes. */
  get length(): number {
    return this.span.end - this.span.start;
  }

  /** Puts bytes in place of as many of the input's from `at` on, which lie in the run and behind all others that were put. */
  put(at: number, bytes: Uint8Array): void {
    this.#begin(at, bytes.length);
    const { length } = bytes;
    if (length > SHORT) this.#bytes.set(bytes, this.#length);
    else for (let index = 0; index < length; index++) this.#bytes[this.#length + index] = bytes[index] as number;
    this.#finish(bytes.length);
  }

  /** Like {@link put}, for a single byte. */
  putByte(at: number, byte: number): void {
    this.#begin(at, 1);
    this.#bytes[this.#length] = byte;
    this.#finish(1);
  }

  #begin(at: number, length: number): void {
    const { start, end } = this.span;
    const place = at - start;
    if (place < this.#next || at + length > end) {
      throw new Error(`${length} bytes at ${at} can't be patched in a run from ${start} to ${end}.`);
    }
    if (this.#count === this.#places.length) {
      this.#places = grown(this.#places, new Float64Array(this.#count * 2));
      this.#ends = grown(this.#ends, new Uint32Array(this.#count * 2));
    }
    if (this.#length + length > this.#bytes.length) {
      this.#bytes = grown(this.#bytes, new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + length)));
    }
    this.#places[this.#count] = place;
    this.#next = place + length;
  }

  #finish(length: number): void {
    this.#length += length;
    this.#ends[this.#count++] = this.#length;
  }

  /** The same run, so many bytes further on in the input. */
  shifted(by: number): PatchedRun {
    const shifted = new PatchedRun({ start: this.span.start + by, end: this.span.end + by });
    shifted.#places = this.#places;
    shifted.#ends = this.#ends;
    shifted.#bytes = this.#bytes;
    shifted.#count = this.#count;
    shifted.#length = this.#length;
    shifted.#next = this.#next;
    return shifted;
  }

  /**
   * Writes the patches into a copy of a part of the run.
   * @param target holds, from `targetAt` on, the input's bytes `[start, end)`
   */
  apply(target: Uint8Array, targetAt: number, start: number = this.span.start, end: number = this.span.end): void {
    const offset = targetAt - (start - this.span.start);
    const last = targetAt + end - start;
    for (let index = this.#lastUpTo(start - this.span.start); index < this.#count; index++) {
      let from = index === 0 ? 0 : (this.#ends[index - 1] as number);
      let at = (this.#places[index] as number) + offset;
      if (at >= last) return;
      if (at < targetAt) {
        from += targetAt - at;
        at = targetAt;
      }
      const to = Math.min(this.#ends[index] as number, from + last - at);
      for (; from < to; from++, at++) target[at] = this.#bytes[from] as number;
    }
  }

  /** Whether a part of the run, the input's bytes from `start` on, has what was put already. */
  isIn(bytes: Uint8Array, start: number): boolean {
    const offset = start - this.span.start;
    for (let index = this.#lastUpTo(offset); index < this.#count; index++) {
      let at = (this.#places[index] as number) - offset;
      if (at >= bytes.length) break;
      const end = this.#ends[index] as number;
      for (let from = index === 0 ? 0 : (this.#ends[index - 1] as number); from < end; from++, at++) {
        if (at >= 0 && at < bytes.length && bytes[at] !== this.#bytes[from]) return false;
      }
    }
    return true;
  }

  /** Index of the last patch that begins at `place` at the latest: it may reach there. */
  #lastUpTo(place: number): number {
    return lastAtMost(this.#places, place, this.#count);
  }
}

function grown<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
