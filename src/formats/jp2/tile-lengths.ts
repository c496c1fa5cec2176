import { carry } from '../../containers/carry.ts';
import {
  readTileLengths,
  type TileLengths,
  type TilePart,
  tellsTileParts,
  writeTileLengths,
} from '../../containers/jp2/pointers.ts';
import type { Plan, Slot } from '../../core/plan.ts';

/** The TLM segments of a codestream: they are written when the lengths of all tile-parts are known. */
export class TilePartLengths {
  readonly #plan: Plan;
  readonly #segments: { start: number; bytes: Uint8Array; lengths: TileLengths | undefined }[] = [];
  readonly #parts: TilePart[] = [];
  #slot: Slot | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Takes a segment, which stands at `start`. */
  take(bytes: Uint8Array, start: number): void {
    this.#slot ??= this.#plan.slot();
    this.#segments.push({ start, bytes, lengths: readTileLengths(bytes) });
  }

  /** Takes a tile-part, in the order of the file. */
  add(part: TilePart): void {
    if (this.#slot !== undefined) this.#parts.push(part);
  }

  /** Writes the segments, if they tell what there is. */
  finish(): void {
    if (this.#slot === undefined) return;
    const lengths = this.#segments.flatMap((segment) => segment.lengths ?? []);
    const isRight = lengths.length === this.#segments.length && tellsTileParts(lengths, this.#parts);
    let first = 0;
    for (const { start, bytes, lengths: own } of this.#segments) {
      if (!isRight || own === undefined) {
        const note = 'It does not tell the lengths of the tile-parts.';
        this.#plan.found({
          kind: 'structure',
          where: 'TLM',
          action: 'removed',
          bytes: bytes.length,
          offset: start,
          note,
        });
        continue;
      }
      carry(this.#slot.plan, start, bytes, writeTileLengths(own, this.#parts, first));
      first += own.entries.length;
    }
  }
}
