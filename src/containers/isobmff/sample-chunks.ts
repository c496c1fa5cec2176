// Chunks: runs of samples that lie one behind the other (ISO/IEC 14496-12 §8.7.4, §8.7.5). Syntax only.
import { malformed } from '../../core/errors.ts';
import type { Box, BoxReader } from './box.ts';

/** Sizes of samples in bytes. */
export interface SampleSizes {
  count: number;
  /** Size of every sample; 0 where each has its own. */
  uniform: number;
  /** Set where each has its own. */
  each: Uint32Array | undefined;
  /** The same as it stands in `stsz`, where it does: copying it is quicker than writing it anew. */
  stored?: Uint8Array;
}

/** Samples of fixed size are laid out in packets: sound of old kind has a sample per moment (QTFF, "Sound Media"). */
export interface Packet {
  samples: number;
  bytes: number;
}

/** A track's chunks, as columns: there can be one for each sample. */
export interface Chunks {
  readonly count: number;
  /** Absolute offsets in the file. */
  readonly starts: Float64Array;
  /** In bytes. */
  readonly lengths: Float64Array;
  readonly sampleCounts: Uint32Array;
  /** Number of the sample entry, from 1. */
  readonly descriptions: Uint32Array;
}

const FIRST_CAPACITY = 64;

/** Chunks that are added one by one. */
export class ChunkList {
  #count = 0;
  #starts = new Float64Array(FIRST_CAPACITY);
  #lengths = new Float64Array(FIRST_CAPACITY);
  #sampleCounts = new Uint32Array(FIRST_CAPACITY);
  #descriptions = new Uint32Array(FIRST_CAPACITY);

  add(start: number, length: number, sampleCount: number, description: number): void {
    const index = this.#count++;
    if (index === this.#starts.length) this.#grow();
    this.#starts[index] = start;
    this.#lengths[index] = length;
    this.#sampleCounts[index] = sampleCount;
    this.#descriptions[index] = description;
  }

  #grow(): void {
    const grown = <T extends Float64Array | Uint32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    const capacity = this.#count * 2;
    this.#starts = grown(new Float64Array(capacity), this.#starts);
    this.#lengths = grown(new Float64Array(capacity), this.#lengths);
    this.#sampleCounts = grown(new Uint32Array(capacity), this.#sampleCounts);
    this.#descriptions = grown(new Uint32Array(capacity), this.#descriptions);
  }

  get chunks(): Chunks {
    const count = this.#count;
    return {
      count,
      starts: this.#starts.subarray(0, count),
      lengths: this.#lengths.subarray(0, count),
      sampleCounts: this.#sampleCounts.subarray(0, count),
      descriptions: this.#descriptions.subarray(0, count),
    };
  }
}

/** The boxes that say where chunks are. */
interface ChunkBoxes {
  stsc: Box | undefined;
  stco: Box | undefined;
  co64: Box | undefined;
}

/** Reads chunks: their offsets from `stco` or `co64`, how many samples each holds from `stsc`. */
export function readChunks(
  reader: BoxReader,
  stbl: Box,
  { stsc, stco, co64 }: ChunkBoxes,
  sizes: SampleSizes,
  packet: Packet | undefined,
): Chunks {
  const list = new ChunkList();
  if (sizes.count === 0) return list.chunks;
  const runs = stsc ?? reader.require(stbl, 'stsc');
  const offsets = stco ?? co64 ?? reader.require(stbl, 'stco');
  const isLarge = offsets === co64;
  const chunkCount = reader.entryCount(offsets, isLarge ? 8 : 4);
  const runCount = reader.entryCount(runs, 12);
  const { view } = reader;
  let chunk = 0;
  let sample = 0;
  for (let run = 0, at = runs.bodyStart + 8; run < runCount && sample < sizes.count; run++, at += 12) {
    const first = view.getUint32(at);
    const samplesPerChunk = view.getUint32(at + 4);
    const description = view.getUint32(at + 8);
    const next = run + 1 < runCount ? view.getUint32(at + 12) : chunkCount + 1;
    if (first !== chunk + 1 || next < first) {
      throw malformed('The runs of chunks are out of order.', reader.fileStart + at, 'stbl', 'stsc');
    }
    for (; chunk + 1 < next && chunk < chunkCount && sample < sizes.count; chunk++) {
      const sampleCount = Math.min(samplesPerChunk, sizes.count - sample);
      const offsetAt = offsets.bodyStart + 8 + chunk * (isLarge ? 8 : 4);
      const start = isLarge ? reader.u64(offsetAt) : view.getUint32(offsetAt);
      list.add(start, lengthOf(sizes, packet, sample, sampleCount), sampleCount, description);
      sample += sampleCount;
    }
  }
  if (sample < sizes.count)
    throw malformed('Some samples lie in no chunk.', reader.fileStart + runs.start, 'stbl', 'stsc');
  return list.chunks;
}

/** Length of a run of samples in bytes. */
function lengthOf({ uniform, each }: SampleSizes, packet: Packet | undefined, first: number, count: number): number {
  if (packet !== undefined) return Math.floor(count / packet.samples) * packet.bytes;
  if (each === undefined) return uniform * count;
  let length = 0;
  for (let index = first; index < first + count; index++) length += each[index] ?? 0;
  return length;
}
