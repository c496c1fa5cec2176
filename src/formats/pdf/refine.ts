import { dictOf, nameOf, Stream, type Value } from '../../containers/pdf/objects.ts';
import type { PageTree } from './pages.ts';
import type { KindName } from './policy.ts';

/** Kinds of objects by the `Type` that they give themselves; nothing: they are left behind wherever they are met. */
const byType: ReadonlyMap<string, KindName | undefined> = new Map<string, KindName | undefined>([
  ['Action', 'action'],
  ['Annot', 'annotation'],
  ['Bead', 'bead'],
  ['Catalog', undefined],
  ['DocTimeStamp', undefined],
  ['EmbeddedFile', 'embeddedFile'],
  ['ExtGState', 'graphicsState'],
  ['Filespec', 'filespec'],
  ['Font', 'font'],
  ['FontDescriptor', 'fontDescriptor'],
  ['Metadata', undefined],
  ['ObjStm', undefined],
  ['OCG', 'optionalContentGroup'],
  ['OCMD', 'optionalContentGroup'],
  ['Outlines', 'outline'],
  ['Page', 'pageNode'],
  ['Pages', 'pageNode'],
  ['Pattern', 'pattern'],
  ['Sig', undefined],
  ['StructElem', 'structKid'],
  ['StructTreeRoot', 'structKid'],
  ['Thread', 'thread'],
  ['XObject', 'xobject'],
  ['XRef', undefined],
]);

/**
 * The kind of an object, from the context in which it was met and what it says of itself.
 * @returns nothing for an object that is left behind
 */
export function refine(kind: KindName, value: Value, num: number | undefined, pages: PageTree): KindName | undefined {
  const dict = dictOf(value);
  if (dict === undefined) return kind;
  const type = nameOf(dict.get('Type'));
  if (kind === 'any' || kind === 'propertyList' || kind === 'structParents') {
    if (type !== undefined && byType.has(type)) {
      const typed = byType.get(type);
      return typed === undefined ? undefined : refine(typed, value, num, pages);
    }
    if (value instanceof Stream && nameOf(dict.get('Subtype')) === 'XML') return undefined;
    if (value instanceof Stream && isXObject(nameOf(dict.get('Subtype')))) return refine('xobject', value, num, pages);
    if (dict.has('EF')) return 'filespec';
    if (dict.has('Rect') && dict.has('Subtype')) return 'annotation';
    if (dict.has('FT') && dict.has('T')) return 'annotation';
    if (dict.has('ByteRange') && dict.has('Contents')) return undefined;
    if (kind === 'structParents' && dict.has('S')) return 'structKid';
    return kind;
  }
  if (kind === 'pageNode') {
    if (num === undefined) return type === 'Page' ? 'page' : undefined;
    if (pages.leaves.has(num)) return 'page';
    return pages.nodes.has(num) ? 'pages' : undefined;
  }
  // Any other page that the page tree does not lead to was deleted.
  if (kind === 'template') return type === 'Template' ? kind : undefined;
  if (kind === 'xobject') {
    if (!(value instanceof Stream)) return 'xobject';
    const subtype = nameOf(dict.get('Subtype'));
    return subtype === 'Image' || (subtype === undefined && dict.has('Width')) ? 'image' : 'form';
  }
  if (kind === 'structKid' && (type === 'StructTreeRoot' || dict.has('ParentTree'))) return 'structTree';
  return kind;
}

function isXObject(subtype: string | undefined): boolean {
  return subtype === 'Image' || subtype === 'Form';
}

/** The kind under which an object is entered: the one that references to it have. */
export function keyKind(kind: KindName): KindName {
  if (kind === 'page' || kind === 'pages') return 'pageNode';
  if (kind === 'image' || kind === 'form') return 'xobject';
  return kind === 'structTree' ? 'structKid' : kind;
}
