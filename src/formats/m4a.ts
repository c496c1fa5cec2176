// M4A and M4B: sound in the ISO base media file format (ISO/IEC 14496-12, -14; Apple QuickTime File Format).
// The samples of sound tracks, how they are coded and when they play are content. Titles, artists, purchase accounts, cover
// pictures, encoder names, dates, free space, other tracks and whatever lies between samples is metadata.
import { startsWith } from '../bytes/text.ts';
import type { Format } from '../core/format.ts';
import { walkM4a } from './m4a/walk.ts';

/** Sound in MP4 files. */
export const m4a: Format = {
  id: 'm4a',
  name: 'M4A',
  mediaTypes: ['audio/mp4', 'audio/x-m4a', 'audio/m4a'],
  extensions: ['m4a', 'm4b', 'mp4', 'aax'],
  summary:
    'Samples, their timing and edit lists stay; iTunes tags, cover pictures, dates, other tracks and free space go.',
  matches: (head) => startsWith(head, 'ftyp', 4) && isMovieBrand(head),
  walk: walkM4a,
};

/** Brands of files whose tracks are sound or film; pictures in the same container have others. */
const brands = [
  'M4A ',
  'M4B ',
  'M4P ',
  'F4A ',
  'F4B ',
  'isom',
  'iso2',
  'iso4',
  'iso5',
  'iso6',
  'mp41',
  'mp42',
  'dash',
  'avc1',
];

function isMovieBrand(head: Uint8Array): boolean {
  return brands.some((brand) => startsWith(head, brand, 8));
}
