import { type ImageHeader, rawLength } from '../../containers/png/image-header.ts';
import { CHUNK_HEADER_LENGTH, type Chunk, CRC_LENGTH, readChunk } from '../../containers/png.ts';
import { openInflater } from '../../containers/zlib.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** `IDAT` as a number. */
const IDAT = 0x49444154;
/** How much coded data is read at a time where it has to be read. */
const READ_LENGTH = 64 * 1024;
/** Into how many runs the data may be torn: each costs a look at all of it. */
const MAX_RUNS = 4;

/** The IDAT chunks of a file. They are carried over as they are, and are read only where the file breaks the rules. */
export class ImageData {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #image: ImageHeader;
  /** Runs of IDAT chunks that stand together. */
  readonly #runs: Span[] = [];
  /** Set when the picture ended although further IDAT chunks follow. */
  #isOver = false;

  constructor(window: Window, plan: Plan, context: Context, image: ImageHeader) {
    this.#window = window;
    this.#plan = plan;
    this.#context = context;
    this.#image = image;
  }

  /** Whether there is any. */
  get isThere(): boolean {
    return this.#runs.length > 0;
  }

  /**
   * Takes an IDAT chunk, and those behind it as far as they are at hand.
   * @returns where the next chunk begins
   */
  *take(chunk: Chunk): Walk<number> {
    const { start, dataStart, dataEnd, end } = chunk;
    if (dataStart === dataEnd) {
      this.#note('structure', 'removed', chunk, 'It is empty.');
      return end;
    }
    const last = this.#runs.at(-1);
    // §5.6: IDAT chunks stand together. libpng ends the picture where they don't, and fails if it is not complete there.
    if (last !== undefined && last.end !== start && !this.#isOver) {
      if (this.#runs.length === MAX_RUNS) {
        throw malformed('The picture is torn to pieces by other chunks; no viewer shows such a file.', start, 'IDAT');
      }
      this.#isOver = yield* this.isComplete();
      if (!this.#isOver) this.#note('structure', 'rewritten', chunk, 'It did not stand next to the one before it.');
    }
    if (this.#isOver) {
      this.#note('trailing-data', 'removed', chunk, 'The picture is complete without it.');
      return end;
    }
    const runEnd = this.#findRunEnd(end);
    if (last?.end === start) last.end = runEnd;
    else this.#runs.push({ start, end: runEnd });
    this.#plan.keep(start, runEnd);
    return runEnd;
  }

  #note(kind: 'structure' | 'trailing-data', action: 'removed' | 'rewritten', chunk: Chunk, note: string): void {
    const { start, end } = chunk;
    this.#plan.found({ kind, where: 'IDAT', action, bytes: end - start, offset: start, note });
  }

  /** Where the IDAT chunks end that follow at `start`, as far as their headers are at hand. */
  #findRunEnd(start: number): number {
    const window = this.#window;
    let at = start;
    while (window.has(at, CHUNK_HEADER_LENGTH) && window.u32be(at + 4) === IDAT) {
      const length = window.u32be(at);
      const end = at + CHUNK_HEADER_LENGTH + length + CRC_LENGTH;
      if (length === 0 || end > window.size) break;
      this.#context.countStructures();
      at = end;
    }
    return at;
  }

  /** Whether the chunks that were taken hold all rows of the picture; reads them. */
  *isComplete(): Walk<boolean> {
    const window = this.#window;
    const needed = rawLength(this.#image);
    const inflater = yield* openInflater(this.#context, () => {});
    for (const run of this.#runs) {
      for (let start = run.start; start < run.end; ) {
        if (!window.has(start, CHUNK_HEADER_LENGTH)) yield window.need(start, CHUNK_HEADER_LENGTH, 'IDAT');
        const { dataStart, dataEnd, end } = readChunk(window, start);
        for (let at = dataStart; at < dataEnd; at += READ_LENGTH) {
          const length = Math.min(READ_LENGTH, dataEnd - at);
          if (!window.has(at, length)) yield window.need(at, length, 'IDAT');
          const isSound = inflater.push(window.view(at, at + length), needed);
          if (inflater.length >= needed) return true;
          if (!isSound) return false;
        }
        start = end;
      }
    }
    return false;
  }
}
