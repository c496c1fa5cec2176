// Movie fragments (ISO/IEC 14496-12 §8.8): samples that were written as they came. They become part of the one sample table.
import { malformed } from '../../core/errors.ts';
import type { Box, BoxReader } from './box.ts';
import { fitRuns, type Run } from './runs.ts';
import { ChunkList } from './sample-chunks.ts';
import type { SampleTable } from './sample-table.ts';

/** A `moof` box, with the bytes it lies in. */
export interface Fragment {
  reader: BoxReader;
  moof: Box;
}

/** What holds for the samples of a track unless a run says otherwise: `trex` (§8.8.3), then `tfhd` (§8.8.7). */
interface SampleDefaults {
  description: number;
  duration: number;
  size: number;
  flags: number;
}

/** Samples of a track from fragments, in order. */
export interface FragmentSamples {
  sizes: number[];
  durations: Run[];
  compositionOffsets: Run[];
  /** Indexes of samples at which decoding can't begin. */
  dependent: Set<number>;
  chunks: ChunkList;
  /** Decoding time of the first sample in the track's timescale. */
  startTime: number;
  /** Sum of the durations so far. */
  duration: number;
}

/** Flags of `tfhd` (§8.8.7) and `trun` (§8.8.8). */
const Tfhd = { baseDataOffset: 1, description: 2, duration: 8, size: 0x10, flags: 0x20, baseIsMoof: 0x20000 } as const;
const Trun = {
  dataOffset: 1,
  firstFlags: 4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  compositionOffset: 0x800,
} as const;
/** `sample_is_non_sync_sample` (§8.8.3.1). */
const NON_SYNC = 0x10000;
const NO_DEFAULTS: SampleDefaults = { description: 1, duration: 0, size: 0, flags: 0 };

/**
 * Reads all fragments.
 * @param mvex the box with the defaults, if there is one
 * @param countSamples is told how many are about to be read, and throws where they are too many
 * @returns samples by track
 */
export function readFragments(
  movie: BoxReader,
  mvex: Box | undefined,
  fragments: readonly Fragment[],
  countSamples: (count: number) => void,
): Map<number, FragmentSamples> {
  const defaults = readDefaults(movie, mvex);
  const tracks = new Map<number, FragmentSamples>();
  for (const { reader, moof } of fragments) readFragment(reader, moof, defaults, tracks, countSamples);
  return tracks;
}

function readDefaults(reader: BoxReader, mvex: Box | undefined): Map<number, SampleDefaults> {
  const defaults = new Map<number, SampleDefaults>();
  if (mvex === undefined) return defaults;
  const { view } = reader;
  for (const trex of reader.children(mvex.bodyStart, mvex.end, 'mvex').filter(({ type }) => type === 'trex')) {
    reader.demand(trex, 24);
    const at = trex.bodyStart + 4;
    defaults.set(view.getUint32(at), {
      description: view.getUint32(at + 4),
      duration: view.getUint32(at + 8),
      size: view.getUint32(at + 12),
      flags: view.getUint32(at + 16),
    });
  }
  return defaults;
}

function readFragment(
  reader: BoxReader,
  moof: Box,
  defaults: ReadonlyMap<number, SampleDefaults>,
  tracks: Map<number, FragmentSamples>,
  countSamples: (count: number) => void,
): void {
  const { view } = reader;
  // Without a base of its own, a track's data follows that of the track in front of it (§8.8.7.1).
  let following = reader.fileStart + moof.start;
  for (const traf of reader.children(moof.bodyStart, moof.end, 'moof').filter(({ type }) => type === 'traf')) {
    const children = reader.children(traf.bodyStart, traf.end, 'traf');
    const tfhd = children.find(({ type }) => type === 'tfhd') ?? reader.require(traf, 'tfhd');
    reader.demand(tfhd, 8);
    const flags = view.getUint32(tfhd.bodyStart) & 0xffffff;
    const track = view.getUint32(tfhd.bodyStart + 4);
    const words = [Tfhd.description, Tfhd.duration, Tfhd.size, Tfhd.flags].filter((flag) => flags & flag).length;
    reader.demand(tfhd, 8 + words * 4 + (flags & Tfhd.baseDataOffset ? 8 : 0));
    let at = tfhd.bodyStart + 8;
    let base = flags & Tfhd.baseIsMoof ? reader.fileStart + moof.start : following;
    if (flags & Tfhd.baseDataOffset) {
      base = reader.u64(at);
      at += 8;
    }
    const next = (flag: number, otherwise: number): number => {
      if ((flags & flag) === 0) return otherwise;
      at += 4;
      return view.getUint32(at - 4);
    };
    const trex = defaults.get(track) ?? NO_DEFAULTS;
    const own: SampleDefaults = {
      description: next(Tfhd.description, trex.description),
      duration: next(Tfhd.duration, trex.duration),
      size: next(Tfhd.size, trex.size),
      flags: next(Tfhd.flags, trex.flags),
    };
    const samples = samplesOf(tracks, track);
    const tfdt = children.find(({ type }) => type === 'tfdt');
    if (tfdt !== undefined) applyDecodeTime(reader, tfdt, samples);
    following = base;
    for (const trun of children.filter(({ type }) => type === 'trun')) {
      reader.demand(trun, 8);
      countSamples(view.getUint32(trun.bodyStart + 4));
      following = readRun(reader, trun, base, following, own, samples);
    }
  }
}

function samplesOf(tracks: Map<number, FragmentSamples>, track: number): FragmentSamples {
  let samples = tracks.get(track);
  if (samples === undefined) {
    const chunks = new ChunkList();
    const dependent = new Set<number>();
    samples = { sizes: [], durations: [], compositionOffsets: [], dependent, chunks, startTime: 0, duration: 0 };
    tracks.set(track, samples);
  }
  return samples;
}

/** `tfdt` (§8.8.12): when the fragment begins. The last sample before a gap lasts until then. */
function applyDecodeTime(reader: BoxReader, tfdt: Box, samples: FragmentSamples): void {
  const isLong = reader.version(tfdt) === 1;
  reader.demand(tfdt, isLong ? 12 : 8);
  const time = isLong ? reader.u64(tfdt.bodyStart + 4) : reader.view.getUint32(tfdt.bodyStart + 4);
  if (samples.sizes.length === 0) {
    samples.startTime = time;
    return;
  }
  const gap = time - samples.startTime - samples.duration;
  const last = samples.durations.at(-1);
  if (last === undefined || gap <= 0 || last.value + gap > 0xffffffff) return;
  last.count--;
  samples.durations.push({ count: 1, value: last.value + gap });
  samples.duration += gap;
}

/** Adds the samples of one `trun` box; returns the end of their data. */
function readRun(
  reader: BoxReader,
  trun: Box,
  base: number,
  previousEnd: number,
  own: SampleDefaults,
  samples: FragmentSamples,
): number {
  const { view } = reader;
  const flags = view.getUint32(trun.bodyStart) & 0xffffff;
  const count = view.getUint32(trun.bodyStart + 4);
  let at = trun.bodyStart + 8;
  const words = [Trun.duration, Trun.size, Trun.flags, Trun.compositionOffset].filter((flag) => flags & flag).length;
  const fixed = (flags & Trun.dataOffset ? 4 : 0) + (flags & Trun.firstFlags ? 4 : 0);
  reader.demand(trun, 8 + fixed + count * words * 4);
  const next = (): number => {
    at += 4;
    return view.getUint32(at - 4);
  };
  const start = flags & Trun.dataOffset ? base + (next() | 0) : previousEnd;
  const firstFlags = flags & Trun.firstFlags ? next() : own.flags;
  let length = 0;
  for (let index = 0; index < count; index++) {
    const duration = flags & Trun.duration ? next() : own.duration;
    const size = flags & Trun.size ? next() : own.size;
    const sampleFlags = flags & Trun.flags ? next() : index === 0 ? firstFlags : own.flags;
    const offset = flags & Trun.compositionOffset ? next() | 0 : 0;
    if (sampleFlags & NON_SYNC) samples.dependent.add(samples.sizes.length);
    samples.sizes.push(size);
    extend(samples.durations, duration);
    extend(samples.compositionOffsets, offset);
    samples.duration += duration;
    length += size;
  }
  if (count > 0) samples.chunks.add(start, length, count, own.description);
  return start + length;
}

function extend(runs: Run[], value: number): void {
  const last = runs.at(-1);
  if (last?.value === value) last.count++;
  else runs.push({ count: 1, value });
}

/** Puts the samples of fragments behind those of the movie box. */
export function appendFragments(table: SampleTable, more: FragmentSamples): void {
  const { sizes: first, chunks, packet } = table;
  if (packet !== undefined && packet.bytes !== first.uniform * packet.samples)
    throw malformed('Sound of the old kind, a sample per moment, goes on in fragments.', undefined, 'moof');
  const count = first.count + more.sizes.length;
  const each = new Uint32Array(count);
  if (first.each === undefined) each.fill(first.uniform, 0, first.count);
  else each.set(first.each);
  for (const [index, size] of more.sizes.entries()) each[first.count + index] = size;
  const list = new ChunkList();
  for (const { count: chunkCount, starts, lengths, sampleCounts, descriptions } of [chunks, more.chunks.chunks]) {
    for (let index = 0; index < chunkCount; index++)
      list.add(starts[index] ?? 0, lengths[index] ?? 0, sampleCounts[index] ?? 0, descriptions[index] ?? 0);
  }
  const offsets = fitRuns(table.compositionOffsets, first.count, 0).concat(more.compositionOffsets);
  const isShown = offsets.every(({ value }) => value === 0);
  if (table.syncSamples !== undefined || more.dependent.size > 0) {
    const sync = [...(table.syncSamples ?? Array.from({ length: first.count }, (_, index) => index + 1))];
    for (let index = 0; index < more.sizes.length; index++)
      if (!more.dependent.has(index)) sync.push(first.count + index + 1);
    table.syncSamples = sync.length === count || sync.length === 0 ? undefined : Uint32Array.from(sync);
  }
  table.sizes = { count, uniform: 0, each };
  table.durations = fitRuns(table.durations.concat(more.durations), count, 0);
  table.compositionOffsets = isShown ? [] : fitRuns(offsets, count, 0);
  table.chunks = list.chunks;
  table.packet = undefined;
  for (const group of table.groups) group.runs = fitRuns(group.runs, count, 0);
}
