import { drainNested } from './drive.ts';
import { limitExceeded, ScrubError } from './errors.ts';
import type { Format } from './format.ts';
import { identify } from './identify.ts';
import type { Keepable, ResolvedOptions } from './options.ts';
import { Plan } from './plan.ts';
import type { Tool, Walk } from './walk.ts';
import { Window } from './window.ts';

/** A nested file's format and plan; offsets in the plan count from the nested file's start. */
export interface Nested {
  format: Format;
  plan: Plan;
}

/** What is spent on one file and all the files in it. */
interface Spending {
  structures: number;
  inflatedBytes: number;
}

/** What a walker knows about its task besides the bytes: the options, the budget, and how to walk a file inside the file. */
export class Context {
  /** Whether findings go into a report: if not, what only serves the report may be skipped. */
  readonly describes: boolean;
  /** The options, with every default filled in. */
  readonly options: ResolvedOptions;
  readonly #formats: readonly Format[];
  readonly #tools: Map<Tool<unknown>, unknown>;
  readonly #depth: number;
  readonly #spending: Spending;

  constructor(
    formats: readonly Format[],
    tools: Map<Tool<unknown>, unknown>,
    options: ResolvedOptions,
    describes: boolean,
    depth = 0,
    spending: Spending = { structures: 0, inflatedBytes: 0 },
  ) {
    this.#formats = formats;
    this.#tools = tools;
    this.options = options;
    this.describes = describes;
    this.#depth = depth;
    this.#spending = spending;
  }

  /** Whether something that can be kept or dropped is to be kept. */
  keeps(name: Keepable): boolean {
    return this.options.kept.has(name);
  }

  /** The same task with some things dropped that would be kept: for files inside a file whose reader does not obey them there. */
  without(...names: Keepable[]): Context {
    const kept = new Set([...this.options.kept].filter((name) => !names.includes(name)));
    const options = { ...this.options, kept };
    return new Context(this.#formats, this.#tools, options, this.describes, this.#depth, this.#spending);
  }

  /**
   * Counts structures that were read.
   * @throws ScrubError `limit-exceeded`
   */
  countStructures(count = 1): void {
    this.#spending.structures += count;
    if (this.#spending.structures > this.options.limits.structures) {
      throw limitExceeded(
        `The file has more than ${this.options.limits.structures} structures; raise limits.structures to clean it.`,
      );
    }
  }

  /** How many more bytes compressed metadata may unpack to. */
  get inflatableBytes(): number {
    return this.options.limits.inflatedBytes - this.#spending.inflatedBytes;
  }

  /**
   * Counts bytes that compressed metadata unpacked to.
   * @throws ScrubError `limit-exceeded`
   */
  countInflated(bytes: number): void {
    this.#spending.inflatedBytes += bytes;
    if (this.inflatableBytes < 0) {
      throw limitExceeded(
        `The file's compressed parts unpack to more than ${this.options.limits.inflatedBytes} bytes; raise limits.inflatedBytes to clean it.`,
      );
    }
  }

  /** The tool, loaded if this is the first file to need it. */
  *use<T>(tool: Tool<T>): Walk<T> {
    if (!this.#tools.has(tool)) yield { kind: 'tool', tool };
    return this.#tools.get(tool) as T;
  }

  /**
   * Walks the file that is the run `[start, end)` of the one being walked.
   * @throws ScrubError with offsets of the outer file; `unknown-format` where no format matches
   */
  *nested(outer: Window, start: number, end: number): Walk<Nested> {
    const format = yield* this.#identify(outer, start, end);
    const plan = new Plan(this.describes);
    const inner = new Window(end - start);
    yield* drainNested(format.walk(inner, plan, this.#deeper()), inner, outer, start, format.id);
    return { format, plan };
  }

  /**
   * Walks a nested file that is not a run of the outer one, because it was stored compressed or in parts.
   * @throws ScrubError `unknown-format` where no format matches
   */
  *nestedBytes(bytes: Uint8Array): Walk<Nested> {
    const inner = Window.over(bytes);
    const format = yield* this.#identify(inner, 0, bytes.length);
    const plan = new Plan(this.describes);
    yield* drainNested(format.walk(inner, plan, this.#deeper()), inner, inner, 0, format.id);
    return { format, plan };
  }

  *#identify(window: Window, start: number, end: number): Walk<Format> {
    const format = yield* identify(window, this.#formats, this, start, end);
    if (format === undefined)
      throw new ScrubError('unknown-format', 'A file inside this file is of a format that is not known.');
    return format;
  }

  #deeper(): Context {
    if (this.#depth >= this.options.limits.depth) {
      throw limitExceeded(
        `Files are nested more than ${this.options.limits.depth} deep; raise limits.depth to clean it.`,
      );
    }
    return new Context(this.#formats, this.#tools, this.options, this.describes, this.#depth + 1, this.#spending);
  }
}
