// Where the samples of a track are and how long each lasts (ISO/IEC 14496-12 §8.6, §8.7). Syntax only.
import { malformed } from '../../core/errors.ts';
import { type Box, type BoxReader, fullBox, type NewBox, u32, u32List } from './box.ts';
import { fitRuns, type Run } from './runs.ts';
import { ChunkList, type Chunks, type Packet, readChunks, type SampleSizes } from './sample-chunks.ts';
import { cutGroups, readGroups, type SampleGroup, writeGroups } from './sample-groups.ts';

/** A track's samples. */
export interface SampleTable {
  sizes: SampleSizes;
  /** Durations in the track's timescale. */
  durations: Run[];
  /** How much later than decoded each is shown, in the track's timescale; none where all are shown as decoded. */
  compositionOffsets: Run[];
  /** Numbers of the samples, from 1, at which decoding can begin; nothing where it can at all. */
  syncSamples: Uint32Array | undefined;
  chunks: Chunks;
  /** Set where samples are moments and lie in packets. */
  packet: Packet | undefined;
  groups: SampleGroup[];
}

/** A table without samples. */
export function emptyTable(): SampleTable {
  return {
    sizes: { count: 0, uniform: 0, each: new Uint32Array(0) },
    durations: [],
    compositionOffsets: [],
    syncSamples: undefined,
    chunks: new ChunkList().chunks,
    packet: undefined,
    groups: [],
  };
}

/**
 * Reads `stts`, `ctts`, `stss`, `stsz` or `stz2`, `stsc`, `stco` or `co64`, `sgpd` and `sbgp`.
 * @param packetOf tells how samples of one size and one moment are laid out, if not one by one
 */
export function readSampleTable(
  reader: BoxReader,
  stbl: Box,
  packetOf: (uniformSize: number) => Packet | undefined,
): SampleTable {
  const children = reader.children(stbl.bodyStart, stbl.end, 'stbl');
  const find = (type: string): Box | undefined => children.find((child) => child.type === type);
  const sizes = readSizes(reader, stbl, find('stsz'), find('stz2'));
  const { count } = sizes;
  const stts = find('stts');
  const durations = stts === undefined ? [] : readRuns(reader, stts);
  const isMoments = durations.length === 1 && durations[0]?.value === 1;
  const packet = isMoments && sizes.uniform > 0 ? packetOf(sizes.uniform) : undefined;
  const ctts = find('ctts');
  const stss = find('stss');
  return {
    sizes,
    durations: fitRuns(durations, count, durations.at(-1)?.value ?? 0),
    compositionOffsets: ctts === undefined ? [] : fitOffsets(readRuns(reader, ctts), count),
    syncSamples: stss === undefined ? undefined : readSyncSamples(reader, stss, count),
    chunks: readChunks(reader, stbl, { stsc: find('stsc'), stco: find('stco'), co64: find('co64') }, sizes, packet),
    packet,
    groups: readGroups(reader, children, count),
  };
}

function readSizes(reader: BoxReader, stbl: Box, stsz: Box | undefined, stz2: Box | undefined): SampleSizes {
  if (stsz === undefined) return readCompactSizes(reader, stz2 ?? reader.require(stbl, 'stsz'));
  reader.demand(stsz, 12);
  const uniform = reader.view.getUint32(stsz.bodyStart + 4);
  if (uniform !== 0) return { count: reader.view.getUint32(stsz.bodyStart + 8), uniform, each: undefined };
  const count = reader.entryCount(stsz, 4, 8);
  const each = new Uint32Array(count);
  const { view } = reader;
  const start = stsz.bodyStart + 12;
  for (let index = 0; index < count; index++) each[index] = view.getUint32(start + index * 4);
  return { count, uniform, each, stored: reader.bytes.subarray(start, start + count * 4) };
}

function readCompactSizes(reader: BoxReader, stz2: Box): SampleSizes {
  reader.demand(stz2, 12);
  const { view } = reader;
  const bits = view.getUint8(stz2.bodyStart + 7);
  if (bits !== 4 && bits !== 8 && bits !== 16)
    throw malformed('The sizes of samples have no known width.', reader.fileStart + stz2.start, 'stbl', 'stz2');
  const count = reader.entryCount(stz2, bits / 8, 8);
  const start = stz2.bodyStart + 12;
  const each = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    if (bits === 16) each[index] = view.getUint16(start + index * 2);
    else if (bits === 8) each[index] = view.getUint8(start + index);
    else each[index] = (view.getUint8(start + (index >> 1)) >> (index % 2 === 0 ? 4 : 0)) & 15;
  }
  return { count, uniform: 0, each };
}

function readRuns(reader: BoxReader, table: Box): Run[] {
  const count = reader.entryCount(table, 8);
  const runs: Run[] = [];
  for (let index = 0, at = table.bodyStart + 8; index < count; index++, at += 8)
    runs.push({ count: reader.view.getUint32(at), value: reader.view.getUint32(at + 4) });
  return runs;
}

/** Offsets are signed, in version 0 too where decoders are concerned. */
function fitOffsets(runs: readonly Run[], count: number): Run[] {
  const signed = runs.map((run) => ({ count: run.count, value: run.value | 0 }));
  const fitted = fitRuns(signed, count, 0);
  return fitted.every(({ value }) => value === 0) ? [] : fitted;
}

function readSyncSamples(reader: BoxReader, stss: Box, sampleCount: number): Uint32Array | undefined {
  const count = reader.entryCount(stss, 4);
  const numbers: number[] = [];
  for (let index = 0, at = stss.bodyStart + 8; index < count; index++, at += 4) {
    const number = reader.view.getUint32(at);
    if (number > (numbers.at(-1) ?? 0) && number <= sampleCount) numbers.push(number);
  }
  return numbers.length === 0 || numbers.length === sampleCount ? undefined : Uint32Array.from(numbers);
}

/** The first `count` samples of a table whose chunks were cut to them. */
export function cutSamples(table: SampleTable, count: number): void {
  const { sizes, syncSamples } = table;
  table.sizes = { count, uniform: sizes.uniform, each: sizes.each?.subarray(0, count) };
  table.durations = fitRuns(table.durations, count, 0);
  table.compositionOffsets = fitOffsets(table.compositionOffsets, count);
  const sync = syncSamples?.filter((number) => number <= count);
  table.syncSamples = sync?.length === count ? undefined : sync;
  table.groups = cutGroups(table.groups, count);
}

/** The boxes of a sample table, `stsd` first. `chunkOffsets` is the body of `stco` or `co64` behind its count. */
export function writeSampleTable(
  { sizes, durations, compositionOffsets, syncSamples, chunks, groups }: SampleTable,
  stsd: NewBox,
  chunkOffsets: Uint8Array,
): NewBox[] {
  const { count: chunkCount } = chunks;
  const isSigned = compositionOffsets.some(({ value }) => value < 0);
  const isLarge = chunkOffsets.length > chunkCount * 4;
  return [
    stsd,
    fullBox('stts', 0, 0, ...writeRuns(durations)),
    ...(compositionOffsets.length === 0
      ? []
      : [fullBox('ctts', isSigned ? 1 : 0, 0, ...writeRuns(compositionOffsets))]),
    ...(syncSamples === undefined ? [] : [fullBox('stss', 0, 0, u32(syncSamples.length), u32List(syncSamples))]),
    writeSizes(sizes),
    fullBox('stsc', 0, 0, ...writeChunkRuns(chunks)),
    fullBox(isLarge ? 'co64' : 'stco', 0, 0, u32(chunkCount), chunkOffsets),
    ...writeGroups(groups),
  ];
}

function writeRuns(runs: readonly Run[]): Uint8Array[] {
  return [u32(runs.length), u32List(runs.flatMap(({ count, value }) => [count, value]))];
}

/** `stsz`: one size for all, or one for each. */
function writeSizes({ count, uniform, each, stored }: SampleSizes): NewBox {
  if (each === undefined) return fullBox('stsz', 0, 0, u32(uniform), u32(count));
  const [first = 0] = each;
  const isUniform = first !== 0 && each.every((size) => size === first);
  if (isUniform) return fullBox('stsz', 0, 0, u32(first), u32(count));
  return fullBox('stsz', 0, 0, u32(0), u32(count), stored ?? u32List(each));
}

/** `stsc`: runs of chunks that have as many samples. */
function writeChunkRuns({ count, sampleCounts, descriptions }: Chunks): Uint8Array[] {
  const runs: number[] = [];
  for (let index = 0; index < count; index++) {
    const isSame =
      index > 0 && sampleCounts[index] === sampleCounts[index - 1] && descriptions[index] === descriptions[index - 1];
    if (!isSame) runs.push(index + 1, sampleCounts[index] ?? 0, descriptions[index] ?? 0);
  }
  return [u32(runs.length / 3), u32List(runs)];
}
