import type { BytesRequest } from './walk.ts';

const EMPTY = new Uint8Array(0);

/**
 * The part of a file that is at hand. All offsets are absolute, whatever part that is.
 *
 * A walker asks `has(start, length)` before it reads and yields `need` or `want` when the answer is no. Views handed out
 * stay valid when the window moves on: whoever refills it hands over fresh bytes.
 */
export class Window {
  /** Bytes at hand. */
  bytes: Uint8Array = EMPTY;
  /** Absolute offset of `bytes[0]`. */
  base = 0;
  /** Length of the whole file in bytes; `Infinity` while a stream has not ended. */
  size: number;
  #view: DataView = new DataView(EMPTY.buffer);

  constructor(size: number) {
    this.size = size;
  }

  /** A window with the whole file at hand. */
  static over(bytes: Uint8Array): Window {
    const window = new Window(bytes.length);
    window.show(bytes, 0);
    return window;
  }

  /** Puts other bytes at hand: `bytes[0]` is the file's byte `base`. */
  show(bytes: Uint8Array, base: number): void {
    // A Buffer's `slice` gives a view of the same memory: whoever took it for a copy would write into the input.
    this.bytes =
      bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.base = base;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** End of the bytes at hand, exclusive, an absolute offset. */
  get end(): number {
    return this.base + this.bytes.length;
  }

  /** Whether `length` bytes from `start` are at hand. */
  has(start: number, length: number): boolean {
    return start >= this.base && start + length <= this.base + this.bytes.length;
  }

  /** A request for `length` bytes without which the file is truncated; `trail` names the structure they belong to. */
  need(start: number, length: number, ...trail: string[]): BytesRequest {
    return { kind: 'bytes', start, end: start + length, needed: { trail } };
  }

  /** A request for up to `length` bytes: any run of at least one will do, none means the end of the file. */
  want(start: number, length: number): BytesRequest {
    return { kind: 'bytes', start, end: start + length };
  }

  /** A view of the bytes `[start, end)`, which are at hand. */
  view(start: number, end: number): Uint8Array {
    return this.bytes.subarray(start - this.base, end - this.base);
  }

  u8(at: number): number {
    return this.#view.getUint8(at - this.base);
  }
  u16be(at: number): number {
    return this.#view.getUint16(at - this.base);
  }
  u16le(at: number): number {
    return this.#view.getUint16(at - this.base, true);
  }
  u24be(at: number): number {
    return (this.u8(at) << 16) | this.u16be(at + 1);
  }
  u24le(at: number): number {
    return this.u16le(at) | (this.u8(at + 2) << 16);
  }
  u32be(at: number): number {
    return this.#view.getUint32(at - this.base);
  }
  u32le(at: number): number {
    return this.#view.getUint32(at - this.base, true);
  }
  /** A 64-bit size or offset as a number; exact up to 2^53, which is past the end of any file. */
  u64be(at: number): number {
    return this.u32be(at) * 0x1_0000_0000 + this.u32be(at + 4);
  }
  /** A 64-bit size or offset as a number; exact up to 2^53, which is past the end of any file. */
  u64le(at: number): number {
    return this.u32le(at) + this.u32le(at + 4) * 0x1_0000_0000;
  }
  /** Four bytes as Latin-1 text, the way chunk, box and signature names are written. */
  fourCC(at: number): string {
    return String.fromCharCode(this.u8(at), this.u8(at + 1), this.u8(at + 2), this.u8(at + 3));
  }
}
