import { lastAtMost } from '../bytes/search.ts';
import { PatchedRun } from './patched-run.ts';
import type { Plan, Span } from './plan.ts';
import type { Walk } from './walk.ts';
import type { Window } from './window.ts';

/** A plan read as the output that it stands for: offsets count from the output's start. Its pieces are spans and fresh bytes. */
export class PlannedOutput {
  readonly #window: Window;
  readonly #pieces: (Span | Uint8Array)[] = [];
  /** Where in the output each piece begins. */
  readonly #starts: number[] = [];
  /** Length of the output. */
  readonly length: number;

  constructor(window: Window, plan: Plan) {
    this.#window = window;
    let at = 0;
    for (const piece of plan.flat()) {
      if (piece instanceof PatchedRun) throw new Error('A plan with patched runs is not read as an output.');
      this.#pieces.push(piece);
      this.#starts.push(at);
      at += 'end' in piece ? piece.end - piece.start : piece.length;
    }
    this.length = at;
  }

  /** The bytes `[start, end)` of the output. */
  *read(start: number, end: number): Walk<Uint8Array> {
    const found = this.#find(start);
    const first = this.#partOf(found, start, end);
    if (first.length === end - start) return yield* this.#load(first.part);
    const bytes = new Uint8Array(end - start);
    for (let at = start, index = found; at < end; index++) {
      const { part, length } = this.#partOf(index, at, end);
      bytes.set(yield* this.#load(part), at - start);
      at += length;
    }
    return bytes;
  }

  /** Puts the bytes `[start, end)` of the output into a plan. */
  copy(plan: Plan, start: number, end: number): void {
    for (let at = start, index = this.#find(start); at < end; index++) {
      const { part, length } = this.#partOf(index, at, end);
      if ('end' in part) plan.keep(part.start, part.end);
      else plan.insert(part);
      at += length;
    }
  }

  /** Where in the input the output's byte `at` comes from, if it does. */
  origin(at: number): number | undefined {
    const { part } = this.#partOf(this.#find(at), at, at + 1);
    return 'end' in part ? part.start : undefined;
  }

  /** Index of the piece that holds the output's byte `at`. */
  #find(at: number): number {
    return lastAtMost(this.#starts, at);
  }

  /** What a piece holds of the output's bytes `[start, end)`, from `start` on. */
  #partOf(index: number, start: number, end: number): { part: Span | Uint8Array; length: number } {
    const piece = this.#pieces[index] ?? new Uint8Array(0);
    const from = start - (this.#starts[index] ?? 0);
    const length = Math.min('end' in piece ? piece.end - piece.start : piece.length, from + end - start) - from;
    const part =
      'end' in piece
        ? { start: piece.start + from, end: piece.start + from + length }
        : piece.subarray(from, from + length);
    return { part, length };
  }

  *#load(part: Span | Uint8Array): Walk<Uint8Array> {
    if (!('end' in part)) return part;
    const window = this.#window;
    const { start, end } = part;
    if (!window.has(start, end - start)) yield window.need(start, end - start);
    return window.view(start, end);
  }
}
