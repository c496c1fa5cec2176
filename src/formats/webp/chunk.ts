// Chunks of a WebP file, which is a RIFF form (RFC 9649 §2.3): a list of chunks that ends where what holds them does.
import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import {
  type Chunk,
  paddingFor,
  RIFF_LAYOUT,
  readChunk,
  writeChunkHeader as writeHeader,
} from '../../containers/chunks.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Length of a chunk's FourCC and size. */
export const CHUNK_HEADER_LENGTH = 8;
/** Length of the header of the file: that of the RIFF chunk, and the form type. */
export const RIFF_HEADER_LENGTH = 12;

/** Reads the header of the chunk at `start` among those that end at `end`; nothing where no header fits any more. */
export function* nextChunk(window: Window, start: number, end: number): Walk<Chunk | undefined> {
  if (end - start < CHUNK_HEADER_LENGTH) return undefined;
  const chunk = yield* readChunk(window, RIFF_LAYOUT, start);
  // The pad byte of the last chunk may be missing.
  return chunk === undefined || chunk.bodyEnd > end ? chunk : { ...chunk, next: Math.min(chunk.next, end) };
}

/** Length in a file of a chunk with `length` bytes of data: header and pad byte included. */
export function chunkLength(length: number): number {
  return CHUNK_HEADER_LENGTH + length + (length & 1);
}

/** The header of a chunk with `length` bytes of data. */
export function writeChunkHeader(fourCC: string, length: number): Uint8Array<ArrayBuffer> {
  return writeHeader(RIFF_LAYOUT, fourCC, length);
}

/** A whole chunk, padded to even length. */
export function writeChunk(fourCC: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(writeChunkHeader(fourCC, data.length), data, paddingFor(RIFF_LAYOUT, data.length));
}

/** The header of a file whose chunks have `length` bytes. */
export function writeRiffHeader(length: number): Uint8Array<ArrayBuffer> {
  const formType = latin1Bytes('WEBP');
  return concat(writeChunkHeader('RIFF', formType.length + length), formType);
}

/** A number as the 24 bits that sizes and places on the canvas are written in. */
export function u24(value: number): [number, number, number] {
  return [value & 0xff, (value >> 8) & 0xff, value >> 16];
}
