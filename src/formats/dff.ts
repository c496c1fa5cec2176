// DSDIFF: chunks of one-bit sound, plain or compressed (Philips, DSDIFF 1.5).
// FVER, the properties FS, CHNL, CMPR, ABSS and LSCO, and the sound make it up. Comments with times, edited master
// information with artist and title, manufacturer data and ID3 are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** One-bit sound in a DSDIFF file. */
export const dff: Format = {
  id: 'dff',
  name: 'DSDIFF',
  mediaTypes: ['audio/x-dff', 'audio/dff'],
  extensions: ['dff'],
  summary: 'One-bit samples and their properties stay; comments, artist, title, manufacturer data and ID3 go.',
  matches: (head) => startsWith(head, 'FRM8') && startsWith(head, 'DSD ', 12),
  walk: /* @__PURE__ */ lazily('DSDIFF', async () => (await import('./dff/walk.ts')).walkDff),
};
