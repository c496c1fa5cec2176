// MusicMatch tags (as id3.org describes them): an optional header, a picture, a version section, sound data of one of five
// lengths, five offsets, and a footer that names Brava Software. Syntax only.
import { startsWith } from '../bytes/text.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import type { Tag } from './tag.ts';

const FOOTER_LENGTH = 48;
const OFFSETS_LENGTH = 20;
const SECTION_LENGTH = 256;
/** Header and version section begin with it. */
const SYNC = '18273645';
/** Lengths of the sound data in the versions that were in use. */
const DATA_LENGTHS = [7868, 7936, 8004, 8132, 8192];

/** The tag whose footer ends at `end`; what can be told of it where sections are missing. */
export function* musicMatchBefore(window: Window, start: number, end: number): Walk<Tag> {
  const offsetsStart = end - FOOTER_LENGTH - OFFSETS_LENGTH;
  const from = Math.max(start, offsetsStart - Math.max(...DATA_LENGTHS) - SECTION_LENGTH);
  if (!window.has(from, end - from)) yield window.need(from, end - from, 'MusicMatch');
  for (const length of DATA_LENGTHS) {
    const versionStart = offsetsStart - length - SECTION_LENGTH;
    if (versionStart < from || !startsWith(window.view(versionStart, versionStart + SYNC.length), SYNC)) continue;
    // The offsets of picture and version section count from one place that differs between writers.
    const pictureLength = window.u32le(offsetsStart + 12) - window.u32le(offsetsStart);
    const pictureStart = versionStart - pictureLength;
    if (pictureLength < 0 || pictureStart < start) return { name: 'MusicMatch', start: versionStart, end };
    const headerStart = pictureStart - SECTION_LENGTH;
    if (headerStart < start) return { name: 'MusicMatch', start: pictureStart, end };
    if (!window.has(headerStart, SYNC.length)) yield window.need(headerStart, SYNC.length, 'MusicMatch');
    const hasHeader = startsWith(window.view(headerStart, headerStart + SYNC.length), SYNC);
    return { name: 'MusicMatch', start: hasHeader ? headerStart : pictureStart, end };
  }
  return { name: 'MusicMatch', start: end - FOOTER_LENGTH, end };
}
