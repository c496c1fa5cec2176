// Boxes: size, type, body; a body may hold boxes (ISO/IEC 14496-12 §4.2). Syntax only.
import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { malformed } from '../../core/errors.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** A box: its offsets count from the start of whatever it was read from. */
export interface Box {
  type: string;
  start: number;
  /** Behind size and type, and behind the type's GUID if it is `uuid`. */
  bodyStart: number;
  end: number;
}

/** Version and flags stand in front of a full box's own fields (§4.2). */
export const FULL_BOX_LENGTH = 4;

/** Reads the header of the box at `at` of the file; nothing at its end, or where what stands there is no box. */
export function* readFileBox(window: Window, at: number): Walk<Box | undefined> {
  if (at + 8 > window.size) return undefined;
  if (!window.has(at, 8)) yield window.need(at, 8, 'box header');
  const stored = window.u32be(at);
  const type = window.fourCC(at + 4);
  let length = stored === 0 ? window.size - at : stored;
  let headerLength = 8;
  if (stored === 1) {
    if (at + 16 > window.size) return undefined;
    if (!window.has(at, 16)) yield window.need(at, 16, type);
    length = window.u64be(at + 8);
    headerLength = 16;
  }
  if (type === 'uuid') headerLength += 16;
  if (length < headerLength) return undefined;
  return { type, start: at, bodyStart: at + headerLength, end: at + length };
}

/** A run of boxes in memory that can be read. */
export class BoxReader {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Absolute offset of the first byte in the file, for errors. */
  readonly fileStart: number;

  constructor(bytes: Uint8Array, fileStart: number) {
    this.bytes = bytes;
    this.fileStart = fileStart;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /**
   * The boxes in `[start, end)`. Four zero bytes at the end, which QuickTime writes, are left out (QTFF, "User Data Atoms").
   * @throws ScrubError `malformed` where a size does not fit
   */
  children(start: number, end: number, parent: string): Box[] {
    const boxes: Box[] = [];
    for (let at = start; at + 8 <= end; ) {
      const stored = this.view.getUint32(at);
      if (stored === 0) break;
      const isLarge = stored === 1 && at + 16 <= end;
      const type = this.fourCC(at + 4);
      const length = isLarge ? Number(this.view.getBigUint64(at + 8)) : stored;
      const headerLength = (isLarge ? 16 : 8) + (type === 'uuid' ? 16 : 0);
      if (length < headerLength || at + length > end) {
        throw malformed('A box does not fit into the one around it.', this.fileStart + at, parent, printable(type));
      }
      boxes.push({ type, start: at, bodyStart: at + headerLength, end: at + length });
      at += length;
    }
    return boxes;
  }

  /** The first box of a type among the children of another, if there is one. */
  find(parent: Box, type: string, skip = 0): Box | undefined {
    return this.children(parent.bodyStart + skip, parent.end, parent.type).find((box) => box.type === type);
  }

  /** @throws ScrubError `malformed` where there is none */
  require(parent: Box, type: string): Box {
    const box = this.find(parent, type);
    if (box === undefined) {
      throw malformed('A box that must be there is missing.', this.fileStart + parent.start, parent.type, type);
    }
    return box;
  }

  /** @throws ScrubError `malformed` where the box's body is shorter than `length` */
  demand({ type, start, bodyStart, end }: Box, length: number): void {
    if (end - bodyStart < length) throw malformed('A box is too short.', this.fileStart + start, type);
  }

  /** Version of a full box. */
  version(box: Box): number {
    this.demand(box, FULL_BOX_LENGTH);
    return this.view.getUint8(box.bodyStart);
  }

  fourCC(at: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, at + 4));
  }

  /** The body of a box. */
  body({ bodyStart, end }: Box): Uint8Array {
    return this.bytes.subarray(bodyStart, end);
  }

  /** A 64-bit number, exact up to 2^53. */
  u64(at: number): number {
    return Number(this.view.getBigUint64(at));
  }
}

/** A box type for a report: unprintable characters become `?`. */
export function printable(type: string): string {
  return type.replace(/\xa9/g, '©').replace(/[^ -~©]/g, '?');
}

/** A number of 16 bits, big-endian. */
export function u16(value: number): Uint8Array {
  return Uint8Array.of((value >> 8) & 0xff, value & 0xff);
}

/** A number of 32 bits, big-endian. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** A number of 64 bits, big-endian; exact up to 2^53. */
export function u64(value: number): Uint8Array {
  return concat(u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32));
}

/** Numbers of 32 bits, big-endian, one behind the other. */
export function u32List(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) view.setUint32(index * 4, values[index] ?? 0);
  return bytes;
}

/** A box with a body made of parts. */
export function writeBox(type: string, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return concat(u32(length), latin1Bytes(type), ...parts);
}

/** A full box: version, 24 bits of flags, then its fields (§4.2). */
export function writeFullBox(
  type: string,
  version: number,
  flags: number,
  ...parts: Uint8Array[]
): Uint8Array<ArrayBuffer> {
  return writeBox(type, u32(version * 0x1000000 + flags), ...parts);
}
