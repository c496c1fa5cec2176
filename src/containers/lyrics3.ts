// Lyrics3 tags (Petr Strnad, Lyrics3 v1.00 and v2.00), which stand in front of an ID3v1 tag: LYRICSBEGIN, the text or fields,
// and LYRICSEND, or six digits of size and LYRICS200. Syntax only.
import { latin1, startsWith } from '../bytes/text.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import type { Tag } from './tag.ts';

const BEGIN = 'LYRICSBEGIN';
const END_LENGTH = 9;
const SIZE_LENGTH = 6;
/** Lyrics of version 1 are no longer. */
const MAX_V1_LENGTH = BEGIN.length + 5100 + END_LENGTH;

/** The tag that ends at `end` with `LYRICSEND` or `LYRICS200`; these letters alone where no beginning is found. */
export function* lyrics3Before(window: Window, start: number, end: number): Walk<Tag> {
  const from = Math.max(start, end - MAX_V1_LENGTH);
  if (!window.has(from, end - from)) yield window.need(from, end - from, 'Lyrics3');
  const tail = window.view(from, end);
  if (startsWith(tail, 'LYRICSEND', tail.length - END_LENGTH)) {
    const begin = latin1(tail).lastIndexOf(BEGIN);
    return { name: 'Lyrics3v1', start: begin < 0 ? end - END_LENGTH : from + begin, end };
  }
  const trailerLength = SIZE_LENGTH + END_LENGTH;
  const digits = latin1(tail.subarray(Math.max(0, tail.length - trailerLength), tail.length - END_LENGTH));
  if (!/^\d{6}$/.test(digits)) return { name: 'Lyrics3v2', start: end - END_LENGTH, end };
  const begin = end - trailerLength - Number(digits);
  if (begin >= start) {
    if (!window.has(begin, BEGIN.length)) yield window.need(begin, BEGIN.length, 'Lyrics3');
    if (startsWith(window.view(begin, begin + BEGIN.length), BEGIN)) return { name: 'Lyrics3v2', start: begin, end };
  }
  return { name: 'Lyrics3v2', start: end - trailerLength, end };
}
