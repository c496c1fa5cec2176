// AMR: a magic line and frames of coded speech (RFC 4867 §5).
// Every frame is sound; the padding bits of a frame header, and bytes behind the last whole frame, are not.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** AMR and AMR-WB speech. */
export const amr: Format = {
  id: 'amr',
  name: 'AMR',
  mediaTypes: ['audio/amr', 'audio/amr-wb'],
  extensions: ['amr', 'awb'],
  summary: 'Frames stay; padding bits and bytes behind the last frame go.',
  matches: (head) => startsWith(head, '#!AMR\n') || startsWith(head, '#!AMR-WB\n'),
  walk: /* @__PURE__ */ lazily('AMR', async () => (await import('./amr/walk.ts')).walkAmr),
};
