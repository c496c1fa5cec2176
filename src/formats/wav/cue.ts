// `cue `: marks in the sound; LIST adtl: their labels (Microsoft/IBM 1991, "Cue-Points Chunk", "Associated Data Chunk").
// On demand they are kept as chapters: numbered anew, with place and label alone.
import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { type ChunkLayout, readChunk, writeChunk } from '../../containers/chunks.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded } from '../../core/errors.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Name 4, position 4, chunk id 4, chunk start 4, block start 4, sample offset 4. */
const CUE_POINT_LENGTH = 24;
/** A label is shorter than this. */
const MAX_LABEL_LENGTH = 65536;

/** A mark. */
export interface CuePoint {
  /** Its name, a number that labels refer to. */
  name: number;
  sampleOffset: number;
}

/** Reads the marks of a `cue ` body. */
export function* readCuePoints(
  window: Window,
  context: Context,
  { littleEndian }: ChunkLayout,
  start: number,
  end: number,
): Walk<CuePoint[]> {
  const points: CuePoint[] = [];
  for (let at = start + 4; at + CUE_POINT_LENGTH <= end; at += CUE_POINT_LENGTH) {
    if (!window.has(at, CUE_POINT_LENGTH)) yield window.need(at, CUE_POINT_LENGTH, 'cue ');
    context.countStructures();
    points.push(
      littleEndian
        ? { name: window.u32le(at), sampleOffset: window.u32le(at + 20) }
        : { name: window.u32be(at), sampleOffset: window.u32be(at + 20) },
    );
  }
  return points;
}

/** Reads the labels between `start` and `end`, by the name of their mark; of each the first, up to its NUL. */
export function* readLabels(
  window: Window,
  context: Context,
  layout: ChunkLayout,
  start: number,
  end: number,
): Walk<Map<number, Uint8Array>> {
  const labels = new Map<number, Uint8Array>();
  let buffered = 0;
  for (let at = start; at + layout.idLength + layout.sizeLength <= end; ) {
    const chunk = yield* readChunk(window, layout, at);
    if (chunk === undefined || chunk.bodyEnd > end) break;
    context.countStructures();
    const { id, bodyStart } = chunk;
    const length = Math.min(chunk.bodyEnd - bodyStart, MAX_LABEL_LENGTH);
    if (id === 'labl' && length > 4) {
      if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, 'LIST', 'adtl', id);
      const name = layout.littleEndian ? window.u32le(bodyStart) : window.u32be(bodyStart);
      const stored = window.view(bodyStart + 4, bodyStart + length);
      const nul = stored.indexOf(0);
      if (!labels.has(name)) labels.set(name, nul < 0 ? stored : stored.subarray(0, nul));
      buffered += length;
      if (buffered > context.options.limits.bufferedBytes) throw limitExceeded('The labels are too long.', at, 'adtl');
    }
    at = chunk.next;
  }
  return labels;
}

/** Writes marks and labels: `cue ` and LIST adtl. */
export function writeCuePoints(
  layout: ChunkLayout,
  points: readonly CuePoint[],
  labels: ReadonlyMap<number, Uint8Array>,
): Uint8Array[] {
  const cue = new Uint8Array(4 + points.length * CUE_POINT_LENGTH);
  const view = new DataView(cue.buffer);
  view.setUint32(0, points.length, layout.littleEndian);
  const written: Uint8Array[] = [latin1Bytes('adtl')];
  for (const [index, { name, sampleOffset }] of points.entries()) {
    const at = 4 + index * CUE_POINT_LENGTH;
    const number = index + 1;
    view.setUint32(at, number, layout.littleEndian);
    view.setUint32(at + 4, sampleOffset, layout.littleEndian);
    cue.set(latin1Bytes('data'), at + 8);
    view.setUint32(at + 20, sampleOffset, layout.littleEndian);
    const label = labels.get(name);
    if (label === undefined) continue;
    const body = new Uint8Array(4 + label.length + 1);
    new DataView(body.buffer).setUint32(0, number, layout.littleEndian);
    body.set(label, 4);
    written.push(writeChunk(layout, 'labl', body));
  }
  const chunks = [writeChunk(layout, 'cue ', cue)];
  if (written.length > 1) chunks.push(writeChunk(layout, 'LIST', concat(...written)));
  return chunks;
}
