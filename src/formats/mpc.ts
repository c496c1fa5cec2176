// Musepack, stream versions 7 and 8 (Musepack SV7 and SV8 specifications). What the header says of the stream, and the frames,
// make the sound; what it says of the encoder and of loudness, chapters, and the tags around it are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** Musepack sound of stream versions 7 and 8. */
export const mpc: Format = {
  id: 'mpc',
  name: 'Musepack',
  mediaTypes: ['audio/x-musepack', 'audio/musepack'],
  extensions: ['mpc', 'mpp'],
  summary: 'Frames stay; tags, chapters, and what the header says of encoder and loudness go.',
  mayFollowId3: true,
  matches: (head) => startsWith(head, 'MPCK') || startsWith(head, 'MP+'),
  walk: /* @__PURE__ */ lazily('Musepack', async () => (await import('./mpc/walk.ts')).walkMpc),
};
