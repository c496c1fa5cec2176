import type { FileHandle } from 'node:fs/promises';
import { throwIfAborted } from '../core/drive.ts';
import { PatchedRun } from '../core/patched-run.ts';
import type { Pieces } from '../core/write.ts';
import { BLOCK_BYTES, fill } from './file-source.ts';

/** Pieces shorter than this are gathered, so that a file of many small ones doesn't cost a system call for each. */
const GATHER_BYTES = 256 * 1024;

/**
 * Writes the pieces of a plan to a file, in order, through memory of a fixed size.
 * @throws ScrubError `aborted`
 */
export async function copyPieces(
  pieces: Pieces,
  input: FileHandle,
  size: number,
  output: FileHandle,
  signal: AbortSignal | undefined,
): Promise<void> {
  const reader = new BlockReader(input, size);
  const writer = new GatheringWriter(output);
  for (const piece of pieces) {
    const patched = piece instanceof PatchedRun ? piece : undefined;
    const span = piece instanceof PatchedRun ? piece.span : piece;
    if (!('end' in span)) {
      await writer.write(span);
      continue;
    }
    for (let at = span.start; at < span.end; ) {
      throwIfAborted(signal);
      let bytes = await reader.view(at, span.end);
      if (patched !== undefined) {
        bytes = bytes.slice();
        patched.apply(bytes, 0, at, at + bytes.length);
      }
      await writer.write(bytes);
      at += bytes.length;
    }
  }
  await writer.flush();
  throwIfAborted(signal);
}

/** Reads a file in blocks into one buffer. A block is read past what was asked for, as the next kept span is often near. */
class BlockReader {
  readonly #handle: FileHandle;
  readonly #size: number;
  readonly #buffer: Uint8Array;
  #start = 0;
  #end = 0;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
    this.#buffer = new Uint8Array(Math.min(BLOCK_BYTES, size));
  }

  /** At least one byte from `start` on and none from `end` on; valid until the next call. */
  async view(start: number, end: number): Promise<Uint8Array> {
    if (start < this.#start || start >= this.#end) {
      const length = Math.min(this.#buffer.length, this.#size - start);
      await fill(this.#handle, this.#buffer.subarray(0, length), start);
      this.#start = start;
      this.#end = start + length;
    }
    return this.#buffer.subarray(start - this.#start, Math.min(end, this.#end) - this.#start);
  }
}

/** Writes one after the other, short pieces together. */
class GatheringWriter {
  readonly #handle: FileHandle;
  readonly #buffer: Uint8Array = new Uint8Array(GATHER_BYTES);
  #length = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#length + bytes.length > GATHER_BYTES) await this.flush();
    if (bytes.length > GATHER_BYTES) {
      await this.#writeAll(bytes);
    } else {
      this.#buffer.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  async flush(): Promise<void> {
    await this.#writeAll(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      written += (await this.#handle.write(bytes, written)).bytesWritten;
    }
  }
}
