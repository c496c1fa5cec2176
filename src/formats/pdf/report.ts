import { printable } from '../../bytes/printable.ts';
import { lastIndexOf } from '../../bytes/search.ts';
import { latin1 } from '../../bytes/text.ts';
import type { Document } from '../../containers/pdf/document.ts';
import { dictOf, nameOf, PdfString, Stream } from '../../containers/pdf/objects.ts';
import { textOf } from '../../containers/pdf/text.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding, FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import { toldBy } from './policy.ts';
import type { Sweep } from './sweep.ts';

/** Bytes at the end of the file in which `%%EOF` is looked for. */
const TAIL_LENGTH = 4096;
/** Objects that nothing leads to are looked at up to this many, for the report. */
const MAX_ORPHANS_READ = 500;
/** Keys of a trailer that say where things are (Table 15). */
const STRUCTURAL = new Set([
  'Size',
  'Root',
  'Prev',
  'XRefStm',
  'Type',
  'W',
  'Index',
  'Filter',
  'DecodeParms',
  'Length',
]);

/** Notes what the file as such tells: what stands around it, its trailer, how it could be read. */
export function* noteFile(plan: Plan, document: Document, header: number, context: Context): Walk {
  if (!context.describes) return;
  const found = (kind: FindingKind, where: string, bytes: number, note?: string): void =>
    plan.found({ kind, where, action: 'removed', bytes, ...(note === undefined ? {} : { note }) });
  if (header > 0) found('trailing-data', 'before the header', header);
  if (document.isEncrypted) {
    const note =
      'The document was encrypted, and opened; it is written without encryption, and without what its owner forbade.';
    found('structure', 'Trailer › Encrypt', 0, note);
  }
  if (document.isRebuilt) {
    const note = 'Objects did not stand where the file said; they were found by looking through it.';
    plan.found({ kind: 'structure', where: 'cross-reference', action: 'rewritten', bytes: 0, note });
  }
  if (document.revisions > 1) {
    const count = document.revisions - 1;
    const note = `The file was changed after it was made, ${count === 1 ? 'once' : `${count} times`}: what was deleted or replaced stood in it still.`;
    found('history', 'revisions', 0, note);
  }
  yield* noteInfo(plan, document, context);
  for (const [key, value] of document.trailer) {
    if (STRUCTURAL.has(key) || ['Info', 'ID', 'Encrypt'].includes(key)) continue;
    found(toldBy[key] ?? 'other', `Trailer › ${printable(key)}`, value instanceof PdfString ? value.bytes.length : 0);
  }
  const tail = yield* document.input.view(Math.max(0, document.input.size - TAIL_LENGTH), TAIL_LENGTH);
  const mark = lastIndexOf(tail, '%%EOF');
  const rest = mark < 0 ? '' : latin1(tail.subarray(mark + 5)).replace(/^\s+/, '');
  if (rest !== '') found('trailing-data', 'after %%EOF', rest.length);
}

function* noteInfo(plan: Plan, document: Document, context: Context): Walk {
  const info = dictOf(yield* document.get(document.trailer, 'Info'));
  for (const key of info?.keys() ?? []) {
    if (['Title', 'Author'].includes(key) && context.keeps(key === 'Title' ? 'title' : 'author')) continue;
    if (['CreationDate', 'ModDate'].includes(key) && context.keeps('dates')) continue;
    if (key === 'GTS_PDFXVersion' || key === 'Trapped') continue;
    const value = yield* document.get(info, key);
    if (value === null) continue;
    const text = value instanceof PdfString ? textOf(value) : '';
    const finding: Finding = {
      kind: toldBy[key] ?? 'other',
      where: `Trailer › Info › ${printable(key)}`,
      action: 'removed',
      bytes: value instanceof PdfString ? value.bytes.length : 1,
    };
    if (context.options.values && text !== '') finding.values = { [printable(key)]: printable(text) };
    plan.found(finding);
  }
}

/** What is kept and worth knowing, by what was counted. */
const kept: Readonly<Record<string, readonly [FindingKind, string, string]>> = {
  attachments: ['embedded-file', 'Filespec › EF', 'Files are attached to the document.'],
  comments: ['comment', 'Annots', 'Comments stay, without their authors and dates.'],
  cropped: ['other', 'Page › CropBox', 'Pages hold more than they show: what lies outside the crop box stays.'],
  formValues: ['other', 'AcroForm › V', 'The form is filled in.'],
  hiddenLayers: ['other', 'OCProperties', 'The document has layers that are not shown.'],
  maps: ['location', 'Page › VP', 'Coordinates that a map is drawn in.'],
  media: ['embedded-file', 'Annots › media', 'Sounds, films or models are carried over as they are.'],
  templates: [
    'other',
    'Names › Templates',
    'The document has pages that are not shown, which scripts make others from.',
  ],
  scripts: ['other', 'JavaScript', 'The document has scripts.'],
};

/** Notes what the document holds that stays, and what was in the file that nothing led to. */
export function* noteDocument(plan: Plan, document: Document, sweep: Sweep): Walk {
  plan.residual.add('What the pages show, also where it is covered, white or cut off.');
  plan.residual.add('How the pages are drawn: operators, names of resources and fonts tell programs apart.');
  plan.residual.add('Names and notices inside fonts.');
  plan.residual.add('Comments in the text that draws a page, and pictures that stand in it.');
  if (!sweep.context.options.thorough) plan.residual.add('Bytes behind the end of packed data inside a stream.');
  plan.residual.add('Colour profiles inside JPEG 2000 pictures, and comments inside their tiles.');
  if (!sweep.context.describes) return;
  for (const [what, [kind, where, sentence]] of Object.entries(kept)) {
    const count = sweep.counts.get(what);
    if (count !== undefined) plan.found({ kind, where, action: 'kept', bytes: 0, note: `${sentence} (${count})` });
  }
  yield* noteOrphans(plan, document, sweep);
}

function* noteOrphans(plan: Plan, document: Document, sweep: Sweep): Walk {
  let count = 0;
  let bytes = 0;
  const containers = new Set([...document.entries.values()].map(({ container }) => container));
  const { isBroken } = document;
  for (const num of document.entries.keys()) {
    if (!document.has(num) || sweep.reached.has(num) || containers.has(num)) continue;
    count++;
    if (count > MAX_ORPHANS_READ) continue;
    const value = yield* document.load(num);
    const type = nameOf(dictOf(value)?.get('Type'));
    if (value === null || (value instanceof Stream && (type === 'XRef' || type === 'ObjStm'))) count--;
    else bytes += yield* sweep.sizeOf(value);
  }
  document.isBroken = isBroken;
  if (count > 0) {
    const note = `${count} objects that no page leads to.`;
    plan.found({ kind: 'history', where: 'unreferenced objects', action: 'removed', bytes, note });
  }
}
