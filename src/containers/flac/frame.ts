// The length of a frame is written nowhere: it is told by reading its coded samples to their end (RFC 9639 §9.2). No sample is
// worked out here; what is read are the numbers that say how many bits follow.
import type { FrameHeader } from './frame-header.ts';

/** Length of the CRC-16 behind the samples (§9.3). */
export const FRAME_FOOTER_LENGTH = 2;

/** Bits, the most significant of each byte first. */
class BitReader {
  /** In bits. */
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.at = start * 8;
    this.#end = bytes.length * 8;
  }

  get isPastEnd(): boolean {
    return this.at > this.#end;
  }

  skip(bits: number): void {
    this.at += bits;
  }

  /** Up to 8 bits. */
  read(bits: number): number {
    const index = this.at >> 3;
    const pair = ((this.#bytes[index] ?? 0) << 8) | (this.#bytes[index + 1] ?? 0);
    const value = (pair >> (16 - bits - (this.at & 7))) & ((1 << bits) - 1);
    this.at += bits;
    return value;
  }

  /** Zeros up to a one, which is passed too. */
  unary(): number {
    const start = this.at;
    let index = start >> 3;
    let byte = (this.#bytes[index] ?? 0) & (0xff >> (start & 7));
    while (byte === 0) {
      if (++index >= this.#bytes.length) {
        this.at = this.#end + 1;
        return 0;
      }
      byte = this.#bytes[index] ?? 0;
    }
    const one = index * 8 + Math.clz32(byte) - 24;
    this.at = one + 1;
    return one - start;
  }
}

const SUBFRAME_CONSTANT = 0;
const SUBFRAME_VERBATIM = 1;
const SUBFRAME_FIXED = 8;
const MAX_FIXED_ORDER = 4;
const SUBFRAME_LPC = 32;

/**
 * Where the frame at index `at` ends, its CRC-16 included: read from its coded samples.
 * @returns nothing where the bytes end before, or can't be a frame
 */
export function measureFrame(
  bytes: Uint8Array,
  at: number,
  header: FrameHeader,
  bitsPerSample: number,
): number | undefined {
  const bits = new BitReader(bytes, at + header.length);
  for (let channel = 0; channel < header.channels; channel++) {
    // §9.2.3: the difference of two channels takes a bit more.
    const isSide =
      (channel === 1 && (header.assignment === 8 || header.assignment === 10)) ||
      (channel === 0 && header.assignment === 9);
    if (!skipSubframe(bits, header.blockSize, bitsPerSample + (isSide ? 1 : 0))) return undefined;
  }
  const end = Math.ceil(bits.at / 8) + FRAME_FOOTER_LENGTH;
  return end <= bytes.length ? end : undefined;
}

function skipSubframe(bits: BitReader, blockSize: number, bitsPerSample: number): boolean {
  if (bits.read(1) !== 0) return false;
  const type = bits.read(6);
  // §9.2.2: bits that are zero in all samples are left out.
  const width = bitsPerSample - (bits.read(1) === 1 ? bits.unary() + 1 : 0);
  if (width < 1 || bits.isPastEnd) return false;
  if (type === SUBFRAME_CONSTANT) bits.skip(width);
  else if (type === SUBFRAME_VERBATIM) bits.skip(width * blockSize);
  else if (type >= SUBFRAME_FIXED && type <= SUBFRAME_FIXED + MAX_FIXED_ORDER) {
    const order = type - SUBFRAME_FIXED;
    bits.skip(width * order);
    return skipResidual(bits, blockSize, order);
  } else if (type >= SUBFRAME_LPC) {
    const order = type - SUBFRAME_LPC + 1;
    bits.skip(width * order);
    // §9.2.6: precision less one 4 bits, shift 5 bits, then the coefficients; 15 is no precision.
    const precision = bits.read(4) + 1;
    if (precision === 16) return false;
    bits.skip(5 + precision * order);
    return skipResidual(bits, blockSize, order);
  } else return false;
  return !bits.isPastEnd;
}

/** §9.2.7: Rice codes in partitions, each with its parameter, or with a width of its own for plain numbers. */
function skipResidual(bits: BitReader, blockSize: number, order: number): boolean {
  const method = bits.read(2);
  if (method > 1) return false;
  const parameterLength = method === 0 ? 4 : 5;
  const escapeCode = method === 0 ? 15 : 31;
  const partitionOrder = bits.read(4);
  const partitionSize = blockSize >> partitionOrder;
  if (partitionSize < order || partitionSize << partitionOrder !== blockSize) return false;
  for (let partition = 0; partition < 1 << partitionOrder; partition++) {
    const count = partition === 0 ? partitionSize - order : partitionSize;
    const parameter = bits.read(parameterLength);
    if (parameter === escapeCode) bits.skip(bits.read(5) * count);
    else {
      for (let index = 0; index < count; index++) {
        bits.unary();
        bits.skip(parameter);
      }
    }
    if (bits.isPastEnd) return false;
  }
  return true;
}
