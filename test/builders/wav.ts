// WAV files in the words of Microsoft's Multimedia Programming Interface, EBU Tech 3306 and Sonic Foundry.

import { type Chunking, chunk, IFF, number, type Oddity, type Part, RIFF, tone, W64 } from './chunks.ts';
import { join } from './jpeg.ts';

/** Which of the family is written. */
export type Family = 'RIFF' | 'RIFX' | 'RF64' | 'BW64' | 'W64';

const W64_RIFF = 'riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0';

/** How the family writes chunks. */
export function chunking(family: Family): Chunking {
  return family === 'W64' ? W64 : family === 'RIFX' ? IFF : RIFF;
}

/** A chunk of RIFF. */
export function riffChunk(id: string, body: readonly Part[], oddity?: Oddity): Uint8Array {
  return chunk(RIFF, id, body, oddity);
}

/** What a `fmt ` chunk says. */
export interface Description {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  blockAlign?: number;
  byteRate?: number;
  /** What stands behind the bits of a sample: cbSize and its bytes. */
  extension?: Part;
}

/** The body of a `fmt ` chunk. */
export function fmt(description: Description = {}, littleEndian = true): Uint8Array {
  const { tag = 1, channels = 2, rate = 44100, bits = 16, extension = [] } = description;
  const { blockAlign = (channels * bits) / 8, byteRate = rate * blockAlign } = description;
  const u16 = (value: number): Uint8Array => number(value, 2, littleEndian);
  const u32 = (value: number): Uint8Array => number(value, 4, littleEndian);
  return join(u16(tag), u16(channels), u32(rate), u32(byteRate), u16(blockAlign), u16(bits), extension);
}

/** The extension of WAVEFORMATEXTENSIBLE with its cbSize: valid bits, speakers, the GUID of a coding. */
export function extensible(validBits: number, speakers: number, subtype = 1, cbSize = 22): Uint8Array {
  const guid = join(number(subtype, 4), [0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
  return join(number(cbSize, 2), number(validBits, 2), number(speakers, 4), guid);
}

/** What may be odd about a whole file. */
export interface FileOddity {
  family?: Family;
  /** The outer size. */
  size?: number;
  /** Bytes behind the last chunk. */
  trailer?: Part;
}

/** A file of whole chunks. */
export function riffFile(
  chunks: readonly Uint8Array[],
  { family = 'RIFF', size, trailer = [] }: FileOddity = {},
): Uint8Array {
  const body = join(...chunks);
  if (family === 'W64') {
    const wave = `wave${W64.guidTail}`;
    return join(chunk(W64, W64_RIFF, [wave, body], size === undefined ? {} : { size }), trailer);
  }
  const isLarge = family === 'RF64' || family === 'BW64';
  const outer = size ?? (isLarge ? 0xffffffff : body.length + 4);
  return join(chunk(chunking(family), family, ['WAVE', body], { size: outer, padding: [] }), trailer);
}

/** A `ds64` chunk (EBU Tech 3306). */
export function ds64(riffSize: number, dataSize: number, sampleCount: number): Uint8Array {
  return riffChunk('ds64', [number(riffSize, 8), number(dataSize, 8), number(sampleCount, 8), number(0, 4)]);
}

/** Sixteen-bit stereo sound with chunks in front of and behind the samples. */
export function wavFile(
  before: readonly Uint8Array[] = [],
  after: readonly Uint8Array[] = [],
  oddity: FileOddity = {},
): Uint8Array {
  const how = chunking(oddity.family ?? 'RIFF');
  const description = chunk(how, 'fmt ', [fmt({}, how.littleEndian)]);
  return riffFile([description, ...before, chunk(how, 'data', [tone()]), ...after], oddity);
}

/** LIST INFO of texts by id. */
export function info(texts: Readonly<Record<string, string>>, how: Chunking = RIFF): Uint8Array {
  return chunk(how, 'LIST', ['INFO', ...Object.entries(texts).map(([id, text]) => chunk(how, id, [text, [0]]))]);
}

/** A `cue ` chunk of marks: name and sample. */
export function cue(points: readonly (readonly [number, number])[]): Uint8Array {
  const entries = points.map(([name, sample]) =>
    join(number(name, 4), number(sample, 4), 'data', number(0, 4), number(0, 4), number(sample, 4)),
  );
  return riffChunk('cue ', [number(points.length, 4), ...entries]);
}

/** LIST adtl of labels by mark. */
export function labels(texts: readonly (readonly [number, string])[], type = 'labl'): Uint8Array {
  const entries = texts.map(([name, text]) => riffChunk(type, [number(name, 4), text, [0]]));
  return riffChunk('LIST', ['adtl', ...entries]);
}
