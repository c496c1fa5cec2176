// DSF and DSDIFF files in the words of Sony's and Philips's specifications.
import { randomFrom } from '../specimens/specimen.ts';
import { chunk, DSDIFF, number, type Oddity, type Part } from './chunks.ts';
import { join } from './jpeg.ts';

export const BLOCK_LENGTH = 4096;

/** One-bit sound: bytes with about as many ones as zeros. */
export function bits(length: number): Uint8Array {
  const random = randomFrom(length);
  return Uint8Array.from({ length }, () => [0x69, 0x96, 0x5a, 0xa5, 0x66][Math.floor(random() * 5)] ?? 0x69);
}

/** What is in a DSF file; sizes and counts stand in it whatever is true. */
export interface DsfContent {
  channels?: number;
  /** Of each channel. */
  samples?: number;
  blocks: Uint8Array;
  /** The word behind the block size. */
  reserved?: number;
  metadata?: Part;
  pointer?: number;
  dataSize?: number;
}

/** A DSF file. */
export function dsfFile(content: DsfContent): Uint8Array {
  const { channels = 2, blocks, reserved = 0, metadata = [] } = content;
  const { samples = (blocks.length / channels) * 8, dataSize = blocks.length + 12 } = content;
  const end = 92 + blocks.length;
  const { pointer = metadata.length > 0 ? end : 0 } = content;
  const fmt = [1, 0, channels, channels, 2822400, 1].map((word) => number(word, 4));
  return join(
    'DSD ',
    ...[28, end + metadata.length, pointer].map((size) => number(size, 8)),
    'fmt ',
    number(52, 8),
    ...fmt,
    number(samples, 8),
    number(BLOCK_LENGTH, 4),
    number(reserved, 4),
    'data',
    number(dataSize, 8),
    blocks,
    metadata,
  );
}

/** A chunk of DSDIFF. */
export function dsdiffChunk(id: string, body: readonly Part[], oddity?: Oddity): Uint8Array {
  return chunk(DSDIFF, id, body, oddity);
}

/** The properties of sound: rate, channels, compression and its name, and whatever else. */
export function properties(channels: number, compression: string, name: string, ...others: Uint8Array[]): Uint8Array {
  const ids = ['SLFT', 'SRGT', 'MLFT', 'MRGT'].slice(0, channels);
  return dsdiffChunk('PROP', [
    'SND ',
    ...others,
    dsdiffChunk('FS  ', [number(2822400, 4, false)]),
    dsdiffChunk('CHNL', [number(channels, 2, false), ...ids]),
    dsdiffChunk('CMPR', [compression, [name.length], name]),
  ]);
}

/** A DSDIFF file of whole chunks. */
export function dffFile(chunks: readonly Uint8Array[], trailer: Part = []): Uint8Array {
  return join(dsdiffChunk('FRM8', ['DSD ', dsdiffChunk('FVER', [[1, 5, 0, 0]]), ...chunks], { padding: [] }), trailer);
}
