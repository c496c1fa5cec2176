// The image header of a JPEG XL codestream: size, metadata, colours (ISO/IEC 18181-1:2022 §C, §D and §E).
import type { CodestreamBits, Distribution } from './bits.ts';
import { skipIccStream } from './icc-stream.ts';

/** `FF 0A`, which a codestream begins with. */
const SIGNATURE = 0x0aff;
const SIGNATURE_LENGTH = 2;

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** What the frames are read by, and what else the header tells. */
export interface ImageHeader extends Size {
  /** 1 to 8, as in Exif. */
  orientation: number;
  preview: Size | undefined;
  isXyb: boolean;
  hasAnimation: boolean;
  hasTimecodes: boolean;
  extraChannels: number;
  /** Length in bytes of all names of extra channels, and in bits of the extensions. */
  nameLength: number;
  extensionLength: number;
  /** Whether one of them is the black of four inks, or is something else than opacity. */
  hasBlack: boolean;
  hasOtherChannels: boolean;
  /** Length in bits of the ICC profile as it is coded; 0 where there is none. */
  profileLength: number;
}

/** What is written as it is found. */
export interface KeptOfImage {
  /** Otherwise it is written to be 1. */
  orientation: boolean;
  /** Otherwise sRGB, or grey with its curve, takes its place. */
  colorProfile: boolean;
}

/** Width by height in the order of the field `ratio` (Table C.2). */
const RATIOS = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
] as const;

const SIZE: readonly [Distribution, Distribution, Distribution, Distribution] = [
  [9, 1],
  [13, 1],
  [18, 1],
  [30, 1],
];
const PREVIEW: typeof SIZE = [
  [6, 1],
  [8, 65],
  [10, 321],
  [12, 1345],
];
const PREVIEW_BY_8: typeof SIZE = [
  [0, 16],
  [0, 32],
  [5, 1],
  [9, 33],
];
const CHROMATICITY: typeof SIZE = [
  [19, 0],
  [19, 524288],
  [20, 1048576],
  [21, 2097152],
];

const ColorSpace = { gray: 1, xyb: 2 } as const;
const ExtraChannel = { alpha: 0, spotColor: 2, black: 4, cfa: 5 } as const;
/** White point and primaries that are given as numbers. */
const CUSTOM = 2;
/** Half-precision numbers in the opsin matrix with its biases, and in the weights of upsampling by 2, 4 and 8 (§C.7). */
const OPSIN_NUMBERS = 16;
const WEIGHTS = [15, 55, 210];
/** ColourEncoding (§E.2) of sRGB: all_default. */
const SRGB = { value: 1, length: 1 };
/** Of grey: no ICC profile, grey, D65, no gamma, the transfer function of sRGB, relative intent. */
const GRAY = { value: 0b011_0111_0001_0100, length: 15 };

/** Reads the header, which ends at a whole byte; it begins with the signature. */
export function readImageHeader(bits: CodestreamBits, kept: KeptOfImage): ImageHeader {
  if (bits.read(SIGNATURE_LENGTH * 8) !== SIGNATURE) bits.reject('The codestream does not begin with its signature.');
  const size = readSize(bits, SIZE, [[5, 1], 8]);
  const header: ImageHeader = {
    ...size,
    orientation: 1,
    preview: undefined,
    isXyb: true,
    hasAnimation: false,
    hasTimecodes: false,
    extraChannels: 0,
    nameLength: 0,
    extensionLength: 0,
    hasBlack: false,
    hasOtherChannels: false,
    profileLength: 0,
  };
  const isDefault = bits.bool();
  const hasProfile = isDefault ? false : readMetadata(bits, header, kept);
  readTransform(bits, header.isXyb);
  if (hasProfile) {
    const start = bits.at;
    skipIccStream(bits);
    header.profileLength = bits.at - start;
    if (!kept.colorProfile) bits.replace(start, 0);
  }
  bits.align();
  return header;
}

/** SizeHeader (§C.2) and PreviewHeader (§C.5), which differ in their numbers. */
function readSize(bits: CodestreamBits, sizes: typeof SIZE, by8: readonly [Distribution | typeof SIZE, number]): Size {
  const isBy8 = bits.bool();
  const [coding, factor] = by8;
  const read = (): number => {
    if (!isBy8) return bits.u32(...sizes);
    if (coding.length === 4) return bits.u32(...coding) * factor;
    return (bits.read(coding[0]) + coding[1]) * factor;
  };
  const height = read();
  const ratio = RATIOS[bits.read(3) - 1];
  const width = ratio === undefined ? read() : Math.floor((height * ratio[0]) / ratio[1]);
  return { width, height };
}

/** ImageMetadata (§C.3). @returns whether an ICC profile follows */
function readMetadata(bits: CodestreamBits, header: ImageHeader, kept: KeptOfImage): boolean {
  const hasExtraFields = bits.bool();
  if (hasExtraFields) {
    header.orientation = bits.read(3) + 1;
    if (!kept.orientation && header.orientation > 1) bits.replace(bits.at - 3, 3);
    if (bits.bool()) readSize(bits, SIZE, [[5, 1], 8]);
    const previewStart = bits.at;
    if (bits.bool()) {
      header.preview = readSize(bits, PREVIEW, [PREVIEW_BY_8, 8]);
      bits.replace(previewStart, 1);
    }
    header.hasAnimation = bits.bool();
    if (header.hasAnimation) header.hasTimecodes = readAnimation(bits);
  }
  skipBitDepth(bits);
  bits.bool();
  header.extraChannels = bits.u32([0, 0], [0, 1], [4, 2], [12, 1]);
  for (let index = 0; index < header.extraChannels && !bits.isBroken; index++) {
    readExtraChannel(bits, header);
  }
  header.isXyb = bits.bool();
  const hasProfile = readColorEncoding(bits, kept.colorProfile);
  if (hasExtraFields && !bits.bool()) {
    // ToneMapping (§E.5).
    bits.skipF16(2);
    bits.bool();
    bits.skipF16(1);
  }
  header.extensionLength = bits.skipExtensions();
  return hasProfile;
}

/** AnimationHeader (§C.6). @returns whether each frame has a timecode; it is written to have none */
function readAnimation(bits: CodestreamBits): boolean {
  bits.u32([0, 100], [0, 1000], [10, 1], [30, 1]);
  bits.u32([0, 1], [0, 1001], [8, 1], [10, 1]);
  bits.u32([0, 0], [3, 0], [16, 0], [32, 0]);
  const hasTimecodes = bits.bool();
  if (hasTimecodes) bits.replace(bits.at - 1, 1);
  return hasTimecodes;
}

/** BitDepth (§C.8). */
function skipBitDepth(bits: CodestreamBits): void {
  if (bits.bool()) {
    bits.u32([0, 32], [0, 16], [0, 24], [6, 1]);
    bits.read(4);
  } else bits.u32([0, 8], [0, 10], [0, 12], [6, 1]);
}

/** ExtraChannelInfo (§C.9). */
function readExtraChannel(bits: CodestreamBits, header: ImageHeader): void {
  if (bits.bool()) return;
  const type = bits.enumeration();
  skipBitDepth(bits);
  bits.u32([0, 0], [0, 3], [0, 4], [3, 1]);
  header.nameLength += bits.skipName();
  if (type === ExtraChannel.alpha) bits.bool();
  else if (type === ExtraChannel.spotColor) bits.skipF16(4);
  else if (type === ExtraChannel.cfa) bits.u32([0, 1], [2, 0], [4, 3], [8, 19]);
  if (type === ExtraChannel.black) header.hasBlack = true;
  if (type !== ExtraChannel.alpha) header.hasOtherChannels = true;
}

/** ColourEncoding (§E.2). @returns whether an ICC profile takes its place */
function readColorEncoding(bits: CodestreamBits, keepsProfile: boolean): boolean {
  const start = bits.at;
  if (bits.bool()) return false;
  const hasProfile = bits.bool();
  const space = bits.enumeration();
  if (hasProfile) {
    const { value, length } = space === ColorSpace.gray ? GRAY : SRGB;
    if (!keepsProfile) bits.replace(start, length, value);
    return true;
  }
  const isXyb = space === ColorSpace.xyb;
  if (!isXyb && bits.enumeration() === CUSTOM) skipChromaticities(bits, 1);
  if (!isXyb && space !== ColorSpace.gray && bits.enumeration() === CUSTOM) skipChromaticities(bits, 3);
  if (!isXyb) {
    // CustomTransferFunction (§E.4).
    if (bits.bool()) bits.read(24);
    else bits.enumeration();
  }
  bits.enumeration();
  return false;
}

function skipChromaticities(bits: CodestreamBits, count: number): void {
  for (let number = 0; number < 2 * count; number++) bits.u32(...CHROMATICITY);
}

/** CustomTransformData (§C.7). */
function readTransform(bits: CodestreamBits, isXyb: boolean): void {
  if (bits.bool()) return;
  if (isXyb && !bits.bool()) bits.skipF16(OPSIN_NUMBERS);
  const mask = bits.read(3);
  for (const [index, count] of WEIGHTS.entries()) if (mask & (1 << index)) bits.skipF16(count);
}
