// APE tags (Hydrogenaudio, APEv1 and APEv2): items of a size, flags, a key and a value, between a header (APEv2 alone) and a
// footer of 32 bytes. Syntax only.
import { concat, concatAll } from '../bytes/concat.ts';
import { latin1, latin1Bytes, startsWith } from '../bytes/text.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import type { Tag } from './tag.ts';

/** Length of a header, and of a footer. */
export const APE_HEADER_LENGTH = 32;
const HAS_HEADER = 0x80000000;
const IS_HEADER = 0x20000000;
const VERSION_2 = 2000;
const ITEM_HEADER_LENGTH = 8;
const MAX_KEY_LENGTH = 255;
/** Bits 1 and 2 of an item's flags: how its value is to be read. */
const VALUE_TYPE = 6;
const BINARY = 2;

/** An item of an APE tag. */
export interface ApeItem {
  /** As it is written; compared without regard to case. */
  key: string;
  value: Uint8Array;
  /** Whether the value is UTF-8 text, not data. */
  isText: boolean;
}

/** The tag whose header or lone footer is `head`, at `at`. */
export function apeTagAt(head: Uint8Array, at: number, end: number): Tag | undefined {
  if (head.length < APE_HEADER_LENGTH) return undefined;
  const { version, size } = readHeader(head);
  const length = APE_HEADER_LENGTH + size;
  return { name: nameOf(version), start: at, end: at + length <= end ? at + length : at + APE_HEADER_LENGTH };
}

/** The tag whose footer ends at `end`; the footer alone where its size leads to no item. */
export function* apeTagBefore(window: Window, start: number, end: number): Walk<Tag> {
  const footerStart = end - APE_HEADER_LENGTH;
  if (!window.has(footerStart, APE_HEADER_LENGTH)) yield window.need(footerStart, APE_HEADER_LENGTH, 'APE tag');
  const { version, size, flags } = readHeader(window.view(footerStart, end));
  const name = nameOf(version);
  const alone: Tag = { name, start: footerStart, end };
  const itemsStart = end - size;
  if (size < APE_HEADER_LENGTH || itemsStart < start) return alone;
  const headerStart = itemsStart - APE_HEADER_LENGTH;
  // Not every writer sets the flag that says there is a header.
  if (headerStart >= start) {
    if (!window.has(headerStart, 8)) yield window.need(headerStart, 8, 'APE tag');
    if (startsWith(window.view(headerStart, headerStart + 8), 'APETAGEX')) return { name, start: headerStart, end };
  }
  if ((flags & HAS_HEADER) !== 0 && version >= 2000) return alone;
  const headLength = Math.min(ITEM_HEADER_LENGTH + 3, footerStart - itemsStart);
  if (headLength === 0) return alone;
  if (!window.has(itemsStart, headLength)) yield window.need(itemsStart, headLength, 'APE tag');
  const head = window.view(itemsStart, itemsStart + headLength);
  const isItem = headLength > ITEM_HEADER_LENGTH && head.subarray(ITEM_HEADER_LENGTH).every(isKeyByte);
  return isItem ? { name, start: itemsStart, end } : alone;
}

/** The items of a whole tag, as far as they can be read. */
export function* readApeItems(tag: Uint8Array): Generator<ApeItem, void, void> {
  const view = new DataView(tag.buffer, tag.byteOffset, tag.length);
  let at = startsWith(tag, 'APETAGEX') ? APE_HEADER_LENGTH : 0;
  while (at + ITEM_HEADER_LENGTH < tag.length) {
    const size = view.getUint32(at, true);
    const flags = view.getUint32(at + 4, true);
    const keyStart = at + ITEM_HEADER_LENGTH;
    let keyEnd = keyStart;
    while (keyEnd < tag.length && keyEnd - keyStart <= MAX_KEY_LENGTH && isKeyByte(tag[keyEnd] ?? 0)) keyEnd++;
    const valueStart = keyEnd + 1;
    if (tag[keyEnd] !== 0 || keyEnd === keyStart || valueStart + size > tag.length) return;
    const value = tag.subarray(valueStart, valueStart + size);
    yield { key: latin1(tag.subarray(keyStart, keyEnd)), value, isText: (flags & VALUE_TYPE) === 0 };
    at = valueStart + size;
  }
}

/** The one form in which a tag is written: version 2, header and footer, nothing read-only. */
export function writeApeTag(items: readonly ApeItem[]): Uint8Array {
  const body = items.map(({ key, value, isText }) => {
    const head = new Uint8Array(ITEM_HEADER_LENGTH + key.length + 1);
    const view = new DataView(head.buffer);
    view.setUint32(0, value.length, true);
    view.setUint32(4, isText ? 0 : BINARY, true);
    head.set(latin1Bytes(key), ITEM_HEADER_LENGTH);
    return concat(head, value);
  });
  const size = APE_HEADER_LENGTH + body.reduce((sum, { length }) => sum + length, 0);
  const end = (flags: number): Uint8Array => {
    const bytes = new Uint8Array(APE_HEADER_LENGTH);
    bytes.set(latin1Bytes('APETAGEX'));
    const view = new DataView(bytes.buffer);
    for (const [index, field] of [VERSION_2, size, items.length, flags].entries()) {
      view.setUint32(8 + index * 4, field, true);
    }
    return bytes;
  };
  return concatAll([end(HAS_HEADER + IS_HEADER), ...body, end(HAS_HEADER)]);
}

function isKeyByte(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

function readHeader(header: Uint8Array): { version: number; size: number; flags: number } {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  return { version: view.getUint32(8, true), size: view.getUint32(12, true), flags: view.getUint32(20, true) };
}

function nameOf(version: number): 'APEv1' | 'APEv2' {
  return version < 2000 ? 'APEv1' : 'APEv2';
}
