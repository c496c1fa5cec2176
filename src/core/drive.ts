import { malformed, ScrubError } from './errors.ts';
import type { BytesRequest, Tool, Walk, WalkRequest } from './walk.ts';
import type { Window } from './window.ts';

/** Puts bytes at hand that a walker asked for: at least one from `request.start` on, all where `needed` is set, if the file has them. */
export type Feed = (window: Window, request: BytesRequest) => Promise<void>;

/** Loaded tools. */
export type Tools = Map<Tool<unknown>, unknown>;

/**
 * Runs a walk, which has come to its first request, to its end.
 * @param feed brings more bytes; without it the window already holds the whole file
 */
export async function drive<T>(
  walk: Walk<T>,
  first: WalkRequest,
  window: Window,
  tools: Tools,
  signal?: AbortSignal,
  feed?: Feed,
): Promise<T> {
  let request = first;
  for (;;) {
    if (request.kind === 'tool') {
      tools.set(request.tool, await request.tool.load());
    } else if (feed !== undefined && request.start < window.size) {
      await feed(window, request);
    }
    throwIfAborted(signal);
    const step =
      request.kind === 'bytes' && isUnanswered(window, request) ? walk.throw(truncated(window, request)) : walk.next();
    if (step.done) return step.value;
    request = step.value;
  }
}

/** Runs a nested walk inside the walk of the outer file: its requests are the outer's, moved by `start`. */
export function* drainNested<T>(walk: Walk<T>, inner: Window, outer: Window, start: number, format: string): Walk<T> {
  showInner(inner, outer, start);
  try {
    let step = walk.next();
    while (!step.done) {
      const request = step.value;
      if (request.kind === 'tool') yield request;
      else {
        const asked = { ...request, start: request.start + start, end: Math.min(request.end, inner.size) + start };
        const exists = asked.start < asked.end && (request.needed === undefined || request.end <= inner.size);
        if (exists && !outer.has(asked.start, asked.end - asked.start)) yield asked;
        showInner(inner, outer, start);
      }
      step =
        request.kind === 'bytes' && isUnanswered(inner, request) ? walk.throw(truncated(inner, request)) : walk.next();
    }
    return step.value;
  } catch (error) {
    throw error instanceof ScrubError ? error.within(format, start) : error;
  }
}

function showInner(inner: Window, outer: Window, start: number): void {
  if (inner === outer) return;
  const from = Math.max(start, outer.base);
  const to = Math.min(start + inner.size, outer.end);
  if (from < to) inner.show(outer.view(from, to), from - start);
}

function isUnanswered(window: Window, request: BytesRequest): boolean {
  return request.needed !== undefined && !window.has(request.start, request.end - request.start);
}

function truncated(window: Window, { start, needed }: BytesRequest): ScrubError {
  const trail = needed?.trail ?? [];
  const inside = trail.length === 0 ? '' : `, inside ${trail.join(' › ')}`;
  return malformed(
    `The file is cut off: it ends at byte ${window.size}${inside}.`,
    Math.min(start, window.size),
    ...trail,
  );
}

/** @throws ScrubError `aborted` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new ScrubError(
      'aborted',
      'The scrub was stopped before its end; nothing was written.',
      {},
      { cause: signal.reason },
    );
  }
}
