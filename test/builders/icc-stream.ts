// An ICC profile as a JPEG XL codestream holds it (ISO/IEC 18181-1:2022 §E.4), in the plainest of ways: bytes of the header as
// differences from what is expected there, all others as they are, each in a prefix code of eight bits.
import { join } from './jpeg.ts';
import { number } from './jxl.ts';

const HEADER_LENGTH = 128;
const INSERT = 1;

/** A number in bytes of seven bits, the lowest first. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}

/** What a decoder expects in the header of a profile (§E.4.3). */
function expectedHeader(profile: Uint8Array): Uint8Array {
  const expected = new Uint8Array(HEADER_LENGTH);
  new DataView(expected.buffer).setUint32(0, profile.length);
  expected[8] = 4;
  expected.set(Buffer.from('mntrRGB XYZ '), 12);
  expected.set(Buffer.from('acsp'), 36);
  expected.set([0, 0, 246, 214, 0, 1, 0, 0, 0, 0, 211, 45], 68);
  expected.set(profile.subarray(4, 8), 80);
  return expected;
}

/** Bits of the profile, which says of no platform that it is made for it. */
export function iccStream(profile: Uint8Array): string {
  const expected = expectedHeader(profile);
  const header = profile.subarray(0, HEADER_LENGTH).map((byte, at) => byte - (expected[at] ?? 0));
  const rest = profile.subarray(HEADER_LENGTH);
  // No list of tags, one run of bytes.
  const commands = [0, INSERT, ...varint(rest.length)];
  const bytes = join(varint(profile.length), varint(commands.length), commands, header, rest);
  // U64 of twelve bits; no repetitions; a map of 41 contexts to one code; a prefix code; numbers below 2^15 by themselves.
  const tables = `11${number(bytes.length, 12)}0${'0'}${'100'}1${'1111'}`;
  // 256 symbols; lengths of codes are coded by one code, of which only 8 is used, the eleventh of 18.
  const code = `1${number(7, 4)}${number(127, 7)}00${'00'.repeat(10)}01${'00'.repeat(7)}`;
  return `${tables}${code}${Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')}`;
}
