// JPEG 2000: a codestream of marker segments and packets, bare or in the boxes of JP2 and JPH (ISO/IEC 15444-1, -15).
// The codestream makes the picture, with colours, palette, channels and the shape of pixels from the JP2 header box.
// Comments of the codestream, Exif, XMP, GeoJP2 and all other boxes, resolutions and labels are metadata.
import { latin1, startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** SOC and SIZ, which a bare codestream begins with. */
const CODESTREAM = '\xff\x4f\xff\x51';
/** The box that a file of boxes begins with (15444-1 §I.5.1). */
const SIGNATURE_BOX = '\0\0\0\x0cjP  \r\n\x87\n';

/** JPEG 2000 pictures: JP2, JPH, JPX that is also JP2, bare codestreams. */
export const jp2: Format = {
  id: 'jp2',
  name: 'JPEG 2000',
  mediaTypes: ['image/jp2', 'image/jpx', 'image/jph', 'image/j2c', 'image/jphc'],
  extensions: ['jp2', 'jpx', 'jpf', 'jph', 'j2k', 'j2c', 'jpc', 'jhc'],
  summary: 'Comments, Exif, XMP, GeoJP2, resolutions and labels go; coded tiles, colours and palettes stay.',
  matches: (head) => startsWith(head, CODESTREAM) || latin1(head.subarray(0, 12)) === SIGNATURE_BOX,
  walk: /* @__PURE__ */ lazily('JPEG 2000', async () => (await import('./jp2/walk.ts')).walkJp2),
};
