// Items: what a `meta` box says there is, where it lies, and what it has (ISO/IEC 14496-12 §8.11, ISO/IEC 23008-12 §9). Syntax only.
import { latin1 } from '../../bytes/text.ts';
import { malformed } from '../../core/errors.ts';
import type { Box, BoxReader } from './box.ts';

/** How an item's extents are counted (§8.11.3). */
export const Construction = { file: 0, idat: 1, item: 2 } as const;

/** An item. */
export interface Item {
  id: number;
  type: string;
  /** Media type of a `mime` item. */
  contentType: string;
  isHidden: boolean;
  isProtected: boolean;
  /** Absolute offset of its `infe` box. */
  offset: number;
  /** Nothing where `iloc` does not tell. */
  location: ItemLocation | undefined;
  properties: { index: number; isEssential: boolean }[];
}

/** Where an item lies. */
export interface ItemLocation {
  construction: number;
  /** 0 for this file. */
  dataReference: number;
  /** Offset and length; a length of nothing goes on to the end of what it lies in. */
  extents: { offset: number; length: number | undefined }[];
}

/** A reference from an item to others. */
export interface ItemReference {
  type: string;
  from: number;
  to: number[];
}

/** Items and tracks that belong together (§8.18). */
export interface EntityGroup {
  type: string;
  entities: number[];
  offset: number;
}

/** What a `meta` box says. */
export interface Items {
  primary: number | undefined;
  items: Map<number, Item>;
  /** Boxes of `ipco`; associations count from 1. */
  properties: Box[];
  references: ItemReference[];
  groups: EntityGroup[];
  idat: Box | undefined;
  /** `dinf`: which files data references mean. */
  dataInformation: Box | undefined;
}

/** Reads numbers one behind the other in a box. */
class Fields {
  readonly #reader: BoxReader;
  readonly #box: Box;
  at: number;

  constructor(reader: BoxReader, box: Box, at: number) {
    this.#reader = reader;
    this.#box = box;
    this.at = at;
  }

  /** A number of 0, 1, 2, 4 or 8 bytes. */
  next(length: number): number {
    const { at } = this;
    const { view } = this.#reader;
    if (at + length > this.#box.end) {
      throw malformed('The box is too short.', this.#reader.fileStart + this.#box.start, 'meta', this.#box.type);
    }
    this.at += length;
    if (length === 4) return view.getUint32(at);
    if (length === 2) return view.getUint16(at);
    if (length === 1) return view.getUint8(at);
    return length === 8 ? this.#reader.u64(at) : 0;
  }
}

/**
 * Reads the boxes of items.
 * @param children of the `meta` box
 * @param count is told how many entries are about to be read, and throws where they are too many
 */
export function readItems(reader: BoxReader, children: readonly Box[], count: (entries: number) => void): Items {
  const find = (type: string): Box | undefined => children.find((child) => child.type === type);
  const items = readInfos(reader, find('iinf'), count);
  const iloc = find('iloc');
  if (iloc !== undefined) readLocations(reader, iloc, items, count);
  const pitm = find('pitm');
  const iprp = find('iprp');
  const inside = iprp === undefined ? [] : reader.children(iprp.bodyStart, iprp.end, 'iprp');
  const ipco = inside.find(({ type }) => type === 'ipco');
  const associated = new Set<number>();
  for (const box of inside) if (box.type === 'ipma') readAssociations(reader, box, items, associated, count);
  const iref = find('iref');
  const grpl = find('grpl');
  const properties = ipco === undefined ? [] : reader.children(ipco.bodyStart, ipco.end, 'ipco');
  count(properties.length);
  return {
    primary: pitm === undefined ? undefined : startOf(reader, pitm).next(reader.version(pitm) === 0 ? 2 : 4),
    items,
    properties,
    references: iref === undefined ? [] : readReferences(reader, iref, count),
    groups: grpl === undefined ? [] : readGroups(reader, grpl, count),
    idat: find('idat'),
    dataInformation: find('dinf'),
  };
}

function startOf(reader: BoxReader, box: Box): Fields {
  return new Fields(reader, box, box.bodyStart + 4);
}

function readInfos(reader: BoxReader, iinf: Box | undefined, count: (entries: number) => void): Map<number, Item> {
  const items = new Map<number, Item>();
  if (iinf === undefined) return items;
  const start = iinf.bodyStart + (reader.version(iinf) === 0 ? 6 : 8);
  const boxes = reader.children(start, iinf.end, 'iinf').filter(({ type }) => type === 'infe');
  count(boxes.length);
  for (const infe of boxes) {
    const version = reader.version(infe);
    const fields = startOf(reader, infe);
    const id = fields.next(version >= 3 ? 4 : 2);
    const isProtected = fields.next(2) !== 0;
    // Before version 2, items had no types: they were files.
    if (version >= 2) fields.next(4);
    const type = version >= 2 ? reader.fourCC(fields.at - 4) : 'mime';
    const [, contentType = ''] = latin1(reader.bytes.subarray(fields.at, infe.end).slice(0, 512)).split('\0');
    const offset = reader.fileStart + infe.start;
    if (items.has(id)) throw malformed('Two items have the same number.', offset, 'meta', 'iinf', 'infe');
    const isHidden = version >= 2 && (reader.bytes[infe.bodyStart + 3] ?? 0) % 2 === 1;
    items.set(id, { id, type, contentType, isHidden, isProtected, offset, location: undefined, properties: [] });
  }
  return items;
}

function readLocations(
  reader: BoxReader,
  iloc: Box,
  items: ReadonlyMap<number, Item>,
  count: (entries: number) => void,
): void {
  const version = reader.version(iloc);
  const fields = startOf(reader, iloc);
  const sizes = fields.next(2);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version === 0 ? 0 : sizes & 15;
  if ([offsetSize, lengthSize, baseSize, indexSize].some((size) => size !== 0 && size !== 4 && size !== 8)) {
    throw malformed('Places of items have no known width.', reader.fileStart + iloc.start, 'meta', 'iloc');
  }
  const itemCount = fields.next(version < 2 ? 2 : 4);
  for (let index = 0; index < itemCount; index++) {
    const id = fields.next(version < 2 ? 2 : 4);
    const construction = version === 0 ? 0 : fields.next(2) & 15;
    const dataReference = fields.next(2);
    const base = fields.next(baseSize);
    const extentCount = fields.next(2);
    count(1 + extentCount);
    const extents: ItemLocation['extents'] = [];
    for (let extent = 0; extent < extentCount; extent++) {
      fields.next(indexSize);
      const offset = base + fields.next(offsetSize);
      extents.push({ offset, length: lengthSize === 0 ? undefined : fields.next(lengthSize) });
    }
    const item = items.get(id);
    if (item?.location !== undefined) {
      throw malformed('An item is said to lie in two places.', reader.fileStart + iloc.start, 'meta', 'iloc');
    }
    if (item !== undefined) item.location = { construction, dataReference, extents };
  }
}

function readAssociations(
  reader: BoxReader,
  ipma: Box,
  items: ReadonlyMap<number, Item>,
  associated: Set<number>,
  count: (entries: number) => void,
): void {
  const version = reader.version(ipma);
  const isWide = (reader.view.getUint8(ipma.bodyStart + 3) & 1) === 1;
  const fields = startOf(reader, ipma);
  const entryCount = fields.next(4);
  for (let entry = 0; entry < entryCount; entry++) {
    const id = fields.next(version === 0 ? 2 : 4);
    const associationCount = fields.next(1);
    count(1 + associationCount);
    if (associated.has(id)) {
      const offset = reader.fileStart + ipma.start;
      throw malformed('An item is said twice to have properties.', offset, 'meta', 'iprp', 'ipma');
    }
    associated.add(id);
    const item = items.get(id);
    for (let association = 0; association < associationCount; association++) {
      const value = fields.next(isWide ? 2 : 1);
      const top = isWide ? 0x8000 : 0x80;
      // Number 0 stands for no property.
      if (value % top !== 0) item?.properties.push({ index: value % top, isEssential: value >= top });
    }
  }
}

function readReferences(reader: BoxReader, iref: Box, count: (entries: number) => void): ItemReference[] {
  const width = reader.version(iref) === 0 ? 2 : 4;
  return reader.children(iref.bodyStart + 4, iref.end, 'iref').map((box) => {
    const fields = new Fields(reader, box, box.bodyStart);
    const from = fields.next(width);
    const length = fields.next(2);
    count(1 + length);
    return { type: box.type, from, to: Array.from({ length }, () => fields.next(width)) };
  });
}

function readGroups(reader: BoxReader, grpl: Box, count: (entries: number) => void): EntityGroup[] {
  return reader.children(grpl.bodyStart, grpl.end, 'grpl').map((box) => {
    const fields = startOf(reader, box);
    fields.next(4);
    const length = fields.next(4);
    reader.demand(box, 12 + length * 4);
    count(1 + length);
    const entities = Array.from({ length }, () => fields.next(4));
    return { type: box.type, entities, offset: reader.fileStart + box.start };
  });
}
