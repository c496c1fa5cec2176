import type { CodedScan } from '../../containers/jpeg/coded-picture.ts';
import { findMarker, type IdleRun } from '../../containers/jpeg/entropy-scan.ts';
import { type Frame, readScan, repairScan } from '../../containers/jpeg/frame.ts';
import { Marker } from '../../containers/jpeg/marker.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import type { CodedData } from './coded-data.ts';
import type { Header } from './header.ts';

const codedData: Tool<typeof CodedData> = {
  name: 'coded data of JPEG',
  load: async () => (await import('./coded-data.ts')).CodedData,
};

/** The scans of a picture: headers are read, coded data is carried over. */
export class Scans {
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #header: Header;
  readonly #walked: CodedScan[] = [];
  #coded: CodedData | undefined;
  #isWalked: boolean;

  constructor(plan: Plan, context: Context, header: Header) {
    this.#plan = plan;
    this.#context = context;
    this.#header = header;
    this.#isWalked = context.options.thorough;
  }

  /** Whether the coded data was walked code by code, as it is where that is asked for and can be done. */
  get isWalked(): boolean {
    return this.#isWalked;
  }

  /**
   * Walks a scan, whose header is `[start, end)`, to the marker behind its entropy-coded data.
   * @returns offset of that marker, or of the end of the file
   */
  *walk(window: Window, start: number, end: number): Walk<number> {
    if (!window.has(start, end - start)) yield window.need(start, end - start, 'SOS');
    const { frame, tables } = this.#header;
    if (frame === undefined) throw malformed('A scan comes before the frame header.', start, 'SOS');
    const scan = readScan(window, frame, start + 4, end);
    this.#header.readScan(scan);
    if (!this.#header.isWritten) this.#header.write(frame);
    tables.writeBeforeScan(this.#plan, frame, scan, start);
    const repaired = repairScan(frame, scan);
    this.#plan.keep(start, end - (repaired?.length ?? 0));
    if (repaired !== undefined) {
      this.#plan.insert(repaired);
      this.#plan.found({ kind: 'structure', where: 'SOS', action: 'rewritten', bytes: repaired.length, offset: start });
    }
    const { restartInterval } = tables;
    return yield* this.#walkData(window, frame, {
      scan,
      tables: tables.huffmanTablesOf(scan),
      restartInterval,
      start: end,
      end,
    });
  }

  /** Walks the entropy-coded data of a scan to the marker behind it, or to the end of the file. */
  *#walkData(window: Window, frame: Frame, scan: CodedScan): Walk<number> {
    const { start } = scan;
    const idle: IdleRun = { start, end: start };
    const runs: Span[] = [{ start, end: start }];
    let at = start;
    let isOver = false;
    while (!isOver) {
      // A marker that is cut off ends the data, too.
      if (at + 2 > window.size) break;
      if (!window.has(at, 2)) yield window.need(at, 2, 'entropy-coded data');
      at = window.base + findMarker(window.bytes, at - window.base, window.base, idle);
      if (!window.has(at, 2)) continue;
      isOver = window.u8(at + 1) >= Marker.SOF0;
      if (isOver) break;
      const next = yield* this.#skipReserved(window, at);
      (runs.at(-1) as Span).end = at;
      runs.push({ start: next, end: next });
      // What decoders do not read does not part a run of restart markers.
      if (idle.end === at) idle.end = next;
      at = next;
    }
    (runs.at(-1) as Span).end = at;
    scan.end = at;
    this.#walked.push(scan);
    if (!(yield* this.#carryThoroughly(window, frame, scan))) this.#carry(runs, idle, at);
    return isOver ? at : window.size;
  }

  /**
   * Passes over a reserved marker in coded data and what stands behind it: decoders read none of it.
   * @returns offset of the next marker that is not reserved
   */
  *#skipReserved(window: Window, start: number): Walk<number> {
    this.#context.countStructures();
    let at = start + 2;
    while (at + 2 <= window.size) {
      if (!window.has(at, 2)) yield window.need(at, 2, 'entropy-coded data');
      const { base, bytes } = window;
      for (; at + 2 <= window.end; at++) {
        const code = bytes[at - base + 1] ?? 0;
        if (bytes[at - base] === 0xff && code >= Marker.SOF0 && code !== 0xff) return at;
      }
    }
    return window.size;
  }

  /** Carries coded data over as it is, but for restart markers and fill bytes at its end, which begin an interval that is not there. */
  #carry(runs: readonly Span[], idle: IdleRun, end: number): void {
    const keptTo = idle.end === end ? idle.start : end;
    let idleBytes = 0;
    let last = runs[0]?.end ?? end;
    for (const run of runs) {
      this.#plan.keep(run.start, Math.min(run.end, keptTo));
      idleBytes += Math.max(0, run.end - Math.max(run.start, keptTo));
      if (run.start > last) this.#drop('reserved marker', run.start - last, last);
      last = run.end;
    }
    if (idleBytes > 0) this.#drop('RST and fill bytes at the end', idleBytes, keptTo);
  }

  #drop(name: string, bytes: number, offset: number): void {
    const where = `entropy-coded data › ${name}`;
    this.#plan.found({ kind: 'structure', where, action: 'removed', bytes, offset });
  }

  /** Carries the data of a scan over without what no decoder reads, where that is asked for; returns whether it was done. */
  *#carryThoroughly(window: Window, frame: Frame, scan: CodedScan): Walk<boolean> {
    if (!this.#isWalked) return false;
    const Coded = yield* this.#context.use(codedData);
    this.#coded ??= new Coded(this.#context, frame);
    this.#isWalked = yield* this.#coded.carry(window, this.#plan, scan);
    return this.#isWalked;
  }

  /** Whether the scans make the picture whole, so that nothing of it is missing where the file ends without EOI. */
  *isWhole(window: Window): Walk<boolean> {
    const { frame } = this.#header;
    if (frame === undefined || this.#walked.length === 0) return false;
    const Coded = yield* this.#context.use(codedData);
    const coded = new Coded(this.#context, frame);
    for (const scan of this.#walked) if ((yield* coded.walk(window, scan)) === undefined) return false;
    return coded.isComplete;
  }
}
