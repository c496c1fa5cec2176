// Pages (RFC 3533 §6): a header of 27 bytes, a table of segment lengths, the segments. A packet is a run of segments of 255
// bytes and one of fewer; it may go on on the next page of its stream.
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { pageCrc } from './crc.ts';

/** Length of a page's header without the segment table. */
export const PAGE_HEADER_LENGTH = 27;
/** `OggS`. */
export const CAPTURE_PATTERN = 0x4f676753;
/** Offsets of its fields. */
export const VERSION_AT = 4;
export const FLAGS_AT = 5;
export const GRANULE_AT = 6;
export const SERIAL_AT = 14;
export const SEQUENCE_AT = 18;
export const CRC_AT = 22;
export const SEGMENT_COUNT_AT = 26;
/** Length of a segment that is not the last of its packet. */
export const FULL_SEGMENT = 255;

/** Bits of the header type flag; the others mean nothing. */
export const PageFlag = { continued: 1, first: 2, last: 4 } as const;

/** A page of a logical stream. */
export interface Page {
  /** Absolute offsets. */
  start: number;
  end: number;
  flags: number;
  serial: number;
  sequence: number;
  crc: number;
  /** Header and segment table. */
  header: Uint8Array;
}

/** Whether the last packet goes on on the next page; not given where the page has none. */
export function endsUnfinished(header: Uint8Array): boolean | undefined {
  return header.length > PAGE_HEADER_LENGTH ? header[header.length - 1] === FULL_SEGMENT : undefined;
}

/** Reads the page at `at` if its header is at hand; nothing where none stands there whole. */
export function parsePage(window: Window, at: number): Page | undefined {
  const { bytes } = window;
  const index = at - window.base;
  if (window.u32be(at) !== CAPTURE_PATTERN || bytes[index + VERSION_AT] !== 0) return undefined;
  const tableEnd = index + PAGE_HEADER_LENGTH + (bytes[index + SEGMENT_COUNT_AT] as number);
  let end = at + tableEnd - index;
  for (let segment = index + PAGE_HEADER_LENGTH; segment < tableEnd; segment++) end += bytes[segment] as number;
  if (end > window.size) return undefined;
  return {
    start: at,
    end,
    flags: bytes[index + FLAGS_AT] as number,
    serial: window.u32le(at + SERIAL_AT),
    sequence: window.u32le(at + SEQUENCE_AT),
    crc: window.u32le(at + CRC_AT),
    header: bytes.subarray(index, tableEnd),
  };
}

/** Whether all that {@link parsePage} looks at is at hand. */
export function isHeaderAtHand(window: Window, at: number): boolean {
  return window.has(at, PAGE_HEADER_LENGTH) && window.has(at, PAGE_HEADER_LENGTH + window.u8(at + SEGMENT_COUNT_AT));
}

/** Reads the page at `at`; nothing where none stands there whole. */
export function* readPage(window: Window, at: number): Walk<Page | undefined> {
  if (at + PAGE_HEADER_LENGTH > window.size) return undefined;
  if (!window.has(at, PAGE_HEADER_LENGTH)) yield window.need(at, PAGE_HEADER_LENGTH, 'page');
  if (window.u32be(at) !== CAPTURE_PATTERN) return undefined;
  const length = PAGE_HEADER_LENGTH + window.u8(at + SEGMENT_COUNT_AT);
  if (at + length > window.size) return undefined;
  if (!window.has(at, length)) yield window.need(at, length, 'page');
  return parsePage(window, at);
}

/** Whether a page begins at `at`, or the file ends there. */
export function* isBoundary(window: Window, at: number): Walk<boolean> {
  if (at === window.size) return true;
  if (at + 4 > window.size) return false;
  if (!window.has(at, 4)) yield window.need(at, 4, 'page');
  return window.u32be(at) === CAPTURE_PATTERN;
}

/** Whether a page's checksum is right; all of it is at hand. */
export function isIntact(window: Window, { start, end, crc }: Page): boolean {
  const bytes = window.view(start, end);
  const zeroed = pageCrc(new Uint8Array(4), 0, 4, pageCrc(bytes, 0, CRC_AT));
  return pageCrc(bytes, CRC_AT + 4, bytes.length, zeroed) === crc;
}

/** What a page's header says, besides lengths. */
export interface PageFields {
  flags: number;
  serial: number;
  sequence: number;
}

/** Writes header and segment table, with the checksum left out. */
export function writePageHeader(
  { flags, serial, sequence }: PageFields,
  granulePosition: Uint8Array,
  segments: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(PAGE_HEADER_LENGTH + segments.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, CAPTURE_PATTERN);
  header[FLAGS_AT] = flags;
  header.set(granulePosition, GRANULE_AT);
  view.setUint32(SERIAL_AT, serial, true);
  view.setUint32(SEQUENCE_AT, sequence, true);
  header[SEGMENT_COUNT_AT] = segments.length;
  header.set(segments, PAGE_HEADER_LENGTH);
  return header;
}

/** Puts the checksum into a page's header. */
export function sealPage(header: Uint8Array, body: Uint8Array): void {
  const crc = pageCrc(body, 0, body.length, pageCrc(header));
  new DataView(header.buffer, header.byteOffset).setUint32(CRC_AT, crc, true);
}
