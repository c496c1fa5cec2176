// WebP: a RIFF form of chunks around VP8 or VP8L pictures, one or an animation of many (RFC 9649; VP8: RFC 6386).
// ALPH, VP8 and VP8L make the picture, with canvas, animation, ICC profile and the orientation of Exif.
// XMP, all else of Exif, manifests, every chunk of another name, and whatever stands behind the RIFF chunk are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** WebP pictures: lossy, lossless, with alpha, animated. */
export const webp: Format = {
  id: 'webp',
  name: 'WebP',
  mediaTypes: ['image/webp'],
  extensions: ['webp'],
  summary: 'Exif, XMP, manifests, unknown chunks and trailing data go; coded pictures, frames and their timing stay.',
  matches: (head) => startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8),
  walk: /* @__PURE__ */ lazily('WebP', async () => (await import('./webp/walk.ts')).walkWebp),
};
