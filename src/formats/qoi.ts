// QOI: a header, chunks that code pixel after pixel, an end marker (The Quite OK Image Format, version 1.0, 2022).
// All of it makes the picture; only what stands behind the end marker is metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** QOI pictures. */
export const qoi: Format = {
  id: 'qoi',
  name: 'QOI',
  mediaTypes: ['image/qoi'],
  extensions: ['qoi'],
  summary: 'Trailing data goes; the picture stays as it is.',
  matches: (head) => startsWith(head, 'qoif'),
  walk: /* @__PURE__ */ lazily('QOI', async () => (await import('./qoi/walk.ts')).walkQoi),
};
