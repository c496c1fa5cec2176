// AIFF and AIFF-C: `FORM` chunks around sampled sound (Apple, AIFF 1.3 1989; AIFF-C draft 1991; EA IFF 85).
// COMM, SSND, CHAN and the version of AIFF-C make the sound. Names, authors, comments with times, markers, MIDI, application
// data, ID3, and bytes behind the form are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** AIFF and AIFF-C sound. */
export const aiff: Format = {
  id: 'aiff',
  name: 'AIFF',
  mediaTypes: ['audio/aiff', 'audio/x-aiff'],
  extensions: ['aiff', 'aif', 'aifc'],
  summary: 'Samples and channel layout stay; names, authors, comments, markers, ID3 and application data go.',
  mayFollowId3: true,
  matches: (head) => startsWith(head, 'FORM') && (startsWith(head, 'AIFF', 8) || startsWith(head, 'AIFC', 8)),
  walk: /* @__PURE__ */ lazily('AIFF', async () => (await import('./aiff/walk.ts')).walkAiff),
};
