// Where frames begin again: in front of the first, and wherever the chain of frames is broken.
import { classKey, frameLength, HEADER_LENGTH, MAX_FRAME_LENGTH } from '../../containers/mpeg-audio/header.ts';
import type { Tag } from '../../containers/tag.ts';
import { skipZeros, tagAt } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** How many frames in a row are looked at, and so how many make a chain of another class than what went before credible. */
const MAX_CHAIN = 8;
const REACH = MAX_CHAIN * MAX_FRAME_LENGTH + HEADER_LENGTH;

/** What stands where a chain of frames is broken. */
export interface Interruption {
  tags: Tag[];
  /** Where frames go on; the end where they don't. */
  end: number;
}

/**
 * Looks from `at` on for tags and frames.
 * @param key class of the frames so far, 0 in front of the first
 */
export function* findFrames(
  window: Window,
  context: Context,
  at: number,
  end: number,
  key: number,
): Walk<Interruption> {
  const tags: Tag[] = [];
  let start = at;
  for (;;) {
    const tag = yield* tagAt(window, start, end);
    // The size of a tag in the middle may be wrong, and then sound lies in it.
    if (tag === undefined || !(yield* isPlausible(window, tag.end, end, key))) break;
    context.countStructures();
    tags.push(tag);
    start = yield* skipZeros(window, tag.end, end);
  }
  return { tags, end: yield* scan(window, start, end, key) };
}

/** Whether a tag may end at `at`: with the end of the sound, padding, another tag, or frames. */
function* isPlausible(window: Window, at: number, end: number, key: number): Walk<boolean> {
  if (at >= end || (yield* tagAt(window, at, end)) !== undefined) return true;
  const reach = Math.min(REACH, end - at);
  if (!window.has(at, reach)) yield window.need(at, reach);
  return window.u8(at) === 0 || isChain(window, at, end, key, true);
}

/** Goes on byte by byte until frames follow one another. */
function* scan(window: Window, start: number, end: number, key: number): Walk<number> {
  let at = start;
  while (at + HEADER_LENGTH <= end) {
    const reach = Math.min(REACH, end - at);
    if (!window.has(at, reach)) yield window.need(at, reach);
    const last = window.end >= end ? end - HEADER_LENGTH : window.end - REACH;
    for (; at <= last; at++) {
      if (window.u8(at) === 0xff && isChain(window, at, end, key, at === start)) return at;
    }
  }
  return end;
}

/**
 * Whether enough frames follow one another at `at` to be believed.
 * @param isExpected whether frames should begin there: behind tags, or at the start
 */
function isChain(window: Window, at: number, end: number, key: number, isExpected: boolean): boolean {
  const own = keyAt(window, at, end);
  if (own === 0) return false;
  let headers = 0;
  let next = at;
  while (headers < MAX_CHAIN && keyAt(window, next, end) === own) {
    headers++;
    next += frameLength(window.u8(next + 1), window.u8(next + 2));
  }
  if (next === end) headers++;
  if (key !== 0 && own !== key) return headers >= MAX_CHAIN;
  return headers >= (key !== 0 || isExpected ? 2 : 3);
}

function keyAt(window: Window, at: number, end: number): number {
  if (at + HEADER_LENGTH > end) return 0;
  return classKey(window.u8(at), window.u8(at + 1), window.u8(at + 2), window.u8(at + 3));
}
