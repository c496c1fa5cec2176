import { PatchedRun } from './patched-run.ts';
import type { Finding } from './report.ts';

/** A run of input bytes: absolute, half-open. */
export interface Span {
  start: number;
  end: number;
}

/** What the output is made of: a run of the input, one with bytes put in place of others, fresh bytes, or a place filled later. */
export type Piece = Span | PatchedRun | Uint8Array | Slot;

/** What is left to write when every place is filled. */
export type FlatPiece = Span | PatchedRun | Uint8Array;

/** A place in the output whose content is known only after what follows it. */
export class Slot {
  /** What stands here; empty until it is filled. */
  readonly plan: Plan = new Plan();
  /** Nothing more is put here. */
  closed = false;
}

/** An Exif block put aside so that the report can show what it says. */
export interface ExifExhibit {
  /** The `where` that its findings begin with. */
  where: string;
  /** Begins with the TIFF header. */
  block: Uint8Array;
}

/** Findings beyond this many distinct ones are counted together, so that a report stays small whatever the file holds. */
const MAX_FINDINGS = 1000;

/**
 * The output as an ordered list of pieces, with what was met on the way. Nothing is copied while walking: kept spans
 * refer to the input, and only what has to be written anew is held as bytes.
 */
export class Plan {
  readonly pieces: Piece[] = [];
  readonly residual: Set<string> = new Set();
  /** Blocks whose values the report is to show; empty unless they are asked for. */
  readonly exhibits: ExifExhibit[] = [];
  /** Media type when it is more exact than the format's own. */
  mediaType: string | undefined;
  /** File name extension when it is more exact than the format's own, without the dot. */
  extension: string | undefined;
  #findings: Map<string, Finding> | undefined;
  /** The same is often met many times in a row. */
  #lastFinding: Finding | undefined;
  readonly #describes: boolean;

  /** @param describes whether findings are wanted; without them nothing is noted */
  constructor(describes = true) {
    this.#describes = describes;
  }

  /** Carries the input's bytes `[start, end)` over. */
  keep(start: number, end: number): void {
    if (end <= start) return;
    const last = this.pieces.at(-1);
    const span = last instanceof PatchedRun ? last.span : last;
    if (span !== undefined && 'end' in span && span.end === start) span.end = end;
    else this.pieces.push({ start, end });
  }

  /**
   * Puts `bytes` in place of as many of those that were kept last, from the input's byte `at` on. For what has to be changed in
   * many places of a long run: it stays one run. Patches of a run go forward. The bytes are copied.
   */
  patch(at: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.#patchable().put(at, bytes);
  }

  /** Like {@link patch}, for a single byte. */
  patchByte(at: number, byte: number): void {
    this.#patchable().putByte(at, byte);
  }

  #patchable(): PatchedRun {
    const last = this.pieces.at(-1);
    if (last instanceof PatchedRun) return last;
    if (last === undefined || !('end' in last)) throw new Error('There is no kept run to be patched.');
    const run = new PatchedRun(last);
    this.pieces[this.pieces.length - 1] = run;
    return run;
  }

  /** Puts fresh bytes here. They are not copied and must not change any more. */
  insert(bytes: Uint8Array): void {
    if (bytes.length > 0) this.pieces.push(bytes);
  }

  /** Leaves a place here that is filled later. */
  slot(): Slot {
    const slot = new Slot();
    this.pieces.push(slot);
    return slot;
  }

  /** Puts the pieces of a nested plan here, whose offsets count from the input's byte `start`, and takes over its findings. */
  append(nested: Plan, start = 0, ...trail: string[]): void {
    this.appendPieces(nested, start);
    this.adopt(nested, start, ...trail);
  }

  /** Puts the pieces of a nested plan here, as {@link append} does, without its findings. */
  appendPieces(nested: Plan, start = 0): void {
    for (const piece of nested.flat()) {
      if ('end' in piece) this.keep(piece.start + start, piece.end + start);
      else if (piece instanceof PatchedRun) this.pieces.push(piece.shifted(start));
      else this.insert(piece);
    }
  }

  /** Takes over the findings and residuals of a nested plan, without its pieces. */
  adopt(nested: Plan, start: number | undefined, ...trail: string[]): void {
    for (const finding of nested.findings) {
      const { offset, ...rest } = finding;
      this.found({
        ...rest,
        where: [...trail, finding.where].join(' › '),
        ...(offset === undefined || start === undefined ? {} : { offset: offset + start }),
      });
    }
    for (const { where, block } of nested.exhibits) this.exhibit(block, [...trail, where].join(' › '));
    for (const residual of nested.residual) this.residual.add(residual);
  }

  /** Takes the pieces of another plan in place of its own. */
  takeOver(other: Plan): void {
    this.pieces.length = 0;
    for (const piece of other.flat()) this.pieces.push(piece);
  }

  /** Notes what was met. Findings of the same kind, place and action are counted as one. */
  found(finding: Finding): void {
    if (!this.#describes) return;
    const last = this.#lastFinding;
    if (last !== undefined && isSameFinding(last, finding)) {
      last.bytes += finding.bytes;
      return;
    }
    this.#findings ??= new Map();
    let key = `${finding.action} ${finding.kind} ${finding.where} ${finding.note ?? ''}`;
    if (this.#findings.size >= MAX_FINDINGS && !this.#findings.has(key)) {
      key = finding.action;
      const rest = this.#findings.get(key);
      if (rest === undefined) {
        this.#findings.set(key, { kind: 'other', where: 'many places', action: finding.action, bytes: finding.bytes });
      } else rest.bytes += finding.bytes;
      return;
    }
    const same = this.#findings.get(key);
    if (same === undefined) {
      this.#lastFinding = { ...finding };
      this.#findings.set(key, this.#lastFinding);
    } else {
      same.bytes += finding.bytes;
      this.#lastFinding = same;
    }
  }

  /** Puts an Exif block aside whose values the report is to show. */
  exhibit(block: Uint8Array, where: string): void {
    this.exhibits.push({ where, block });
  }

  /** What was met, in the order of the file. */
  get findings(): Finding[] {
    return [...(this.#findings?.values() ?? [])];
  }

  /** Length of the output in bytes, filled places included. */
  get length(): number {
    let length = 0;
    for (const piece of this.pieces) {
      if (piece instanceof Slot) length += piece.plan.length;
      else length += 'end' in piece ? piece.end - piece.start : piece.length;
    }
    return length;
  }

  /** The pieces with filled places resolved and adjacent spans merged. */
  flat(): FlatPiece[] {
    const flat: FlatPiece[] = [];
    let last: Span | undefined;
    const add = (part: FlatPiece): void => {
      if (!('end' in part)) {
        last = undefined;
        flat.push(part);
      } else if (last?.end === part.start) {
        last = { start: last.start, end: part.end };
        flat[flat.length - 1] = last;
      } else {
        last = part;
        flat.push(part);
      }
    };
    for (const piece of this.pieces) {
      if (piece instanceof Slot) for (const part of piece.plan.flat()) add(part);
      else add(piece);
    }
    return flat;
  }
}

/** Whether two findings are counted as one. */
function isSameFinding(one: Finding, other: Finding): boolean {
  return one.where === other.where && one.kind === other.kind && one.action === other.action && one.note === other.note;
}
