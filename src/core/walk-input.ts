import type { Context } from './context.ts';
import { drive, type Tools, throwIfAborted } from './drive.ts';
import { ScrubError } from './errors.ts';
import type { Format } from './format.ts';
import { identify, nameUnsupported } from './identify.ts';
import type { OpenInput } from './input.ts';
import { Plan } from './plan.ts';
import type { Walk } from './walk.ts';
import { isUnchanged, isUnchangedInMemory, lengthOf, type Pieces } from './write.ts';

/** A file that was walked: what it is, and what its clean form is made of. */
export interface Walked {
  format: Format;
  plan: Plan;
  /** The clean form, in order. */
  pieces: Pieces;
  /** Length of the clean form in bytes. */
  bytesOut: number;
  /** Whether the clean form differs from the input. */
  changed: boolean;
}

/**
 * Detects, walks and plans; writes nothing.
 * @throws ScrubError
 */
export async function walkInput(
  input: OpenInput,
  formats: readonly Format[],
  context: Context,
  tools: Tools,
): Promise<Walked> {
  const { signal } = context.options;
  throwIfAborted(signal);
  const format = await run(identify(input.window, formats, context), input, tools, signal);
  if (format === undefined) throw await nameUnsupported(input, tools);
  const plan = new Plan(context.describes);
  try {
    await run(format.walk(input.window, plan, context), input, tools, signal);
  } catch (error) {
    throw error instanceof ScrubError ? error.within(format.id) : error;
  }
  const pieces = plan.flat();
  const same =
    input.bytes === undefined
      ? input.source !== undefined && (await isUnchanged(pieces, input.source))
      : isUnchangedInMemory(pieces, input.bytes);
  return { format, plan, pieces, bytesOut: lengthOf(pieces), changed: !same };
}

function run<T>(walk: Walk<T>, input: OpenInput, tools: Tools, signal: AbortSignal | undefined): T | Promise<T> {
  const first = walk.next();
  return first.done ? first.value : drive(walk, first.value, input.window, tools, signal, input.feed);
}
