// PSD and PSB: header, colour mode data, image resources, layers, the merged picture (Adobe Photoshop File Formats, 2019).
// Header, colours of an indexed picture, profile and merged picture make what other programs show.
// All other resources (Exif, XMP, IPTC, thumbnails, paths), and layers with all that is in them, are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** Documents of Photoshop, refused unless `options.psd` says that the merged picture is enough. */
export const psd: Format = {
  id: 'psd',
  name: 'PSD',
  mediaTypes: ['image/vnd.adobe.photoshop'],
  extensions: ['psd', 'psb'],
  summary:
    "Refused by default; with `psd: 'flatten'` layers, resources and extra channels go, and the merged picture stays.",
  matches: (head) => startsWith(head, '8BPS'),
  walk: /* @__PURE__ */ lazily('PSD', async () => (await import('./psd/walk.ts')).walkPsd),
};
