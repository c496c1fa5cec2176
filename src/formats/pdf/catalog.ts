import { type Dict, dictOf, Name, nameOf, PdfString, Stream, type Value } from '../../containers/pdf/objects.ts';
import { isLocalPath, textOf } from '../../containers/pdf/text.ts';
import type { Walk } from '../../core/walk.ts';
import { type Claims, writePacket } from './claims.ts';
import { flattenFiles } from './files.ts';
import type { Sweep } from './sweep.ts';
import { packetsOfMaking } from './xfa.ts';

/** What is said in front of a document: which standards it claims, and what options keep. */
export interface Preface {
  claims: Claims;
  title: string | undefined;
}

/** The catalog (§7.7.2). */
export function* ruleCatalog(sweep: Sweep, dict: Dict, preface: Preface): Walk<Dict> {
  dict.set('Type', new Name('Catalog'));
  dict.delete('Metadata');
  // What the header says.
  dict.delete('Version');
  if (!sweep.context.keeps('attachments')) dict.delete('Collection');
  if (preface.claims.size > 0 || preface.title !== undefined) {
    const packet = writePacket(preface.claims, preface.title);
    const made: Dict = new Map<string, Value>([
      ['Type', new Name('Metadata')],
      ['Subtype', new Name('XML')],
    ]);
    dict.set('Metadata', sweep.make(made, packet));
  }
  yield* noteHiddenLayers(sweep, dict);
  const uri = dictOf(yield* sweep.document.get(dict, 'URI'));
  const base = yield* sweep.document.get(uri, 'Base');
  if (base instanceof PdfString && isLocalPath(textOf(base))) {
    sweep.removed('author', 'Catalog › URI › Base', base.bytes.length);
    dict.delete('URI');
  }
  return dict;
}

function* noteHiddenLayers(sweep: Sweep, dict: Dict): Walk {
  if (!sweep.context.describes) return;
  const properties = dictOf(yield* sweep.document.get(dict, 'OCProperties'));
  const config = dictOf(yield* sweep.document.get(properties, 'D'));
  const off = yield* sweep.document.get(config, 'OFF');
  const base = nameOf(yield* sweep.document.get(config, 'BaseState'));
  const hidden = Array.isArray(off) ? off.length : 0;
  if (hidden > 0 || base === 'OFF') sweep.count('hiddenLayers', Math.max(1, hidden));
}

/** The name dictionary (§7.7.4). */
export function* ruleNames(sweep: Sweep, dict: Dict): Walk<Dict> {
  const files = dict.get('EmbeddedFiles');
  if (files !== undefined) {
    const flat = sweep.context.keeps('attachments') ? yield* flattenFiles(sweep, files) : null;
    if (flat === null) {
      if (!sweep.context.keeps('attachments')) sweep.removed('embedded-file', 'Names › EmbeddedFiles', 0);
      dict.delete('EmbeddedFiles');
    } else dict.set('EmbeddedFiles', flat);
  }
  if (!sweep.context.keeps('scripts') && dict.has('JavaScript')) {
    sweep.removed('other', 'Names › JavaScript', 0);
    dict.delete('JavaScript');
    dict.delete('Templates');
  }
  return dict;
}

/** A page that scripts make others from, and that is not shown itself (§12.7.6). */
export function* ruleTemplate(sweep: Sweep, dict: Dict): Walk<Dict> {
  sweep.count('templates');
  const page = yield* rulePage(sweep, dict);
  page.set('Type', new Name('Template'));
  return page;
}

/** A node of the page tree (§7.7.3.2): the kids that were accepted, counted anew. */
export function rulePages(sweep: Sweep, dict: Dict, num: number | undefined): Dict {
  const node = num === undefined ? undefined : sweep.pages.nodes.get(num);
  dict.set('Type', new Name('Pages'));
  dict.set('Kids', node?.kids ?? []);
  dict.set('Count', node?.count ?? 0);
  return dict;
}

/** A page (§7.7.3.3). */
export function* rulePage(sweep: Sweep, dict: Dict): Walk<Dict> {
  dict.set('Type', new Name('Page'));
  const hasMap = dict.has('VP') || dict.has('LGIDict');
  if (hasMap && sweep.context.keeps('mapCoordinates')) sweep.count('maps');
  else if (hasMap) {
    sweep.removed('location', 'Page › VP', 0, 'Coordinates that a map was drawn in.');
    dict.delete('VP');
    dict.delete('LGIDict');
  }
  if (sweep.context.describes && dict.has('CropBox')) {
    const media = yield* sweep.document.get(dict, 'MediaBox');
    const crop = yield* sweep.document.get(dict, 'CropBox');
    if (Array.isArray(media) && Array.isArray(crop) && media.some((side, index) => !isSame(side, crop[index]))) {
      sweep.count('cropped');
    }
  }
  return dict;
}

function isSame(a: Value, b: Value | undefined): boolean {
  const number = (value: Value | undefined): number | undefined =>
    typeof value === 'number'
      ? value
      : value !== null && typeof value === 'object' && 'text' in value
        ? Number(value.text)
        : undefined;
  return number(a) === number(b);
}

/** The interactive form (§12.7.2). */
export function* ruleAcroForm(sweep: Sweep, dict: Dict): Walk<Dict> {
  if (!sweep.context.keeps('formValues')) dict.set('NeedAppearances', true);
  const xfa = yield* sweep.document.get(dict, 'XFA');
  if (Array.isArray(xfa)) {
    const packets: Value[] = [];
    for (let index = 0; index + 1 < xfa.length; index += 2) {
      const name = yield* sweep.document.resolve(xfa[index]);
      const isKept = !(name instanceof PdfString) || !packetsOfMaking.has(textOf(name));
      if (isKept) packets.push(name, xfa[index + 1] ?? null);
      else sweep.removed('history', `AcroForm › XFA › ${textOf(name)}`, yield* sweep.sizeOf(xfa[index + 1] ?? null));
    }
    dict.set('XFA', packets);
  } else if (xfa !== null && !(xfa instanceof Stream)) dict.delete('XFA');
  return dict;
}
