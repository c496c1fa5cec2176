// MPEG audio and ADTS in the words of their specifications: sounds coded by FFmpeg, frames taken apart and put together anew.
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { join, u32be, u32le } from './tags.ts';

/** A WAV file with a sound that no encoder takes for silence. */
export function wave(seconds: number, sampleRate: number, channels: 1 | 2): Uint8Array {
  const samples = new Int16Array(Math.round(seconds * sampleRate) * channels);
  for (let at = 0; at < samples.length; at++) {
    const time = Math.floor(at / channels) / sampleRate;
    samples[at] =
      8000 * Math.sin(2 * Math.PI * (440 + 110 * (at % channels)) * time) + 3000 * Math.sin(9000 * time * time);
  }
  const data = new Uint8Array(samples.buffer);
  const format = [1, 0, channels, 0, ...u32le(sampleRate), ...u32le(sampleRate * channels * 2), channels * 2, 0, 16, 0];
  return join('RIFF', u32le(36 + data.length), 'WAVEfmt ', u32le(16), format, 'data', u32le(data.length), data);
}

/** Codes a sound with FFmpeg; `args` follow `-map_metadata -1`. */
export async function encode(
  output: string,
  args: readonly string[],
  { seconds = 0.3, sampleRate = 44100, channels = 2 }: { seconds?: number; sampleRate?: number; channels?: 1 | 2 } = {},
): Promise<Uint8Array> {
  return runFfmpeg(wave(seconds, sampleRate, channels), 'wav', ['-map_metadata', '-1', ...args], output);
}

/** An MP3 without tags; its first frame is LAME's. */
export async function encodeMp3(
  args: readonly string[] = [],
  sound: Parameters<typeof encode>[2] = {},
): Promise<Uint8Array> {
  return encode('output.mp3', ['-id3v2_version', '0', '-write_id3v1', '0', '-c:a', 'libmp3lame', ...args], sound);
}

const bitrates: Readonly<Record<string, readonly number[]>> = {
  '1 3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '1 2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1 1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '2 3': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2 2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2 1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
};

/** Length of the MPEG audio frame at `at`; 0 where there is none (ISO/IEC 11172-3 §2.4.3.1). */
export function frameLengthAt(file: Uint8Array, at: number): number {
  const header =
    ((file[at] ?? 0) << 24) | ((file[at + 1] ?? 0) << 16) | ((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0);
  if (header >>> 21 !== 0x7ff) return 0;
  const [version, layer, rate] = [(header >>> 19) & 3, 4 - ((header >>> 17) & 3), (header >>> 10) & 3];
  if (version === 1 || layer === 4 || rate === 3) return 0;
  const kilobits = bitrates[`${version === 3 ? 1 : 2} ${layer}`]?.[(header >>> 12) & 15] ?? 0;
  const hertz = ([44100, 48000, 32000][rate] ?? 0) / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (header >>> 9) & 1;
  if (kilobits === 0) return 0;
  if (layer === 1) return (Math.floor((12000 * kilobits) / hertz) + padding) * 4;
  return Math.floor(((layer === 3 && version !== 3 ? 72000 : 144000) * kilobits) / hertz) + padding;
}

/** Length of the ADTS frame at `at`; 0 where there is none. */
export function adtsLengthAt(file: Uint8Array, at: number): number {
  if (file[at] !== 0xff || ((file[at + 1] ?? 0) & 0xf6) !== 0xf0) return 0;
  return (((file[at + 3] ?? 0) & 3) << 11) | ((file[at + 4] ?? 0) << 3) | ((file[at + 5] ?? 0) >> 5);
}

/** The whole frames of a file, wherever two or more follow one another; everything else is left out. */
export function splitFrames(file: Uint8Array, lengthAt = frameLengthAt): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let isInChain = false;
  for (let at = 0; at < file.length; ) {
    const length = lengthAt(file, at);
    const next = at + length;
    isInChain = length > 0 && next <= file.length && (isInChain || next === file.length || lengthAt(file, next) > 0);
    if (isInChain) frames.push(file.slice(at, next));
    at = isInChain ? next : at + 1;
  }
  return frames;
}

/** The length of layer III's side information. */
export function sideInfoLength(frame: Uint8Array): number {
  const isMono = (frame[3] ?? 0) >> 6 === 3;
  return ((frame[1] ?? 0) & 0x08) !== 0 ? (isMono ? 17 : 32) : isMono ? 9 : 17;
}

/** A frame with a CRC of this value: two bytes of its end, which are not in use, make room. */
export function withCrc(frame: Uint8Array, crc: number): Uint8Array {
  const header = frame.slice(0, 4);
  header[1] = (header[1] ?? 0) & ~1;
  return join(header, [crc >> 8, crc & 255], frame.subarray(4, frame.length - 2));
}

/** A frame of silence, layer III, version 1, stereo, 44.1 kHz, 128 kbit/s. */
export function silence(): Uint8Array {
  return join([0xff, 0xfb, 0x90, 0x04], new Uint8Array(413));
}

/** What LAME writes into its part of the information frame. */
export interface LameSpec {
  encoder: string;
  delay: number;
  padding: number;
  /** Everything else is filled with bytes of this value. */
  fill?: number;
}

/** A Xing or Info frame, written into a silent frame like `like`. */
export function infoFrame(
  like: Uint8Array,
  name: 'Xing' | 'Info',
  fields: { frames?: number; bytes?: number; toc?: Uint8Array; quality?: number },
  lame?: LameSpec,
): Uint8Array {
  const frame = new Uint8Array(Math.max(like.length, 0));
  frame.set(like.subarray(0, 4));
  const { frames, bytes, toc, quality } = fields;
  const given = [frames, bytes, toc, quality];
  const flags = given.reduce<number>((sum, value, index) => sum | (value === undefined ? 0 : 1 << index), 0);
  const optional = (value: number | undefined): number[] => (value === undefined ? [] : u32be(value));
  const body = join(name, u32be(flags), optional(frames), optional(bytes), toc ?? [], optional(quality));
  const at = 4 + sideInfoLength(like);
  frame.set(body, at);
  if (lame !== undefined) {
    const { encoder, delay, padding, fill = 0 } = lame;
    const part = new Uint8Array(frame.length - at - body.length).fill(fill);
    part.set(join(encoder.slice(0, 9).padEnd(9, ' ')));
    part.set([delay >> 4, ((delay & 15) << 4) | (padding >> 8), padding & 255], 21);
    frame.set(part, at + body.length);
  }
  return frame;
}

/** A VBRI frame, written into a silent frame like `like`. */
export function vbriFrame(like: Uint8Array, frames: number, bytes: number): Uint8Array {
  const frame = new Uint8Array(like.length);
  frame.set(like.subarray(0, 4));
  frame.set(join('VBRI', [0, 1, 12, 34, 0, 75], u32be(bytes), u32be(frames), [0, 2, 0, 1, 0, 2, 0, 4, 1, 2, 3, 4]), 36);
  return frame;
}
