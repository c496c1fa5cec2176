// RIFF: chunks of a FourCC, a 32-bit little-endian size, data and a pad byte after odd data; RIFF and LIST chunks hold others.
// Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), "Resource Interchange File Format".
// Syntax alone: which chunks are metadata is said where a form (WEBP, WAVE, AVI) is told.
import { latin1Bytes } from '../bytes/text.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

/** Length of a chunk's FourCC and size. */
export const CHUNK_HEADER_LENGTH = 8;
/** Length of a RIFF or LIST chunk's header with the form or list type behind it. */
export const LIST_HEADER_LENGTH = 12;

/** A chunk: FourCC, size, data, and a pad byte where the data is odd. All offsets are absolute. */
export interface Chunk {
  /** Four characters, one a byte, as they stand in the file. */
  fourCC: string;
  start: number;
  dataStart: number;
  /** End of the data as the size field has it; it may lie past the end of whatever holds the chunk. */
  dataEnd: number;
  /** Where the next chunk begins: behind the pad byte. */
  end: number;
}

/** A chunk that holds chunks: `RIFF` (or `RF64`, `RIFX`) and `LIST`. */
export interface List extends Chunk {
  /** Form type or list type: `WEBP`, `INFO`, `movi`. */
  type: string;
  /** Where its first chunk begins. */
  contentStart: number;
}

/** Reads the header of the chunk at `start`, which is at hand. */
export function readChunk(window: Window, start: number): Chunk {
  const dataStart = start + CHUNK_HEADER_LENGTH;
  const size = window.u32le(start + 4);
  const dataEnd = dataStart + size;
  return { fourCC: window.fourCC(start), start, dataStart, dataEnd, end: dataEnd + (size & 1) };
}

/** Reads the header of the chunk at `start` among those that end at `end`; nothing where no header fits any more. */
export function* nextChunk(window: Window, start: number, end: number, ...trail: string[]): Walk<Chunk | undefined> {
  if (end - start < CHUNK_HEADER_LENGTH) return undefined;
  if (!window.has(start, CHUNK_HEADER_LENGTH)) yield window.need(start, CHUNK_HEADER_LENGTH, ...trail);
  return readChunk(window, start);
}

/** Reads the header of the chunk at `start` that holds chunks. */
export function* openList(window: Window, start: number, ...trail: string[]): Walk<List> {
  if (!window.has(start, LIST_HEADER_LENGTH)) yield window.need(start, LIST_HEADER_LENGTH, ...trail);
  const contentStart = start + LIST_HEADER_LENGTH;
  return { ...readChunk(window, start), type: window.fourCC(start + CHUNK_HEADER_LENGTH), contentStart };
}

/** Makes sure that the file goes on at least to `end`, reading nothing of it where its size is known. */
export function* reach(window: Window, end: number, ...trail: string[]): Walk {
  const isKnown = window.size !== Number.POSITIVE_INFINITY;
  if (isKnown ? end > window.size : !window.has(end - 1, 1)) yield window.need(end - 1, 1, ...trail);
}

/** Length in a file of a chunk with `length` bytes of data: header and pad byte included. */
export function chunkLength(length: number): number {
  return CHUNK_HEADER_LENGTH + length + (length & 1);
}

/** The header of a chunk with `length` bytes of data. */
export function writeChunkHeader(fourCC: string, length: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(CHUNK_HEADER_LENGTH);
  header.set(latin1Bytes(fourCC));
  new DataView(header.buffer).setUint32(4, length, true);
  return header;
}

/** A whole chunk, padded to even length. */
export function writeChunk(fourCC: string, data: Uint8Array | readonly number[]): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(chunkLength(data.length));
  chunk.set(writeChunkHeader(fourCC, data.length));
  chunk.set(data, CHUNK_HEADER_LENGTH);
  return chunk;
}
