// PNG: a signature, then chunks of a length, a type, data and a CRC over type and data (W3C PNG Third Edition §5).
// Syntax alone: which chunks are metadata is said in the format.
import { crc32 } from '../bytes/crc32.ts';
import { printable } from '../bytes/printable.ts';
import { startsWith } from '../bytes/text.ts';
import { limitExceeded, malformed } from '../core/errors.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

/** §5.2. */
export const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';
/** Length of a chunk's length and type. */
export const CHUNK_HEADER_LENGTH = 8;
/** Length of a chunk's CRC. */
export const CRC_LENGTH = 4;
/** Length of a chunk without data. */
export const EMPTY_CHUNK_LENGTH: number = CHUNK_HEADER_LENGTH + CRC_LENGTH;
/** §7.1: four-byte unsigned integers go up to 2^31 − 1. */
export const MAX_UINT: number = 2 ** 31 - 1;

/** A chunk's place in the file: absolute offsets. */
export interface Chunk {
  /** Four letters. */
  type: string;
  start: number;
  dataStart: number;
  dataEnd: number;
  /** Behind the CRC. */
  end: number;
}

/** Whether bytes begin with the signature. */
export function isPng(bytes: Uint8Array): boolean {
  return startsWith(bytes, PNG_SIGNATURE);
}

/** Reads the header of the chunk at `start`, which is at hand. */
export function readChunk(window: Window, start: number): Chunk {
  const dataStart = start + CHUNK_HEADER_LENGTH;
  const dataEnd = dataStart + window.u32be(start);
  return { type: window.fourCC(start + 4), start, dataStart, dataEnd, end: dataEnd + CRC_LENGTH };
}

/** Whether a type and a length could be those of a chunk. */
export function isSound({ type, dataStart, dataEnd }: Chunk): boolean {
  return /^[A-Za-z]{4}$/.test(type) && dataEnd - dataStart <= MAX_UINT;
}

/**
 * Reads the header of the chunk at `start` and makes sure that the file goes on to the chunk's end, reading nothing more.
 * @throws ScrubError `malformed` where there is none
 */
export function* nextChunk(window: Window, start: number): Walk<Chunk> {
  if (!window.has(start, CHUNK_HEADER_LENGTH)) yield window.need(start, CHUNK_HEADER_LENGTH, 'chunk header');
  const chunk = readChunk(window, start);
  if (!isSound(chunk)) {
    throw malformed(
      `At byte ${start} there is no chunk where one must be; the file is damaged.`,
      start,
      nameChunk(chunk.type),
    );
  }
  if (chunk.end > window.size) yield window.need(chunk.end - 1, 1, chunk.type);
  return chunk;
}

/** A chunk's type for trails, also where it is none. */
export function nameChunk(type: string): string {
  return printable(type, 4);
}

/** §5.4: whether decoders that don't know a chunk pass over it. */
export function isAncillary(type: string): boolean {
  return (type.charCodeAt(0) & 0x20) !== 0;
}

/** Whether the CRC of a chunk is right; all of it is at hand. */
function hasRightCrc(window: Window, { start, dataEnd }: Chunk): boolean {
  return crc32(window.view(start + 4, dataEnd)) === window.u32be(dataEnd);
}

/**
 * Brings all of a chunk to hand; returns whether its CRC is right, without which decoders pass over it.
 * @param limit how many bytes a chunk may have
 * @throws ScrubError `limit-exceeded`
 */
export function* loadChunk(window: Window, chunk: Chunk, limit: number): Walk<boolean> {
  const { type, start, end } = chunk;
  if (end - start > limit) {
    throw limitExceeded(
      `A chunk has more than ${limit} bytes; raise limits.bufferedBytes to clean the file.`,
      start,
      type,
    );
  }
  if (!window.has(start, end - start)) yield window.need(start, end - start, type);
  return hasRightCrc(window, chunk);
}

/** A chunk of this type and data, with its CRC. */
export function writeChunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(EMPTY_CHUNK_LENGTH + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  for (let index = 0; index < 4; index++) chunk[4 + index] = type.charCodeAt(index);
  chunk.set(data, CHUNK_HEADER_LENGTH);
  const crcStart = CHUNK_HEADER_LENGTH + data.length;
  view.setUint32(crcStart, crc32(chunk, 4, crcStart));
  return chunk;
}
