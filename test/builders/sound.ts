// Coded sound for files of any kind: a tone that FFmpeg codes, as a file or as samples taken out of one.
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { findBox, words } from './isobmff.ts';
import { ascii } from './jpeg.ts';

const STBL = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/** Coded sound: what describes it, and its samples. */
export interface Sound {
  timescale: number;
  /** A sample entry. */
  entry: Uint8Array;
  samples: Uint8Array[];
  durations: number[];
}

/** Half a second of two tones as WAV (16 bits, two channels). */
export function toneWav(rate = 22050, seconds = 0.5): Uint8Array {
  const count = Math.round(rate * seconds);
  const bytes = new Uint8Array(44 + count * 4);
  const view = new DataView(bytes.buffer);
  bytes.set(ascii('RIFF'), 0);
  view.setUint32(4, bytes.length - 8, true);
  bytes.set(ascii('WAVEfmt '), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 4, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  bytes.set(ascii('data'), 36);
  view.setUint32(40, count * 4, true);
  for (let index = 0; index < count; index++) {
    view.setInt16(44 + index * 4, Math.round(9000 * Math.sin((index * 440 * 2 * Math.PI) / rate)), true);
    view.setInt16(46 + index * 4, Math.round(7000 * Math.sin((index * 660 * 2 * Math.PI) / rate)), true);
  }
  return bytes;
}

const encoded = new Map<string, Promise<Uint8Array>>();

/** A file of the tone as FFmpeg writes it. */
export function encodeTone(extension: string, ...args: string[]): Promise<Uint8Array> {
  const key = [extension, ...args].join(' ');
  let file = encoded.get(key);
  if (file === undefined) {
    file = runFfmpeg(toneWav(), 'wav', args, `output.${extension}`);
    encoded.set(key, file);
  }
  return file;
}

/** The tone in a coding, taken out of a file that FFmpeg writes. */
export async function encodeSound(codec: string, extension = 'm4a', ...args: string[]): Promise<Sound> {
  return readSound(await encodeTone(extension, '-c:a', codec, ...args));
}

/** The only track of a file with one chunk after the other. */
export function readSound(file: Uint8Array): Sound {
  const stbl = findBox(file, ...STBL);
  const [timescale = 0] = words(findBox(file, 'moov', 'trak', 'mdia', 'mdhd'), 12);
  const entry = findBox(stbl, 'stsd').subarray(8);
  const [uniform = 0, count = 0, ...sizes] = words(findBox(stbl, 'stsz'), 4);
  const [, ...runs] = words(findBox(stbl, 'stts'), 4);
  const durations: number[] = [];
  for (let at = 0; at < runs.length; at += 2)
    for (let left = runs[at] ?? 0; left > 0; left--) durations.push(runs[at + 1] ?? 0);
  const [, ...offsets] = words(findBox(stbl, 'stco'), 4);
  const [, ...perChunk] = words(findBox(stbl, 'stsc'), 4);
  const samples: Uint8Array[] = [];
  for (const [chunk, offset] of offsets.entries()) {
    let run = 0;
    while ((perChunk[run + 3] ?? Number.POSITIVE_INFINITY) <= chunk + 1) run += 3;
    let at = offset;
    for (let left = perChunk[run + 1] ?? 0; left > 0 && samples.length < count; left--) {
      const size = uniform === 0 ? (sizes[samples.length] ?? 0) : uniform;
      samples.push(file.slice(at, at + size));
      at += size;
    }
  }
  return { timescale, entry: entry.slice(), samples, durations };
}
