// Which items are shown, and what they are made of.
import type { BoxReader } from '../../containers/isobmff/box.ts';
import type { Item, Items } from '../../containers/isobmff/items.ts';
import { malformed, ScrubError, unsupported } from '../../core/errors.ts';
import { alphaTypes, auxiliaryKinds, codedItems, derivedItems, refusedItems } from './policy.ts';
import { auxiliaryType } from './properties.ts';

/** Deeper derivations are in no file. */
const MAX_DEPTH = 16;

/** Kept items by number, in ascending order. */
export function selectItems(reader: BoxReader, all: Items, isToneMapKept: (item: Item) => boolean): Map<number, Item> {
  const { items, references, primary, properties } = all;
  const targets = new Map<number, number[]>();
  const alphas = new Map<number, number[]>();
  const notShown = new Set<number>();
  for (const { type, from, to } of references) {
    if (type === 'dimg') {
      if (targets.has(from))
        throw malformed('A picture is said twice to be made of others.', reader.fileStart, 'meta', 'iref');
      targets.set(from, to);
      for (const id of to) notShown.add(id);
    } else if (type === 'thmb' || type === 'auxl') notShown.add(from);
    const item = items.get(from);
    if (type !== 'auxl' || item === undefined || !alphaTypes.includes(auxiliaryTypeOf(reader, item, properties)))
      continue;
    for (const id of to) alphas.set(id, [...(alphas.get(id) ?? []), from]);
  }
  const kept = new Set<number>();
  const visit = (id: number, depth: number, path: readonly number[]): void => {
    const item = items.get(id);
    if (item === undefined)
      throw malformed('A picture is made of one that is not there.', reader.fileStart, 'meta', 'iref');
    if (path.includes(id) || depth > MAX_DEPTH)
      throw malformed('A picture is made of itself.', item.offset, 'meta', 'iref', 'dimg');
    if (kept.has(id)) return;
    throwIfUnknown(item);
    for (const input of targets.get(id) ?? []) visit(input, depth + 1, [...path, id]);
    kept.add(id);
    for (const alpha of alphas.get(id) ?? []) visit(alpha, depth + 1, [...path, id]);
  };
  if (primary === undefined || !items.has(primary))
    throw malformed('The file does not say which picture it shows (pitm box).', reader.fileStart, 'meta', 'pitm');
  visit(primary, 0, []);
  for (const item of items.values()) {
    const { id, type, isHidden } = item;
    if (type === 'tmap' ? !isToneMapKept(item) : isHidden || notShown.has(id)) continue;
    if (codedItems.has(type) || derivedItems.includes(type) || refusedItems.includes(type)) visit(id, 0, []);
  }
  return new Map([...items].filter(([id]) => kept.has(id)).sort(([a], [b]) => a - b));
}

function throwIfUnknown({ type, offset, isProtected }: Item): void {
  if (isProtected) throw new ScrubError('encrypted', 'A picture is encrypted.', { offset, trail: ['meta', 'infe'] });
  if (codedItems.has(type) || derivedItems.includes(type)) return;
  throw unsupported(
    'A picture is coded in a way that is not known here. Convert it and try again.',
    offset,
    'meta',
    'infe',
    type.replace(/[^ -~]/g, '?'),
  );
}

/** What kind of auxiliary picture an item is; empty where it is none. */
export function auxiliaryTypeOf(reader: BoxReader, item: Item, properties: Items['properties']): string {
  for (const { index } of item.properties) {
    const property = properties[index - 1];
    if (property?.type === 'auxC') return auxiliaryType(reader, property);
  }
  return '';
}

/** A word for an auxiliary picture. */
export function nameAuxiliary(type: string): string {
  return auxiliaryKinds.find(([part]) => type.includes(part))?.[1] ?? 'auxiliary picture';
}
