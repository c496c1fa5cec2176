// DSF: three chunks of one-bit sound, and a pointer to metadata behind them (Sony, DSF File Format Specification 1.01).
// The chunks DSD, fmt and data make the sound; the ID3v2 tag at the pointer, filler of the last blocks, and anything else, is
// metadata or rest.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** One-bit sound in a DSF file. */
export const dsf: Format = {
  id: 'dsf',
  name: 'DSF',
  mediaTypes: ['audio/x-dsf', 'audio/dsf'],
  extensions: ['dsf'],
  summary: 'One-bit samples stay; the ID3v2 tag goes.',
  matches: (head) => startsWith(head, 'DSD \x1c\0\0\0\0\0\0\0'),
  walk: /* @__PURE__ */ lazily('DSF', async () => (await import('./dsf/walk.ts')).walkDsf),
};
