import { areEqual } from '../bytes/equal.ts';
import { PatchedRun } from './patched-run.ts';
import type { FlatPiece, Span } from './plan.ts';
import type { Source } from './source.ts';

/** A plan's pieces with every place filled. */
export type Pieces = readonly FlatPiece[];

/** How much of a run is looked at in one piece. */
const STEP = 1024 * 1024;

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
    if (piece instanceof PatchedRun) {
      for (let from = at; from < at + length; from += STEP) {
        if (!piece.isIn(await source.read(from, Math.min(from + STEP, at + length)), from)) return false;
      }
    } else if (!('end' in piece) && !areEqual(piece, await source.read(at, at + length))) return false;
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
    else {
      const found = input.subarray(at, at + piece.length);
      if (!(piece instanceof PatchedRun ? piece.isIn(found, at) : areEqual(piece, found))) return false;
      at += piece.length;
    }
  }
  return true;
}

/** Whether every kept span goes where it came from and the lengths are the same. */
function isInPlace(pieces: Pieces, size: number): boolean {
  let at = 0;
  for (const piece of pieces) {
    const span = piece instanceof PatchedRun ? piece.span : piece;
    if ('end' in span) {
      if (span.start !== at) return false;
      at = span.end;
    } else at += span.length;
  }
  return at === size;
}

/**
 * The output in fresh memory of its own.
 * @param length that of all pieces together
 */
export function toBytes(pieces: Pieces, length: number, input: Uint8Array): Uint8Array<ArrayBuffer> {
  // Filled with zeros on purpose: copying into memory whose pages are not there yet can be thirty times slower.
  const output = new Uint8Array(length);
  let at = 0;
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] as FlatPiece;
    if (piece instanceof PatchedRun) {
      output.set(input.subarray(piece.span.start, piece.span.end), at);
      piece.apply(output, at);
      at += piece.length;
      continue;
    }
    if (!('end' in piece)) {
      output.set(piece, at);
      at += piece.length;
      continue;
    }
    // Where bytes only take the place of others, a long run is copied at once, and they are written into the copy.
    const last = endOfRun(pieces, index);
    const run = input.subarray(piece.start, (pieces[last] as Span).end);
    output.set(run, at);
    for (let place = at - piece.start; index < last; index += 2) {
      patch(output, pieces[index + 1] as Uint8Array, place + (pieces[index] as Span).end);
    }
    at += run.length;
  }
  if (at !== length) throw new Error(`A plan of ${length} bytes was written with ${at}.`);
  return output;
}

/** Index of the last span of a run that begins with the one at `index`: between them stand as many fresh bytes as are left out. */
function endOfRun(pieces: Pieces, index: number): number {
  let last = index;
  for (; last + 2 < pieces.length; last += 2) {
    const fresh = pieces[last + 1] as FlatPiece;
    const next = pieces[last + 2] as FlatPiece;
    if (
      'end' in fresh ||
      fresh instanceof PatchedRun ||
      !('end' in next) ||
      next.start !== (pieces[last] as Span).end + fresh.length
    )
      break;
  }
  return last;
}

/** Up to this length a loop is faster than a call. */
const SHORT_PATCH = 32;

function patch(output: Uint8Array, bytes: Uint8Array, at: number): void {
  if (bytes.length > SHORT_PATCH) output.set(bytes, at);
  else for (let index = 0; index < bytes.length; index++) output[at + index] = bytes[index] as number;
}

/** The output as parts of a Blob: kept spans are slices of the input, of which no byte is read; patched runs are read. */
export async function toBlobParts(pieces: Pieces, input: Blob): Promise<(Blob | Uint8Array<ArrayBuffer>)[]> {
  const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
  for (const piece of pieces) {
    if (piece instanceof PatchedRun) {
      const { start, end } = piece.span;
      for (let at = start; at < end; at += STEP) {
        const to = Math.min(at + STEP, end);
        const bytes = new Uint8Array(await input.slice(at, to).arrayBuffer());
        piece.apply(bytes, 0, at, to);
        // As a Blob, it may be laid aside by the browser.
        parts.push(new Blob([bytes]));
      }
    } else parts.push('end' in piece ? input.slice(piece.start, piece.end) : new Uint8Array(piece));
  }
  return parts;
}
