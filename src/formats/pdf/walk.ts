import { indexOf } from '../../bytes/search.ts';
import { Document } from '../../containers/pdf/document.ts';
import { Input } from '../../containers/pdf/input.ts';
import { type Dict, dictOf, Name, nameOf, PdfString, Ref, Stream } from '../../containers/pdf/objects.ts';
import { rebuild } from '../../containers/pdf/rebuild.ts';
import { textOf } from '../../containers/pdf/text.ts';
import { versionOf, Writer } from '../../containers/pdf/writer.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import { HEAD_LENGTH } from '../../core/format.ts';
import { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { forbidsStreams, PDFX_VERSION, readClaims } from './claims.ts';
import { collectPages } from './pages.ts';
import { noteDocument, noteFile } from './report.ts';
import { rulesFor } from './rules.ts';
import { findDeadElements } from './struct.ts';
import { Sweep } from './sweep.ts';
import { verify } from './verify.ts';

/** More of an XMP packet is not looked at. */
const MAX_PACKET_LENGTH = 1024 * 1024;

/** Walks a PDF file: everything that the catalog leads to is written anew, in the order in which it is met. */
export function* walkPdf(window: Window, plan: Plan, context: Context): Walk {
  const input = new Input(window);
  const head = yield* input.view(0, HEAD_LENGTH);
  const header = Math.max(0, indexOf(head, '%PDF-'));
  let document = new Document(input, context);
  if (!(yield* document.readByXref(header))) document = yield* scan(input, context);
  let written = yield* write(document, window, context, head.subarray(header));
  if (written === undefined && !document.isRebuilt) {
    document = yield* scan(input, context);
    written = yield* write(document, window, context, head.subarray(header));
  }
  if (written === undefined) throw malformed('The file holds no page that can be found.', header, 'Catalog', 'Pages');
  yield* verify(written.plan, written.pageCount, context);
  yield* noteFile(plan, document, header, context);
  plan.append(written.plan);
  yield* noteDocument(plan, document, written.sweep);
}

function* scan(input: Input, context: Context): Walk<Document> {
  const document = new Document(input, context);
  yield* rebuild(document, context);
  return document;
}

interface Written {
  plan: Plan;
  sweep: Sweep;
  pageCount: number;
}

/** Writes the document; nothing where its objects do not stand where they should, or there are no pages. */
function* write(document: Document, window: Window, context: Context, header: Uint8Array): Walk<Written | undefined> {
  const { trailer } = document;
  const root = trailer.get('Root');
  const catalog = dictOf(yield* document.resolve(root));
  if (!(root instanceof Ref) || catalog === undefined) return undefined;
  const pages = yield* collectPages(document, catalog, context);
  if (pages.count === 0 || document.isBroken) return undefined;

  const claims = readClaims(yield* readPacket(document, catalog));
  const info = dictOf(yield* document.get(trailer, 'Info'));
  const pdfx = yield* readText(document, info, 'GTS_PDFXVersion');
  const isPdfx = pdfx !== undefined && PDFX_VERSION.test(pdfx);
  const title = context.keeps('title') ? yield* readText(document, info, 'Title') : undefined;
  const isVersion2 = versionOf(header) === '2.0' || nameOf(yield* document.get(catalog, 'Version')) === '2.0';

  let deadElements: ReadonlySet<number> = new Set();
  for (;;) {
    const plan = new Plan(context.describes);
    const isClassic = forbidsStreams(claims, pdfx);
    const writer = new Writer(plan, isVersion2 ? '2.0' : '1.7', isClassic);
    const rules = rulesFor({ claims, title });
    const sweep = new Sweep({ document, window, context, pages, plan, writer, rules, deadElements });
    const kept = yield* keptInfo(document, context, info, isPdfx);
    yield* sweep.run(root, kept);
    if (document.isBroken) return undefined;
    if (sweep.hasDeadPages && deadElements.size === 0) {
      deadElements = yield* findDeadElements(document, catalog, pages, context);
      if (deadElements.size > 0) continue;
    }
    writer.finish(kept.size > 0 ? new Ref(2, 0) : undefined);
    return { plan, sweep, pageCount: pages.count };
  }
}

function* readPacket(document: Document, catalog: Dict): Walk<Uint8Array> {
  const metadata = yield* document.get(catalog, 'Metadata');
  if (!(metadata instanceof Stream)) return new Uint8Array(0);
  return (yield* document.decode(metadata)).bytes.subarray(0, MAX_PACKET_LENGTH);
}

function* readText(document: Document, dict: Dict | undefined, key: string): Walk<string | undefined> {
  const value = yield* document.get(dict, key);
  return value instanceof PdfString ? textOf(value) : undefined;
}

/** Entries of the information dictionary that stay: what PDF/X asks for, and what options keep (§14.3.3). */
function* keptInfo(document: Document, context: Context, info: Dict | undefined, isPdfx: boolean): Walk<Dict> {
  const kept: Dict = new Map();
  const names = [
    ...(isPdfx ? ['GTS_PDFXVersion'] : []),
    ...(context.keeps('title') ? ['Title'] : []),
    ...(context.keeps('author') ? ['Author'] : []),
    ...(context.keeps('dates') ? ['CreationDate', 'ModDate'] : []),
  ];
  for (const name of names) {
    const value = yield* document.get(info, name);
    if (value instanceof PdfString) kept.set(name, value);
  }
  const trapped = nameOf(yield* document.get(info, 'Trapped'));
  if (isPdfx && (trapped === 'True' || trapped === 'False')) kept.set('Trapped', new Name(trapped));
  return kept;
}
