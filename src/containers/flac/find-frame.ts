// Looking for the next frame: the first sync code behind which a header with the right CRC-8 stands.
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { type FrameHeader, MAX_FRAME_HEADER_LENGTH, readFrameHeader, SYNC, SYNC_FIXED } from './frame-header.ts';

/** A frame's header and where it stands. */
export interface Frame {
  /** Absolute offset. */
  start: number;
  header: FrameHeader;
}

type IndexOf = (this: Uint8Array, value: Uint8Array, from: number) => number;

/** Node's search is vectorised; it takes any Uint8Array. */
const nativeIndexOf: IndexOf | undefined = globalThis.Buffer?.prototype.indexOf as IndexOf | undefined;
const fixedSync: Uint8Array = Uint8Array.of(SYNC, SYNC_FIXED);
const variableSync: Uint8Array = Uint8Array.of(SYNC, SYNC_FIXED | 1);

/**
 * Searches what is at hand for a frame that begins in `[from, limit)`.
 * @param countsSamples the blocking strategy, which is the same in all frames of a stream (RFC 9639 §9.1)
 * @returns the frame, or the offset from which on more has to be at hand; `limit` or more where there is none
 */
export function searchFrame(window: Window, from: number, limit: number, countsSamples: boolean): Frame | number {
  const { bytes, base } = window;
  if (from >= window.end) return from;
  const sync = countsSamples ? variableSync : fixedSync;
  let index = from - base;
  for (;;) {
    index = indexOfSync(bytes, sync, index);
    const start = base + index;
    if (start >= limit || index >= bytes.length) return start;
    if (!window.has(start, Math.min(MAX_FRAME_HEADER_LENGTH, window.size - start))) return start;
    const header = readFrameHeader(bytes, index);
    if (header !== undefined) return { start, header };
    index++;
  }
}

/** Index of the next sync code, or of its first byte where that is the last at hand, or the length of `bytes`. */
function indexOfSync(bytes: Uint8Array, sync: Uint8Array, from: number): number {
  let index = from;
  if (nativeIndexOf !== undefined) index = nativeIndexOf.call(bytes, sync, from);
  else {
    do index = bytes.indexOf(SYNC, index);
    while (index >= 0 && index + 1 < bytes.length && bytes[index + 1] !== sync[1] && ++index > 0);
  }
  if (index >= 0) return index;
  return bytes.length > from && bytes[bytes.length - 1] === SYNC ? bytes.length - 1 : bytes.length;
}

/** The first frame that begins in `[from, limit)`. */
export function* findFrame(
  window: Window,
  from: number,
  limit: number,
  countsSamples: boolean,
): Walk<Frame | undefined> {
  let at = from;
  for (;;) {
    if (at >= Math.min(limit, window.size)) return undefined;
    if (!window.has(at, 1)) yield window.want(at, 1);
    if (!window.has(at, 1)) return undefined;
    const found = searchFrame(window, at, limit, countsSamples);
    if (typeof found !== 'number') return found;
    at = found;
    if (at >= limit || at >= window.end) continue;
    const length = Math.min(MAX_FRAME_HEADER_LENGTH, window.size - at);
    if (!window.has(at, length)) yield window.need(at, length, 'frame');
  }
}
