// Boxes: size, type, body; a body may hold boxes (ISO/IEC 14496-12 §4.2). Syntax only.
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
  let length = stored === 0 && isType(type) ? window.size - at : stored;
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

/** Whether a type could be one that somebody registered. */
function isType(type: string): boolean {
  return /^[ -~\xa9]{4}$/.test(type);
}

/** A run of boxes in memory that can be read. */
export class BoxReader {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Absolute offset of the first byte in the file, for errors. */
  readonly fileStart: number;

  constructor(bytes: Uint8Array, fileStart: number) {
    // Of a Buffer, slices would be views of the input.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.fileStart = fileStart;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /**
   * The boxes in `[start, end)`, up to a size of zero, with which QuickTime ends lists (QTFF, "User Data Atoms").
   * @throws ScrubError `malformed` where a size does not fit
   */
  children(start: number, end: number, parent: string): Box[] {
    const { boxes, misfit } = this.#list(start, end);
    if (misfit !== undefined) {
      const type = end - misfit >= 8 ? [printableType(this.fourCC(misfit + 4))] : [];
      throw malformed('A box does not fit into the one around it.', this.fileStart + misfit, parent, ...type);
    }
    return boxes;
  }

  /** The boxes in `[start, end)` as far as their sizes fit: for what is dropped, and for what decoders read that way. */
  childrenThatFit(start: number, end: number): Box[] {
    return this.#list(start, end).boxes;
  }

  #list(start: number, end: number): { boxes: Box[]; misfit?: number } {
    const boxes: Box[] = [];
    let at = start;
    while (at + 8 <= end) {
      const stored = this.view.getUint32(at);
      if (stored === 0) break;
      const isLarge = stored === 1 && at + 16 <= end;
      const type = this.fourCC(at + 4);
      const length = isLarge ? this.u64(at + 8) : stored;
      const headerLength = (isLarge ? 16 : 8) + (type === 'uuid' ? 16 : 0);
      if (length < headerLength || at + length > end) return { boxes, misfit: at };
      boxes.push({ type, start: at, bodyStart: at + headerLength, end: at + length });
      at += length;
    }
    return { boxes };
  }

  /** The first box of a type among the children of another, if there is one. */
  find(parent: Box, type: string): Box | undefined {
    return this.children(parent.bodyStart, parent.end, parent.type).find((box) => box.type === type);
  }

  /** @throws ScrubError `malformed` where there is none */
  require(parent: Box, type: string): Box {
    const box = this.find(parent, type);
    if (box === undefined) {
      throw malformed(`The ${type} box is missing.`, this.fileStart + parent.start, parent.type, type);
    }
    return box;
  }

  /** @throws ScrubError `malformed` where the box's body is shorter than `length` */
  demand({ type, start, bodyStart, end }: Box, length: number): void {
    if (end - bodyStart < length) {
      throw malformed(`The ${printableType(type)} box is too short.`, this.fileStart + start, printableType(type));
    }
  }

  /** Version of a full box. */
  version(box: Box): number {
    this.demand(box, FULL_BOX_LENGTH);
    return this.view.getUint8(box.bodyStart);
  }

  /**
   * Number of entries of a table, which are all there.
   * @param at where the number stands in the box's body
   */
  entryCount(table: Box, entryLength: number, at: number = FULL_BOX_LENGTH): number {
    this.demand(table, at + 4);
    const count = this.view.getUint32(table.bodyStart + at);
    this.demand(table, at + 4 + count * entryLength);
    return count;
  }

  fourCC(at: number): string {
    const { bytes } = this;
    return String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
  }

  /** The body of a box. */
  body({ bodyStart, end }: Box): Uint8Array {
    return this.bytes.subarray(bodyStart, end);
  }

  /** A 64-bit number, exact up to 2^53. */
  u64(at: number): number {
    return this.view.getUint32(at) * 0x1_0000_0000 + this.view.getUint32(at + 4);
  }
}

/** A box type for a report: unprintable characters become `?`. */
export function printableType(type: string): string {
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
  return u32List([Math.floor(value / 0x1_0000_0000), value % 0x1_0000_0000]);
}

/** Numbers of 32 bits, big-endian, one behind the other. */
export function u32List(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) view.setUint32(index * 4, values[index] ?? 0);
  return bytes;
}

/** A box to be written. Its parts may still be filled in until it is. */
export interface NewBox {
  type: string;
  parts: readonly (Uint8Array | NewBox)[];
}

/** A box with a body made of parts. */
export function box(type: string, ...parts: (Uint8Array | NewBox)[]): NewBox {
  return { type, parts };
}

/** A full box: version, 24 bits of flags, then its fields (§4.2). */
export function fullBox(type: string, version: number, flags: number, ...parts: (Uint8Array | NewBox)[]): NewBox {
  return { type, parts: [u32(version * 0x1000000 + flags), ...parts] };
}

/** Length in bytes of a box as it is written. */
export function boxLength({ parts }: NewBox): number {
  let length = 8;
  for (const part of parts) length += 'parts' in part ? boxLength(part) : part.length;
  return length;
}

/** The box as bytes. */
export function writeBox(newBox: NewBox): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(boxLength(newBox));
  writeInto(bytes, newBox, 0);
  return bytes;
}

function writeInto(bytes: Uint8Array, { type, parts }: NewBox, start: number): number {
  let at = start + 8;
  for (const part of parts) {
    if ('parts' in part) at = writeInto(bytes, part, at);
    else {
      bytes.set(part, at);
      at += part.length;
    }
  }
  bytes.set(u32(at - start), start);
  bytes.set(latin1Bytes(type), start + 4);
  return at;
}
