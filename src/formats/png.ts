// PNG and APNG: chunks around one compressed picture, or several (W3C PNG Third Edition; ISO/IEC 15948).
// Picture data, palette, transparency, colour chunks, the animation and the orientation of Exif make the picture. Texts,
// times, Exif, XMP, resolutions, private chunks and whatever stands behind IEND are metadata.
import { isPng } from '../containers/png.ts';
import { type Format, lazily } from '../core/format.ts';

/** PNG pictures and APNG animations. */
export const png: Format = {
  id: 'png',
  name: 'PNG',
  mediaTypes: ['image/png', 'image/apng', 'image/vnd.mozilla.apng'],
  extensions: ['png', 'apng'],
  summary:
    'Texts, times, Exif, XMP, resolutions, private chunks and what stands behind the picture go; picture data is copied as it is, with colours, orientation and animation.',
  matches: isPng,
  walk: /* @__PURE__ */ lazily('PNG', async () => (await import('./png/walk.ts')).walkPng),
};
