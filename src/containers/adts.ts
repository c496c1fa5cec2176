// ADTS frames, in which AAC is stored bare (ISO/IEC 14496-3 §1.A.2.2; 13818-7 §6.2): a header of seven bytes, perhaps a CRC, and
// one to four raw data blocks. Syntax only.
import type { FrameSyntax } from './frame-chain.ts';

/** Length of a header without CRC. */
export const ADTS_HEADER_LENGTH = 7;
/** Length of a CRC, and of each block position that goes with it. */
export const ADTS_CRC_LENGTH = 2;
const MAX_FRAME_LENGTH = 8191;
const PROTECTION_ABSENT = 0x01;
/** In the third byte. */
const PRIVATE_BIT = 0x02;
/** In the fourth byte: original_copy, home, copyright_identification_bit and _start. */
const ORIGIN_BITS = 0x3c;
/** Values of the sampling frequency index that are reserved; 15 is not for ADTS either, but is met. */
const RESERVED_FREQUENCIES = [13, 14];

/** How frames are told. */
export const adts: FrameSyntax = {
  headerLength: ADTS_HEADER_LENGTH,
  maxFrameLength: MAX_FRAME_LENGTH,
  keyAt: (window, at) => adtsKey(window.view(at, at + ADTS_HEADER_LENGTH)),
  lengthAt: (window, at) => adtsLength(window.view(at, at + ADTS_HEADER_LENGTH)),
};

/** What headers of one sound have in common (the fixed header without its free bits); 0 where no header stands at `at`. */
export function adtsKey(bytes: Uint8Array, at = 0): number {
  const [first, second = 0, third = 0, fourth = 0] = bytes.subarray(at, at + 4);
  if (first !== 0xff || (second & 0xf6) !== 0xf0 || RESERVED_FREQUENCIES.includes((third >> 2) & 15)) return 0;
  const shortest = ADTS_HEADER_LENGTH + (hasAdtsCrc(second) ? ADTS_CRC_LENGTH : 0);
  if (bytes.length - at < ADTS_HEADER_LENGTH || adtsLength(bytes, at) < shortest) return 0;
  return (1 << 24) | ((second & 0x08) << 16) | ((third & ~PRIVATE_BIT) << 8) | (fourth & 0xc0);
}

/** Length of a frame, header included. */
export function adtsLength(bytes: Uint8Array, at = 0): number {
  return (((bytes[at + 3] ?? 0) & 3) << 11) | ((bytes[at + 4] ?? 0) << 3) | ((bytes[at + 5] ?? 0) >> 5);
}

/** Whether a CRC follows the header. */
export function hasAdtsCrc(second: number): boolean {
  return (second & PROTECTION_ABSENT) === 0;
}

/** How many raw data blocks a frame holds. */
export function adtsBlocks(header: Uint8Array): number {
  return ((header[6] ?? 0) & 3) + 1;
}

/** A header as it is written: no private bit, no original, home or copyright identification, no CRC. */
export function canonicalAdtsHeader(found: Uint8Array): Uint8Array {
  const header = found.slice(0, ADTS_HEADER_LENGTH);
  const [, second = 0, third = 0, fourth = 0, , sixth = 0] = header;
  header[2] = third & ~PRIVATE_BIT;
  header[3] = fourth & ~ORIGIN_BITS;
  if (!hasAdtsCrc(second)) return header;
  const length = adtsLength(header) - ADTS_CRC_LENGTH;
  header[1] = second | PROTECTION_ABSENT;
  header[3] = ((header[3] ?? 0) & 0xfc) | (length >> 11);
  header[4] = (length >> 3) & 0xff;
  header[5] = ((length & 7) << 5) | (sixth & 0x1f);
  return header;
}
