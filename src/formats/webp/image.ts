import { concat } from '../../bytes/concat.ts';
import type { Chunk } from '../../containers/chunks.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { chunkLength, writeChunkHeader } from './chunk.ts';
import { nameChunk, ruleFor } from './policy.ts';

/** A coded picture: its chunk, and what its first bytes say. */
export interface Bitstream {
  chunk: Chunk;
  /** Whether the input has a pad byte of 0 behind the data. */
  isPadded: boolean;
  width: number;
  height: number;
  /** Whether a lossless picture says that it uses its alpha plane; lossy ones have none. */
  hasAlpha: boolean;
}

/** What the first bytes of a coded picture say. */
type Coded = Omit<Bitstream, 'chunk' | 'isPadded'>;

/** The alpha plane of a lossy picture. */
export interface Alpha {
  chunk: Chunk;
  /** The first byte of its data as found: reserved bits, pre-processing, filtering, compression (RFC 9649 §2.7.1.2). */
  header: number;
  /** End of the data that decoders read. */
  bodyEnd: number;
}

/** A still picture or a frame, chunk by chunk as it is read. */
export interface Image {
  alpha: Alpha | undefined;
  bitstream: Bitstream | undefined;
}

/** A picture of which everything was read. */
export interface CompleteImage extends Image {
  bitstream: Bitstream;
}

const VP8_HEADER_LENGTH = 10;
const VP8L_HEADER_LENGTH = 5;
const VP8L_SIGNATURE = 0x2f;
const ALPHA_RESERVED_MASK = 0xc0;
const ALPHA_COMPRESSION_MASK = 0x03;
const PAD = new Uint8Array(1);

/** Whether a picture has an alpha plane of either kind. */
export function hasAlpha({ alpha, bitstream }: Image): boolean {
  return alpha !== undefined || bitstream?.hasAlpha === true;
}

/** Whether everything of a picture was read. */
export function isComplete(image: Image): image is CompleteImage {
  return image.bitstream !== undefined;
}

/** Reads an ALPH, VP8 or VP8L chunk of a picture. */
export function* readImageChunk(window: Window, plan: Plan, image: Image, chunk: Chunk, ...trail: string[]): Walk {
  const inner = [...trail, nameChunk(chunk.id)];
  if (ruleFor(chunk.id).use === 'bitstream') {
    if (image.bitstream !== undefined)
      throw malformed('There are two pictures where one belongs.', chunk.start, ...inner);
    const coded = chunk.id === 'VP8L' ? yield* readVp8l(window, chunk, inner) : yield* readVp8(window, chunk, inner);
    image.bitstream = { ...coded, chunk, isPadded: yield* hasPad(window, chunk) };
    settleAlpha(plan, image, image.bitstream, trail);
    return;
  }
  if (image.bitstream !== undefined) {
    dropAlpha(plan, chunk, 'It stands behind the picture, where no decoder looks for it.', trail);
    return;
  }
  if (image.alpha !== undefined) throw malformed('The picture has two alpha planes.', chunk.start, ...inner);
  if (chunk.bodyEnd === chunk.bodyStart) throw malformed('The alpha plane is empty.', chunk.start, ...inner);
  if (!window.has(chunk.bodyStart, 1)) yield window.need(chunk.bodyStart, 1, ...inner);
  image.alpha = { chunk, header: window.u8(chunk.bodyStart), bodyEnd: chunk.bodyEnd };
}

function* hasPad(window: Window, { bodyEnd, next }: Chunk): Walk<boolean> {
  if (next === bodyEnd) return false;
  if (!window.has(bodyEnd, 1)) yield window.want(bodyEnd, 1);
  return window.has(bodyEnd, 1) && window.u8(bodyEnd) === 0;
}

/** RFC 6386 §9.1: frame tag, start code, dimensions. The checks are those of libwebp. */
function* readVp8(window: Window, chunk: Chunk, trail: string[]): Walk<Coded> {
  const { start, bodyStart, bodyEnd } = chunk;
  const length = bodyEnd - bodyStart;
  if (length < VP8_HEADER_LENGTH) throw malformed('The picture is shorter than its header.', start, ...trail);
  if (!window.has(bodyStart, VP8_HEADER_LENGTH)) yield window.need(bodyStart, VP8_HEADER_LENGTH, ...trail);
  const tag = window.u24le(bodyStart);
  const isKeyFrame = (tag & 1) === 0;
  const version = (tag >> 1) & 7;
  const isShown = ((tag >> 4) & 1) === 1;
  const firstPartitionLength = tag >> 5;
  const hasStartCode = window.u24be(bodyStart + 3) === 0x9d012a;
  const width = window.u16le(bodyStart + 6) & 0x3fff;
  const height = window.u16le(bodyStart + 8) & 0x3fff;
  const isSound = isKeyFrame && version <= 3 && isShown && hasStartCode && firstPartitionLength < length;
  if (!isSound || width === 0 || height === 0) {
    throw malformed('The picture does not begin as a VP8 key frame does.', bodyStart, ...trail);
  }
  return { width, height, hasAlpha: false };
}

/** RFC 9649 §3.4: signature, dimensions, alpha hint, version. */
function* readVp8l(window: Window, chunk: Chunk, trail: string[]): Walk<Coded> {
  const { start, bodyStart, bodyEnd } = chunk;
  if (bodyEnd - bodyStart < VP8L_HEADER_LENGTH) {
    throw malformed('The picture is shorter than its header.', start, ...trail);
  }
  if (!window.has(bodyStart, VP8L_HEADER_LENGTH)) yield window.need(bodyStart, VP8L_HEADER_LENGTH, ...trail);
  const bits = window.u32le(bodyStart + 1);
  if (window.u8(bodyStart) !== VP8L_SIGNATURE || bits >>> 29 !== 0) {
    throw malformed('The picture does not begin as a VP8L picture does.', bodyStart, ...trail);
  }
  return {
    width: (bits & 0x3fff) + 1,
    height: ((bits >>> 14) & 0x3fff) + 1,
    hasAlpha: ((bits >>> 28) & 1) === 1,
  };
}

/** Leaves of an alpha plane, now that the picture behind it is known, what decoders read. */
function settleAlpha(plan: Plan, image: Image, { chunk, width, height }: Bitstream, trail: string[]): void {
  const { alpha } = image;
  if (alpha === undefined) return;
  if (chunk.id === 'VP8L') {
    dropAlpha(plan, alpha.chunk, 'A lossless picture has its own.', trail);
    image.alpha = undefined;
  } else if ((alpha.header & ALPHA_COMPRESSION_MASK) === 0) {
    // Uncompressed: a byte for each pixel.
    const end = alpha.chunk.bodyStart + 1 + width * height;
    if (alpha.bodyEnd < end) {
      throw malformed('The alpha plane is smaller than the picture.', alpha.chunk.start, ...trail, 'ALPH');
    }
    const bytes = alpha.bodyEnd - end;
    if (bytes > 0) {
      const where = [...trail, 'ALPH'].join(' › ');
      plan.found({ kind: 'trailing-data', where, action: 'removed', bytes, offset: end });
    }
    alpha.bodyEnd = end;
  }
}

function dropAlpha(plan: Plan, { start, next }: Chunk, note: string, trail: string[]): void {
  const where = [...trail, 'ALPH'].join(' › ');
  plan.found({ kind: 'other', where, action: 'removed', bytes: next - start, offset: start, note });
}

/** Length of a picture's chunks as {@link writeImage} writes them. */
export function imageLength({ alpha, bitstream: { chunk } }: CompleteImage): number {
  const alphaLength = alpha === undefined ? 0 : chunkLength(alpha.bodyEnd - alpha.chunk.bodyStart);
  return alphaLength + chunkLength(chunk.bodyEnd - chunk.bodyStart);
}

/** Carries a picture over. */
export function writeImage(plan: Plan, { alpha, bitstream: { chunk, isPadded } }: CompleteImage): void {
  if (alpha !== undefined) writeAlpha(plan, alpha);
  // FourCC and size are as they have to be.
  plan.keep(chunk.start, isPadded ? chunk.next : chunk.bodyEnd);
  if (!isPadded && (chunk.bodyEnd - chunk.bodyStart) % 2 === 1) plan.insert(PAD);
}

function writeAlpha(plan: Plan, { chunk, header, bodyEnd }: Alpha): void {
  const length = bodyEnd - chunk.bodyStart;
  if (bodyEnd === chunk.bodyEnd && (header & ALPHA_RESERVED_MASK) === 0) plan.keep(chunk.start, bodyEnd);
  else {
    plan.insert(concat(writeChunkHeader('ALPH', length), Uint8Array.of(header & ~ALPHA_RESERVED_MASK)));
    plan.keep(chunk.bodyStart + 1, bodyEnd);
  }
  if (length % 2 === 1) plan.insert(PAD);
}
