// CAF files in the words of the Apple Core Audio Format Specification.
import { CAF, chunk, number, type Oddity, type Part } from './chunks.ts';
import { join } from './jpeg.ts';

/** A chunk of CAF. */
export function cafChunk(id: string, body: readonly Part[], oddity?: Oddity): Uint8Array {
  return chunk(CAF, id, body, oddity);
}

/** A file of whole chunks. */
export function cafFile(chunks: readonly Uint8Array[], trailer: Part = []): Uint8Array {
  return join('caff', [0, 1, 0, 0], ...chunks, trailer);
}

/** What a desc chunk says; of sixteen-bit little-endian stereo where nothing is given. */
export interface AudioDescription {
  formatId?: string;
  formatFlags?: number;
  bytesPerPacket?: number;
  framesPerPacket?: number;
  channels?: number;
  bits?: number;
}

/** A desc chunk. */
export function desc(description: AudioDescription = {}): Uint8Array {
  const {
    formatId = 'lpcm',
    formatFlags = 2,
    bytesPerPacket = 4,
    framesPerPacket = 1,
    channels = 2,
    bits = 16,
  } = description;
  const numbers = [formatFlags, bytesPerPacket, framesPerPacket, channels, bits].map((value) =>
    number(value, 4, false),
  );
  // 44100 as a double.
  return cafChunk('desc', [[0x40, 0xe5, 0x88, 0x80, 0, 0, 0, 0], formatId, ...numbers]);
}

/** A data chunk: the edit count, then the packets. */
export function data(packets: Uint8Array, editCount = 0, oddity?: Oddity): Uint8Array {
  return cafChunk('data', [number(editCount, 4, false), packets], oddity);
}

/** An info chunk of strings. */
export function info(strings: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(strings);
  return cafChunk('info', [number(entries.length, 4, false), ...entries.flat().map((string) => `${string}\0`)]);
}
