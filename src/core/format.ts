import type { Context } from './context.ts';
import type { Plan } from './plan.ts';
import type { Tool, Walk } from './walk.ts';
import type { Window } from './window.ts';

/** How many bytes from the start of a file `matches` may look at: enough for a signature behind any fixed-size header. */
export const HEAD_LENGTH = 4096;

/** A file format that can be cleaned: a plain value, one file, one line in the registry. */
export interface Format {
  /** Short lower-case name: `jpeg`. */
  id: string;
  /** Name for people: `JPEG`. */
  name: string;
  /** Registered media types, the usual one first. */
  mediaTypes: readonly [string, ...string[]];
  /** File name extensions without the dot, the usual one first. */
  extensions: readonly [string, ...string[]];
  /** One line for the table of formats: what is cleaned and what of it is special. */
  summary: string;
  /** Set where ID3v2 tags may stand in front of the file: then `matches` is asked about what stands behind them, too. */
  mayFollowId3?: true;
  /** Whether a file that begins with `head` (its first {@link HEAD_LENGTH} bytes, or all it has) is of this format. */
  matches(head: Uint8Array): boolean;
  /**
   * Set where the head may not be enough to tell: asked about the file `[start, end)` that `matches` claims. False: another format
   * is looked for.
   */
  confirms?: (window: Window, start: number, end: number, context: Context) => Walk<boolean>;
  /**
   * Walks the file from its start and puts the clean file into `plan`.
   * Throws a `ScrubError` for a file that can't be cleaned.
   */
  walk: FormatWalk;
}

/** A format's walk, which puts the clean file into the plan. */
export type FormatWalk = (window: Window, plan: Plan, context: Context) => Walk;

/** A walk whose code is loaded with the first file of its format, so that who never meets one never loads it. */
export function lazily(name: string, load: () => Promise<FormatWalk>): FormatWalk {
  const tool: Tool<FormatWalk> = { name, load };
  return function* (window, plan, context): Walk {
    const walk = yield* context.use(tool);
    yield* walk(window, plan, context);
  };
}
