// Sound and film to be coded: a WAV file with chirps, a Y4M file with moving gradients.
import { ascii, join } from './jpeg.ts';

/** A number in little-endian bytes. */
export function le(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => Math.floor(value / 256 ** index) & 0xff);
}

/** A number in big-endian bytes. */
export function be(value: number, length: number): number[] {
  return le(value, length).reverse();
}

/** 16-bit samples in a WAV file, another chirp in each channel. */
export function tone({ rate = 16000, channels = 1, samples = 8000 } = {}): Uint8Array {
  const data = new Uint8Array(samples * channels * 2);
  const view = new DataView(data.buffer);
  for (let index = 0; index < samples * channels; index++) {
    const time = Math.floor(index / channels);
    const step = 3 + (index % channels) + time / samples;
    view.setInt16(index * 2, Math.round(9000 * Math.sin(time / step)), true);
  }
  const format = [...le(1, 2), ...le(channels, 2), ...le(rate, 4), ...le(rate * channels * 2, 4)];
  const head = join('WAVEfmt ', le(16, 4), format, le(channels * 2, 2), le(16, 2), 'data', le(data.length, 4));
  return join('RIFF', le(head.length + data.length, 4), head, data);
}

/** Frames of 4:2:0 film in a Y4M file. */
export function film({ width = 32, height = 32, frames = 5 } = {}): Uint8Array {
  const parts = Array.from({ length: frames }, (_, frame) => {
    const luma = Array.from({ length: width * height }, (_, at) => (at * 3 + frame * 40) & 0xff);
    return join('FRAME\n', luma, new Uint8Array((width * height) / 2).fill(100 + frame));
  });
  return join(ascii(`YUV4MPEG2 W${width} H${height} F5:1 Ip A1:1 C420jpeg\n`), ...parts);
}
