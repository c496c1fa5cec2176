// The ICC profile in a JPEG XL codestream (ISO/IEC 18181-1:2022 §E.4): an entropy-coded list of bytes.
import type { CodestreamBits } from './bits.ts';
import { readCode } from './entropy.ts';

const CONTEXTS = 41;
/** Bytes up to here are coded in one context: the header of the profile. */
const HEADER_LENGTH = 128;
/** libjxl reads no longer ones; and none that are this many times longer than the bits they are coded in. */
const MAX_LENGTH = 1 << 28;
const MAX_RATIO = 256;
const RATIO_CHECK = 0x10000;

/** Passes over the coded profile, which has to be decoded for that. */
export function skipIccStream(bits: CodestreamBits): void {
  const start = bits.at;
  const length = Number(bits.u64());
  if (length > MAX_LENGTH) bits.reject('The colour profile is too long.');
  const code = readCode(bits, CONTEXTS);
  if (bits.isBroken) return;
  let last = 0;
  let beforeLast = 0;
  for (let at = 0; at < length && !bits.isBroken; at++) {
    if (at % RATIO_CHECK === 0 && at > ((bits.at - start) / 8) * MAX_RATIO)
      bits.reject('The colour profile is damaged.');
    const value = code.read(contextOf(at, last, beforeLast));
    beforeLast = last;
    last = value & 0xff;
  }
  if (!bits.isBroken) code.finish();
}

/** Table E.7: the context of a byte by the two in front of it. */
function contextOf(at: number, last: number, beforeLast: number): number {
  return at <= HEADER_LENGTH ? 0 : 1 + kindOfLast(last) + 8 * kindBefore(beforeLast);
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** A digit, a point or a comma. */
function isNumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2c;
}

function kindOfLast(byte: number): number {
  if (isLetter(byte)) return 0;
  if (isNumeric(byte)) return 1;
  if (byte <= 1) return 2 + byte;
  if (byte < 16) return 4;
  if (byte === 255) return 6;
  return byte > 240 ? 5 : 7;
}

function kindBefore(byte: number): number {
  if (isLetter(byte)) return 0;
  if (isNumeric(byte)) return 1;
  if (byte < 16) return 2;
  return byte > 240 ? 3 : 4;
}
