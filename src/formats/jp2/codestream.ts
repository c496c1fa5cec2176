import { Marker } from '../../containers/jp2/marker.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { Segments } from './segments.ts';
import { TilePartLengths } from './tile-lengths.ts';
import { TileCount, walkTilePart } from './tile-part.ts';

const MARKER_LENGTH = 2;
const EOC = Uint8Array.of(0xff, 0xd9);

/**
 * Walks a codestream that begins at `start` and is at most up to `limit`.
 * @returns where it ends
 */
export function* walkCodestream(
  window: Window,
  plan: Plan,
  context: Context,
  start: number,
  limit: number,
): Walk<number> {
  const segments = new Segments(window, plan, context);
  const lengths = new TilePartLengths(plan);
  let at = yield* walkMainHeader(window, segments, lengths, start);
  const tiles = new TileCount(segments.size.tiles);
  for (;;) {
    context.countStructures();
    at = yield* walkTilePart({ window, plan, segments, lengths, tiles, limit }, at);
    if (!window.has(at, MARKER_LENGTH)) yield window.want(at, MARKER_LENGTH);
    const isMarker = at + MARKER_LENGTH <= limit && at + MARKER_LENGTH <= window.size;
    if (isMarker && !window.has(at, MARKER_LENGTH)) yield window.need(at, MARKER_LENGTH, 'EOC');
    const code = isMarker ? window.u16be(at) : 0;
    if (code === Marker.SOT) continue;
    if (code === Marker.EOC) {
      plan.keep(at, at + MARKER_LENGTH);
      at += MARKER_LENGTH;
      break;
    }
    if (!tiles.areComplete) {
      const sentence = isMarker
        ? 'Something that is no tile-part stands between two tile-parts.'
        : 'The codestream is cut off: tiles are missing.';
      throw malformed(sentence, at, 'SOT');
    }
    plan.insert(EOC);
    const note = 'The codestream ends without it.';
    plan.found({ kind: 'structure', where: 'EOC', action: 'rewritten', bytes: 0, offset: at, note });
    break;
  }
  lengths.finish();
  plan.residual.add('What the picture shows.');
  plan.residual.add('How the picture is coded, which tells encoders and their settings apart.');
  plan.residual.add('Data behind the last packet of a tile-part, which no viewer shows.');
  return at;
}

/** @returns where the first tile-part begins */
function* walkMainHeader(window: Window, segments: Segments, lengths: TilePartLengths, start: number): Walk<number> {
  if (!window.has(start, MARKER_LENGTH)) yield window.need(start, MARKER_LENGTH, 'SOC');
  if (window.u16be(start) !== Marker.SOC) throw malformed('The codestream does not begin with SOC.', start, 'SOC');
  segments.plan.keep(start, start + MARKER_LENGTH);
  let at = start + MARKER_LENGTH;
  for (;;) {
    const segment = yield* segments.next(at);
    if (segment.code === Marker.SOT) break;
    at = segment.end;
    if (segment.rule.use === 'tileLengths') lengths.take(segment.bytes, segment.start);
    else if (segment.rule.use === 'packetLengths') segments.drop(segment);
    else segments.carry(segment);
  }
  return at;
}
