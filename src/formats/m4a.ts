// M4A and M4B: sound in the ISO base media file format (ISO/IEC 14496-12, -14; Apple QuickTime File Format).
// The samples of sound tracks, how they are coded and when they play are content. Titles, artists, purchase accounts, cover
// pictures, encoder names, dates, free space, other tracks and whatever lies between samples is metadata.
import { latin1, startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';
import { brands, firstBoxes } from './m4a/policy.ts';

/** Sound in MP4, QuickTime and 3GPP files. */
export const m4a: Format = {
  id: 'm4a',
  name: 'M4A',
  mediaTypes: ['audio/mp4', 'audio/x-m4a', 'audio/m4a'],
  extensions: ['m4a', 'm4b', 'm4r', 'mp4'],
  summary:
    'Samples, their timing and edit lists stay; iTunes tags, cover pictures, dates, other tracks and free space go.',
  matches: (head) => (startsWith(head, 'ftyp', 4) ? brands.includes(latin1(head.subarray(8, 12))) : isQuickTime(head)),
  walk: /* @__PURE__ */ lazily('M4A', async () => (await import('./m4a/walk.ts')).walkM4a),
};

/** QuickTime without a brand: a box of one of its first types, and not of a gigantic size. */
function isQuickTime(head: Uint8Array): boolean {
  const type = latin1(head.subarray(4, 8));
  return firstBoxes.includes(type) && (type === 'mdat' || head[0] === 0);
}
