// Files made of chunks, in the words of their specifications (RIFF, EA IFF 85, CAF, DSDIFF, W64), also in ways that are wrong.
import { ascii, join } from './jpeg.ts';

/** Bytes of a chunk's body: bytes, numbers or text, one byte a character. */
export type Part = Uint8Array | readonly number[] | string;

/** How a family of formats writes chunks. */
export interface Chunking {
  littleEndian: boolean;
  sizeLength: 4 | 8;
  alignment: 1 | 2 | 8;
  /** What follows the four letters of an id, in W64. */
  guidTail?: string;
}

export const RIFF: Chunking = { littleEndian: true, sizeLength: 4, alignment: 2 };
export const IFF: Chunking = { littleEndian: false, sizeLength: 4, alignment: 2 };
export const CAF: Chunking = { littleEndian: false, sizeLength: 8, alignment: 1 };
export const DSDIFF: Chunking = { littleEndian: false, sizeLength: 8, alignment: 2 };
export const W64: Chunking = {
  littleEndian: true,
  sizeLength: 8,
  alignment: 8,
  guidTail: '\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a',
};

/** What may be wrong with a chunk. */
export interface Oddity {
  /** Stands in the size field. */
  size?: number | bigint;
  /** Pad bytes, instead of zeros as many as are due. */
  padding?: Part;
}

/** A number as bytes. */
export function number(value: number | bigint, length: 2 | 4 | 8, littleEndian = true): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  const low = bytes.slice(0, length);
  return littleEndian ? low : low.reverse();
}

/** A chunk. */
export function chunk(how: Chunking, id: string, body: readonly Part[], { size, padding }: Oddity = {}): Uint8Array {
  const bytes = join(...body);
  const wholeId = ascii(id.length === 4 ? id + (how.guidTail ?? '') : id);
  const header = wholeId.length + how.sizeLength;
  const stored = size ?? bytes.length + (how.guidTail === undefined ? 0 : header);
  const total = header + bytes.length;
  const pad = padding ?? new Uint8Array(Math.ceil(total / how.alignment) * how.alignment - total);
  return join(wholeId, number(stored, how.sizeLength, how.littleEndian), bytes, pad);
}

/** A chunk found in a file. */
export interface FoundChunk {
  id: string;
  body: Uint8Array;
}

/** The chunks of a well-formed file from `start` on. */
export function splitChunks(how: Chunking, file: Uint8Array, start: number): FoundChunk[] {
  const chunks: FoundChunk[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const idLength = how.guidTail === undefined ? 4 : 16;
  for (let at = start; at + idLength + how.sizeLength <= file.length; ) {
    const bodyStart = at + idLength + how.sizeLength;
    const sizeAt = at + idLength;
    const size =
      how.sizeLength === 4
        ? view.getUint32(sizeAt, how.littleEndian)
        : Number(view.getBigUint64(sizeAt, how.littleEndian));
    const bodyEnd = how.guidTail === undefined ? bodyStart + size : at + size;
    chunks.push({ id: String.fromCharCode(...file.subarray(at, at + 4)), body: file.slice(bodyStart, bodyEnd) });
    at += Math.ceil((bodyEnd - at) / how.alignment) * how.alignment;
  }
  return chunks;
}

/** Sixteen-bit samples of two tones, each channel another one: little-endian, interleaved. */
export function tone(frames = 1500, channels = 2): Uint8Array {
  const samples = new DataView(new ArrayBuffer(frames * channels * 2));
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = Math.round(9000 * Math.sin(frame / (7 + channel)) + 3000 * Math.sin(frame / (31 + 3 * channel)));
      samples.setInt16((frame * channels + channel) * 2, value, true);
    }
  }
  return new Uint8Array(samples.buffer);
}
