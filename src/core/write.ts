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
  const longest = findLongestRun(pieces);
  const from = longest.start - longest.place;
  // One copy of memory into fresh memory is the fastest of all, so the longest run is made that way, in its place.
  const isCopied = from >= 0 && from + length <= input.length && longest.length * 2 > length;
  const output = isCopied ? copyOf(input, from, from + length) : allocate(length);
  let at = 0;
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] as Span | Uint8Array;
    if (!('end' in piece)) {
      output.set(piece, at);
      at += piece.length;
      continue;
    }
    const last = endOfRun(pieces, index);
    const run = input.subarray(piece.start, (pieces[last] as Span).end);
    if (!isCopied || index !== longest.index) output.set(run, at);
    for (let place = at - piece.start; index < last; index += 2) {
      patch(output, pieces[index + 1] as Uint8Array, place + (pieces[index] as Span).end);
    }
    at += run.length;
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

/** The bytes `[start, end)` in memory of their own, also where the input is a Buffer, whose `slice` is a view. */
function copyOf(input: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.length).slice(start, end);
}

/** A run of kept spans: index of its first piece, where it begins in the input and in the output, and its length. */
interface Run {
  index: number;
  start: number;
  place: number;
  length: number;
}

/** The longest run; of length 0 where there is none. */
function findLongestRun(pieces: Pieces): Run {
  let longest: Run = { index: -1, start: 0, place: 0, length: 0 };
  let place = 0;
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] as Span | Uint8Array;
    if (!('end' in piece)) {
      place += piece.length;
      continue;
    }
    const first = index;
    index = endOfRun(pieces, first);
    const length = (pieces[index] as Span).end - piece.start;
    if (length > longest.length) longest = { index: first, start: piece.start, place, length };
    place += length;
  }
  return longest;
}

/**
 * Index of the last span of a run that begins with the one at `index`: between them stand as many fresh bytes as are left out,
 * so that a run is copied at once and the fresh bytes are written into the copy.
 */
function endOfRun(pieces: Pieces, index: number): number {
  let last = index;
  for (; last + 2 < pieces.length; last += 2) {
    const fresh = pieces[last + 1] as Span | Uint8Array;
    const next = pieces[last + 2] as Span | Uint8Array;
    if ('end' in fresh || !('end' in next) || next.start !== (pieces[last] as Span).end + fresh.length) break;
  }
  return last;
}

/** Up to this length a loop is faster than a call. */
const SHORT_PATCH = 32;

function patch(output: Uint8Array, bytes: Uint8Array, at: number): void {
  if (bytes.length > SHORT_PATCH) output.set(bytes, at);
  else for (let index = 0; index < bytes.length; index++) output[at + index] = bytes[index] as number;
}

/** The output as parts of a Blob: kept spans are slices of the input, of which no byte is read. */
export function toBlobParts(pieces: Pieces, input: Blob): (Blob | Uint8Array<ArrayBuffer>)[] {
  return pieces.map((piece) => ('end' in piece ? input.slice(piece.start, piece.end) : new Uint8Array(piece)));
}
