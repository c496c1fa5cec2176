import { areEqual } from '../../bytes/equal.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const HEADER_LENGTH = 14;
const END_MARKER = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1);
/** More pixels than the reference decoder takes. */
const MAX_PIXELS = 400_000_000;
const Op = { luma: 0x80, run: 0xc0, rgb: 0xfe, rgba: 0xff } as const;
const MAX_OP_LENGTH = 5;

/** By its first byte: how long a chunk is, and how many pixels it codes. */
const lengths = new Uint8Array(256).fill(1);
lengths.fill(2, Op.luma, Op.run);
lengths[Op.rgb] = 4;
lengths[Op.rgba] = MAX_OP_LENGTH;
const pixelCounts = new Uint8Array(256).fill(1);
for (let code: number = Op.run; code < Op.rgb; code++) pixelCounts[code] = code - Op.run + 1;

/** Walks the chunks of a QOI file to its last pixel. */
export function* walkQoi(window: Window, plan: Plan, _context: Context): Walk {
  if (!window.has(0, HEADER_LENGTH)) yield window.need(0, HEADER_LENGTH, 'header');
  const [width, height] = [window.u32be(4), window.u32be(8)];
  const [channels, colorSpace] = [window.u8(12), window.u8(13)];
  if (width === 0 || height === 0 || width * height > MAX_PIXELS) {
    throw malformed('The picture has no pixels, or more than decoders take.', 4, 'header');
  }
  if ((channels !== 3 && channels !== 4) || colorSpace > 1) {
    throw malformed('The header gives channels or a colour space that there are not.', 12, 'header');
  }
  const end = yield* walkChunks(window, width * height);
  plan.keep(0, end);
  const available = Math.min(END_MARKER.length, window.size - end);
  if (available > 0 && !window.has(end, available)) yield window.need(end, available, 'end marker');
  let last = end;
  if (areEqual(window.view(end, end + available), END_MARKER)) {
    last += END_MARKER.length;
    plan.keep(end, last);
  } else {
    plan.insert(END_MARKER);
    const note = 'It is missing, and is added.';
    plan.found({ kind: 'structure', where: 'end marker', action: 'rewritten', bytes: 0, offset: end, note });
  }
  const bytes = window.size - last;
  if (bytes > 0) {
    plan.found({ kind: 'trailing-data', where: 'after end marker', action: 'removed', bytes, offset: last });
  }
  plan.residual.add('What the picture shows.');
  plan.residual.add('How its pixels are coded, which tells encoders apart.');
}

/** @returns where the chunk that codes the last pixel ends */
function* walkChunks(window: Window, pixels: number): Walk<number> {
  let at = HEADER_LENGTH;
  let left = pixels;
  while (left > 0) {
    if (!window.has(at, 1)) yield window.need(at, 1, 'chunks');
    const { bytes, base } = window;
    let index = at - base;
    while (left > 0 && index < bytes.length) {
      const code = bytes[index] as number;
      left -= pixelCounts[code] as number;
      index += lengths[code] as number;
    }
    at = index + base;
  }
  if (!window.has(at - 1, 1)) yield window.need(at - 1, 1, 'chunks');
  return at;
}
