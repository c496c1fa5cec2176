import { malformed } from '../../core/errors.ts';
import { MAX_UINT } from '../png.ts';
import type { ImageHeader } from './image-header.ts';

/** Sequence number 4, width, height, x, y of four bytes each, delay 2 + 2, disposal 1, blending 1 (§11.3.5.2). */
const FRAME_CONTROL_LENGTH = 26;
const LAST_DISPOSAL = 2;
const LAST_BLENDING = 1;

/**
 * Makes sure that the data of an fcTL chunk describes a frame, of which every byte means something.
 * @throws ScrubError `malformed` where decoders refuse it
 */
export function checkFrameControl(data: Uint8Array, { width, height }: ImageHeader, start: number): void {
  if (data.length !== FRAME_CONTROL_LENGTH) throw malformed('A frame header has a wrong length.', start, 'fcTL');
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [frameWidth, frameHeight] = [view.getUint32(4), view.getUint32(8)];
  const [x, y] = [view.getUint32(12), view.getUint32(16)];
  if (frameWidth === 0 || frameHeight === 0 || x + frameWidth > width || y + frameHeight > height) {
    throw malformed('A frame does not lie within the picture.', start, 'fcTL');
  }
  if (view.getUint8(24) > LAST_DISPOSAL || view.getUint8(25) > LAST_BLENDING) {
    throw malformed('A frame is to be shown in a way that does not exist.', start, 'fcTL');
  }
}

/** What the acTL chunk says (§11.3.5.1). */
export interface AnimationControl {
  frames: number;
  /** 0: for ever. */
  plays: number;
}

/** Reads the data of an acTL chunk; nothing where decoders take the file for a still picture. */
export function readAnimationControl(data: Uint8Array): AnimationControl | undefined {
  if (data.length !== 8) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [frames, plays] = [view.getUint32(0), view.getUint32(4)];
  return frames === 0 || frames > MAX_UINT || plays > MAX_UINT ? undefined : { frames, plays };
}

/** The data of an acTL chunk. */
export function writeAnimationControl({ frames, plays }: AnimationControl): Uint8Array {
  const data = new Uint8Array(8);
  const view = new DataView(data.buffer);
  view.setUint32(0, frames);
  view.setUint32(4, plays);
  return data;
}
