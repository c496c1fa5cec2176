// GIF: a logical screen and a global colour table, then blocks; their data in sub-blocks of up to 255 bytes, a zero at the end.
// Graphics Interchange Format, Version 89a (CompuServe, 1990); fields that decoders do not read are not written.
// Syntax alone: which blocks are metadata is said in the format.
import { concat } from '../bytes/concat.ts';
import { latin1Bytes } from '../bytes/text.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

/** What a block begins with (Appendix A). */
export const Introducer = { extension: 0x21, image: 0x2c, trailer: 0x3b } as const;

/** What an extension is, in its second byte (Appendix A). */
export const Label = { plainText: 0x01, graphicControl: 0xf9, comment: 0xfe, application: 0xff } as const;

/** Length of the signature and version in front of the logical screen descriptor. */
export const SIGNATURE_LENGTH = 6;
/** Length of a logical screen descriptor. */
export const SCREEN_LENGTH = 7;
/** Length of an image descriptor, its separator included. */
export const IMAGE_DESCRIPTOR_LENGTH = 10;
/** Longest sub-block. */
const MAX_SUB_BLOCK_LENGTH = 255;

const HAS_COLOR_TABLE = 0x80;
const INTERLACED = 0x40;
const TABLE_SIZE_MASK = 0x07;
const HAS_TRANSPARENT_INDEX = 0x01;
const DISPOSAL_MASK = 0x1c;

/** §18: the area that images are shown in. */
export interface Screen {
  width: number;
  height: number;
  /** Length of the global colour table in bytes, 0 if there is none. */
  tableLength: number;
  /** The three bits that give the size of the table, also where there is none. */
  tableSize: number;
  backgroundIndex: number;
  /** 0: no ratio is given; else (value + 15) / 64. */
  pixelAspect: number;
}

/** Reads a logical screen descriptor, which is at hand. */
export function readScreen(window: Window, start: number): Screen {
  const packed = window.u8(start + 4);
  return {
    width: window.u16le(start),
    height: window.u16le(start + 2),
    tableLength: tableLength(packed),
    tableSize: packed & TABLE_SIZE_MASK,
    backgroundIndex: window.u8(start + 5),
    pixelAspect: window.u8(start + 6),
  };
}

/** Writes a logical screen descriptor: sort flag 0, colour resolution that of the table. */
export function writeScreen(screen: Screen): Uint8Array {
  const { width, height, tableSize, backgroundIndex, pixelAspect } = screen;
  const hasTable = screen.tableLength > 0;
  const packed = (hasTable ? HAS_COLOR_TABLE : 0) | (tableSize << 4) | tableSize;
  return Uint8Array.of(...u16(width), ...u16(height), packed, hasTable ? backgroundIndex : 0, pixelAspect);
}

/** §20: where an image stands on the screen and how its data is to be read. */
export interface ImageDescriptor {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Length of the local colour table in bytes, 0 if there is none. */
  tableLength: number;
  /** Local colour table flag, interlace flag and table size, as they are packed. */
  packed: number;
}

/** Reads an image descriptor, which is at hand; `start` is that of its separator. */
export function readImageDescriptor(window: Window, start: number): ImageDescriptor {
  const packed = window.u8(start + 9);
  const isLocal = (packed & HAS_COLOR_TABLE) !== 0;
  return {
    left: window.u16le(start + 1),
    top: window.u16le(start + 3),
    width: window.u16le(start + 5),
    height: window.u16le(start + 7),
    tableLength: tableLength(packed),
    packed: packed & (isLocal ? HAS_COLOR_TABLE | INTERLACED | TABLE_SIZE_MASK : INTERLACED),
  };
}

/** Writes an image descriptor: sort flag and reserved bits 0. */
export function writeImageDescriptor({ left, top, width, height, packed }: ImageDescriptor): Uint8Array {
  return Uint8Array.of(Introducer.image, ...u16(left), ...u16(top), ...u16(width), ...u16(height), packed);
}

/**
 * Writes a graphic control extension (§23) with the values of `data`, its four bytes as found: disposal, delay and transparent
 * index stay; user input flag, reserved bits and an index that is not used are 0.
 */
export function writeGraphicControl(data: Uint8Array): Uint8Array {
  const [packed = 0, delayLow = 0, delayHigh = 0, index = 0] = data;
  const isTransparent = (packed & HAS_TRANSPARENT_INDEX) !== 0;
  const kept = packed & (DISPOSAL_MASK | HAS_TRANSPARENT_INDEX);
  return writeExtension(Label.graphicControl, Uint8Array.of(kept, delayLow, delayHigh, isTransparent ? index : 0));
}

/** Writes an application extension (§26): identifier and authentication code, 11 characters, then the data. */
export function writeApplication(identifier: string, data: Uint8Array): Uint8Array {
  return writeExtension(Label.application, latin1Bytes(identifier), data);
}

/** Writes an extension: each part begins with a sub-block of its own. */
function writeExtension(label: number, ...parts: Uint8Array[]): Uint8Array {
  const bytes: Uint8Array[] = [Uint8Array.of(Introducer.extension, label)];
  for (const part of parts) {
    for (let at = 0; at < part.length; at += MAX_SUB_BLOCK_LENGTH) {
      const data = part.subarray(at, at + MAX_SUB_BLOCK_LENGTH);
      bytes.push(Uint8Array.of(data.length), data);
    }
  }
  return concat(...bytes, Uint8Array.of(0));
}

/** Sub-blocks (§15) that were walked. */
export interface SubBlocks {
  /** Where the next block begins: behind the zero that ends them. Where `isEnded` is not set: where a next one should begin. */
  end: number;
  /** Whether there is such a zero; else the file ends before it. */
  isEnded: boolean;
}

/** Walks sub-blocks from the length of the first one on, reading nothing but lengths. */
export function* skipSubBlocks(window: Window, start: number): Walk<SubBlocks> {
  let at = start;
  for (;;) {
    if (!window.has(at, 1)) yield window.want(at, 1);
    if (!window.has(at, 1)) return { end: at, isEnded: false };
    const { bytes, base } = window;
    let index = at - base;
    while (index < bytes.length) {
      const length = bytes[index] ?? 0;
      index += length + 1;
      if (length === 0) return { end: base + index, isEnded: true };
    }
    at = base + index;
  }
}

/** Sub-blocks that were read. */
export interface ReadSubBlocks extends SubBlocks {
  /** The first of them as they stand in the file, each with its length in front. */
  raw: Uint8Array;
}

/** Walks sub-blocks and reads up to `limit` bytes of them. */
export function* readSubBlocks(window: Window, start: number, limit: number): Walk<ReadSubBlocks> {
  const walked = yield* skipSubBlocks(window, start);
  const length = Math.min(walked.end, window.size, start + limit) - start;
  if (!window.has(start, length)) yield window.need(start, length);
  return { ...walked, raw: window.view(start, start + length) };
}

/** The data of sub-blocks, one behind the other. */
export function joinSubBlocks(raw: Uint8Array): Uint8Array {
  const data = new Uint8Array(raw.length);
  let length = 0;
  for (let at = 0; at < raw.length; at += 1 + (raw[at] ?? 0)) {
    const run = raw.subarray(at + 1, at + 1 + (raw[at] ?? 0));
    data.set(run, length);
    length += run.length;
  }
  return data.subarray(0, length);
}

function tableLength(packed: number): number {
  return packed & HAS_COLOR_TABLE ? 3 << ((packed & TABLE_SIZE_MASK) + 1) : 0;
}

function u16(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}
