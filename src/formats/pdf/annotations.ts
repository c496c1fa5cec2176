import { type Dict, dictOf, Name, nameOf, PdfString, Ref, Stream, type Value } from '../../containers/pdf/objects.ts';
import { textOf, textString } from '../../containers/pdf/text.ts';
import type { Walk } from '../../core/walk.ts';
import { isDroppedAction } from './actions.ts';
import type { Sweep } from './sweep.ts';
import { withoutMaking } from './xfa.ts';

/** Markup annotations (Table 169), with which people comment on pages. */
const MARKUP = new Set([
  ...['Text', 'FreeText', 'Line', 'Square', 'Circle', 'Polygon', 'PolyLine', 'Highlight', 'Underline', 'Squiggly'],
  ...['StrikeOut', 'Caret', 'Stamp', 'Ink', 'Popup', 'Redact'],
]);
const MEDIA = new Set(['Sound', 'Movie', 'Screen', '3D', 'RichMedia']);

/** Whether an annotation or field is left behind as a whole. */
export function* isDroppedAnnotation(sweep: Sweep, value: Value): Walk<boolean> {
  const dict = dictOf(value);
  const subtype = nameOf(dict?.get('Subtype'));
  if (dict === undefined || subtype === undefined) return false;
  const where = `Annot › ${subtype}`;
  if (!sweep.context.keeps('comments') && MARKUP.has(subtype)) {
    sweep.removed('comment', where, yield* sweep.sizeOf(dict.get('Contents') ?? null));
    return true;
  }
  if (!sweep.context.keeps('attachments') && subtype === 'FileAttachment') {
    sweep.removed('embedded-file', where, 0);
    return true;
  }
  if (!sweep.context.keeps('links') && subtype === 'Link') {
    return yield* isDroppedAction(sweep, yield* sweep.document.get(dict, 'A'));
  }
  const page = dict.get('P');
  if (subtype === 'Widget' && page instanceof Ref && !sweep.pages.leaves.has(page.num)) {
    const target = dictOf(yield* sweep.document.resolve(page));
    if (nameOf(target?.get('Type')) !== 'Page') return false;
    sweep.hasDeadPages = true;
    sweep.removed('history', where, 0, 'It stood on a page that was deleted.');
    return true;
  }
  return false;
}

/** An annotation, a form field, or both in one dictionary. */
export function* ruleAnnotation(sweep: Sweep, dict: Dict): Walk<Dict> {
  const subtype = nameOf(yield* sweep.document.get(dict, 'Subtype'));
  const isField = subtype === undefined || subtype === 'Widget';
  if (subtype !== undefined && MARKUP.has(subtype) && subtype !== 'Popup') sweep.count('comments');
  if (subtype !== undefined && MEDIA.has(subtype)) sweep.count('media');
  if (!isField && subtype !== 'Movie' && dict.has('T')) {
    sweep.removed('author', `Annot › ${subtype} › T`, yield* sweep.sizeOf(dict.get('T') ?? null));
    dict.delete('T');
  }
  for (const key of ['RC', 'RV']) {
    const value = yield* sweep.document.get(dict, key);
    if (value instanceof PdfString) dict.set(key, cleanRichText(value));
    else if (value instanceof Stream) {
      const { bytes, filters } = yield* sweep.document.decode(value);
      if (filters.length === 0) dict.set(key, cleanRichText(new PdfString(bytes)));
      else dict.delete(key);
    }
  }
  if (isField) yield* ruleField(sweep, dict);
  return dict;
}

function* ruleField(sweep: Sweep, dict: Dict): Walk {
  const value = yield* sweep.document.get(dict, 'V');
  const type = nameOf(yield* sweep.document.get(dict, 'FT'));
  if (type === 'Sig' || isSignature(dictOf(value))) {
    if (value !== null) {
      const signature = dictOf(value);
      const bytes = yield* sweep.sizeOf(signature?.get('Contents') ?? null);
      const note =
        'The document was signed. A changed document can not keep its signature; what it shows on the page stays.';
      sweep.removed('provenance', 'AcroForm › signature', bytes, note);
    }
    dict.delete('V');
    dict.delete('DV');
    return;
  }
  if (value === null || type === 'Btn') {
    if (type === 'Btn' && !sweep.context.keeps('formValues')) clearButton(sweep, dict);
    return;
  }
  if (sweep.context.keeps('formValues')) {
    if (!(value instanceof PdfString) || value.bytes.length > 0) sweep.count('formValues');
    return;
  }
  sweep.removed('other', 'AcroForm › V', yield* sweep.sizeOf(value));
  for (const key of ['V', 'DV', 'RV', 'AP', 'I']) dict.delete(key);
}

function clearButton(sweep: Sweep, dict: Dict): void {
  if (dict.has('V') && nameOf(dict.get('V')) !== 'Off') sweep.removed('other', 'AcroForm › V', 1);
  dict.delete('V');
  dict.delete('DV');
  if (dict.has('AS')) dict.set('AS', new Name('Off'));
}

function isSignature(dict: Dict | undefined): boolean {
  return dict !== undefined && (dict.has('ByteRange') || dict.has('Contents') || nameOf(dict.get('Type')) === 'Sig');
}

/** Attributes by which Acrobat says which version of it wrote a rich text (§12.7.3.4). */
const MADE_BY = /\sxfa:(?:APIVersion|spec)\s?=\s?(?:"[^"]{0,200}"|'[^']{0,200}')/g;

function cleanRichText(value: PdfString): PdfString {
  const text = textOf(value);
  const cleaned = withoutMaking(text.replace(MADE_BY, ''));
  return cleaned === text ? value : textString(cleaned);
}
