// JPEG XL: a codestream of headers and frames, bare or in boxes (ISO/IEC 18181-1, 18181-2).
// The codestream makes the picture, with orientation, colours and animation. All boxes around it are metadata, compressed ones
// and the reconstruction data of a JPEG among them; in it, names of layers and channels, timecodes and the preview are.
import { latin1, startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** `FF 0A`, which a bare codestream begins with. */
const CODESTREAM = '\xff\x0a';
/** The box that a file of boxes begins with (18181-2 §9.1). */
const SIGNATURE_BOX = '\0\0\0\x0cJXL \r\n\x87\n';

/** JPEG XL pictures and animations, bare or in boxes. */
export const jxl: Format = {
  id: 'jxl',
  name: 'JPEG XL',
  mediaTypes: ['image/jxl'],
  extensions: ['jxl'],
  summary:
    'Exif, XMP, manifests, compressed boxes, JPEG reconstruction data, previews and names go; coded frames and their timing stay.',
  matches: (head) => startsWith(head, CODESTREAM) || latin1(head.subarray(0, 12)) === SIGNATURE_BOX,
  walk: /* @__PURE__ */ lazily('JPEG XL', async () => (await import('./jxl/walk.ts')).walkJxl),
};
