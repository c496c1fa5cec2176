// The media data: samples of kept tracks in the order of the file, and nothing between them.
import { beginsWithoutSound, neutralizeLeadingElements } from '../../containers/aac.ts';
import { type PlacedChunk, placeChunks } from '../../containers/isobmff/media-data.ts';
import type { SampleSizes } from '../../containers/isobmff/sample-chunks.ts';
import type { SampleTable } from '../../containers/isobmff/sample-table.ts';
import type { Context } from '../../core/context.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import type { Movie, Track } from './movie.ts';

/** The media data as it goes out. */
export interface Payload {
  plan: Plan;
  length: number;
  /** Where each track's chunks begin in it. */
  positions: Float64Array[];
}

/** Copies the samples of all sound tracks into `plan`. */
export function* copySamples(
  window: Window,
  plan: Plan,
  context: Context,
  movie: Movie,
  media: readonly Span[],
): Walk<Payload> {
  const { tracks } = movie;
  const chunks = tracks.map(({ table }) => table.chunks);
  const positions = chunks.map(({ count }) => new Float64Array(count));
  const firstSamples = tracks.map(({ table }) => runningCounts(table));
  let length = 0;
  for (const chunk of placeChunks(chunks, media)) {
    const { track: trackIndex, index, start, end, isShared } = chunk;
    const track = tracks[trackIndex];
    const position = positions[trackIndex];
    if (track === undefined || position === undefined) continue;
    position[index] = isShared ? length - (end - start) : length;
    if (isShared) continue;
    if (track.description.hasRawDataBlocks) {
      // Most chunks hold nothing but samples that begin with sound.
      const { sizes } = track.table;
      const first = firstSamples[trackIndex]?.[index] ?? 0;
      const last = first + (track.table.chunks.sampleCounts[index] ?? 0);
      const next = skipSound(window.bytes, start - window.base, sizes, first, last);
      if (next === last) plan.keep(start, end);
      else yield* copyRawDataBlocks(window, plan, context, track, chunk, first, next);
    } else plan.keep(start, end);
    length += end - start;
  }
  return { plan, length, positions };
}

/** Index of the first sample of each chunk. */
function runningCounts({ chunks: { count, sampleCounts } }: SampleTable): Float64Array {
  const first = new Float64Array(count);
  for (let index = 0, sum = 0; index < count; index++) {
    first[index] = sum;
    sum += sampleCounts[index] ?? 0;
  }
  return first;
}

/**
 * Copies a chunk of AAC samples, with what the encoder wrote in front of the sound made canonical.
 * @param firstSample the chunk's first
 * @param firstLooked the first that may not begin with sound
 */
function* copyRawDataBlocks(
  window: Window,
  plan: Plan,
  context: Context,
  { table }: Track,
  { start, end, index }: PlacedChunk,
  firstSample: number,
  firstLooked: number,
): Walk {
  const { sizes } = table;
  const { each, uniform } = sizes;
  const lastSample = firstSample + (table.chunks.sampleCounts[index] ?? 0);
  let sample = firstSample;
  let next = firstLooked;
  let at = start;
  let keptFrom = start;
  for (;;) {
    at += bytesOf(each, uniform, sample, next);
    sample = next;
    if (sample >= lastSample) break;
    const size = each?.[sample] ?? uniform;
    if (size > 0 && !window.has(at, 1)) {
      yield window.need(at, 1, 'mdat');
      next = skipSound(window.bytes, at - window.base, sizes, sample, lastSample);
      continue;
    }
    if (!window.has(at, size)) yield window.need(at, size, 'mdat');
    const neutral = size === 0 ? undefined : neutralizeLeadingElements(window.view(at, at + size));
    if (neutral !== undefined) {
      context.countStructures();
      const bytes = neutral.length;
      plan.found({ kind: 'software', where: 'mdat › AAC fill element', action: 'rewritten', bytes, offset: at });
      plan.keep(keptFrom, at + bytes);
      plan.patch(at, neutral);
      keptFrom = at + bytes;
    }
    sample++;
    at += size;
    next = skipSound(window.bytes, at - window.base, sizes, sample, lastSample);
  }
  plan.keep(keptFrom, end);
}

/**
 * Goes over samples that begin with sound, as far as they are at hand.
 * @param start where the first one lies in `bytes`
 * @returns the first sample that does not, or is not
 */
function skipSound(
  bytes: Uint8Array,
  start: number,
  { each, uniform }: SampleSizes,
  firstSample: number,
  lastSample: number,
): number {
  const { length } = bytes;
  if (start < 0 || start >= length) return firstSample;
  let at = start;
  let sample = firstSample;
  if (each === undefined) {
    for (; sample < lastSample && at < length && !beginsWithoutSound(bytes[at] as number); sample++) at += uniform;
    return sample;
  }
  for (; sample < lastSample && at < length; sample++) {
    const size = each[sample] as number;
    if (size > 0 && beginsWithoutSound(bytes[at] as number)) break;
    at += size;
  }
  return sample;
}

/** Length of a run of samples in bytes. */
function bytesOf(each: Uint32Array | undefined, uniform: number, first: number, last: number): number {
  if (each === undefined) return (last - first) * uniform;
  let bytes = 0;
  for (let sample = first; sample < last; sample++) bytes += each[sample] as number;
  return bytes;
}
