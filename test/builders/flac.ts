// FLAC files in the words of RFC 9639: metadata blocks and frames, also such as no encoder would write.
import { ascii, join } from './jpeg.ts';
import { be } from './tone.ts';

/** A metadata block; `length` may lie. */
export interface Block {
  type: number;
  content: Uint8Array;
  length?: number;
}

export const STREAMINFO = 0;
export const PADDING = 1;
export const APPLICATION = 2;
export const SEEKTABLE = 3;
export const VORBIS_COMMENT = 4;
export const CUESHEET = 5;
export const PICTURE = 6;

/** Remainder of a division of polynomials over GF(2), bit by bit. */
function remainder(bytes: Uint8Array, polynomial: number, bits: number): number {
  let value = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const carry = ((value >> (bits - 1)) & 1) ^ ((byte >> bit) & 1);
      value = (value << 1) & (2 ** bits - 1);
      if (carry) value ^= polynomial;
    }
  }
  return value;
}

/** STREAMINFO (§8.2). */
export function streamInfo({
  blockSize = 16,
  rate = 44100,
  channels = 1,
  bits = 16,
  total = 0,
  md5 = [] as number[],
} = {}): Block {
  const packed = [
    rate >> 12,
    (rate >> 4) & 0xff,
    ((rate & 15) << 4) | ((channels - 1) << 1) | ((bits - 1) >> 4),
    (((bits - 1) & 15) << 4) | Math.floor(total / 2 ** 32),
  ];
  const digest = Array.from({ length: 16 }, (_, index) => md5[index] ?? 0);
  const content = join(be(blockSize, 2), be(blockSize, 2), be(0, 3), be(0, 3), packed, be(total % 2 ** 32, 4), digest);
  return { type: STREAMINFO, content };
}

/** Numbers as they are coded in frame headers (§9.1.5), like UTF-8 but up to 36 bits. */
export function codedNumber(number: number): number[] {
  if (number < 0x80) return [number];
  const tail: number[] = [];
  let rest = number;
  let room = 0x40;
  while (rest >= room) {
    tail.unshift(0x80 | (rest & 0x3f));
    rest = Math.floor(rest / 64);
    room /= 2;
  }
  return [((0xff00 >> (tail.length + 1)) & 0xff) | rest, ...tail];
}

/** How {@link frame} is written. */
export interface FrameOptions {
  /** Frame number, or with `variable` the number of its first sample. */
  number: number;
  variable?: boolean;
  /** Samples; one channel, 16 bits, not compressed. Default 16 that depend on the number. */
  samples?: readonly number[];
}

/** A frame of one channel with 16-bit samples in a verbatim subframe (§9.2.4). */
export function frame({ number, variable = false, samples }: FrameOptions): Uint8Array {
  const values = samples ?? Array.from({ length: 16 }, (_, index) => (number * 31 + index * 257) & 0x7fff);
  // Block size in 8 bits behind the number, 44.1 kHz, one channel, 16 bits.
  const head = join([0xff, variable ? 0xf9 : 0xf8, 0x69, 0x08], codedNumber(number), [values.length - 1]);
  const header = join(head, [remainder(head, 0x07, 8)]);
  const body = join(
    header,
    [0x02],
    values.flatMap((value) => be(value, 2)),
  );
  return join(body, be(remainder(body, 0x8005, 16), 2));
}

/** Metadata blocks, the last one flagged. */
export function writeBlocks(blocks: readonly Block[]): Uint8Array {
  return join(
    ...blocks.map(({ type, content, length = content.length }, index) =>
      join([type | (index === blocks.length - 1 ? 0x80 : 0)], be(length, 3), content),
    ),
  );
}

/** A file of blocks and frames, with whatever stands in front of it and behind. */
export function joinFlac(
  blocks: readonly Block[],
  frames: readonly Uint8Array[],
  { before = new Uint8Array(0), behind = new Uint8Array(0) }: { before?: Uint8Array; behind?: Uint8Array } = {},
): Uint8Array {
  return join(before, 'fLaC', writeBlocks(blocks), ...frames, behind);
}

/** The blocks of a file and what stands behind them. */
export function splitFlac(file: Uint8Array): { blocks: Block[]; frames: Uint8Array } {
  const blocks: Block[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 4, isLast = false; ; ) {
    if (isLast) return { blocks, frames: file.slice(at) };
    isLast = view.getUint8(at) >= 0x80;
    const end = at + 4 + (view.getUint32(at) & 0xffffff);
    blocks.push({ type: view.getUint8(at) & 0x7f, content: file.slice(at + 4, end) });
    at = end;
  }
}

/** A cue sheet (§8.7) with one track of one index point, and the lead-out. */
export function cueSheet(catalogNumber: string, isrc: string, offset = 588): Block {
  const track = join(be(offset, 8), [1], isrc.padEnd(12, '\0'), [0], new Uint8Array(13), [1], be(0, 8), [1, 0, 0, 0]);
  const head = join(catalogNumber.padEnd(128, '\0'), be(88200, 8), [0x80], new Uint8Array(258), [2]);
  const leadOut = join(be(44100, 8), [170], new Uint8Array(27));
  return { type: CUESHEET, content: join(head, track, leadOut) };
}

/** An ID3v2 tag (id3.org, ID3v2.4) with one text frame. */
export function id3v2(text: string, padding = 0): Uint8Array {
  const syncsafe = (size: number): number[] => [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
  const body = join('TPE1', syncsafe(text.length + 1), [0, 0, 3], text, new Uint8Array(padding));
  return join('ID3', [4, 0, 0], syncsafe(body.length), body);
}

/** An ID3v1 tag. */
export function id3v1(text: string): Uint8Array {
  return join('TAG', ascii(text.slice(0, 30)), new Uint8Array(125 - Math.min(30, text.length)));
}

/** An APEv2 tag with one item and a footer alone. */
export function apeTag(text: string): Uint8Array {
  const item = join(be(0, 0), [text.length & 0xff, 0, 0, 0, 0, 0, 0, 0], 'Artist\0', text);
  const size = item.length + 32;
  return join(item, 'APETAGEX', [0xd0, 7, 0, 0], [size & 0xff, size >> 8, 0, 0], [1, 0, 0, 0], new Uint8Array(12));
}
