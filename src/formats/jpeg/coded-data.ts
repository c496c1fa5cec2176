// Walks coded data code by code, where it is asked for or where nothing else tells whether a picture is whole.
import { CodedPicture, type CodedScan, type Interval } from '../../containers/jpeg/coded-picture.ts';
import type { Frame } from '../../containers/jpeg/frame.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const WHERE = 'entropy-coded data';
/** A data byte that a zero is stuffed behind. */
const STUFFED = 0xff;
const RESTART_LENGTH = 2;

/** The coded data of a picture, scan by scan. */
export class CodedData {
  readonly #context: Context;
  readonly #picture: CodedPicture;
  /** Set when a scan could not be walked: those behind it depend on it. */
  #isLost = false;

  constructor(context: Context, frame: Frame) {
    this.#context = context;
    this.#picture = new CodedPicture(frame, context.options.limits.bufferedBytes);
  }

  /** Whether the scans that were walked make the picture whole. */
  get isComplete(): boolean {
    return !this.#isLost && this.#picture.isComplete;
  }

  /** Walks the next scan; returns its intervals, or nothing where it can't be walked. */
  *walk(window: Window, scan: CodedScan): Walk<Interval[] | undefined> {
    const { start, end } = scan;
    const length = end - start;
    if (this.#isLost) return undefined;
    const isLoadable = length <= this.#context.options.limits.bufferedBytes;
    if (!window.has(start, length) && isLoadable) yield window.need(start, length, WHERE);
    const intervals = window.has(start, length) ? this.#picture.walk(scan, window.view(start, end)) : undefined;
    this.#isLost = intervals === undefined;
    return intervals;
  }

  /**
   * Carries over the data of the next scan without what decoders do not read of it.
   * @returns whether it could be walked; if not, nothing was done
   */
  *carry(window: Window, plan: Plan, scan: CodedScan): Walk<boolean> {
    const intervals = yield* this.walk(window, scan);
    if (intervals === undefined) return false;
    let at = 0;
    for (const [index, interval] of intervals.entries()) {
      if (index > 0) {
        drop(plan, scan.start + at, scan.start + interval.start - RESTART_LENGTH);
        plan.keep(scan.start + interval.start - RESTART_LENGTH, scan.start + interval.start);
      }
      keepInterval(window.view(scan.start, scan.end), plan, scan.start, interval);
      at = interval.end;
    }
    drop(plan, scan.start + at, scan.end);
    return true;
  }
}

/** Keeps an interval, with ones for padding (§F.1.2.3). */
function keepInterval(data: Uint8Array, plan: Plan, base: number, { start, end, unused }: Interval): void {
  const isStuffed = end - start >= 2 && data[end - 1] === 0 && data[end - 2] === STUFFED;
  const lastStart = isStuffed ? end - 2 : end - 1;
  const last = data[lastStart] ?? 0;
  const padded = last | ((1 << unused) - 1);
  if (padded === last) {
    plan.keep(base + start, base + end);
    return;
  }
  plan.keep(base + start, base + lastStart);
  plan.insert(padded === STUFFED ? Uint8Array.of(padded, 0) : Uint8Array.of(padded));
  const where = `${WHERE} › padding bits`;
  plan.found({ kind: 'structure', where, action: 'rewritten', bytes: 1, offset: base + lastStart });
}

function drop(plan: Plan, start: number, end: number): void {
  if (end <= start) return;
  const where = `${WHERE} › behind the last MCU`;
  plan.found({ kind: 'trailing-data', where, action: 'removed', bytes: end - start, offset: start });
}
