// JPEG: marker segments around entropy-coded scans (ITU-T T.81 | ISO 10918-1; JFIF: T.871; Adobe: T.872; Exif: CIPA DC-008).
// Tables, frame and scans make the picture, with the orientation of Exif, the ICC profile and the colour model of JFIF and
// Adobe. All other APPn, every COM and whatever stands behind EOI is metadata.

import { Marker } from '../containers/jpeg/marker.ts';
import { type Format, lazily } from '../core/format.ts';

/** JPEG pictures: baseline, extended, progressive, lossless, Huffman or arithmetic coding. */
export const jpeg: Format = {
  id: 'jpeg',
  name: 'JPEG',
  mediaTypes: ['image/jpeg', 'image/jpg', 'image/pjpeg'],
  extensions: ['jpg', 'jpeg', 'jpe', 'jfif'],
  summary:
    'Exif, XMP, IPTC, comments, thumbnails, previews, second pictures and motion video go; scans are copied as they are.',
  matches: (head) => head[0] === 0xff && head[1] === Marker.SOI && (head[2] === 0xff || hasSegmentBehindJunk(head)),
  walk: /* @__PURE__ */ lazily('JPEG', async () => (await import('./jpeg/walk.ts')).walkJpeg),
};

/** Some writers leave a few bytes between SOI and the first segment; decoders skip them. */
function hasSegmentBehindJunk(head: Uint8Array): boolean {
  const at = head.indexOf(0xff, 2);
  const code = head[at + 1] ?? 0;
  return at > 0 && ((code >= Marker.APP0 && code <= Marker.APP15) || code === Marker.DQT || code === Marker.COM);
}
