import type { FileHandle } from 'node:fs/promises';
import type { Feed } from '../core/drive.ts';
import { ScrubError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';

/** First read at a new place: one system call through the thread pool costs about as much as copying this many bytes. */
const FIRST_READ_BYTES = 256 * 1024;
/** Each read that follows another; larger ones are no faster. */
export const BLOCK_BYTES: number = 1024 * 1024;

/** An open file as a source. Every read returns memory of its own, so that views of it stay as they are. */
export function fileSource(handle: FileHandle, size: number): Source {
  return {
    size,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      await fill(handle, bytes, start);
      return bytes;
    },
  };
}

/** Feeds a walk from a file: small reads at first and after a jump, large ones while they follow one another. */
export function feedFromFile(source: Source): Feed {
  return async (window, { start, end }) => {
    const follows = window.end > 0 && start >= window.base && start <= window.end;
    const to = Math.min(Math.max(end, start + (follows ? BLOCK_BYTES : FIRST_READ_BYTES)), window.size);
    window.show(await source.read(start, to), start);
  };
}

/**
 * Fills all of `bytes` with the file's bytes from `start` on.
 * @throws ScrubError `aborted` when the file has become shorter
 */
export async function fill(handle: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) throw changedMeanwhile();
    filled += bytesRead;
  }
}

/** The error for a file that someone writes to while it is read: what was checked would not be what is written. */
export function changedMeanwhile(): ScrubError {
  return new ScrubError('aborted', 'The file was changed while it was being read; nothing was written. Try again.');
}
