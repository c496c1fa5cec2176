// The first frame of many layer III files is silent and tells of the others: Xing or Info (Xing Technologies; LAME's "Mp3 Info
// Tag rev 1"), or VBRI (Fraunhofer). Counts and places of frames are read; what is written is computed from the frames kept.
import { latin1, latin1Bytes, startsWith } from '../../bytes/text.ts';
import { frameCrc } from './crc.ts';
import { canonicalMode, type FrameClass, HEADER_LENGTH, hasCrc, PRIVATE_BIT } from './header.ts';

/** Silence in front of and behind the sound, in samples, that decoders leave out. */
export interface Gap {
  delay: number;
  padding: number;
}

/** What an information frame says. */
export interface InfoFrame {
  name: 'Xing' | 'Info' | 'VBRI';
  /** Where its name stands, from the frame's start. */
  nameAt: number;
  /** Count of the other frames. */
  frames: number | undefined;
  /** Count of all bytes, this frame's included. */
  bytes: number | undefined;
  /** Nothing where no encoder says it in a way that decoders honour. */
  gap: Gap | undefined;
}

/** Frames as they were kept. */
export interface FrameCounts {
  /** Without the information frame. */
  frames: number;
  /** With the information frame. */
  bytes: number;
  /** Byte offset of a frame, from the information frame's start; exact or in between of two that are known. */
  offsetOf(frame: number): number;
}

const HAS_FRAMES = 1;
const HAS_BYTES = 2;
const HAS_TOC = 4;
const HAS_QUALITY = 8;
const TOC_LENGTH = 100;
const VERSION_LENGTH = 9;
/** From the version to delay and padding, and to the CRC that ends the part. */
const GAP_AT = 21;
const LAME_CRC_AT = 34;
const LAME_LENGTH = 36;
/** Encoders whose delay and padding FFmpeg honours; other decoders are less strict. */
const HONOURED = /^(LAME|Lavf|Lavc)/;
/** What is written as the encoder. */
const NEUTRAL_VERSION = 'Lavf';
/** VBRI stands there whatever the side information's length. */
export const VBRI_AT: number = HEADER_LENGTH + 32;
const VBRI_HEADER_LENGTH = 26;
const VBRI_ENTRIES = 100;
const VBRI_ENTRY_LENGTH = 4;

/** Reads an information frame, given whole; nothing where it is none. */
export function readInfoFrame(frame: Uint8Array, frameClass: FrameClass): InfoFrame | undefined {
  if (frameClass.layer !== 3) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (startsWith(frame, 'VBRI', VBRI_AT) && frame.length >= VBRI_AT + VBRI_HEADER_LENGTH) {
    const bytes = view.getUint32(VBRI_AT + 10);
    return { name: 'VBRI', nameAt: VBRI_AT, frames: view.getUint32(VBRI_AT + 14), bytes, gap: undefined };
  }
  // With a CRC, some writers count it in and some do not.
  const nameAt = [HEADER_LENGTH, HEADER_LENGTH + 2]
    .slice(0, hasCrc(frame[1] ?? 0) ? 2 : 1)
    .map((start) => start + frameClass.sideInfoLength)
    .find((at) => startsWith(frame, 'Xing', at) || startsWith(frame, 'Info', at));
  if (nameAt === undefined || nameAt + 8 > frame.length) return undefined;
  const flags = view.getUint32(nameAt + 4);
  let at = nameAt + 8;
  const field = (flag: number, length: number): number | undefined => {
    if ((flags & flag) === 0) return undefined;
    at += length;
    return at <= frame.length ? view.getUint32(at - length) : undefined;
  };
  const frames = field(HAS_FRAMES, 4);
  const bytes = field(HAS_BYTES, 4);
  field(HAS_TOC, TOC_LENGTH);
  field(HAS_QUALITY, 4);
  const version = latin1(frame.subarray(at, at + VERSION_LENGTH));
  const isHonoured = HONOURED.test(version) && at + GAP_AT + 3 <= frame.length;
  const gap = isHonoured ? readGap(frame, at + GAP_AT) : undefined;
  return { name: latin1(frame.subarray(nameAt, nameAt + 4)) as 'Xing' | 'Info', nameAt, frames, bytes, gap };
}

function readGap(frame: Uint8Array, at: number): Gap {
  const [first = 0, second = 0, third = 0] = frame.subarray(at, at + 3);
  return { delay: (first << 4) | (second >> 4), padding: ((second & 15) << 8) | third };
}

/** Writes an information frame anew, at the length of the one found. */
export function writeInfoFrame(
  found: Uint8Array,
  frameClass: FrameClass,
  { name, nameAt, gap }: InfoFrame,
  counts: FrameCounts,
): Uint8Array {
  const frame = silentFrame(found, frameClass);
  const view = new DataView(frame.buffer);
  frame.set(latin1Bytes(name), nameAt);
  if (name === 'VBRI') {
    writeVbri(frame, view, counts);
    return frame;
  }
  let at = nameAt + 8;
  let flags = 0;
  const room = (flag: number, length: number): boolean => {
    if (at + length > frame.length) return false;
    flags |= flag;
    at += length;
    return true;
  };
  if (room(HAS_FRAMES, 4)) view.setUint32(at - 4, counts.frames);
  if (room(HAS_BYTES, 4)) view.setUint32(at - 4, counts.bytes);
  if (room(HAS_TOC, TOC_LENGTH)) frame.set(contents(counts), at - TOC_LENGTH);
  // Some decoders look for the encoder's part behind a quality that they take for granted.
  room(HAS_QUALITY, 4);
  view.setUint32(nameAt + 4, flags);
  if (gap !== undefined && at + LAME_LENGTH <= frame.length) writeLamePart(frame, at, gap);
  return frame;
}

/** A frame with the header of the one found, in canonical form, and nothing in it: silence. */
export function silentFrame(found: Uint8Array, frameClass: FrameClass): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, third = 0, fourth = 0] = found;
  const frame = new Uint8Array(found.length);
  frame.set([first, second, third & ~PRIVATE_BIT, canonicalMode(fourth)]);
  if (hasCrc(second)) new DataView(frame.buffer).setUint16(HEADER_LENGTH, frameCrc(frame, frameClass));
  return frame;
}

/** For each hundredth of the time, where in the bytes it begins, in 256ths. */
function contents({ frames, bytes, offsetOf }: FrameCounts): Uint8Array {
  return Uint8Array.from({ length: TOC_LENGTH }, (_, index) =>
    Math.min(255, Math.floor((256 * offsetOf(Math.floor((index * frames) / TOC_LENGTH))) / Math.max(1, bytes))),
  );
}

function writeLamePart(frame: Uint8Array, at: number, { delay, padding }: Gap): void {
  frame.set(latin1Bytes(NEUTRAL_VERSION), at);
  frame.set([delay >> 4, ((delay & 15) << 4) | (padding >> 8), padding & 255], at + GAP_AT);
  const crc = crc16(frame.subarray(0, at + LAME_CRC_AT));
  frame.set([crc >> 8, crc & 255], at + LAME_CRC_AT);
}

/** CRC-16 as LAME has it: reflected polynomial 0xA001, from 0. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** Version 1; delay and quality stay 0. */
function writeVbri(frame: Uint8Array, view: DataView, { frames, bytes, offsetOf }: FrameCounts): void {
  const room = Math.floor((frame.length - VBRI_AT - VBRI_HEADER_LENGTH) / VBRI_ENTRY_LENGTH);
  const framesPerEntry = Math.max(1, Math.ceil(frames / Math.max(1, Math.min(VBRI_ENTRIES, room))));
  const entries = Math.min(room, Math.ceil(frames / framesPerEntry));
  view.setUint16(VBRI_AT + 4, 1);
  view.setUint32(VBRI_AT + 10, bytes);
  view.setUint32(VBRI_AT + 14, frames);
  view.setUint16(VBRI_AT + 18, entries);
  view.setUint16(VBRI_AT + 20, 1);
  view.setUint16(VBRI_AT + 22, VBRI_ENTRY_LENGTH);
  view.setUint16(VBRI_AT + 24, framesPerEntry);
  for (let entry = 0; entry < entries; entry++) {
    const from = offsetOf(entry * framesPerEntry);
    const to = offsetOf(Math.min(frames, (entry + 1) * framesPerEntry));
    view.setUint32(VBRI_AT + VBRI_HEADER_LENGTH + entry * VBRI_ENTRY_LENGTH, to - from);
  }
}
