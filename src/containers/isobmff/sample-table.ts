// Where the samples of a track are and how long each lasts (ISO/IEC 14496-12 §8.6, §8.7), and the same of fragments (§8.8).
import { malformed } from '../../core/errors.ts';
import { type Box, type BoxReader, FULL_BOX_LENGTH, u32, u32List, u64, writeFullBox } from './box.ts';

/** A run of samples that share a value. */
export interface Run {
  count: number;
  value: number;
}

/** A run of samples that lie one behind the other. */
export interface SampleChunk {
  /** Absolute offset in the file. */
  start: number;
  /** Length in bytes. */
  length: number;
  sampleCount: number;
  /** Number of the sample entry, from 1. */
  description: number;
}

/** A track's samples. */
export interface SampleTable {
  /** Length of each sample in bytes. */
  sizes: Uint32Array;
  /** Durations in the track's timescale. */
  durations: Run[];
  chunks: SampleChunk[];
}

/** Counts of entries are checked against what the box can hold. */
function entryCount(reader: BoxReader, box: Box, entryLength: number): number {
  reader.demand(box, FULL_BOX_LENGTH + 4);
  const count = reader.view.getUint32(box.bodyStart + 4);
  reader.demand(box, FULL_BOX_LENGTH + 4 + count * entryLength);
  return count;
}

/**
 * Reads `stts`, `stsz` or `stz2`, `stsc` and `stco` or `co64`.
 * @param fileSize length of the file in bytes, which bounds what samples can add up to
 */
export function readSampleTable(reader: BoxReader, stbl: Box, fileSize: number): SampleTable {
  const sizes = readSizes(reader, stbl, fileSize);
  return { sizes, durations: readRuns(reader, reader.require(stbl, 'stts')), chunks: readChunks(reader, stbl, sizes) };
}

function readSizes(reader: BoxReader, stbl: Box, fileSize: number): Uint32Array {
  const stsz = reader.find(stbl, 'stsz');
  if (stsz === undefined) return readCompactSizes(reader, reader.require(stbl, 'stz2'));
  reader.demand(stsz, 12);
  const uniform = reader.view.getUint32(stsz.bodyStart + 4);
  const count = reader.view.getUint32(stsz.bodyStart + 8);
  if (uniform * count > fileSize)
    throw malformed('The samples are longer than the file.', reader.fileStart + stsz.start, 'stsz');
  if (uniform !== 0) return new Uint32Array(count).fill(uniform);
  reader.demand(stsz, 12 + count * 4);
  return Uint32Array.from({ length: count }, (_, index) => reader.view.getUint32(stsz.bodyStart + 12 + index * 4));
}

function readCompactSizes(reader: BoxReader, stz2: Box): Uint32Array {
  reader.demand(stz2, 12);
  const bits = reader.view.getUint8(stz2.bodyStart + 7);
  const count = reader.view.getUint32(stz2.bodyStart + 8);
  if (bits !== 4 && bits !== 8 && bits !== 16)
    throw malformed('Sizes of no known width.', reader.fileStart + stz2.start, 'stz2');
  reader.demand(stz2, 12 + Math.ceil((count * bits) / 8));
  const { view } = reader;
  const start = stz2.bodyStart + 12;
  return Uint32Array.from({ length: count }, (_, index) => {
    if (bits === 16) return view.getUint16(start + index * 2);
    if (bits === 8) return view.getUint8(start + index);
    const pair = view.getUint8(start + (index >> 1));
    return index % 2 === 0 ? pair >> 4 : pair & 15;
  });
}

function readRuns(reader: BoxReader, box: Box): Run[] {
  const count = entryCount(reader, box, 8);
  return Array.from({ length: count }, (_, index) => {
    const at = box.bodyStart + 8 + index * 8;
    return { count: reader.view.getUint32(at), value: reader.view.getUint32(at + 4) };
  });
}

function readChunks(reader: BoxReader, stbl: Box, sizes: Uint32Array): SampleChunk[] {
  const offsets = readOffsets(reader, stbl);
  const stsc = reader.require(stbl, 'stsc');
  const runCount = entryCount(reader, stsc, 12);
  const { view } = reader;
  const chunks: SampleChunk[] = [];
  let sample = 0;
  for (let run = 0; run < runCount; run++) {
    const at = stsc.bodyStart + 8 + run * 12;
    const first = view.getUint32(at);
    const samplesPerChunk = view.getUint32(at + 4);
    const description = view.getUint32(at + 8);
    const next = run + 1 < runCount ? view.getUint32(at + 12) : offsets.length + 1;
    if (first !== chunks.length + 1 || next < first) {
      throw malformed('The runs of chunks are out of order.', reader.fileStart + at, 'stbl', 'stsc');
    }
    for (let chunk = first; chunk < next && chunk <= offsets.length && sample < sizes.length; chunk++) {
      const sampleCount = Math.min(samplesPerChunk, sizes.length - sample);
      let length = 0;
      for (let index = 0; index < sampleCount; index++) length += sizes[sample + index] ?? 0;
      chunks.push({ start: offsets[chunk - 1] ?? 0, length, sampleCount, description });
      sample += sampleCount;
    }
  }
  if (sample < sizes.length)
    throw malformed('Some samples lie in no chunk.', reader.fileStart + stsc.start, 'stbl', 'stsc');
  return chunks;
}

function readOffsets(reader: BoxReader, stbl: Box): number[] {
  const stco = reader.find(stbl, 'stco');
  if (stco !== undefined) {
    const count = entryCount(reader, stco, 4);
    return Array.from({ length: count }, (_, index) => reader.view.getUint32(stco.bodyStart + 8 + index * 4));
  }
  const co64 = reader.require(stbl, 'co64');
  const count = entryCount(reader, co64, 8);
  return Array.from({ length: count }, (_, index) => reader.u64(co64.bodyStart + 8 + index * 8));
}

/** Adjacent runs of one value become one; empty runs go. */
export function mergeRuns(runs: readonly Run[]): Run[] {
  const merged: Run[] = [];
  for (const { count, value } of runs) {
    const last = merged.at(-1);
    if (count === 0) continue;
    if (last?.value === value) last.count += count;
    else merged.push({ count, value });
  }
  return merged;
}

/** `stts`: durations by runs. */
export function writeDurations(runs: readonly Run[]): Uint8Array {
  return writeFullBox('stts', 0, 0, u32(runs.length), u32List(runs.flatMap(({ count, value }) => [count, value])));
}

/** `stsz`: one size for all, or one for each. */
export function writeSizes(sizes: Uint32Array): Uint8Array {
  const [first = 0] = sizes;
  const isUniform = first !== 0 && sizes.every((size) => size === first);
  return isUniform
    ? writeFullBox('stsz', 0, 0, u32(first), u32(sizes.length))
    : writeFullBox('stsz', 0, 0, u32(0), u32(sizes.length), u32List(sizes));
}

/** `stsc`: samples by runs of chunks that have as many. */
export function writeChunkRuns(chunks: readonly SampleChunk[]): Uint8Array {
  const runs: number[] = [];
  let previous: SampleChunk | undefined;
  for (const [index, chunk] of chunks.entries()) {
    const isNew = previous?.sampleCount !== chunk.sampleCount || previous.description !== chunk.description;
    if (isNew) runs.push(index + 1, chunk.sampleCount, chunk.description);
    previous = chunk;
  }
  return writeFullBox('stsc', 0, 0, u32(runs.length / 3), u32List(runs));
}

/** `stco`, or `co64` where an offset needs it. */
export function writeChunkOffsets(offsets: readonly number[], isLarge: boolean): Uint8Array {
  if (!isLarge) return writeFullBox('stco', 0, 0, u32(offsets.length), u32List(offsets));
  return writeFullBox('co64', 0, 0, u32(offsets.length), ...offsets.map(u64));
}
