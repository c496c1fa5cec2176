// PNM: a header of a few words, then samples as text (P1–P3) or as bytes (P4–P6); PAM (P7), PFM (PF, Pf) and XV thumbnails (P7 332)
// (Netpbm formats: pbm, pgm, ppm, pam; Portable FloatMap). The words, and the samples of all pictures of a file, make the pictures.
// Comments, spacing and what stands behind the last picture are metadata.
import { type Format, lazily } from '../core/format.ts';

/** The magic number, space or comments, and the beginning of a width or of a keyword. */
const beginning =
  /^P(?:[1-6Ff](?:\s|#[^\n\r]*[\n\r])+\d+(?:\s|#)|[1-6Ff]\s*#[^\n\r]*$|7\s+(?:332\s|(?:#[^\n\r]*\s+)*(?:WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE|#)))/;
const LOOKED_AT = 1024;

/** Netpbm's portable maps and their relatives. */
export const pnm: Format = {
  id: 'pnm',
  name: 'PNM',
  mediaTypes: [
    'image/x-portable-anymap',
    'image/x-portable-bitmap',
    'image/x-portable-graymap',
    'image/x-portable-pixmap',
    'image/x-portable-arbitrarymap',
    'image/x-portable-floatmap',
  ],
  extensions: ['pnm', 'pbm', 'pgm', 'ppm', 'pam', 'pfm'],
  summary: 'Comments and trailing data go; samples stay as they are.',
  matches: (head) => head[0] === 0x50 && beginning.test(String.fromCharCode(...head.subarray(0, LOOKED_AT))),
  walk: /* @__PURE__ */ lazily('PNM', async () => (await import('./pnm/walk.ts')).walkPnm),
};
