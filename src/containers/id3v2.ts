// ID3v2 tags (id3.org: ID3 tag version 2, 2.3.0, 2.4.0): a header, perhaps an extended header, frames, padding. Syntax only.
import { ID3V2_HEADER_LENGTH, id3v2Length } from '../bytes/id3v2-length.ts';
import { latin1, latin1Bytes } from '../bytes/text.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

/** A frame of a tag, whatever the tag's version. */
export interface Id3Frame {
  /** As it is written: four characters, three in ID3v2.2. */
  id: string;
  /** Length with its header, as it stands in the tag. */
  length: number;
  /** Content without unsynchronisation; nothing where it is compressed or encrypted. */
  data: Uint8Array | undefined;
}

/** A picture of an `APIC` or `PIC` frame. */
export interface Id3Picture {
  /** 3 is the front cover. */
  type: number;
  bytes: Uint8Array;
}

/** What a flag byte's bits say, by major version. */
const UNSYNCHRONISATION = 0x80;
const EXTENDED_HEADER = 0x40;
const HAS_FOOTER = 0x10;
const V3_COMPRESSION = 0x80;
const V3_ENCRYPTION = 0x40;
const V3_GROUPING = 0x20;
const V4_GROUPING = 0x40;
const V4_COMPRESSION = 0x08;
const V4_ENCRYPTION = 0x04;
const V4_UNSYNCHRONISATION = 0x02;
const V4_DATA_LENGTH = 0x01;

/** Where a tag ends whose size can't be true: behind the last frame that can be read. */
export function* measureId3v2(window: Window, start: number, end: number): Walk<number> {
  if (!window.has(start, ID3V2_HEADER_LENGTH)) yield window.need(start, ID3V2_HEADER_LENGTH, 'ID3v2');
  const major = window.u8(start + 3);
  const headerLength = frameHeaderLength(major);
  let at = start + ID3V2_HEADER_LENGTH;
  while (at + headerLength <= end) {
    if (!window.has(at, headerLength)) yield window.need(at, headerLength, 'ID3v2');
    const header = window.view(at, at + headerLength);
    if (!isFrameId(idOf(header, 0, major))) break;
    const next = at + headerLength + frameSize(header, 0, major, major === 4);
    if (next > end) break;
    at = next;
  }
  return at;
}

/** The frames of a whole tag, as far as they can be read. */
export function* readId3v2Frames(tag: Uint8Array, parentMajor?: number): Generator<Id3Frame, void, void> {
  const major = parentMajor ?? tag[3] ?? 0;
  const body = parentMajor === undefined ? bodyOf(tag, major) : tag;
  const headerLength = frameHeaderLength(major);
  let at = 0;
  while (at + headerLength <= body.length) {
    const id = idOf(body, at, major);
    if (!isFrameId(id)) return;
    const dataStart = at + headerLength;
    const dataEnd = dataStart + sizeOf(body, at, major);
    if (dataEnd > body.length) return;
    yield { id, length: dataEnd - at, data: contentOf(body, at, dataStart, dataEnd, major) };
    at = dataEnd;
  }
}

/** A frame's text (ID3v2.4 structure §4): an encoding byte, then the text; values are told apart by NUL. */
export function readId3Text(data: Uint8Array): string {
  return decodeText(data[0] ?? 0, data.subarray(1)).replace(/^\0+|\0+$/g, '');
}

/** Texts of `TXXX`: what it is called, and its value. */
export function readId3UserText(data: Uint8Array): { description: string; value: string } {
  const encoding = data[0] ?? 0;
  const end = endOfText(data, 1, encoding);
  return {
    description: decodeText(encoding, data.subarray(1, end.textEnd)),
    value: decodeText(encoding, data.subarray(end.next)).replace(/\0+$/, ''),
  };
}

/** The picture of an `APIC` (or, of ID3v2.2, `PIC`) frame; nothing where it is only linked to. */
export function readId3Picture({ id, data }: Id3Frame): Id3Picture | undefined {
  if (data === undefined || data.length < 6) return undefined;
  const encoding = data[0] ?? 0;
  // ID3v2.2 has three letters where later versions have a media type.
  const mediaTypeEnd = id === 'PIC' ? { textEnd: 4, next: 4 } : endOfText(data, 1, 0);
  if (latin1(data.subarray(1, mediaTypeEnd.textEnd)) === '-->') return undefined;
  const typeAt = mediaTypeEnd.next;
  const bytes = data.subarray(endOfText(data, typeAt + 1, encoding).next);
  return bytes.length === 0 ? undefined : { type: data[typeAt] ?? 0, bytes };
}

/** A chapter of a `CHAP` frame (ID3v2 Chapter Frame Addendum): times in milliseconds. */
export interface Id3Chapter {
  start: number;
  end: number;
  title: string;
}

/** The chapter of a `CHAP` frame. */
export function readId3Chapter(data: Uint8Array, major: number): Id3Chapter | undefined {
  const at = endOfText(data, 0, 0).next;
  if (at + 16 > data.length) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let title = '';
  for (const frame of readId3v2Frames(data.subarray(at + 16), major)) {
    if (frame.id === 'TIT2' && frame.data !== undefined) title = readId3Text(frame.data);
  }
  return { start: view.getUint32(at), end: view.getUint32(at + 4), title };
}

/** A frame of an ID3v2.4 tag. */
export function writeId3v2Frame(id: string, data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(10 + data.length);
  frame.set(latin1Bytes(id));
  frame.set(syncsafe(data.length), 4);
  frame.set(data, 10);
  return frame;
}

/** An ID3v2.4 tag of frames, without padding. */
export function writeId3v2(frames: readonly Uint8Array[]): Uint8Array {
  const size = frames.reduce((length, frame) => length + frame.length, 0);
  const tag = new Uint8Array(ID3V2_HEADER_LENGTH + size);
  tag.set([0x49, 0x44, 0x33, 4, 0, 0, ...syncsafe(size)]);
  let at = ID3V2_HEADER_LENGTH;
  for (const frame of frames) {
    tag.set(frame, at);
    at += frame.length;
  }
  return tag;
}

/** Frames of a tag without its header, extended header and footer. */
function bodyOf(tag: Uint8Array, major: number): Uint8Array {
  const flags = tag[5] ?? 0;
  const hasFooter = major === 4 && (flags & HAS_FOOTER) !== 0 && id3v2Length(tag) === tag.length;
  const stored = tag.subarray(ID3V2_HEADER_LENGTH, hasFooter ? tag.length - ID3V2_HEADER_LENGTH : tag.length);
  // In ID3v2.4 each frame says for itself whether it is unsynchronised.
  const body = (flags & UNSYNCHRONISATION) !== 0 && major < 4 ? resynchronise(stored) : stored;
  if ((flags & EXTENDED_HEADER) === 0 || major === 2) return body;
  return body.subarray(major === 4 ? readSyncsafe(body, 0) : readU32(body, 0) + 4);
}

function contentOf(
  body: Uint8Array,
  at: number,
  dataStart: number,
  dataEnd: number,
  major: number,
): Uint8Array | undefined {
  const flags = major === 2 ? 0 : (body[at + 9] ?? 0);
  if (major === 3) {
    if ((flags & (V3_COMPRESSION | V3_ENCRYPTION)) !== 0) return undefined;
    return body.subarray(Math.min(dataEnd, dataStart + ((flags & V3_GROUPING) === 0 ? 0 : 1)), dataEnd);
  }
  if ((flags & (V4_COMPRESSION | V4_ENCRYPTION)) !== 0) return undefined;
  const skipped = ((flags & V4_GROUPING) === 0 ? 0 : 1) + ((flags & V4_DATA_LENGTH) === 0 ? 0 : 4);
  const data = body.subarray(Math.min(dataEnd, dataStart + skipped), dataEnd);
  return (flags & V4_UNSYNCHRONISATION) === 0 ? data : resynchronise(data);
}

function frameHeaderLength(major: number): number {
  return major === 2 ? 6 : 10;
}

function idOf(bytes: Uint8Array, at: number, major: number): string {
  return latin1(bytes.subarray(at, at + (major === 2 ? 3 : 4)));
}

function isFrameId(id: string): boolean {
  return /^[A-Z][A-Z0-9]{2}[A-Z0-9 ]?$/.test(id);
}

/** A frame's size; iTunes once wrote those of ID3v2.4 as plain numbers: what leads to the next frame is right. */
function sizeOf(body: Uint8Array, at: number, major: number): number {
  const size = frameSize(body, at, major, major === 4);
  if (major !== 4 || size < 0x80 || leadsOn(body, at + 10 + size)) return size;
  const plain = readU32(body, at + 4);
  return leadsOn(body, at + 10 + plain) ? plain : size;
}

function leadsOn(body: Uint8Array, at: number): boolean {
  return at === body.length || (at < body.length && (body[at] === 0 || isFrameId(idOf(body, at, 4))));
}

function frameSize(bytes: Uint8Array, at: number, major: number, isSyncsafe: boolean): number {
  if (major === 2) return ((bytes[at + 3] ?? 0) << 16) | ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0);
  return isSyncsafe ? readSyncsafe(bytes, at + 4) : readU32(bytes, at + 4);
}

function readU32(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = 0; index < 4; index++) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

function readSyncsafe(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = 0; index < 4; index++) value = value * 128 + ((bytes[at + index] ?? 0) & 0x7f);
  return value;
}

function syncsafe(value: number): number[] {
  return [21, 14, 7, 0].map((shift) => (value >>> shift) & 0x7f);
}

/** Takes out the zeros that unsynchronisation put behind bytes of 0xFF. */
function resynchronise(bytes: Uint8Array): Uint8Array {
  const output = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    output[length++] = bytes[at] ?? 0;
    if (bytes[at] === 0xff && bytes[at + 1] === 0) at++;
  }
  return output.subarray(0, length);
}

/** Where the text from `at` ends, at one NUL or, in UTF-16, two, and what follows it begins. */
function endOfText(data: Uint8Array, at: number, encoding: number): { textEnd: number; next: number } {
  const isWide = encoding === 1 || encoding === 2;
  if (!isWide) {
    const end = data.indexOf(0, at);
    return end < 0 ? { textEnd: data.length, next: data.length } : { textEnd: end, next: end + 1 };
  }
  for (let end = at; end + 1 < data.length; end += 2) {
    if (data[end] === 0 && data[end + 1] === 0) return { textEnd: end, next: end + 2 };
  }
  return { textEnd: data.length, next: data.length };
}

function decodeText(encoding: number, text: Uint8Array): string {
  if (encoding === 0) return latin1(text);
  if (encoding === 3) return new TextDecoder().decode(text);
  const isLittle = encoding === 1 && text[0] === 0xff && text[1] === 0xfe;
  const from = encoding === 1 && (isLittle || (text[0] === 0xfe && text[1] === 0xff)) ? 2 : 0;
  const isBig = encoding === 2 || (from === 2 && !isLittle);
  let decoded = '';
  for (let at = from; at + 1 < text.length; at += 2) {
    const [first = 0, second = 0] = [text[at], text[at + 1]];
    const unit = isBig ? (first << 8) | second : (second << 8) | first;
    // Each further value has a byte order mark of its own.
    if (unit !== 0xfeff) decoded += String.fromCharCode(unit);
  }
  return decoded;
}
