// A `meta` box of items in one form: items numbered from 1, each in one extent, equal properties once.

import { concatAll } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { box, fullBox, type NewBox, u16, u32, u32List, u64, writeBox } from './box.ts';
import { Construction } from './items.ts';
import { writeHandler } from './movie-boxes.ts';

/** An item to be written; its number is its place in the list, from 1. */
export interface NewItem {
  type: string;
  isHidden: boolean;
  properties: { box: NewBox; isEssential: boolean }[];
  /** Numbers of other items by the type of reference. */
  references: { type: string; to: number[] }[];
  /** In the `idat` box, or in the media data; nothing where the item has no data. */
  data: { isInline: boolean; start: number; length: number } | undefined;
}

/** Items to be written. */
export interface NewItems {
  primary: number;
  items: readonly NewItem[];
  groups: readonly { type: string; entities: number[] }[];
  /** What `idat` holds. */
  inlineData: Uint8Array;
  /** Handler of the `meta` box. */
  handler: string;
}

const MAX_U32 = 0xffffffff;

/**
 * The `meta` box.
 * @param mediaStart where in the file the media data begins, that items count from
 * @param isLarge whether offsets take eight bytes
 */
export function writeItems(source: NewItems, mediaStart: number, isLarge: boolean): NewBox {
  const { items, groups, inlineData, primary, handler } = source;
  const { properties, associations } = writeProperties(items);
  const references = items.flatMap(({ references: own }, index) =>
    own.map(({ type, to }) => box(type, u16(index + 1), u16(to.length), ...to.map(u16))),
  );
  const locations = items.flatMap(({ data }, index) => {
    if (data === undefined) return [];
    const { isInline, start, length } = data;
    const offset = isInline ? start : mediaStart + start;
    const words = isLarge ? [u64(offset), u64(length)] : [u32(offset), u32(length)];
    return [u16(index + 1), u16(isInline ? Construction.idat : Construction.file), u16(0), u16(1), ...words];
  });
  const located = items.filter(({ data }) => data !== undefined).length;
  const infos = items.map(({ type, isHidden }, index) =>
    fullBox('infe', 2, isHidden ? 1 : 0, u16(index + 1), u16(0), latin1Bytes(type), Uint8Array.of(0)),
  );
  const entityGroups = groups.map(({ type, entities }, index) =>
    fullBox(type, 0, 0, u32(items.length + 1 + index), u32(entities.length), u32List(entities)),
  );
  return fullBox(
    'meta',
    0,
    0,
    writeHandler(handler),
    fullBox('pitm', 0, 0, u16(primary)),
    fullBox('iloc', 1, 0, u16(isLarge ? 0x8800 : 0x4400), u16(located), concatAll(locations)),
    fullBox('iinf', 0, 0, u16(items.length), ...infos),
    ...(references.length === 0 ? [] : [fullBox('iref', 0, 0, ...references)]),
    box('iprp', { type: 'ipco', parts: properties }, associations),
    ...(inlineData.length === 0 ? [] : [box('idat', inlineData)]),
    ...(entityGroups.length === 0 ? [] : [{ type: 'grpl', parts: entityGroups }]),
  );
}

/** `ipco` without repetition, in the order of first use, and `ipma`. */
function writeProperties(items: readonly NewItem[]): { properties: Uint8Array[]; associations: NewBox } {
  const numbers = new Map<string, number>();
  const properties: Uint8Array[] = [];
  const own = items.map((item) =>
    item.properties.map(({ box: property, isEssential }) => {
      const bytes = writeBox(property);
      const key = latin1Key(bytes);
      let number = numbers.get(key);
      if (number === undefined) {
        properties.push(bytes);
        number = properties.length;
        numbers.set(key, number);
      }
      return { number, isEssential };
    }),
  );
  const isWide = properties.length > 127;
  const entries = own.map((associations, index) =>
    concatAll([
      u16(index + 1),
      Uint8Array.of(associations.length),
      ...associations.map(({ number, isEssential }) =>
        isWide ? u16(number + (isEssential ? 0x8000 : 0)) : Uint8Array.of(number + (isEssential ? 0x80 : 0)),
      ),
    ]),
  );
  return { properties, associations: fullBox('ipma', 0, isWide ? 1 : 0, u32(items.length), ...entries) };
}

function latin1Key(bytes: Uint8Array): string {
  let key = '';
  for (let at = 0; at < bytes.length; at += 4096) key += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return key;
}

/** Whether places up to `end` need eight bytes. */
export function needsLargeOffsets(end: number): boolean {
  return end > MAX_U32;
}
