// PDF: indirect objects found through cross-references, streams, revisions (ISO 32000-1:2008, ISO 32000-2:2020).
// What the catalog leads to and viewers show, print, fill in or navigate by is content. The information dictionary, XMP, private
// data, thumbnails, identifiers, authors and dates of comments, signatures, old revisions and all unreferenced objects are metadata.
import { latin1 } from '../bytes/text.ts';
import type { Format } from '../core/format.ts';
import type { Tool } from '../core/walk.ts';

/** Viewers look for the header in the first 1024 bytes (Annex H.3, implementation note 13). */
const HEADER_RANGE = 1024;

const walker: Tool<typeof import('./pdf/walk.ts')> = { name: 'pdf', load: () => import('./pdf/walk.ts') };

/** PDF documents, encrypted ones too where the empty password or `options.password` opens them. */
export const pdf: Format = {
  id: 'pdf',
  name: 'PDF',
  mediaTypes: ['application/pdf', 'application/x-pdf'],
  extensions: ['pdf'],
  summary:
    'Written anew from what its pages lead to: authors, history, old revisions, private data and metadata of pictures go; pages, forms, links and layers stay.',
  matches: (head) => latin1(head.subarray(0, HEADER_RANGE)).includes('%PDF-'),
  *walk(window, plan, context) {
    const { walkPdf } = yield* context.use(walker);
    yield* walkPdf(window, plan, context);
  },
};
