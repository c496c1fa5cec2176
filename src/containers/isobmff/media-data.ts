// The media data of all tracks: which chunk lies where, in the order of the file (ISO/IEC 14496-12 §8.1.1, §8.7.5).
import { malformed } from '../../core/errors.ts';
import type { Span } from '../../core/plan.ts';
import { ChunkList, type Chunks } from './sample-chunks.ts';
import { cutSamples, type SampleTable } from './sample-table.ts';

/** A chunk of one of the tracks. */
export interface PlacedChunk {
  track: number;
  /** Index in the track's chunks. */
  index: number;
  start: number;
  end: number;
  /** Another chunk in front of it has the same bytes. */
  isShared: boolean;
}

/**
 * Leaves out samples that the end of the file has cut off, as decoders do; the last keeps what is there of it.
 * @returns how many are left out
 */
export function cutMissingSamples(table: SampleTable, fileEnd: number): number {
  const { starts, lengths, sampleCounts, descriptions, count } = table.chunks;
  let first = 0;
  let sample = 0;
  while (first < count && (starts[first] ?? 0) + (lengths[first] ?? 0) <= fileEnd) sample += sampleCounts[first++] ?? 0;
  if (first === count) return 0;
  const list = new ChunkList();
  for (let index = 0; index < first; index++)
    list.add(starts[index] ?? 0, lengths[index] ?? 0, sampleCounts[index] ?? 0, descriptions[index] ?? 0);
  for (let index = first; index < count; index++) {
    const start = starts[index] ?? 0;
    if (index > first && (lengths[index] ?? 0) > 0 && start + (lengths[index] ?? 0) <= fileEnd)
      throw malformed(
        'Sound is missing in the middle: the file was cut, and its parts are out of order.',
        start,
        'mdat',
      );
  }
  const start = starts[first] ?? 0;
  const present = countPresent(table, sample, sampleCounts[first] ?? 0, Math.max(0, fileEnd - start));
  if (present.samples > 0) list.add(start, present.bytes, present.samples, descriptions[first] ?? 0);
  const missing = table.sizes.count - sample - present.samples;
  table.chunks = list.chunks;
  cutSamples(table, sample + present.samples);
  return missing;
}

/** How much of a chunk's samples there is in its first `available` bytes. */
function countPresent(
  table: SampleTable,
  firstSample: number,
  sampleCount: number,
  available: number,
): { samples: number; bytes: number } {
  const { packet } = table;
  if (packet !== undefined) {
    const packets = Math.min(Math.floor(sampleCount / packet.samples), Math.floor(available / packet.bytes));
    return { samples: packets * packet.samples, bytes: packets * packet.bytes };
  }
  const { uniform, each } = table.sizes;
  let bytes = 0;
  let samples = 0;
  for (; samples < sampleCount && bytes < available; samples++) {
    const size = each?.[firstSample + samples] ?? uniform;
    if (bytes + size > available) {
      const cut = new Uint32Array(firstSample + samples + 1);
      if (each === undefined) cut.fill(uniform);
      else cut.set(each.subarray(0, cut.length));
      cut[firstSample + samples] = available - bytes;
      table.sizes = { count: table.sizes.count, uniform: 0, each: cut };
      return { samples: samples + 1, bytes: available };
    }
    bytes += size;
  }
  return { samples, bytes };
}

/**
 * The chunks of all tracks in the order of the file.
 * @param media what `mdat` boxes hold, in the order of the file
 * @throws ScrubError `malformed` where chunks overlap, or lie elsewhere
 */
export function placeChunks(tracks: readonly Chunks[], media: readonly Span[]): PlacedChunk[] {
  const placed: PlacedChunk[] = [];
  let isSorted = true;
  for (const [track, { count, starts, lengths }] of tracks.entries()) {
    for (let index = 0; index < count; index++) {
      const start = starts[index] ?? 0;
      const end = start + (lengths[index] ?? 0);
      const last = placed.at(-1);
      if (last !== undefined && last.start > start) isSorted = false;
      placed.push({ track, index, start, end, isShared: false });
    }
  }
  if (!isSorted) placed.sort((a, b) => a.start - b.start || a.end - b.end);
  let previous: PlacedChunk | undefined;
  let span = 0;
  for (const chunk of placed) {
    const { start, end } = chunk;
    if (start === end) continue;
    while (span < media.length && start >= (media[span]?.end ?? 0)) span++;
    const around = media[span];
    if (around === undefined || start < around.start || end > around.end) {
      throw malformed('Some samples lie outside of the media data.', start, 'mdat');
    }
    chunk.isShared = previous?.start === start && previous.end === end;
    if (previous !== undefined && !chunk.isShared && start < previous.end) {
      throw malformed('Samples of two chunks overlap.', start, 'mdat');
    }
    previous = chunk;
  }
  return placed;
}
