import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { Words } from './words.ts';

/** Parts of a file that is not in memory are read and kept in blocks of this size: objects are visited in any order. */
const BLOCK_LENGTH = 64 * 1024;
/** Blocks that are kept: 32 MiB. */
const MAX_BLOCKS = 512;

/** Bytes of a file, in any order. */
export interface Bytes {
  /** Length of the file in bytes. */
  readonly size: number;
  /** The whole file, if it is at hand. */
  readonly whole: Uint8Array | undefined;
  /** Words of the file. */
  readonly words: Words;
  /** Up to `length` bytes from `start`: fewer only at the end of the file. */
  view(start: number, length: number): Walk<Uint8Array>;
}

/** Random access to a file through its window. */
export class Input implements Bytes {
  readonly window: Window;
  readonly words: Words = new Words();
  #whole: Uint8Array | undefined;
  readonly #blocks: Map<number, Uint8Array> = new Map();

  constructor(window: Window) {
    this.window = window;
  }

  get size(): number {
    return this.window.size;
  }

  get whole(): Uint8Array | undefined {
    if (this.#whole === undefined && this.window.has(0, this.window.size)) {
      this.#whole = this.window.view(0, this.window.size);
    }
    return this.#whole;
  }

  *view(start: number, length: number): Walk<Uint8Array> {
    const { window } = this;
    const end = Math.min(start + length, window.size);
    if (start >= end) return new Uint8Array(0);
    if (this.whole !== undefined) return this.whole.subarray(start, end);
    if (window.has(start, end - start)) return window.view(start, end);
    const first = Math.floor(start / BLOCK_LENGTH);
    const last = Math.floor((end - 1) / BLOCK_LENGTH);
    if (last - first >= 4) {
      yield window.need(start, end - start);
      return window.view(start, end);
    }
    if (first === last) {
      const block = yield* this.#block(first);
      return block.subarray(start - first * BLOCK_LENGTH, end - first * BLOCK_LENGTH);
    }
    const joined = new Uint8Array(end - start);
    for (let index = first; index <= last; index++) {
      const block = yield* this.#block(index);
      const from = Math.max(start, index * BLOCK_LENGTH);
      const to = Math.min(end, index * BLOCK_LENGTH + block.length);
      joined.set(block.subarray(from - index * BLOCK_LENGTH, to - index * BLOCK_LENGTH), from - start);
    }
    return joined;
  }

  *#block(index: number): Walk<Uint8Array> {
    let block = this.#blocks.get(index);
    if (block === undefined) {
      const start = index * BLOCK_LENGTH;
      const length = Math.min(BLOCK_LENGTH, this.window.size - start);
      if (!this.window.has(start, length)) yield this.window.need(start, length);
      block = this.window.view(start, start + length).slice();
      if (this.#blocks.size >= MAX_BLOCKS) {
        for (const oldest of this.#blocks.keys()) {
          this.#blocks.delete(oldest);
          break;
        }
      }
    } else this.#blocks.delete(index);
    this.#blocks.set(index, block);
    return block;
  }
}
