// Stream version 7: 25 bytes of header, then frames as a string of bits, all in 32-bit words with their last byte first.
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Signature and version 4, frames 4, stream 4, title gain 4, album gain 4, end 4, encoder and first bits of sound 4. */
const HEADER_LENGTH = 28;
/** Bits of the third word: 4 say which profile the encoder had. */
const PROFILE_MASK = 0x00f00000;
/** Bits of the sixth word: whether the length of the last frame is told, that length, fast seeking; the rest is unused. */
const END_MASK = 0xfff80000;
/** Frames begin behind the byte that says which encoder it was. */
const FRAMES_START = 200;
const FRAME_LENGTH_BITS = 20;
/** Behind the last frame stands its count of samples. */
const LAST_LENGTH_BITS = 11;
const WORD_BITS = 32;

/** Walks a stream of version 7 in `[start, audioEnd)`. */
export function* walkSv7(window: Window, plan: Plan, context: Context, start: number, audioEnd: number): Walk {
  if (start + HEADER_LENGTH > audioEnd) throw malformed('The file ends in its header.', start, 'header');
  if (!window.has(start, HEADER_LENGTH)) yield window.need(start, HEADER_LENGTH, 'header');
  const header = new Uint8Array(window.view(start, start + HEADER_LENGTH));
  const view = new DataView(header.buffer);
  const frames = view.getUint32(4, true);
  view.setUint32(8, (view.getUint32(8, true) & ~PROFILE_MASK) >>> 0, true);
  const keepsLoudness = context.keeps('loudness');
  const hasLoudness = header.subarray(12, 20).some((byte) => byte !== 0);
  if (hasLoudness) {
    const action = keepsLoudness ? 'kept' : 'removed';
    plan.found({ kind: 'other', where: 'header › replay gain', action, bytes: 8, offset: start + 12 });
  }
  if (!keepsLoudness) header.fill(0, 12, 20);
  view.setUint32(20, (view.getUint32(20, true) & END_MASK) >>> 0, true);
  const encoder = start + HEADER_LENGTH - 1;
  if (header.at(-1) !== 0 || header[10] !== window.u8(start + 10)) {
    plan.found({ kind: 'software', where: 'header › encoder', action: 'removed', bytes: 2, offset: encoder });
  }
  header[HEADER_LENGTH - 1] = 0;

  const { end, spareBits } = yield* findEnd(window, context, start, audioEnd, frames);
  plan.insert(header);
  const lastWord = end - 4;
  if (lastWord >= start + HEADER_LENGTH) {
    plan.keep(start + HEADER_LENGTH, lastWord);
    if (!window.has(lastWord, 4)) yield window.need(lastWord, 4, 'frame');
    const word = new DataView(new ArrayBuffer(4));
    word.setUint32(0, Math.floor(window.u32le(lastWord) / 2 ** spareBits) * 2 ** spareBits, true);
    plan.insert(new Uint8Array(word.buffer));
  }
  if (end < audioEnd) {
    const bytes = audioEnd - end;
    plan.found({ kind: 'trailing-data', where: 'after the last frame', action: 'removed', bytes, offset: end });
  }
}

/** Where the frames end: behind a word, and how many bits of that are spare. Each frame begins with its length in bits. */
function* findEnd(
  window: Window,
  context: Context,
  start: number,
  audioEnd: number,
  frames: number,
): Walk<{ end: number; spareBits: number }> {
  const words = Math.floor((audioEnd - start) / 4);
  let bit = FRAMES_START;
  for (let frame = 0; frame < frames; frame++) {
    const word = Math.floor(bit / WORD_BITS);
    const at = start + word * 4;
    // The sound of a file that was cut off is the rest of it.
    if (word + 1 >= words) return { end: start + words * 4, spareBits: 0 };
    if (!window.has(at, 8)) yield window.need(at, 8, 'frame');
    if (frame % 64 === 0) context.countStructures();
    const shift = 2 * WORD_BITS - (bit % WORD_BITS) - FRAME_LENGTH_BITS;
    const length = Math.floor((window.u32le(at) * 0x1_0000_0000 + window.u32le(at + 4)) / 2 ** shift);
    bit += FRAME_LENGTH_BITS + (length % 2 ** FRAME_LENGTH_BITS);
  }
  bit += LAST_LENGTH_BITS;
  const needed = Math.ceil(bit / WORD_BITS);
  if (needed > words) return { end: start + words * 4, spareBits: 0 };
  return { end: start + needed * 4, spareBits: needed * WORD_BITS - bit };
}
