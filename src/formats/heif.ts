// HEIF, HEIC and AVIF: pictures as items of boxes, or as tracks (ISO/IEC 23008-12, 14496-12, 23000-22; AV1 Image File Format).
// The pictures shown, what they are made of, their alpha planes, gain maps, colours and turns are content. Exif, XMP, thumbnails,
// depth maps, mattes, sound, motion video, messages of encoders and whatever no item owns is metadata.
import { latin1, startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';
import { majorBrands } from './heif/brands.ts';

/** Pictures in the High Efficiency Image File Format, coded as HEVC, AV1, AVC or JPEG. */
export const heif: Format = {
  id: 'heif',
  name: 'HEIF',
  mediaTypes: ['image/heif', 'image/heic', 'image/avif', 'image/heif-sequence', 'image/heic-sequence'],
  extensions: ['heif', 'heic', 'avif', 'hif', 'heifs', 'heics', 'avifs', 'avci', 'avcs'],
  summary:
    'Pictures, alpha, grids, gain maps (ISO 21496-1), sequences stay; Exif, XMP, thumbnails, depth, mattes, motion video, sound, SEI go.',
  matches: (head) => startsWith(head, 'ftyp', 4) && majorBrands.includes(latin1(head.subarray(8, 12))),
  walk: /* @__PURE__ */ lazily('HEIF', async () => (await import('./heif/walk.ts')).walkHeif),
};
