// CAF: a file header and chunks around coded sound (Apple Core Audio Format Specification 1.0).
// desc, data, pakt, kuki and chan make the sound. Information strings, markers, regions, instruments, MIDI, peaks, overviews,
// user data, free space and edit counts are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** Core Audio Format sound. */
export const caf: Format = {
  id: 'caf',
  name: 'CAF',
  mediaTypes: ['audio/x-caf'],
  extensions: ['caf'],
  summary:
    'Packets, their table, decoder settings and channel layout stay; strings, markers, regions and free space go.',
  matches: (head) => startsWith(head, 'caff\0\x01'),
  walk: /* @__PURE__ */ lazily('CAF', async () => (await import('./caf/walk.ts')).walkCaf),
};
