// Monkey's Audio: a descriptor, a header, a seek table, the packed file's header, frames, and what stood behind the samples in
// the packed file (Monkey's Audio SDK, APEInfo.h). Header, seek table and frames make the sound; the packed file's header and
// terminating data, with all chunks that stood in them, and the tags around it all are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** Monkey's Audio sound of version 3.98 and later. */
export const ape: Format = {
  id: 'ape',
  name: "Monkey's Audio",
  mediaTypes: ['audio/x-ape', 'audio/ape'],
  extensions: ['ape'],
  summary: 'Frames stay; header and trailer of the packed file and the tags go.',
  mayFollowId3: true,
  matches: (head) => startsWith(head, 'MAC '),
  walk: /* @__PURE__ */ lazily("Monkey's Audio", async () => (await import('./ape/walk.ts')).walkApe),
};
