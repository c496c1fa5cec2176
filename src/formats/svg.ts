// SVG: a picture as an XML document, also gzipped (SVGZ) (SVG 2; SVG 1.1 second edition; XML 1.0; RFC 1952).
// What is drawn makes the picture. Editors' private elements and attributes, RDF, comments, processing instructions, the document
// type, names of layers, titles and descriptions are metadata; pictures inside are files of their own.
import { startsWith } from '../bytes/text.ts';
import { GZIP_SIGNATURE } from '../containers/gzip-signature.ts';
import { svgHead } from '../containers/xml/signature.ts';
import { type Format, lazily } from '../core/format.ts';
import type { Tool } from '../core/walk.ts';

const recognition: Tool<typeof import('./svg/recognise.ts')> = {
  name: 'SVG recognition',
  load: () => import('./svg/recognise.ts'),
};

/** SVG pictures, as text or gzipped. */
export const svg: Format = {
  id: 'svg',
  name: 'SVG',
  mediaTypes: ['image/svg+xml'],
  extensions: ['svg', 'svgz'],
  summary:
    "Written anew from what is drawn: editors' private data, RDF, comments, titles and names of layers go, pictures inside are cleaned; scripts are refused, or dropped where that is asked for.",
  matches: (head) => startsWith(head, GZIP_SIGNATURE) || svgHead(head) !== 'other',
  // Comments of any length may stand in front of the root, and any file may be gzipped.
  *confirms(window, start, end, context) {
    const { isSvg } = yield* context.use(recognition);
    return yield* isSvg(window, start, end, context);
  },
  walk: /* @__PURE__ */ lazily('SVG', async () => (await import('./svg/walk.ts')).walkSvg),
};
