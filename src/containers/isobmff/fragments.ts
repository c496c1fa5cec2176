// Movie fragments (ISO/IEC 14496-12 §8.8): samples that were written as they came. They become part of the one sample table.
import type { Box, BoxReader } from './box.ts';
import type { Run, SampleChunk } from './sample-table.ts';

/** What `trex` says of the samples of a track unless a fragment says otherwise (§8.8.3). */
export interface FragmentDefaults {
  description: number;
  duration: number;
  size: number;
}

/** Samples of a track from fragments, in order. */
export interface FragmentSamples {
  sizes: number[];
  durations: Run[];
  chunks: SampleChunk[];
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

/** Reads `trex` boxes by track. */
export function readDefaults(reader: BoxReader, mvex: Box | undefined): Map<number, FragmentDefaults> {
  const defaults = new Map<number, FragmentDefaults>();
  if (mvex === undefined) return defaults;
  for (const trex of reader.children(mvex.bodyStart, mvex.end, 'mvex').filter(({ type }) => type === 'trex')) {
    reader.demand(trex, 24);
    const at = trex.bodyStart + 4;
    const { view } = reader;
    defaults.set(view.getUint32(at), {
      description: view.getUint32(at + 4),
      duration: view.getUint32(at + 8),
      size: view.getUint32(at + 12),
    });
  }
  return defaults;
}

/**
 * Adds the samples of one `moof` box to those of each track.
 * @param countSamples is told how many are about to be read, and throws where they are too many
 */
export function readFragment(
  reader: BoxReader,
  moof: Box,
  defaults: ReadonlyMap<number, FragmentDefaults>,
  samples: Map<number, FragmentSamples>,
  countSamples: (count: number) => void,
): void {
  // Without a base of its own, a track's data follows that of the track in front of it (§8.8.7.1).
  let following = reader.fileStart + moof.start;
  for (const traf of reader.children(moof.bodyStart, moof.end, 'moof').filter(({ type }) => type === 'traf')) {
    const tfhd = reader.require(traf, 'tfhd');
    reader.demand(tfhd, 8);
    const { view } = reader;
    const flags = view.getUint32(tfhd.bodyStart) & 0xffffff;
    const track = view.getUint32(tfhd.bodyStart + 4);
    const optional = [Tfhd.baseDataOffset, Tfhd.description, Tfhd.duration, Tfhd.size].filter((flag) => flags & flag);
    reader.demand(tfhd, 8 + optional.length * 4 + (flags & Tfhd.baseDataOffset ? 4 : 0));
    let at = tfhd.bodyStart + 8;
    const next = (flag: number): number | undefined => {
      if ((flags & flag) === 0) return undefined;
      at += 4;
      return view.getUint32(at - 4);
    };
    let base = flags & Tfhd.baseIsMoof ? reader.fileStart + moof.start : following;
    if (flags & Tfhd.baseDataOffset) {
      base = reader.u64(at);
      at += 8;
    }
    const trex = defaults.get(track);
    const own: FragmentDefaults = {
      description: next(Tfhd.description) ?? trex?.description ?? 1,
      duration: next(Tfhd.duration) ?? trex?.duration ?? 0,
      size: next(Tfhd.size) ?? trex?.size ?? 0,
    };
    let list = samples.get(track);
    if (list === undefined) {
      list = { sizes: [], durations: [], chunks: [] };
      samples.set(track, list);
    }
    let end = base;
    for (const trun of reader.children(traf.bodyStart, traf.end, 'traf').filter(({ type }) => type === 'trun')) {
      reader.demand(trun, 8);
      countSamples(reader.view.getUint32(trun.bodyStart + 4));
      end = readRun(reader, trun, base, end, own, list);
    }
    following = end;
  }
}

/** Adds the samples of one `trun` box; returns the end of their data. */
function readRun(
  reader: BoxReader,
  trun: Box,
  base: number,
  previousEnd: number,
  own: FragmentDefaults,
  list: FragmentSamples,
): number {
  const { view } = reader;
  const flags = view.getUint32(trun.bodyStart) & 0xffffff;
  const count = view.getUint32(trun.bodyStart + 4);
  let at = trun.bodyStart + 8;
  const perSample = [Trun.duration, Trun.size, Trun.flags, Trun.compositionOffset].filter(
    (flag) => flags & flag,
  ).length;
  const fixed = (flags & Trun.dataOffset ? 4 : 0) + (flags & Trun.firstFlags ? 4 : 0);
  reader.demand(trun, 8 + fixed + count * perSample * 4);
  let start = previousEnd;
  if (flags & Trun.dataOffset) {
    start = base + view.getInt32(at);
    at += 4;
  }
  if (flags & Trun.firstFlags) at += 4;
  let length = 0;
  for (let index = 0; index < count; index++) {
    let { duration, size } = own;
    if (flags & Trun.duration) {
      duration = view.getUint32(at);
      at += 4;
    }
    if (flags & Trun.size) {
      size = view.getUint32(at);
      at += 4;
    }
    if (flags & Trun.flags) at += 4;
    if (flags & Trun.compositionOffset) at += 4;
    list.sizes.push(size);
    const last = list.durations.at(-1);
    if (last?.value === duration) last.count++;
    else list.durations.push({ count: 1, value: duration });
    length += size;
  }
  if (count > 0) list.chunks.push({ start, length, sampleCount: count, description: own.description });
  return start + length;
}
