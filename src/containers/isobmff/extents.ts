// Bytes that lie in several places of a file and are read as one run: the extents of an item (ISO/IEC 14496-12 §8.11.3).
import { concatAll } from '../../bytes/concat.ts';
import { lastAtMost } from '../../bytes/search.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** A run of bytes made of spans of the file, addressed from 0. */
export class Extents {
  readonly spans: readonly Span[];
  /** Where each span begins in the run. */
  readonly #starts: number[] = [];
  readonly length: number;

  constructor(spans: readonly Span[]) {
    const merged: Span[] = [];
    let length = 0;
    for (const { start, end } of spans) {
      if (end <= start) continue;
      const last = merged.at(-1);
      if (last?.end === start) last.end = end;
      else {
        merged.push({ start, end });
        this.#starts.push(length);
      }
      length += end - start;
    }
    this.spans = merged;
    this.length = length;
  }

  /** Where the run's byte `at` lies in the file. */
  fileOffset(at: number): number {
    const index = lastAtMost(this.#starts, at);
    return (this.spans[index]?.start ?? 0) + at - (this.#starts[index] ?? 0);
  }

  /** The bytes `[start, end)` of the run. */
  *read(window: Window, start: number, end: number, ...trail: string[]): Walk<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (const span of this.slice(start, end)) {
      const length = span.end - span.start;
      if (!window.has(span.start, length)) yield window.need(span.start, length, ...trail);
      parts.push(window.view(span.start, span.end));
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : concatAll(parts);
  }

  /** Carries the bytes `[start, end)` of the run over. */
  keep(plan: Plan, start: number, end: number): void {
    for (const span of this.slice(start, end)) plan.keep(span.start, span.end);
  }

  /** Where the bytes `[start, end)` of the run lie in the file. */
  *slice(start: number, end: number): Generator<Span, void, void> {
    let at = start;
    for (let index = lastAtMost(this.#starts, start); at < end && index < this.spans.length; index++) {
      const span = this.spans[index];
      const spanStart = this.#starts[index];
      if (span === undefined || spanStart === undefined) return;
      const from = span.start + at - spanStart;
      const to = Math.min(span.end, span.start + end - spanStart);
      if (from < to) yield { start: from, end: to };
      at += to - from;
    }
  }
}
