import { startsWith } from '../../bytes/text.ts';
import { classKey, frameLength, HEADER_LENGTH, MAX_FRAME_LENGTH } from '../../containers/mpeg-audio/header.ts';

/** How many frames must follow one another where a file begins with the rest of a frame that was cut. */
const FRAMES_BEHIND_JUNK = 3;

/**
 * Whether a file begins with frames of MPEG audio. Frames behind one another up to the end of `head` are a signature; behind an
 * ID3v2 tag that no other format follows, none is asked for.
 */
export function beginsWithFrames(head: Uint8Array): boolean {
  if (startsWith(head, 'ID3') && [2, 3, 4].includes(head[3] ?? 0)) return true;
  const padding = Math.max(
    0,
    head.findIndex((byte) => byte !== 0),
  );
  if (countFrames(head, padding) >= (padding === 0 ? 1 : 2)) return true;
  // Recordings of streams begin anywhere in a frame.
  const last = Math.min(padding + MAX_FRAME_LENGTH, head.length);
  for (let at = padding + 1; at < last; at++) {
    if (head[at] === 0xff && countFrames(head, at) >= FRAMES_BEHIND_JUNK) return true;
  }
  return false;
}

/** How many frames follow one another from `at` to the end of `head`; 0 where their chain breaks. */
function countFrames(head: Uint8Array, start: number): number {
  const keyAt = (at: number): number =>
    classKey(head[at] ?? 0, head[at + 1] ?? 0, head[at + 2] ?? 0, head[at + 3] ?? 0);
  const key = keyAt(start);
  let frames = 0;
  let at = start;
  for (; at + HEADER_LENGTH <= head.length; frames++) {
    if (key === 0 || keyAt(at) !== key) return isTag(head, at) ? frames : 0;
    at += frameLength(head[at + 1] ?? 0, head[at + 2] ?? 0);
  }
  // A frame alone must be whole.
  return frames === 1 && at > head.length ? 0 : frames;
}

/** Whether a tag ends the frames. */
function isTag(head: Uint8Array, at: number): boolean {
  return ['TAG', 'ID3', 'APETAGEX', 'LYRICSBEGIN'].some((name) => startsWith(head, name, at));
}
