// Standard MIDI Files in the words of RP-001; free to be wrong.
import { join, u32be } from './tags.ts';

export function number(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}

export function meta(type: number, data: string | readonly number[] | Uint8Array, delta = 0): Uint8Array {
  return join(number(delta), [0xff, type], number(data.length), data);
}

export function sysex(data: string | readonly number[] | Uint8Array, delta = 0, status = 0xf0): Uint8Array {
  return join(number(delta), [status], number(data.length), data);
}

/** A channel message. */
export function message(delta: number, ...bytes: number[]): Uint8Array {
  return join(number(delta), bytes);
}

export const endOfTrack: Uint8Array = meta(0x2f, []);

export function track(...events: Uint8Array[]): Uint8Array {
  const body = join(...events);
  return join('MTrk', u32be(body.length), body);
}

export function midiFile(format: number, tracks: readonly Uint8Array[], header: readonly number[] = []): Uint8Array {
  return join('MThd', u32be(6 + header.length), [0, format, 0, tracks.length, 0, 96], header, ...tracks);
}
