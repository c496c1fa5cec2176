import type { Feed } from './drive.ts';
import { blobSource, feedFrom, type Source } from './source.ts';
import { Window } from './window.ts';

/** What can be scrubbed. The same type comes out. */
export type ScrubInput = Uint8Array | ArrayBuffer | Blob;

/** An input ready to be walked. */
export interface OpenInput {
  /** Length in bytes. */
  size: number;
  window: Window;
  /** Set where the file is not in memory. */
  feed: Feed | undefined;
  /** The whole file, where it is in memory. */
  bytes: Uint8Array | undefined;
  /** Set where the file is not in memory. */
  source: Source | undefined;
}

/**
 * Makes an input ready to be walked.
 * @throws TypeError for anything but bytes, and for no bytes at all
 */
export function openInput(input: ScrubInput): OpenInput {
  if (!(input instanceof Uint8Array) && isA(input, 'Blob', 'File')) {
    const source = blobSource(input as Blob);
    throwIfEmpty(source.size);
    return openSource(source);
  }
  const bytes = bytesOf(input);
  throwIfEmpty(bytes.length);
  return { size: bytes.length, window: Window.over(bytes), feed: undefined, bytes, source: undefined };
}

/** Makes a file that is read in parts ready to be walked. */
export function openSource(source: Source, feed: Feed = feedFrom(source)): OpenInput {
  return { size: source.size, window: new Window(source.size), feed, bytes: undefined, source };
}

function bytesOf(input: unknown): Uint8Array {
  if (input instanceof Uint8Array || isA(input, 'Uint8Array')) {
    const bytes = input as Uint8Array;
    // Another thread may write to shared memory between the walk and the copy: what was checked would not be what is sent.
    return bytes.buffer instanceof ArrayBuffer || isA(bytes.buffer, 'ArrayBuffer') ? bytes : bytes.slice();
  }
  if (isA(input, 'ArrayBuffer')) return new Uint8Array(input as ArrayBuffer);
  throw new TypeError(`scrub takes a Uint8Array, Buffer, ArrayBuffer, Blob or File, not ${describe(input)}.`);
}

/** Whether a value is of a built-in class, also when it comes from another realm (an iframe, a test environment). */
export function isA(value: unknown, ...names: string[]): boolean {
  return names.includes(Object.prototype.toString.call(value).slice('[object '.length, -1));
}

function throwIfEmpty(size: number): void {
  if (size === 0) throw new TypeError('There is nothing to scrub: the input is empty.');
}

function describe(input: unknown): string {
  if (input === null || input === undefined) return String(input);
  return typeof input === 'object' ? `a ${input.constructor?.name ?? 'object'}` : `a ${typeof input}`;
}
