import { printable } from '../../bytes/printable.ts';
import { latin1, startsWith } from '../../bytes/text.ts';
import { carry } from '../../containers/carry.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const HEADER_LENGTH = 18;
const COLOR_MAPPED = 1;
const RUN_LENGTHS = 8;
/** In the header of a packet: what follows is one pixel, which is repeated. */
const REPEATED = 0x80;
const FOOTER_LENGTH = 26;
const SIGNATURE = 'TRUEVISION-XFILE';
const PIXELS = 'image data';

/** Walks a TGA file: header, colour map, pixels. */
export function* walkTga(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, HEADER_LENGTH)) yield window.need(0, HEADER_LENGTH, 'header');
  const found = window.view(0, HEADER_LENGTH);
  const idLength = window.u8(0);
  const imageType = window.u8(2);
  const mapStart = HEADER_LENGTH + idLength;
  const mapLength = window.u8(1) === 1 ? window.u16le(5) * Math.ceil(window.u8(7) / 8) : 0;
  const pixelsStart = mapStart + mapLength;
  const isMapped = (imageType & ~RUN_LENGTHS) === COLOR_MAPPED;
  carry(plan, 0, found, writeHeader(found, isMapped));
  if (window.u32le(8) !== 0) plan.found({ kind: 'other', where: 'origin', action: 'removed', bytes: 4, offset: 8 });
  if (idLength > 0) yield* noteId(window, plan, context, mapStart);
  if (isMapped) {
    if (!window.has(pixelsStart - 1, 1)) yield window.need(pixelsStart - 1, 1, 'color map');
    plan.keep(mapStart, pixelsStart);
  } else if (mapLength > 0) {
    const where = 'color map';
    plan.found({
      kind: 'other',
      where,
      action: 'removed',
      bytes: mapLength,
      offset: mapStart,
      note: 'No pixel uses it.',
    });
  }
  const pixels = window.u16le(12) * window.u16le(14);
  const pixelLength = Math.ceil(window.u8(16) / 8);
  const hasRuns = (imageType & RUN_LENGTHS) !== 0;
  const end = hasRuns
    ? yield* keepPackets(window, plan, pixelsStart, pixels, pixelLength)
    : yield* keepRaw(window, plan, pixelsStart, pixels * pixelLength);
  yield* noteAreas(window, plan, end);
  plan.residual.add('What the picture shows.');
  if (isMapped) plan.residual.add('Colours that no pixel names.');
}

/** The header without image ID and origin, and without a colour map that no pixel uses. */
function writeHeader(found: Uint8Array, isMapped: boolean): Uint8Array {
  const written = found.slice();
  written[0] = 0;
  if (!isMapped) written.fill(0, 3, 8);
  if (!isMapped) written[1] = 0;
  return written.fill(0, 8, 12);
}

function* noteId(window: Window, plan: Plan, context: Context, end: number): Walk {
  if (!window.has(HEADER_LENGTH, end - HEADER_LENGTH)) {
    yield window.need(HEADER_LENGTH, end - HEADER_LENGTH, 'image ID');
  }
  const text = printable(latin1(window.view(HEADER_LENGTH, end)));
  const values = context.options.values ? { values: { text } } : {};
  const place = { where: 'image ID', bytes: end - HEADER_LENGTH, offset: HEADER_LENGTH };
  plan.found({ kind: 'comment', action: 'removed', ...place, ...values });
}

function* keepRaw(window: Window, plan: Plan, start: number, length: number): Walk<number> {
  const end = start + length;
  if (!window.has(end - 1, 1)) yield window.need(end - 1, 1, PIXELS);
  plan.keep(start, end);
  return end;
}

/**
 * Carries packets over up to the last pixel; the last packet is cut where it codes more.
 * @returns where they end in the input
 */
function* keepPackets(window: Window, plan: Plan, start: number, pixels: number, pixelLength: number): Walk<number> {
  let at = start;
  let left = pixels;
  let last = start;
  while (left > 0) {
    if (!window.has(at, 1)) yield window.need(at, 1, PIXELS);
    const { bytes, base } = window;
    let index = at - base;
    while (left > 0 && index < bytes.length) {
      const header = bytes[index] as number;
      const count = (header & ~REPEATED) + 1;
      last = index + base;
      left -= count;
      index += 1 + (header < REPEATED ? count : 1) * pixelLength;
    }
    at = index + base;
  }
  // What is missing of a last packet that codes too much is not missed.
  if (left === 0) {
    if (!window.has(at - 1, 1)) yield window.need(at - 1, 1, PIXELS);
    plan.keep(start, at);
    return at;
  }
  if (!window.has(last, 1)) yield window.need(last, 1, PIXELS);
  const header = window.u8(last);
  const end = header < REPEATED ? at + left * pixelLength : at;
  if (!window.has(end - 1, 1)) yield window.need(end - 1, 1, PIXELS);
  plan.keep(start, last);
  plan.insert(Uint8Array.of(header + left));
  plan.keep(last + 1, end);
  plan.found({ kind: 'structure', where: `${PIXELS} › last packet`, action: 'rewritten', bytes: 1, offset: last });
  return end;
}

/** Notes what stands behind the pixels. */
function* noteAreas(window: Window, plan: Plan, start: number): Walk {
  const bytes = window.size - start;
  if (bytes <= 0) return;
  let where = 'after image data';
  if (bytes >= FOOTER_LENGTH) {
    const footer = window.size - FOOTER_LENGTH;
    if (!window.has(footer, FOOTER_LENGTH)) yield window.need(footer, FOOTER_LENGTH, 'footer');
    if (startsWith(window.view(footer, window.size), SIGNATURE, 8)) {
      where = window.u32le(footer) > 0 ? 'extension area and footer' : 'footer';
    }
  }
  const kind = where.startsWith('extension') ? 'author' : 'trailing-data';
  plan.found({ kind, where, action: 'removed', bytes, offset: start });
}
