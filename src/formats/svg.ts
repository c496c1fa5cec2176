// SVG: a picture as an XML document, also gzipped (SVGZ) (SVG 2; SVG 1.1 second edition; XML 1.0; RFC 1952).
// What is drawn makes the picture. Editors' private elements and attributes, RDF, comments, processing instructions, the document
// type, names of layers, titles and descriptions are metadata; pictures inside are files of their own.
import { startsWith } from '../bytes/text.ts';
import { isSvgHead } from '../containers/xml/signature.ts';
import { type Format, lazily } from '../core/format.ts';

/** RFC 1952 §2.3.1: identification and the only method there is. Whether an SVG is in it shows when it is unpacked. */
const GZIP = '\x1f\x8b\x08';

/** SVG pictures, as text or gzipped. */
export const svg: Format = {
  id: 'svg',
  name: 'SVG',
  mediaTypes: ['image/svg+xml'],
  extensions: ['svg', 'svgz'],
  summary:
    "Written anew from what is drawn: editors' private data, RDF, comments, titles and names of layers go, pictures inside are cleaned; scripts are refused, or dropped where that is asked for.",
  matches: (head) => startsWith(head, GZIP) || isSvgHead(head),
  walk: /* @__PURE__ */ lazily('SVG', async () => (await import('./svg/walk.ts')).walkSvg),
};
