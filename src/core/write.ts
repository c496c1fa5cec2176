import { areEqual } from '../bytes/equal.ts';
import type { Span } from './plan.ts';
import type { Source } from './source.ts';

/** A plan's pieces with every place filled. */
export type Pieces = readonly (Span | Uint8Array)[];

/** Length of all pieces together, in bytes. */
export function lengthOf(pieces: Pieces): number {
  let length = 0;
  for (const piece of pieces) length += 'end' in piece ? piece.end - piece.start : piece.length;
  return length;
}

/** Whether writing the pieces would give the input again, byte for byte. */
export async function isUnchanged(pieces: Pieces, source: Source): Promise<boolean> {
  if (!isInPlace(pieces, source.size)) return false;
  let at = 0;
  for (const piece of pieces) {
    const length = 'end' in piece ? piece.end - piece.start : piece.length;
    if (!('end' in piece) && !areEqual(piece, await source.read(at, at + length))) return false;
    at += length;
  }
  return true;
}

/** Like {@link isUnchanged}, with the input in memory. */
export function isUnchangedInMemory(pieces: Pieces, input: Uint8Array): boolean {
  if (!isInPlace(pieces, input.length)) return false;
  let at = 0;
  for (const piece of pieces) {
    if ('end' in piece) at = piece.end;
    else if (!areEqual(piece, input.subarray(at, at + piece.length))) return false;
    else at += piece.length;
  }
  return true;
}

/** Whether every kept span goes where it came from and the lengths are the same. */
function isInPlace(pieces: Pieces, size: number): boolean {
  let at = 0;
  for (const piece of pieces) {
    if ('end' in piece) {
      if (piece.start !== at) return false;
      at = piece.end;
    } else at += piece.length;
  }
  return at === size;
}

/**
 * The output in fresh memory of its own.
 * @param length that of all pieces together
 */
export function toBytes(pieces: Pieces, length: number, input: Uint8Array): Uint8Array<ArrayBuffer> {
  const output = allocate(length);
  let at = 0;
  for (const piece of pieces) {
    const bytes = 'end' in piece ? input.subarray(piece.start, piece.end) : piece;
    output.set(bytes, at);
    at += bytes.length;
  }
  // What was not written could be anything that this memory held before.
  if (at !== length) throw new Error(`A plan of ${length} bytes was written with ${at}.`);
  return output;
}

/** Memory for so many bytes, all of which are about to be written: where Node can, it is not filled with zeros before. */
function allocate(length: number): Uint8Array<ArrayBuffer> {
  const buffer = globalThis.Buffer?.allocUnsafeSlow(length);
  return buffer === undefined ? new Uint8Array(length) : new Uint8Array(buffer.buffer, buffer.byteOffset, length);
}

/** The output as parts of a Blob: kept spans are slices of the input, of which no byte is read. */
export function toBlobParts(pieces: Pieces, input: Blob): BlobPart[] {
  return pieces.map((piece) => ('end' in piece ? input.slice(piece.start, piece.end) : new Uint8Array(piece)));
}
