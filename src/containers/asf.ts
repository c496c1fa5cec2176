// ASF: objects of a GUID, a size and data, little-endian (Microsoft, Advanced Systems Format Specification 01.20.05 §2.1). Syntax only.
import { concat } from '../bytes/concat.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

/** GUID and size in front of an object's data. */
export const OBJECT_HEADER_LENGTH = 24;
const GUID_LENGTH = 16;

/** An object's place: offsets count from the start of whatever it was read from. */
export interface AsfObject {
  /** As it is written in specifications, in lower case. */
  guid: string;
  start: number;
  dataStart: number;
  /** End as its size says; may lie behind the end of the file. */
  end: number;
}

/** GUIDs (§10). */
export const Guid = {
  header: '75b22630-668e-11cf-a6d9-00aa0062ce6c',
  data: '75b22636-668e-11cf-a6d9-00aa0062ce6c',
  fileProperties: '8cabdca1-a947-11cf-8ee4-00c00c205365',
  streamProperties: 'b7dc0791-a9b7-11cf-8ee6-00c00c205365',
  extendedStreamProperties: '14e6a5cb-c672-4332-8399-a96952065b5a',
  headerExtension: '5fbf03b5-a92e-11cf-8ee3-00c00c205365',
  contentDescription: '75b22633-668e-11cf-a6d9-00aa0062ce6c',
  audioMedia: 'f8699e40-5b4d-11cf-a8fd-00805f5c442b',
  videoMedia: 'bc19efc0-5b4d-11cf-a8fd-00805f5c442b',
  noErrorCorrection: '20fb5700-5b55-11cf-a8fd-00805f5c442b',
  audioSpread: 'bfc3cd50-618f-11cf-8bb2-00aa00b4e220',
  reserved1: 'abd3d211-a9ba-11cf-8ee6-00c00c205365',
} as const;

/** The GUID at `at`: three little-endian numbers, then eight bytes (§2.2). */
export function readGuid(bytes: Uint8Array, at: number): string {
  const hex = (...places: number[]): string =>
    places.map((place) => (bytes[at + place] ?? 0).toString(16).padStart(2, '0')).join('');
  return `${hex(3, 2, 1, 0)}-${hex(5, 4)}-${hex(7, 6)}-${hex(8, 9)}-${hex(10, 11, 12, 13, 14, 15)}`;
}

/** A GUID as bytes. */
export function guidBytes(guid: string): Uint8Array {
  const [first = '', second = '', third = '', ...rest] = guid.split('-');
  const bytes = (text: string): number[] => (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const swapped = [first, second, third].flatMap((part) => bytes(part).reverse());
  return Uint8Array.from([...swapped, ...bytes(rest.join(''))]);
}

/** Reads the head of the object at `at` of the file; nothing where none fits. */
export function* readFileObject(window: Window, at: number): Walk<AsfObject | undefined> {
  if (at + OBJECT_HEADER_LENGTH > window.size) return undefined;
  if (!window.has(at, OBJECT_HEADER_LENGTH)) yield window.need(at, OBJECT_HEADER_LENGTH, 'object');
  const size = window.u64le(at + GUID_LENGTH);
  const guid = readGuid(window.view(at, at + GUID_LENGTH), 0);
  if (size < OBJECT_HEADER_LENGTH && guid !== Guid.data) return undefined;
  return { guid, start: at, dataStart: at + OBJECT_HEADER_LENGTH, end: at + size };
}

/** The objects in `[start, end)` of bytes in memory, as far as their sizes fit. */
export function readObjects(bytes: Uint8Array, start: number, end: number): AsfObject[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const objects: AsfObject[] = [];
  for (let at = start; at + OBJECT_HEADER_LENGTH <= end; ) {
    const size = view.getUint32(at + GUID_LENGTH, true) + view.getUint32(at + GUID_LENGTH + 4, true) * 0x1_0000_0000;
    if (size < OBJECT_HEADER_LENGTH || at + size > end) break;
    objects.push({ guid: readGuid(bytes, at), start: at, dataStart: at + OBJECT_HEADER_LENGTH, end: at + size });
    at += size;
  }
  return objects;
}

/** The Stream Properties Object in an Extended Stream Properties Object, behind names and payload extensions (§4.1). */
export function readHiddenStream(bytes: Uint8Array, { dataStart, end }: AsfObject): AsfObject | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const FIELDS_LENGTH = 64;
  let at = dataStart + FIELDS_LENGTH;
  if (at > end) return undefined;
  // Language and length, then the name; GUID, size and length, then what the extension is told.
  for (let left = view.getUint16(at - 4, true); left > 0 && at + 4 <= end; left--)
    at += 4 + view.getUint16(at + 2, true);
  for (let left = view.getUint16(dataStart + FIELDS_LENGTH - 2, true); left > 0 && at + 22 <= end; left--)
    at += 22 + view.getUint32(at + 18, true);
  return readObjects(bytes, at, end).find(({ guid }) => guid === Guid.streamProperties);
}

/** A number of 16 bits, little-endian. */
export function u16le(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff);
}

/** A number of 32 bits, little-endian. */
export function u32le(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff);
}

/** A number of 64 bits, little-endian; exact up to 2^53. */
export function u64le(value: number): Uint8Array {
  return concat(u32le(value % 0x1_0000_0000), u32le(Math.floor(value / 0x1_0000_0000)));
}

/** An object with data made of parts. */
export function writeObject(guid: string, ...parts: Uint8Array[]): Uint8Array {
  const data = concat(...parts);
  return concat(guidBytes(guid), u64le(OBJECT_HEADER_LENGTH + data.length), data);
}
