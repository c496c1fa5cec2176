// Sound that is nothing but frames, each with a header that says how long it is: MPEG audio, ADTS. Where frames begin, where
// their chain breaks, and where it goes on. Syntax only.
import { ID3V2_HEADER_LENGTH, id3v2Length } from '../bytes/id3v2-length.ts';
import { startsWith } from '../bytes/text.ts';
import type { Context } from '../core/context.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import type { Tag } from './tag.ts';
import { skipZeros, tagAt } from './tags.ts';

/** How frames are told. The bytes of the header are at hand when it is asked for. */
export interface FrameSyntax {
  headerLength: number;
  maxFrameLength: number;
  /** What the headers of all frames of a sound have in common; 0 where no header stands. */
  keyAt(window: Window, at: number): number;
  /** Length of the frame, header included. */
  lengthAt(window: Window, at: number): number;
}

/** What stands where a chain of frames is broken. */
export interface Interruption {
  tags: Tag[];
  /** Where frames go on; the end where they don't. */
  end: number;
}

/** How many frames in a row are looked at, and so how many make a chain of another kind than what went before credible. */
const MAX_CHAIN = 8;
const ID3V1_LENGTH = 128;
/** What has to be seen of what follows a frame: an ID3v1 tag and the header behind it. */
const TAG_LOOK = ID3V1_LENGTH + ID3V2_HEADER_LENGTH;

/**
 * Looks from `at` on for tags and frames.
 * @param key of the frames so far, 0 in front of the first
 */
export function* findFrames(
  window: Window,
  context: Context,
  syntax: FrameSyntax,
  at: number,
  end: number,
  key: number,
): Walk<Interruption> {
  const tags: Tag[] = [];
  let start = at;
  for (;;) {
    const tag = yield* tagAt(window, start, end);
    // The size of a tag in the middle may be wrong, and then sound lies in it.
    if (tag === undefined || !(yield* isPlausible(window, syntax, tag.end, end, key))) break;
    context.countStructures();
    tags.push(tag);
    start = yield* skipZeros(window, tag.end, end);
  }
  return { tags, end: yield* scan(window, syntax, start, end, key) };
}

/**
 * Where the frame at `at` is cut off by a tag that was joined to it, and that a decoder takes for the frame's end; nothing where
 * the frame is whole, or the file's last, which decoders play as far as it goes.
 */
export function* findCut(
  window: Window,
  syntax: FrameSyntax,
  at: number,
  length: number,
  end: number,
): Walk<number | undefined> {
  const next = at + length;
  const looked = Math.min(length + TAG_LOOK, end - at);
  if (!window.has(at, looked)) yield window.need(at, looked);
  if (next === end || isHeader(window, syntax, next, end)) return undefined;
  const bytes = window.view(at, at + looked);
  for (let from = 1; from < Math.min(length, looked); from++) {
    if (id3v2Length(bytes, from) > 0 || startsWith(bytes, 'APETAGEX', from) || startsWith(bytes, 'LYRICSBEGIN', from)) {
      return at + from;
    }
    if (!startsWith(bytes, 'TAG', from)) continue;
    const behind = at + from + ID3V1_LENGTH;
    const isTag = behind === end || isHeader(window, syntax, behind, Math.min(end, at + looked));
    if (isTag || id3v2Length(bytes, from + ID3V1_LENGTH) > 0) return at + from;
  }
  return undefined;
}

/** Whether a tag may end at `at`: with the end of the sound, padding, another tag, or frames. */
function* isPlausible(window: Window, syntax: FrameSyntax, at: number, end: number, key: number): Walk<boolean> {
  if (at >= end || (yield* tagAt(window, at, end)) !== undefined) return true;
  const reach = Math.min(reachOf(syntax), end - at);
  if (!window.has(at, reach)) yield window.need(at, reach);
  return window.u8(at) === 0 || isChain(window, syntax, at, end, key, true);
}

/** Goes on byte by byte until frames follow one another. */
function* scan(window: Window, syntax: FrameSyntax, start: number, end: number, key: number): Walk<number> {
  const reach = reachOf(syntax);
  let at = start;
  while (at + syntax.headerLength <= end) {
    const length = Math.min(reach, end - at);
    if (!window.has(at, length)) yield window.need(at, length);
    const last = window.end >= end ? end - syntax.headerLength : window.end - reach;
    for (; at <= last; at++) {
      if (window.u8(at) === 0xff && isChain(window, syntax, at, end, key, at === start)) return at;
    }
  }
  return end;
}

/**
 * Whether enough frames follow one another at `at` to be believed.
 * @param isExpected whether frames should begin there: behind tags, or at the start
 */
function isChain(
  window: Window,
  syntax: FrameSyntax,
  at: number,
  end: number,
  key: number,
  isExpected: boolean,
): boolean {
  const own = at + syntax.headerLength <= end ? syntax.keyAt(window, at) : 0;
  if (own === 0) return false;
  let headers = 0;
  let next = at;
  while (headers < MAX_CHAIN && next + syntax.headerLength <= end && syntax.keyAt(window, next) === own) {
    headers++;
    next += syntax.lengthAt(window, next);
  }
  if (next === end) headers++;
  if (key !== 0 && own !== key) return headers >= MAX_CHAIN;
  return headers >= (key !== 0 || isExpected ? 2 : 3);
}

function isHeader(window: Window, syntax: FrameSyntax, at: number, end: number): boolean {
  return at + syntax.headerLength <= end && syntax.keyAt(window, at) !== 0;
}

function reachOf(syntax: FrameSyntax): number {
  return MAX_CHAIN * syntax.maxFrameLength + syntax.headerLength;
}
