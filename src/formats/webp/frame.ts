import { carry } from '../../containers/carry.ts';
import type { Chunk } from '../../containers/chunks.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { CHUNK_HEADER_LENGTH, nextChunk, u24, writeChunkHeader } from './chunk.ts';
import { describeDropped } from './describe.ts';
import { type CompleteImage, type Image, imageLength, isComplete, readImageChunk, writeImage } from './image.ts';
import { nameChunk, ruleFor } from './policy.ts';

/** A frame of an animation (RFC 9649 §2.7.1.1); its place on the canvas is in pixels. */
export interface Frame {
  /** Where its chunk stands in the input. */
  start: number;
  /** Chunk header and frame parameters as they stand in the input. */
  header: Uint8Array;
  x: number;
  y: number;
  image: CompleteImage;
}

const PARAMETERS_LENGTH = 16;
/** Where width and height stand in the parameters. */
const SIZE_OFFSET = 6;
/** The last byte of the parameters: six reserved bits, blending, disposal. */
const FLAGS_MASK = 0x03;

/** Reads a frame; of its chunks alpha and bitstream alone are taken. */
export function* readFrame(window: Window, plan: Plan, context: Context, chunk: Chunk): Walk<Frame> {
  const { start, bodyStart, bodyEnd } = chunk;
  const contentStart = bodyStart + PARAMETERS_LENGTH;
  if (bodyEnd < contentStart) throw malformed('The chunk is too short.', start, 'ANMF');
  if (!window.has(start, contentStart - start)) yield window.need(start, contentStart - start, 'ANMF');
  const header = window.view(start, contentStart);
  const x = window.u24le(bodyStart) * 2;
  const y = window.u24le(bodyStart + 3) * 2;
  const image = yield* readImage(window, plan, context, contentStart, bodyEnd);
  return { start, header, x, y, image };
}

/** Reads the chunks of a frame, which are the run `[start, end)`. */
function* readImage(window: Window, plan: Plan, context: Context, start: number, end: number): Walk<CompleteImage> {
  const image: Image = { alpha: undefined, bitstream: undefined };
  let at = start;
  for (;;) {
    const chunk = yield* nextChunk(window, at, end);
    if (chunk === undefined) break;
    context.countStructures();
    if (chunk.bodyEnd > end) {
      throw malformed('A chunk runs past the end of its frame.', at, 'ANMF', nameChunk(chunk.id));
    }
    const { use } = ruleFor(chunk.id);
    if (use === 'alpha' || use === 'bitstream') yield* readImageChunk(window, plan, image, chunk, 'ANMF');
    else if (context.describes) yield* describeDropped(window, plan, context, chunk, 'ANMF');
    at = chunk.next;
  }
  if (at < end) {
    plan.found({ kind: 'structure', where: 'ANMF', action: 'removed', bytes: end - at, offset: at });
  }
  if (!isComplete(image)) throw malformed('A frame holds no picture.', start, 'ANMF');
  return image;
}

/** Carries a frame over: its parameters without reserved bits, its picture. Decoders take the size from the picture. */
export function writeFrame(plan: Plan, { start, header, image }: Frame): void {
  const { width, height } = image.bitstream;
  const canonical = header.slice();
  canonical.set(writeChunkHeader('ANMF', PARAMETERS_LENGTH + imageLength(image)));
  canonical.set([...u24(width - 1), ...u24(height - 1)], CHUNK_HEADER_LENGTH + SIZE_OFFSET);
  canonical[CHUNK_HEADER_LENGTH + PARAMETERS_LENGTH - 1] = (header.at(-1) ?? 0) & FLAGS_MASK;
  carry(plan, start, header, canonical);
  writeImage(plan, image);
}
