// Files made of chunks: an id, a size, a body, padding. IFF (EA IFF 85) and its descendants RIFF, AIFF, CAF, DSDIFF, W64, DSF
// differ in the width and order of the size, in what it counts and in the padding. Syntax only.
import { concat } from '../bytes/concat.ts';
import { unsupported } from '../core/errors.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import { findTagsAtEnd } from './tags.ts';

/** How chunks are written. */
export interface ChunkLayout {
  /** Length of the id in bytes: 4, or 16 for a GUID. */
  idLength: 4 | 16;
  /** Width of the size in bytes. */
  sizeLength: 4 | 8;
  littleEndian: boolean;
  /** Whether the size counts id and size too. */
  countsHeader: boolean;
  /** Chunks begin at multiples of this. */
  alignment: 1 | 2 | 8;
}

/** A chunk's place in the file: absolute offsets. */
export interface Chunk {
  /** As Latin-1 text; of a GUID all sixteen bytes. */
  id: string;
  start: number;
  bodyStart: number;
  /** End of the body as its size says; may lie behind the end of the file. */
  bodyEnd: number;
  /** Where the next chunk begins. */
  next: number;
}

/** RIFF (Microsoft/IBM Multimedia Programming Interface 1.0). */
export const RIFF_LAYOUT: ChunkLayout = {
  idLength: 4,
  sizeLength: 4,
  littleEndian: true,
  countsHeader: false,
  alignment: 2,
};
/** RIFX, and the EA IFF 85 family: AIFF. */
export const IFF_LAYOUT: ChunkLayout = { ...RIFF_LAYOUT, littleEndian: false };
/** CAF (Apple Core Audio Format Specification 1.0). */
export const CAF_LAYOUT: ChunkLayout = {
  idLength: 4,
  sizeLength: 8,
  littleEndian: false,
  countsHeader: false,
  alignment: 1,
};
/** DSDIFF (Philips, DSDIFF 1.5). */
export const DSDIFF_LAYOUT: ChunkLayout = { ...CAF_LAYOUT, alignment: 2 };
/** W64 (Sonic Foundry). */
export const W64_LAYOUT: ChunkLayout = {
  idLength: 16,
  sizeLength: 8,
  littleEndian: true,
  countsHeader: true,
  alignment: 8,
};
/** DSF (Sony, DSF File Format Specification 1.01). */
export const DSF_LAYOUT: ChunkLayout = {
  idLength: 4,
  sizeLength: 8,
  littleEndian: true,
  countsHeader: true,
  alignment: 1,
};

/** Reads the header of the chunk at `at`; nothing where fewer bytes are left than a header has. */
export function* readChunk(window: Window, layout: ChunkLayout, at: number): Walk<Chunk | undefined> {
  const { idLength, sizeLength, littleEndian, countsHeader, alignment } = layout;
  const headerLength = idLength + sizeLength;
  if (at + headerLength > window.size) return undefined;
  if (!window.has(at, headerLength)) yield window.need(at, headerLength, 'chunk header');
  const bodyStart = at + headerLength;
  const stored = readSize(window, at + idLength, sizeLength, littleEndian);
  // A size that does not even count the header can't be right; the header is passed all the same.
  const bodyEnd = countsHeader ? Math.max(at + stored, bodyStart) : bodyStart + stored;
  const length = bodyEnd - at;
  let id = '';
  for (let index = 0; index < idLength; index++) id += String.fromCharCode(window.u8(at + index));
  return { id, start: at, bodyStart, bodyEnd, next: at + Math.ceil(length / alignment) * alignment };
}

function readSize(window: Window, at: number, length: 4 | 8, littleEndian: boolean): number {
  if (length === 4) return littleEndian ? window.u32le(at) : window.u32be(at);
  return littleEndian ? window.u64le(at) : window.u64be(at);
}

/**
 * A chunk's header for a body of `length` bytes.
 * @throws ScrubError `unsupported` where the size field is too narrow for it
 */
export function writeChunkHeader(layout: ChunkLayout, id: string, length: number): Uint8Array<ArrayBuffer> {
  const { idLength, sizeLength, littleEndian, countsHeader } = layout;
  const header = new Uint8Array(idLength + sizeLength);
  const view = new DataView(header.buffer);
  for (let index = 0; index < idLength; index++) header[index] = id.charCodeAt(index);
  const size = countsHeader ? length + header.length : length;
  if (sizeLength === 4 && size > 0xffffffff) {
    throw unsupported('The sound is too long for a file of its format, which ends at 4 GiB.', undefined, id);
  }
  if (sizeLength === 4) view.setUint32(idLength, size, littleEndian);
  else view.setBigUint64(idLength, BigInt(size), littleEndian);
  return header;
}

/**
 * Where the chunk behind this one begins: behind the pad byte, or, where a writer forgot it, right behind the body.
 * @param known ids that are looked for
 */
export function* followingChunk(
  window: Window,
  { bodyEnd, next }: Chunk,
  known: ReadonlyMap<string, unknown>,
): Walk<number> {
  if (next !== bodyEnd && bodyEnd + 5 <= window.size) {
    if (!window.has(bodyEnd, 5)) yield window.need(bodyEnd, 5, 'pad byte');
    if (known.has(window.fourCC(bodyEnd)) && !known.has(window.fourCC(bodyEnd + 1))) return bodyEnd;
  }
  return Math.min(next, window.size);
}

/**
 * Searches a body of unknown length for what a tag editor put behind it: tags at the end of the file, and in front of them a
 * known id from which on chunks fill the file exactly.
 * @param start where the body begins
 * @param known ids, each as long as the layout has them
 * @param count called for each header that is looked at
 * @returns where the body ends: in front of all that, or at the end of the file
 */
export function* findBodyEnd(
  window: Window,
  layout: ChunkLayout,
  start: number,
  known: readonly string[],
  count: () => void,
): Walk<number> {
  const headerLength = layout.idLength + layout.sizeLength;
  const [tag] = yield* findTagsAtEnd(window, start, window.size);
  const end = tag?.start ?? window.size;
  const firsts = new Uint8Array(256);
  for (const id of known) firsts[id.charCodeAt(0)] = 1;
  const seen = new Set<number>();
  let at = start;
  while (at + headerLength <= end) {
    if (!window.has(at, headerLength)) yield window.need(at, headerLength, 'chunk header');
    const { bytes, base } = window;
    const last = Math.min(window.end, end) - base - headerLength;
    let index = at - base;
    while (index <= last && firsts[bytes[index] ?? 0] === 0) index++;
    at = base + index;
    if (index > last) continue;
    if (yield* isTail(window, layout, at, end, known, seen, count)) return at;
    at++;
  }
  return end;
}

/** Whether chunks from `start` on, the first of a known id, fill the file to `end`. Places that were `seen` lead nowhere. */
function* isTail(
  window: Window,
  layout: ChunkLayout,
  start: number,
  end: number,
  known: readonly string[],
  seen: Set<number>,
  count: () => void,
): Walk<boolean> {
  for (let at = start; at < end && !seen.has(at); ) {
    const chunk = yield* readChunk(window, layout, at);
    const isChunk = chunk !== undefined && chunk.bodyEnd <= end;
    if (!isChunk || !(at === start ? known.includes(chunk.id) : isFourCC(chunk.id.slice(0, 4)))) return false;
    if (chunk.next >= end) return true;
    count();
    seen.add(at);
    at = chunk.next;
  }
  return false;
}

/** Zero bytes that bring a body of `length` bytes to the alignment. */
export function paddingFor(layout: ChunkLayout, length: number): Uint8Array<ArrayBuffer> {
  const total = layout.idLength + layout.sizeLength + length;
  return new Uint8Array(Math.ceil(total / layout.alignment) * layout.alignment - total);
}

/** A whole chunk. */
export function writeChunk(layout: ChunkLayout, id: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(writeChunkHeader(layout, id, body.length), body, paddingFor(layout, body.length));
}

/** Whether an id could be one: four printable ASCII characters. */
export function isFourCC(id: string): boolean {
  return /^[ -~]{4}$/.test(id);
}
