import type { Feed } from './drive.ts';

/** A file that is read in parts. */
export interface Source {
  /** Length of the file in bytes. */
  size: number;
  /** Fresh bytes of `[start, end)`, which lies within the file. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** First read at a new place: headers are small, and a jump over a payload is often followed by another. */
const FIRST_READ_BYTES = 16 * 1024;
/** Reads that follow one another grow up to this: one more costs about as much as copying it. */
const MAX_READ_BYTES = 1024 * 1024;

/** A feed from a source: a read that follows the last one doubles in length, a jump starts small again. */
export function feedFrom(source: Source): Feed {
  let length = FIRST_READ_BYTES;
  return async (window, { start, end }) => {
    const follows = start >= window.base && start <= window.end + length;
    length = follows && window.end > window.base ? Math.min(length * 2, MAX_READ_BYTES) : FIRST_READ_BYTES;
    const to = Math.min(Math.max(end, start + length), window.size);
    window.show(await source.read(start, to), start);
  };
}

/** A Blob or File as a source. */
export function blobSource(blob: Blob): Source {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}
