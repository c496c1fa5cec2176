// AAC as bare frames: ADTS (ISO/IEC 14496-3 §1.A.2.2, 13818-7 §6.2), tags in front, behind and between.
// Frames are sound. Tags, header bits that say nothing about the sound, checksums over them, the encoder's name in fill elements
// and comments are metadata. ADIF and LOAS, which store AAC in other ways, are told and refused.
import { startsWith } from '../bytes/text.ts';
import { adtsKey, adtsLength } from '../containers/adts.ts';
import { type Format, lazily } from '../core/format.ts';
import { isLoas } from './aac/loas.ts';

/** AAC in ADTS frames. */
export const aac: Format = {
  id: 'aac',
  name: 'AAC',
  mediaTypes: ['audio/aac', 'audio/aacp', 'audio/x-aac'],
  extensions: ['aac', 'adts'],
  summary:
    'Frames stay; ID3 tags, copyright identification, encoder names in fill elements and junk between frames go.',
  mayFollowId3: true,
  matches: (head) => beginsWithFrames(head) || startsWith(head, 'ADIF') || isLoas(head),
  walk: /* @__PURE__ */ lazily('AAC', async () => (await import('./aac/walk.ts')).walkAac),
};

/** Whether a file begins with ADTS frames that follow one another, as far as `head` shows. */
function beginsWithFrames(head: Uint8Array): boolean {
  const key = adtsKey(head);
  if (key === 0) return false;
  const next = adtsLength(head);
  return next === head.length || next + 7 > head.length || adtsKey(head, next) === key || startsWith(head, 'ID3', next);
}
