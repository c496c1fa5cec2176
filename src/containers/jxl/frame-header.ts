// The header of a frame of a JPEG XL codestream and its table of contents (ISO/IEC 18181-1:2022 §F).
import type { CodestreamBits, Distribution } from './bits.ts';
import { readCode } from './entropy.ts';
import type { ImageHeader, Size } from './image-header.ts';

/** Types of frames (Table F.2). */
export const FrameType = { regular: 0, lf: 1, referenceOnly: 2, skipProgressive: 3 } as const;

/** What a frame's header says. */
export interface FrameHeader {
  isLast: boolean;
  /** Length of its name in bytes, and in bits of the extensions. */
  nameLength: number;
  extensionLength: number;
  /** Ticks that it is shown for. */
  duration: number;
  /** Whether it is written as the last one, and isn't. */
  isMadeLast: boolean;
  /** Where the lengths of its sections begin: the bits up to there may be rewritten, those behind are whole bytes. */
  entriesStart: number;
  /** How many sections it has, and the length of all of them in bytes. */
  sections: number;
  sectionsLength: number;
}

const USES_LF_FRAME = 32;
/** Duration of a frame that is a page, not a picture of an animation. */
const PAGE = 0xffffffff;
/** Side of a group of the usual size, in pixels, and of a block. */
const GROUP = 256;
const BLOCK = 8;
/** Table F.1: a frame without an explicit header. */
const DEFAULT_GROUP_SHIFT = 1;
/** libjxl reads no more sections. */
const MAX_SECTIONS = 65536;
const BlendMode = { replace: 0, blend: 2, alphaWeightedAdd: 3, multiply: 4 } as const;

const UPSAMPLING: readonly [Distribution, Distribution, Distribution, Distribution] = [
  [0, 1],
  [0, 2],
  [0, 4],
  [0, 8],
];
const UP_TO_3: typeof UPSAMPLING = [
  [0, 0],
  [0, 1],
  [0, 2],
  [0, 3],
];
const CROP: typeof UPSAMPLING = [
  [8, 0],
  [11, 256],
  [14, 2304],
  [30, 18688],
];
const SECTION_LENGTH: typeof UPSAMPLING = [
  [10, 0],
  [14, 1024],
  [22, 17408],
  [30, 4211712],
];

/** What of a header the groups and the fields behind depend on. */
interface Geometry extends Size {
  type: number;
  isModular: boolean;
  groupShift: number;
  passes: number;
  upsampling: number;
  horizontalShift: number;
  verticalShift: number;
}

/**
 * Reads the header of a frame and its table of contents, which ends at a whole byte.
 * @param keepsAnimation otherwise the first frame that is shown for some time is written as the last one
 */
export function readFrameHeader(
  bits: CodestreamBits,
  image: ImageHeader,
  size: Size,
  keepsAnimation: boolean,
): FrameHeader {
  const geometry: Geometry = {
    width: size.width,
    height: size.height,
    type: FrameType.regular,
    isModular: false,
    groupShift: DEFAULT_GROUP_SHIFT,
    passes: 1,
    upsampling: 1,
    horizontalShift: 0,
    verticalShift: 0,
  };
  const header: FrameHeader = {
    isLast: true,
    nameLength: 0,
    extensionLength: 0,
    duration: 0,
    isMadeLast: false,
    entriesStart: 0,
    sections: 1,
    sectionsLength: 0,
  };
  if (!bits.bool()) readFields(bits, image, size, geometry, header, keepsAnimation);
  header.sections = countSections(geometry);
  if (header.sections > MAX_SECTIONS) {
    bits.reject('A frame has more sections than decoders read.');
    return header;
  }
  if (bits.bool()) skipPermutation(bits, header.sections);
  bits.align();
  header.entriesStart = bits.at;
  for (let section = 0; section < header.sections && !bits.isBroken; section++) {
    header.sectionsLength += bits.u32(...SECTION_LENGTH);
  }
  bits.align();
  return header;
}

/** FrameHeader (§F.2). */
function readFields(
  bits: CodestreamBits,
  image: ImageHeader,
  size: Size,
  geometry: Geometry,
  header: FrameHeader,
  keepsAnimation: boolean,
): void {
  const type = bits.read(2);
  geometry.type = type;
  geometry.isModular = bits.bool();
  const usesLfFrame = (bits.u64() & BigInt(USES_LF_FRAME)) !== 0n;
  const isYcbcr = image.isXyb ? false : bits.bool();
  if (!usesLfFrame) {
    if (isYcbcr) readSubsampling(bits, geometry);
    geometry.upsampling = bits.u32(...UPSAMPLING);
    for (let index = 0; index < image.extraChannels && !bits.isBroken; index++) bits.u32(...UPSAMPLING);
  }
  if (geometry.isModular) geometry.groupShift = bits.read(2);
  else if (image.isXyb) bits.read(6);
  if (type !== FrameType.referenceOnly) geometry.passes = readPasses(bits);
  const lfLevel = type === FrameType.lf ? bits.read(2) + 1 : 0;
  const isPartial = type === FrameType.lf ? false : readCrop(bits, size, geometry);
  geometry.width = Math.ceil(geometry.width / 8 ** lfLevel);
  geometry.height = Math.ceil(geometry.height / 8 ** lfLevel);

  const isShown = type === FrameType.regular || type === FrameType.skipProgressive;
  let mode: number = BlendMode.replace;
  header.isLast = false;
  if (isShown) {
    mode = readBlending(bits, image, isPartial);
    for (let index = 0; index < image.extraChannels && !bits.isBroken; index++) readBlending(bits, image, isPartial);
    if (image.hasAnimation) {
      header.duration = bits.u32([0, 0], [0, 1], [8, 0], [32, 0]);
      if (image.hasTimecodes) {
        bits.read(32);
        bits.replace(bits.at - 32, 0);
      }
    }
    header.isLast = bits.bool();
    const isTimed = header.duration > 0 && header.duration < PAGE;
    header.isMadeLast = !keepsAnimation && isTimed && !header.isLast;
    if (header.isMadeLast) bits.replace(bits.at - 1, 1, 1);
  }
  const referenceStart = bits.at;
  const slot = type !== FrameType.lf && !header.isLast ? bits.u32(...UP_TO_3) : 0;
  const isReferable = !header.isLast && (header.duration === 0 || slot !== 0);
  const asksWhen = isShown && isReferable && mode === BlendMode.replace && !isPartial;
  if (asksWhen || type === FrameType.referenceOnly) bits.bool();
  // The last frame is not referred to.
  if (header.isMadeLast) bits.replace(referenceStart, 0);
  header.nameLength = bits.skipName();
  header.extensionLength = skipRestorationFilter(bits, geometry.isModular) + bits.skipExtensions();
}

/** Chroma subsampling of the three channels (§F.2): for each the choice among 1×1, 2×2, 2×1, 1×2. */
function readSubsampling(bits: CodestreamBits, geometry: Geometry): void {
  const shifts = [0, 1, 2].map(() => bits.read(2));
  geometry.horizontalShift = shifts.some((mode) => mode === 1 || mode === 2) ? 1 : 0;
  geometry.verticalShift = shifts.some((mode) => mode === 1 || mode === 3) ? 1 : 0;
}

/** Passes (§F.3). @returns how many */
function readPasses(bits: CodestreamBits): number {
  const passes = bits.u32([0, 1], [0, 2], [0, 3], [3, 4]);
  if (passes === 1) return passes;
  const downsamplings = bits.u32([0, 0], [0, 1], [0, 2], [1, 3]);
  for (let pass = 1; pass < passes; pass++) bits.read(2);
  for (let index = 0; index < downsamplings; index++) bits.u32(...UPSAMPLING);
  for (let index = 0; index < downsamplings; index++) bits.u32([0, 0], [0, 1], [0, 2], [3, 0]);
  return passes;
}

/** Place and size of a frame that differs from the image. @returns whether it leaves a part of the image free */
function readCrop(bits: CodestreamBits, size: Size, geometry: Geometry): boolean {
  if (!bits.bool()) return false;
  const isPlaced = geometry.type !== FrameType.referenceOnly;
  const left = isPlaced ? unpackSigned(bits.u32(...CROP)) : 0;
  const top = isPlaced ? unpackSigned(bits.u32(...CROP)) : 0;
  geometry.width = bits.u32(...CROP);
  geometry.height = bits.u32(...CROP);
  if (geometry.width === 0 || geometry.height === 0) bits.reject('A frame has no pixels.');
  const coversAcross = left <= 0 && left + geometry.width >= size.width;
  const coversDown = top <= 0 && top + geometry.height >= size.height;
  return isPlaced && !(coversAcross && coversDown);
}

/** `UnpackSigned` (§B.2.5). */
function unpackSigned(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** BlendingInfo (§F.4). @returns the mode */
function readBlending(bits: CodestreamBits, image: ImageHeader, isPartial: boolean): number {
  const mode = bits.u32([0, 0], [0, 1], [0, 2], [2, 3]);
  if (mode > BlendMode.multiply) bits.reject('A frame is blended in a way that JPEG XL does not have.');
  const usesAlpha = image.extraChannels > 0 && (mode === BlendMode.blend || mode === BlendMode.alphaWeightedAdd);
  if (usesAlpha) bits.u32([0, 0], [0, 1], [0, 2], [3, 3]);
  if (usesAlpha || mode === BlendMode.multiply) bits.bool();
  if (mode !== BlendMode.replace || isPartial) bits.read(2);
  return mode;
}

/** RestorationFilter (§J.1). @returns the length of its extensions in bits */
function skipRestorationFilter(bits: CodestreamBits, isModular: boolean): number {
  if (bits.bool()) return 0;
  if (bits.bool() && bits.bool()) bits.skipF16(6);
  if (bits.read(2) > 0) {
    if (!isModular && bits.bool()) bits.skipF16(8);
    if (bits.bool()) bits.skipF16(5);
    if (bits.bool()) bits.skipF16(isModular ? 3 : 4);
    if (isModular) bits.skipF16(1);
  }
  return bits.skipExtensions();
}

/** How many sections a frame has (§F.5, §G.1). */
function countSections(geometry: Geometry): number {
  const { passes, upsampling, horizontalShift, verticalShift } = geometry;
  const side = (GROUP / 2) * 2 ** geometry.groupShift;
  const width = Math.ceil(geometry.width / upsampling);
  const height = Math.ceil(geometry.height / upsampling);
  const groups = Math.ceil(width / side) * Math.ceil(height / side);
  if (groups === 1 && passes === 1) return 1;
  const blocks = (pixels: number, shift: number): number => Math.ceil(pixels / (BLOCK << shift)) << shift;
  const across = Math.ceil(blocks(width, horizontalShift) / side);
  const down = Math.ceil(blocks(height, verticalShift) / side);
  return 2 + across * down + groups * passes;
}

/** The order of the sections (§F.5.2): a Lehmer code. */
function skipPermutation(bits: CodestreamBits, size: number): void {
  const code = readCode(bits, 8);
  const context = (value: number): number => (value === 0 ? 0 : Math.min(7, 32 - Math.clz32(value)));
  const end = code.read(context(size));
  if (end > size) bits.reject('The order of a frame’s sections is damaged.');
  let last = 0;
  for (let index = 0; index < end && !bits.isBroken; index++) {
    last = code.read(context(last));
    if (last >= size - index) bits.reject('The order of a frame’s sections is damaged.');
  }
  code.finish();
}
