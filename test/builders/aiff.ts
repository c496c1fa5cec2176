// AIFF and AIFF-C files in the words of Apple's specifications.
import { chunk, IFF, number, type Oddity, type Part, tone } from './chunks.ts';
import { join } from './jpeg.ts';

/** 44100 as an 80-bit extended number (IEEE 754; AIFF 1.3, `sampleRate`). */
const RATE_44100 = [0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0];

/** A chunk of AIFF. */
export function iffChunk(id: string, body: readonly Part[], oddity?: Oddity): Uint8Array {
  return chunk(IFF, id, body, oddity);
}

/** What a COMM chunk says. */
export interface Common {
  channels?: number;
  frames?: number;
  bits?: number;
  /** Of AIFF-C: the coding and its name. */
  coding?: readonly [string, string];
}

/** A COMM chunk. */
export function comm({ channels = 2, frames = 1500, bits = 16, coding }: Common = {}): Uint8Array {
  const name = coding === undefined ? [] : [coding[0], [coding[1].length], coding[1], coding[1].length % 2 ? [] : [0]];
  return iffChunk('COMM', [
    number(channels, 2, false),
    number(frames, 4, false),
    number(bits, 2, false),
    RATE_44100,
    ...name,
  ]);
}

/** An SSND chunk of samples, `offset` bytes behind its header. */
export function ssnd(samples: Uint8Array, offset: Part = [], blockSize = 0, oddity?: Oddity): Uint8Array {
  return iffChunk('SSND', [number(offset.length, 4, false), number(blockSize, 4, false), offset, samples], oddity);
}

/** The big-endian samples of a tone. */
export function bigTone(frames = 1500, channels = 2): Uint8Array {
  const bytes = tone(frames, channels);
  for (let at = 0; at < bytes.length; at += 2) bytes.set([bytes[at + 1] ?? 0, bytes[at] ?? 0], at);
  return bytes;
}

/** A file of whole chunks. */
export function form(
  type: 'AIFF' | 'AIFC',
  chunks: readonly Uint8Array[],
  trailer: Part = [],
  size?: number,
): Uint8Array {
  const body = join(type, ...chunks);
  return join(iffChunk('FORM', [body], { size: size ?? body.length, padding: [] }), trailer);
}

/** A text chunk. */
export function text(id: string, content: string): Uint8Array {
  return iffChunk(id, [content]);
}

/** A MARK chunk of marks: number, frame, name. */
export function marks(list: readonly (readonly [number, number, string])[]): Uint8Array {
  const entries = list.map(([id, frame, name]) =>
    join(number(id, 2, false), number(frame, 4, false), [name.length], name, name.length % 2 ? [] : [0]),
  );
  return iffChunk('MARK', [number(list.length, 2, false), ...entries]);
}
