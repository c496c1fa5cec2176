// Musepack files in the words of the specifications of stream versions 7 and 8.
import { crc32 } from '../../src/bytes/crc32.ts';
import { randomFrom } from '../specimens/specimen.ts';
import { number, type Part } from './chunks.ts';
import { join } from './jpeg.ts';

/** A number in seven bits a byte. */
export function size(value: number): Uint8Array {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return Uint8Array.from(digits);
}

/** A packet of stream version 8; its length counts key and length too. */
export function packet(key: string, ...payload: readonly Part[]): Uint8Array {
  const body = join(...payload);
  const length = body.length + 3 <= 0x7f ? 3 : 4;
  return join(key, size(body.length + length), body);
}

/** A stream header: so many samples at 44100 Hz, in packets of one frame. */
export function streamHeader(samples: number, more: Part = []): Uint8Array {
  const fields = join([8], size(samples), size(0), [0x1b, 0x18], more);
  return packet('SH', number(crc32(fields), 4, false), fields);
}

/** What loudness and peaks are. */
export function replayGain(...values: readonly number[]): Uint8Array {
  return packet('RG', [1], ...values.map((value) => number(value, 2, false)));
}

/** Packets of sound that decodes to something. */
export function sound(count: number): Uint8Array[] {
  const random = randomFrom(count);
  return Array.from({ length: count }, () =>
    packet(
      'AP',
      Array.from({ length: 300 }, () => Math.floor(random() * 256)),
    ),
  );
}

/** A stream of version 8. */
export function sv8(...packets: readonly Uint8Array[]): Uint8Array {
  return join('MPCK', ...packets);
}

/** What the header of stream version 7 says. */
export interface Sv7Content {
  frames?: number;
  profile?: number;
  gains?: readonly number[];
  unused?: number;
  encoder?: number;
  /** Bits behind the last frame. */
  spare?: number;
  version?: number;
}

const FRAME_BITS = 1200;

/** A stream of version 7, of frames of random bits. */
export function sv7(content: Sv7Content = {}): Uint8Array {
  const { frames = 5, profile = 10, gains = [0, 0, 0, 0], unused = 0, encoder = 115, spare = 0, version = 7 } = content;
  const random = randomFrom(frames);
  const bits: number[] = [];
  const put = (value: number, count: number): void => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >>> bit) & 1);
  };
  put(encoder, 8);
  for (let frame = 0; frame < frames; frame++) {
    put(FRAME_BITS, 20);
    for (let bit = 0; bit < FRAME_BITS; bit++) bits.push(random() < 0.5 ? 0 : 1);
  }
  put(700, 11);
  while (bits.length % 32 !== 0) bits.push(spare);
  const words = Array.from({ length: bits.length / 32 }, (_, word) =>
    bits.slice(word * 32, word * 32 + 32).reduce((value, bit) => value * 2 + bit, 0),
  );
  // Mid-side stereo, 27 bands, 44100 Hz, the highest level.
  const stream = 0x40000000 + 27 * 2 ** 24 + profile * 2 ** 20 + 0x7fff;
  return join(
    'MP+',
    [version],
    number(frames, 4),
    number(stream, 4),
    ...gains.map((gain) => number(gain, 2)),
    number(0x80000000 + 700 * 2 ** 20 + unused, 4),
    ...words.map((word) => number(word, 4)),
  );
}
