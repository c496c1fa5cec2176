// The header of a frame (RFC 9639 §9.1): a sync code, how the block is coded, its number, a CRC-8.
import { crc8 } from './crc.ts';

/** First byte of the sync code; the second is {@link SYNC_FIXED} or that and 1 (§9.1). */
export const SYNC = 0xff;
export const SYNC_FIXED = 0xf8;
/** Sync code 2, codes 2, number up to 7, block size up to 2, sample rate up to 2, CRC-8. */
export const MAX_FRAME_HEADER_LENGTH = 16;

/** A frame's header. */
export interface FrameHeader {
  length: number;
  /** Whether the number counts samples, as in streams of variable block size; else it counts frames. */
  countsSamples: boolean;
  number: number;
  /** Samples of one channel. */
  blockSize: number;
  channels: number;
  /** How two channels are coded (§9.1.3): 8 left and side, 9 side and right, 10 mid and side. */
  assignment: number;
  /** 0: as STREAMINFO says. */
  bitsPerSample: number;
}

const blockSizes = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];
const bitDepths = [0, 8, 12, -1, 16, 20, 24, 32];
/** Codes for sizes and rates that stand behind the number (§9.1.1, §9.1.2). */
const BLOCK_SIZE_IN_8_BITS = 6;
const BLOCK_SIZE_IN_16_BITS = 7;
const RATE_IN_8_BITS = 12;
const RATE_FORBIDDEN = 15;
const MAX_ASSIGNMENT = 10;
const FIRST_STEREO_ASSIGNMENT = 8;

/** Reads the header at index `at`; nothing where none stands there whole, or its CRC-8 is wrong. */
export function readFrameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  const second = bytes[at + 1] ?? 0;
  const codes = bytes[at + 2] ?? 0;
  const coding = bytes[at + 3] ?? 0;
  const lead = bytes[at + 4] ?? 0;
  const sizeCode = codes >> 4;
  const rateCode = codes & 15;
  const assignment = coding >> 4;
  const bitsPerSample = bitDepths[(coding >> 1) & 7] ?? -1;
  const isPossible =
    bytes[at] === SYNC &&
    (second & 0xfe) === SYNC_FIXED &&
    sizeCode !== 0 &&
    rateCode !== RATE_FORBIDDEN &&
    assignment <= MAX_ASSIGNMENT &&
    bitsPerSample >= 0 &&
    (coding & 1) === 0;
  if (!isPossible) return undefined;
  const numberLength = lead < 0x80 ? 1 : Math.clz32(~(lead << 24));
  if (numberLength > 7 || (lead >= 0x80 && numberLength === 1)) return undefined;
  let number = lead < 0x80 ? lead : lead & (0x7f >> numberLength);
  let end = at + 5;
  for (const last = at + 4 + numberLength; end < last; end++) {
    const byte = bytes[end] ?? 0;
    if ((byte & 0xc0) !== 0x80) return undefined;
    number = number * 64 + (byte & 0x3f);
  }
  let blockSize = blockSizes[sizeCode] ?? 0;
  if (sizeCode === BLOCK_SIZE_IN_8_BITS) blockSize = (bytes[end++] ?? 0) + 1;
  if (sizeCode === BLOCK_SIZE_IN_16_BITS) {
    blockSize = (((bytes[end] ?? 0) << 8) | (bytes[end + 1] ?? 0)) + 1;
    end += 2;
  }
  if (rateCode >= RATE_IN_8_BITS) end += rateCode === RATE_IN_8_BITS ? 1 : 2;
  if (end >= bytes.length || crc8(bytes, at, end) !== bytes[end]) return undefined;
  const channels = assignment < FIRST_STEREO_ASSIGNMENT ? assignment + 1 : 2;
  const length = end + 1 - at;
  return { length, countsSamples: (second & 1) === 1, number, blockSize, channels, assignment, bitsPerSample };
}
