// Frame headers of MPEG audio: versions 1, 2 and 2.5, layers I to III (ISO/IEC 11172-3 §2.4.2.3, 13818-3 §2.4.2.3). Syntax only.

import type { FrameSyntax } from '../frame-chain.ts';

/** Length of a frame header in bytes; a CRC of two more may follow. */
export const HEADER_LENGTH = 4;
/** No frame is longer: layer II at 8 kHz and 160 kbit/s, padded. */
export const MAX_FRAME_LENGTH = 2881;
/** In the third byte. */
export const PRIVATE_BIT = 0x01;
/** In the fourth byte. */
export const COPYRIGHT_BIT = 0x08;
/** In the fourth byte. */
export const ORIGINAL_BIT = 0x04;

const MODE_EXTENSION = 0x30;
const PROTECTION_BIT = 0x01;
const JOINT_STEREO = 1;
const MONO = 3;

/** kbit/s by version (1, or 2 and 2.5) and layer; index 0 is free format, 15 forbidden. */
const bitrates = {
  1: {
    1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0],
    2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0],
    3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
  },
  2: {
    1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0],
    2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
    3: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
  },
} as const;
/** Hz, of version 1; version 2 has half of it, 2.5 a quarter. */
const sampleRates = [44100, 48000, 32000];

/** What all frames of a sound have in common. */
export interface FrameClass {
  /** Tells classes apart: the header's bits for version, layer, sampling rate, and whether there is one channel. */
  key: number;
  /** Whether it is version 1; versions 2 and 2.5 have low sampling frequencies. */
  isVersion1: boolean;
  layer: 1 | 2 | 3;
  sampleRate: number;
  isMono: boolean;
  samplesPerFrame: number;
  /** Length of layer III's side information; 0 for other layers. */
  sideInfoLength: number;
  /** Frame length by the third byte of the header; 0 where no frame of this class has that byte, or its private bit is set. */
  lengths: Uint16Array;
  /** 1 for each fourth byte that a frame of this class has in canonical form, else 0. */
  isCanonicalMode: Uint8Array;
  /** Private bits in the second byte of the side information (§2.4.1.7). */
  privateMask: number;
}

/** Whether four bytes are a frame header; free format is none. Returns its class key, or 0. */
export function classKey(first: number, second: number, third: number, fourth: number): number {
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return 0;
  if ((second & 0x18) === 0x08 || (second & 0x06) === 0 || (third & 0x0c) === 0x0c) return 0;
  const bitrate = third >> 4;
  if (bitrate === 0 || bitrate === 15) return 0;
  return ((second & 0x1e) << 8) | ((third & 0x0c) << 4) | (fourth >> 6 === MONO ? 1 : 0);
}

/** Whether the header says free format: any bitrate, told by the distance of frames alone. */
export function isFreeFormat(first: number, second: number, third: number, fourth: number): boolean {
  return third >> 4 === 0 && classKey(first, second, third | 0x10, fourth) !== 0;
}

/** Length of a frame, of a header that {@link classKey} accepts. */
export function frameLength(second: number, third: number): number {
  const isVersion1 = (second & 0x18) === 0x18;
  const layer = layerOf(second);
  const kilobits = bitrates[isVersion1 ? 1 : 2][layer][third >> 4] ?? 0;
  const rate = sampleRateOf(second, third);
  const padding = (third >> 1) & 1;
  if (layer === 1) return (Math.floor((12_000 * kilobits) / rate) + padding) * 4;
  return Math.floor(((layer === 3 && !isVersion1 ? 72_000 : 144_000) * kilobits) / rate) + padding;
}

/** Whether a CRC follows the header. */
export function hasCrc(second: number): boolean {
  return (second & PROTECTION_BIT) === 0;
}

/** How frames are told. */
export const mpegAudio: FrameSyntax = {
  headerLength: HEADER_LENGTH,
  maxFrameLength: MAX_FRAME_LENGTH,
  keyAt: (window, at) => classKey(window.u8(at), window.u8(at + 1), window.u8(at + 2), window.u8(at + 3)),
  lengthAt: (window, at) => frameLength(window.u8(at + 1), window.u8(at + 2)),
};

/** The fourth byte as it is written: no copyright, an original, no mode extension where no mode uses it (§2.4.2.3). */
export function canonicalMode(fourth: number): number {
  const isJoint = fourth >> 6 === JOINT_STEREO;
  return ((isJoint ? fourth : fourth & ~MODE_EXTENSION) & ~COPYRIGHT_BIT) | ORIGINAL_BIT;
}

/** The class of a header that {@link classKey} accepts. */
export function readClass(second: number, third: number, fourth: number): FrameClass {
  const key = classKey(0xff, second, third, fourth);
  const isVersion1 = (second & 0x18) === 0x18;
  const layer = layerOf(second);
  const isMono = fourth >> 6 === MONO;
  const lengths = new Uint16Array(256);
  const isCanonicalMode = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    if ((byte & PRIVATE_BIT) === 0 && classKey(0xff, second, byte, fourth) === key) {
      lengths[byte] = frameLength(second, byte);
    }
    if (canonicalMode(byte) === byte && (byte >> 6 === MONO) === isMono) isCanonicalMode[byte] = 1;
  }
  const version1Side = isMono ? 17 : 32;
  const lowSide = isMono ? 9 : 17;
  const version1Private = isMono ? 0x7c : 0x70;
  const lowPrivate = isMono ? 0x80 : 0xc0;
  return {
    key,
    isVersion1,
    layer,
    sampleRate: sampleRateOf(second, third),
    isMono,
    samplesPerFrame: layer === 1 ? 384 : layer === 3 && !isVersion1 ? 576 : 1152,
    sideInfoLength: layer === 3 ? (isVersion1 ? version1Side : lowSide) : 0,
    lengths,
    isCanonicalMode,
    privateMask: layer === 3 ? (isVersion1 ? version1Private : lowPrivate) : 0,
  };
}

function layerOf(second: number): 1 | 2 | 3 {
  const bits = (second >> 1) & 3;
  return bits === 3 ? 1 : bits === 2 ? 2 : 3;
}

function sampleRateOf(second: number, third: number): number {
  const divisor = (second & 0x18) === 0x18 ? 1 : (second & 0x18) === 0x10 ? 2 : 4;
  return (sampleRates[(third >> 2) & 3] ?? 1) / divisor;
}
