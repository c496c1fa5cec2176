// The CRC of MPEG audio frames (ISO/IEC 11172-3 §2.4.3.1, Annex B.1 to B.5): polynomial 0x8005 over the header's last two bytes
// and, by layer, the bit allocation, scale factor selection, or side information.
import { type FrameClass, HEADER_LENGTH } from './header.ts';

const POLYNOMIAL = 0x8005;
const CRC_LENGTH = 2;
/** No more of a frame is covered: 30 subbands of two channels, 4 bits of allocation and 2 of selection. */
export const MAX_COVERED_LENGTH: number = HEADER_LENGTH + CRC_LENGTH + 48;

const crcTable: Uint16Array = Uint16Array.from({ length: 256 }, (_, index) => {
  let crc = index << 8;
  for (let bit = 0; bit < 8; bit++) crc = addBit(crc, 0);
  return crc;
});

/** How many bits of allocation each subband has: up to a subband, exclusive. */
type Allocation = readonly { below: number; bits: number }[];

/** Layer II (11172-3 tables B.2a to B.2d, 13818-3 table B.1). */
const tableA: Allocation = [
  { below: 11, bits: 4 },
  { below: 23, bits: 3 },
  { below: 27, bits: 2 },
];
const tableB: Allocation = [
  { below: 11, bits: 4 },
  { below: 23, bits: 3 },
  { below: 30, bits: 2 },
];
const tableC: Allocation = [
  { below: 2, bits: 4 },
  { below: 8, bits: 3 },
];
const tableD: Allocation = [
  { below: 2, bits: 4 },
  { below: 12, bits: 3 },
];
const lowTable: Allocation = [
  { below: 4, bits: 4 },
  { below: 11, bits: 3 },
  { below: 30, bits: 2 },
];
const layer1Table: Allocation = [{ below: 32, bits: 4 }];

/** kbit/s of layer II, version 1, by bitrate index. */
const LAYER_2_KILOBITS = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];

/** CRC of a frame that has one; `frame` begins with its header, in the form in which it is to be covered. */
export function frameCrc(frame: Uint8Array, frameClass: FrameClass): number {
  const dataStart = HEADER_LENGTH + CRC_LENGTH;
  const crc = addBits(0xffff, frame, 2 * 8, HEADER_LENGTH * 8);
  const bits = frameClass.layer === 3 ? frameClass.sideInfoLength * 8 : coveredBits(frame, dataStart * 8, frameClass);
  return addBits(crc, frame, dataStart * 8, dataStart * 8 + bits);
}

/** How many bits behind the CRC are covered: the allocation, and in layer II two more for each channel that is coded. */
function coveredBits(frame: Uint8Array, start: number, { layer, isMono, isVersion1, sampleRate }: FrameClass): number {
  const [, , third = 0, fourth = 0] = frame;
  const channels = isMono ? 1 : 2;
  const kilobits = (LAYER_2_KILOBITS[third >> 4] ?? 0) / channels;
  const table = layer === 1 ? layer1Table : isVersion1 ? layer2Table(kilobits, sampleRate) : lowTable;
  const subbands = table.at(-1)?.below ?? 0;
  // In joint stereo, subbands from the bound on have one allocation for both channels.
  const bound = fourth >> 6 === 1 ? Math.min((((fourth >> 4) & 3) + 1) * 4, subbands) : subbands;
  let at = start;
  let selections = 0;
  for (let subband = 0; subband < subbands; subband++) {
    const bits = table.find(({ below }) => subband < below)?.bits ?? 0;
    for (let channel = 0; channel < (subband < bound ? channels : 1); channel++, at += bits) {
      if (readBits(frame, at, bits) !== 0) selections += subband < bound ? 1 : channels;
    }
  }
  return at - start + (layer === 2 ? selections * 2 : 0);
}

function layer2Table(kilobitsPerChannel: number, sampleRate: number): Allocation {
  if (kilobitsPerChannel < 56) return sampleRate === 32000 ? tableD : tableC;
  return sampleRate === 48000 || kilobitsPerChannel <= 80 ? tableA : tableB;
}

function readBits(bytes: Uint8Array, at: number, bits: number): number {
  let value = 0;
  for (let bit = at; bit < at + bits; bit++) value = (value << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  return value;
}

/** Whole bytes go through a table, which covers all of layer III. */
function addBits(start: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = start;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    crc = ((crc << 8) & 0xffff) ^ (crcTable[(crc >> 8) ^ (bytes[at >> 3] ?? 0)] ?? 0);
  }
  for (; at < to; at++) crc = addBit(crc, ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
  return crc;
}

function addBit(crc: number, bit: number): number {
  return ((crc << 1) ^ (crc >> 15 === bit ? 0 : POLYNOMIAL)) & 0xffff;
}
