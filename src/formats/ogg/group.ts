// Streams that begin together (RFC 3533 §4, "grouping"): their first pages stand in front, then their other header packets. A
// chain is one group behind the other.
import { concatAll } from '../../bytes/concat.ts';
import { areEqual } from '../../bytes/equal.ts';
import type { Page } from '../../containers/ogg/page.ts';
import type { Slot } from '../../core/plan.ts';
import type { Stream } from './stream.ts';

/** A group of streams, and the place of their header pages. */
export class Group {
  readonly streams: Stream[] = [];
  readonly #slot: Slot;
  /** Header pages as they were found, as long as they stand one behind the other. */
  #found: Uint8Array[] | undefined = [];
  #start = 0;
  #end = 0;

  constructor(slot: Slot) {
    this.#slot = slot;
  }

  get isComplete(): boolean {
    return this.streams.every(({ isComplete }) => isComplete);
  }

  /** Remembers a header page as it was found. */
  notePage({ start, end, header }: Page, body: Uint8Array): void {
    if (this.#found === undefined) return;
    if (this.#found.length === 0) this.#start = start;
    else if (start !== this.#end) {
      this.#found = undefined;
      return;
    }
    this.#found.push(header, body);
    this.#end = end;
  }

  /** Puts the header pages of those streams whose headers are complete in their place. */
  write(): void {
    const pages = this.streams.flatMap((stream) => stream.pages ?? []);
    const written = [...pages.map(({ first }) => first), ...pages.map(({ rest }) => rest)];
    const { plan } = this.#slot;
    if (this.#found !== undefined && isSame(written, this.#found)) plan.keep(this.#start, this.#end);
    else for (const bytes of written) plan.insert(bytes);
    this.#slot.closed = true;
  }
}

function isSame(written: readonly Uint8Array[], found: readonly Uint8Array[]): boolean {
  const length = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);
  if (length(written) !== length(found)) return false;
  return areEqual(concatAll(written), concatAll(found));
}
