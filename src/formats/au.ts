// AU: a header of 24 bytes, a free annotation, samples (Sun, NeXT; big-endian).
// Coding, rate, channels and samples are the sound; the annotation between header and samples is metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** Sun and NeXT audio. */
export const au: Format = {
  id: 'au',
  name: 'AU',
  mediaTypes: ['audio/basic', 'audio/x-au'],
  extensions: ['au', 'snd'],
  summary: 'Samples stay; the annotation goes.',
  matches: (head) => startsWith(head, '.snd'),
  walk: /* @__PURE__ */ lazily('AU', async () => (await import('./au/walk.ts')).walkAu),
};
