// Pictures as items: what is shown is read, filtered and numbered anew (ISO/IEC 23008-12 §6, 14496-12 §8.11).
import { concatAll } from '../../bytes/concat.ts';
import type { BoxReader } from '../../containers/isobmff/box.ts';
import { type Item, type ItemReference, type Items, readItems } from '../../containers/isobmff/items.ts';
import type { NewItem, NewItems } from '../../containers/isobmff/write-items.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { canonicalDerivation, isReadable } from './derived.ts';
import { noteBoxes, noteItems, noteUnowned } from './describe.ts';
import type { Media } from './media.ts';
import { extentsOf } from './places.ts';
import { codedItems, derivedItems } from './policy.ts';
import { PropertyReader } from './properties.ts';
import { selectItems } from './select.ts';

const MAX_ITEMS = 10_000;
/** What a picture is made of, whose transparency it is, and whether that was multiplied in. */
const keptReferences = ['dimg', 'auxl', 'prem'];

/**
 * Reads the pictures of a `meta` box.
 * @param spans what `mdat` boxes hold, for the report; empty where tracks own some of it
 */
export function* readStills(
  window: Window,
  plan: Plan,
  context: Context,
  reader: BoxReader,
  media: Media,
  spans: readonly Span[],
): Walk<NewItems> {
  const metaBox = {
    type: 'meta',
    start: 0,
    bodyStart: reader.view.getUint32(0) === 1 ? 16 : 8,
    end: reader.bytes.length,
  };
  reader.version(metaBox);
  const children = reader.children(metaBox.bodyStart + 4, metaBox.end, 'meta');
  const hdlr = children.find(({ type }) => type === 'hdlr');
  if (hdlr === undefined || reader.fourCC(hdlr.bodyStart + 8) !== 'pict')
    throw malformed('The file says that it holds no pictures.', reader.fileStart, 'meta', 'hdlr');
  const all = readItems(reader, children, (count) => context.countStructures(count));
  if (all.items.size > MAX_ITEMS) throw limitExceeded('The file has too many items.', reader.fileStart, 'meta', 'iinf');
  const derivations = yield* readDerivations(window, reader, all);
  const isToneMapKept = ({ id }: Item): boolean => context.keeps('gainMap') && derivations.get(id) !== undefined;
  const kept = selectItems(reader, all, isToneMapKept);
  if (context.describes) {
    noteBoxes(plan, reader, children);
    yield* noteItems(window, plan, context, reader, all, kept);
    noteUnowned(window, plan, reader, all, spans);
  }
  return yield* readKept(window, plan, context, { reader, all, kept, derivations, media });
}

function referencesByItem({ references }: Items): Map<number, ItemReference[]> {
  const byItem = new Map<number, ItemReference[]>();
  for (const reference of references) {
    const own = byItem.get(reference.from);
    if (own === undefined) byItem.set(reference.from, [reference]);
    else own.push(reference);
  }
  return byItem;
}

/** The data of all derived items, in canonical form; nothing for those that can't be read. */
function* readDerivations(window: Window, reader: BoxReader, all: Items): Walk<Map<number, Uint8Array | undefined>> {
  const byItem = referencesByItem(all);
  const derivations = new Map<number, Uint8Array | undefined>();
  for (const item of all.items.values()) {
    if (!derivedItems.includes(item.type)) continue;
    const extents = extentsOf(window, reader, item, all);
    const inputs = byItem.get(item.id)?.find(({ type }) => type === 'dimg')?.to.length ?? 0;
    if (!isReadable(extents)) continue;
    const data = yield* extents.read(window, 0, extents.length, 'meta', item.type);
    derivations.set(item.id, canonicalDerivation(item.type, data, inputs));
  }
  return derivations;
}

interface Source {
  media: Media;
  reader: BoxReader;
  all: Items;
  kept: ReadonlyMap<number, Item>;
  derivations: ReadonlyMap<number, Uint8Array | undefined>;
}

function* readKept(window: Window, plan: Plan, context: Context, source: Source): Walk<NewItems> {
  const { reader, all, kept, derivations, media } = source;
  const numbers = new Map([...kept.keys()].map((id, index) => [id, index + 1]));
  const properties = new PropertyReader(reader, plan, context);
  const used = new Set<number>();
  const byItem = referencesByItem(all);
  const inline: Uint8Array[] = [];
  let inlineLength = 0;
  const items: NewItem[] = [];
  for (const item of kept.values()) {
    const own: NewItem['properties'] = [];
    let lengthSize = 0;
    for (const { index, isEssential } of item.properties) {
      const found = all.properties[index - 1];
      if (found === undefined)
        throw malformed('A picture has a property that is not there.', item.offset, 'meta', 'ipma');
      const property = properties.read(found, isEssential);
      if (property === undefined) continue;
      used.add(index);
      lengthSize = property.lengthSize ?? lengthSize;
      own.push({ box: property.box, isEssential });
    }
    const references = (byItem.get(item.id) ?? [])
      .filter(({ type }) => keptReferences.includes(type))
      .map(({ type, to }) => ({ type, to: to.flatMap((id) => numbers.get(id) ?? []) }))
      .filter(({ to }) => to.length > 0);
    let data: NewItem['data'];
    if (derivedItems.includes(item.type)) {
      const bytes = derivations.get(item.id);
      if (bytes === undefined) throw malformed('What a picture is made of is damaged.', item.offset, 'meta', item.type);
      if (bytes.length > 0) data = { isInline: true, start: inlineLength, length: bytes.length };
      inline.push(bytes);
      inlineLength += bytes.length;
    } else {
      const extents = extentsOf(window, reader, item, all);
      const { type, offset } = item;
      const coded = { type, coding: codedItems.get(type), lengthSize, extents, offset, trail: 'meta' };
      data = { isInline: false, ...(yield* media.add(coded)) };
    }
    items.push({ type: item.type, isHidden: item.isHidden, properties: own, references, data });
  }
  for (const [index, property] of all.properties.entries()) if (!used.has(index + 1)) properties.noteRemoved(property);
  const groups = all.groups
    .filter(
      ({ type, entities }) =>
        (type === 'altr' || type === 'ster') && entities.length > 1 && entities.every((id) => numbers.has(id)),
    )
    .map(({ type, entities }) => ({ type, entities: entities.flatMap((id) => numbers.get(id) ?? []) }));
  const primary = numbers.get(all.primary ?? 0) ?? 1;
  return { primary, items, groups, inlineData: concatAll(inline), handler: 'pict' };
}
