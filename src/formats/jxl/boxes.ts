import { concatAll } from '../../bytes/concat.ts';
import { type Box, readFileBox } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { describeDropped } from './describe.ts';
import { ruleFor } from './policy.ts';

/** A run of the file that is a part of the codestream. */
interface Part {
  /** Offset in the codestream of its first byte. */
  at: number;
  start: number;
  end: number;
  /** Length of what stands in front of it in its box. */
  headerLength: number;
}

/** Index of a `jxlp` box, and the bit that marks the last one (18181-2 §9.10). */
const INDEX_LENGTH = 4;
const LAST = 0x80000000;
/** The level that holds where no box says so (18181-2 §9.3). */
const DEFAULT_LEVEL = 5;

/** The codestream of a file: all of it, the body of a box, or the bodies of several, which are found as they are read. */
export class Codestream {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #parts: Part[] = [];
  /** Where the next box begins. */
  #next = 0;
  #isComplete: boolean;
  #areBoxesRead: boolean;
  #index = 0;
  /** Length of the boxes that only say what file it is. */
  #signatureLength = 0;
  /** Which decoders must be able to read it. */
  level: number = DEFAULT_LEVEL;

  /** @param isBare the file is a codestream without boxes */
  constructor(window: Window, plan: Plan, context: Context, isBare: boolean) {
    this.#window = window;
    this.#plan = plan;
    this.#context = context;
    this.#isComplete = isBare;
    this.#areBoxesRead = isBare;
    if (isBare) this.#parts.push({ at: 0, start: 0, end: window.size, headerLength: 0 });
  }

  /** Up to `length` bytes from an offset in the codestream; fewer at its end. */
  *read(at: number, length: number): Walk<Uint8Array> {
    const window = this.#window;
    const runs: Uint8Array[] = [];
    let index = this.#indexOf(at);
    let left = length;
    while (left > 0) {
      const part = this.#parts[index];
      if (part === undefined) {
        if (!(yield* this.#findPart())) break;
        continue;
      }
      index++;
      const from = part.start + Math.max(0, at + (length - left) - part.at);
      const count = Math.min(left, part.end - from);
      if (count <= 0) continue;
      if (!window.has(from, count)) yield window.need(from, count, 'codestream');
      runs.push(window.view(from, from + count));
      left -= count;
    }
    return runs.length === 1 && runs[0] !== undefined ? runs[0] : concatAll(runs);
  }

  /**
   * Carries the bytes `[start, end)` of the codestream over.
   * @throws ScrubError `malformed` where it ends before
   */
  *keep(start: number, end: number): Walk {
    for (const { from, to } of yield* this.runs(start, end)) this.#plan.keep(from, to);
  }

  /** The runs of the file that are the bytes `[start, end)` of the codestream, which are all there. */
  *runs(start: number, end: number): Walk<{ from: number; to: number }[]> {
    const runs: { from: number; to: number }[] = [];
    let at = start;
    for (let index = this.#indexOf(start); at < end; ) {
      const part = this.#parts[index];
      if (part === undefined) {
        if (yield* this.#findPart()) continue;
        throw malformed('The codestream is cut off.', this.placeOf(at), 'codestream');
      }
      index++;
      const from = part.start + (at - part.at);
      const to = Math.min(part.end, from + (end - at));
      if (to <= from) continue;
      if (!this.#window.has(to - 1, 1)) yield this.#window.need(to - 1, 1, 'codestream');
      runs.push({ from, to });
      at += to - from;
    }
    return runs;
  }

  /** Offset in the file of an offset in the codestream, as far as it is known. */
  placeOf(at: number): number {
    const part = this.#parts[this.#indexOf(at)] ?? this.#parts.at(-1);
    return part === undefined ? 0 : Math.min(part.end, part.start + at - part.at);
  }

  /**
   * Reads the rest of the file, and notes what stands behind byte `end` of the codestream.
   * @param isCut whether those are frames
   */
  *finish(end: number, isCut: boolean): Walk {
    const kind = isCut ? 'other' : 'trailing-data';
    const where = isCut ? 'frames after the first' : 'after the last frame';
    while (yield* this.#findPart());
    for (const part of this.#parts) {
      const start = part.start + Math.max(0, end - part.at);
      if (start >= part.end) continue;
      const place = { offset: start, bytes: part.end - start };
      this.#plan.found({ kind, where, action: 'removed', ...place });
    }
  }

  /** Looks for the next part of the codestream. @returns whether there is one */
  *#findPart(): Walk<boolean> {
    while (!this.#areBoxesRead) {
      const start = this.#next;
      const box = yield* readFileBox(this.#window, start);
      if (box === undefined) {
        this.#areBoxesRead = true;
        if (start < this.#window.size) this.#drop('after the last box', start, this.#window.size);
        return false;
      }
      this.#context.countStructures();
      this.#next = Math.min(box.end, this.#window.size);
      if (box.end > this.#window.size) this.#areBoxesRead = true;
      if (yield* this.#takeBox({ ...box, end: this.#next })) return true;
    }
    return false;
  }

  /** @returns whether it is a part of the codestream */
  *#takeBox(box: Box): Walk<boolean> {
    const { type, start, bodyStart, end } = box;
    const { use } = ruleFor(type);
    if (use === 'codestream' || use === 'part') {
      if (this.#isComplete) throw malformed('The file has a second codestream.', start, type);
      return yield* this.#takePart(box, use === 'codestream');
    }
    if (use !== 'drop') this.#signatureLength += end - start;
    if (use === 'level' && end > bodyStart) {
      if (!this.#window.has(bodyStart, 1)) yield this.#window.need(bodyStart, 1, type);
      this.level = this.#window.u8(bodyStart);
    } else if (use === 'drop') yield* describeDropped(this.#window, this.#plan, this.#context, box);
    return false;
  }

  *#takePart({ type, start, bodyStart, end }: Box, isWhole: boolean): Walk<boolean> {
    const last = this.#parts.at(-1);
    const at = last === undefined ? 0 : last.at + (last.end - last.start);
    if (isWhole) {
      if (last !== undefined) throw malformed('The file has a second codestream.', start, type);
      this.#isComplete = true;
      this.#parts.push({ at, start: bodyStart, end, headerLength: bodyStart - start });
      return true;
    }
    if (end - bodyStart < INDEX_LENGTH) throw malformed('The box is too short.', start, type);
    if (!this.#window.has(bodyStart, INDEX_LENGTH)) yield this.#window.need(bodyStart, INDEX_LENGTH, type);
    const index = this.#window.u32be(bodyStart);
    if (index % LAST !== this.#index) throw malformed('The parts of the codestream are out of order.', start, type);
    this.#index++;
    this.#isComplete = index >= LAST;
    const from = bodyStart + INDEX_LENGTH;
    this.#parts.push({ at, start: from, end, headerLength: from - start });
    return true;
  }

  #drop(where: string, start: number, end: number): void {
    this.#plan.found({ kind: 'trailing-data', where, action: 'removed', bytes: end - start, offset: start });
  }

  /** Whether all of it stands from an offset in the file on. */
  startsAt(start: number): boolean {
    return this.#parts.length === 1 && this.#parts[0]?.start === start;
  }

  /** Length of the headers of the boxes that the codestream stands in, in bytes. */
  get boxesLength(): number {
    return this.#signatureLength + this.#parts.reduce((sum, { headerLength }) => sum + headerLength, 0);
  }

  /** Index of the part with an offset of the codestream, or of the one that is still to be found. */
  #indexOf(at: number): number {
    let low = 0;
    let high = this.#parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const part = this.#parts[middle];
      if (part !== undefined && part.at + part.end - part.start <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
