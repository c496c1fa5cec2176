// TTA: a header, a table of frame lengths, and frames (TTA1, tausoft.org). Both ends may carry tags.
// Header, table and frames make the sound; the tags, and bytes behind the last frame, are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** True Audio sound. */
export const tta: Format = {
  id: 'tta',
  name: 'TTA',
  mediaTypes: ['audio/x-tta', 'audio/tta'],
  extensions: ['tta'],
  summary: 'Frames stay; the tags around them go.',
  mayFollowId3: true,
  matches: (head) => startsWith(head, 'TTA1'),
  walk: /* @__PURE__ */ lazily('TTA', async () => (await import('./tta/walk.ts')).walkTta),
};
