// Events of a Standard MIDI File's track (RP-001, Standard MIDI Files 1.0): a time in front of each, statuses that may be left out
// when they repeat, meta events and system exclusive messages with a length. Syntax only.
import { malformed } from '../core/errors.ts';
import { type ChunkLayout, IFF_LAYOUT } from './chunks.ts';

/** Chunks of a MIDI file: as in IFF, but not padded. */
export const MIDI_LAYOUT: ChunkLayout = { ...IFF_LAYOUT, alignment: 1 };

/** An event of a track. */
export interface MidiEvent {
  /** Ticks since the event before it. */
  delta: number;
  /** 0xFF for meta events, 0xF0 and 0xF7 for system exclusive ones; else as in MIDI 1.0. */
  status: number;
  /** Of a meta event. */
  type: number;
  /** What follows the status, or the length. */
  data: Uint8Array;
  /** Length of it all in the file. */
  length: number;
}

/** Status of meta events. */
export const META = 0xff;
/** Status of a system exclusive message, and of its continuation or an escape. */
export const SYSEX = 0xf0;
export const SYSEX_ESCAPE = 0xf7;
const FIRST_SYSTEM_STATUS = 0xf0;
/** Data bytes of channel messages, by the status's upper four bits, from 8 on; of system messages from 0xF0 on. */
const CHANNEL_DATA = [2, 2, 2, 2, 1, 1, 2];
const SYSTEM_DATA = [0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/** A number is no longer: 28 bits. */
const MAX_NUMBER_BYTES = 4;
/** The greatest number. */
export const MAX_NUMBER = 0x0fffffff;

/**
 * The events of a track's body; ends where the body does, also in the middle of an event.
 * @param start absolute offset of the body, for errors
 * @throws ScrubError `malformed` where what should be an event is none
 */
export function* readMidiEvents(body: Uint8Array, start: number): Generator<MidiEvent, void, void> {
  let at = 0;
  let running = 0;
  const number = (): number => {
    let value = 0;
    for (let index = 0; index < MAX_NUMBER_BYTES; index++) {
      const byte = body[at++] ?? 0;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw malformed('A number in a track has no end.', start + at, 'MTrk');
  };
  while (at < body.length) {
    const eventStart = at;
    const delta = number();
    if (at >= body.length) return;
    let status = body[at] ?? 0;
    if (status >= 0x80) at++;
    else if (running !== 0) status = running;
    else throw malformed('An event in a track has no status.', start + at, 'MTrk');
    const type = status === META ? (body[at++] ?? 0) : 0;
    const hasLength = status === META || status === SYSEX || status === SYSEX_ESCAPE;
    const length = hasLength ? number() : dataLength(status);
    const dataStart = at;
    at += length;
    if (at > body.length) return;
    if (status < FIRST_SYSTEM_STATUS) running = status;
    yield { delta, status, type, data: body.subarray(dataStart, at), length: at - eventStart };
  }
}

function dataLength(status: number): number {
  return (
    (status < FIRST_SYSTEM_STATUS ? CHANNEL_DATA[(status >> 4) - 8] : SYSTEM_DATA[status - FIRST_SYSTEM_STATUS]) ?? 0
  );
}

/** Writes events of a track one behind the other: a status is left out where it repeats. */
export class MidiTrackWriter {
  #bytes: Uint8Array;
  #length = 0;
  #running = 0;

  /** @param capacity how many bytes to make room for at first */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** What was written. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Writes an event. */
  write(delta: number, status: number, type: number, data: Uint8Array): void {
    this.#number(delta);
    if (status < FIRST_SYSTEM_STATUS) {
      if (status !== this.#running) this.#byte(status);
      this.#running = status;
    } else {
      this.#running = 0;
      this.#byte(status);
      if (status === META) this.#byte(type);
      this.#number(data.length);
    }
    this.#makeRoom(data.length);
    this.#bytes.set(data, this.#length);
    this.#length += data.length;
  }

  #number(value: number): void {
    for (const shift of [21, 14, 7]) if (value >> shift > 0) this.#byte(((value >> shift) & 0x7f) | 0x80);
    this.#byte(value & 0x7f);
  }

  #byte(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = byte;
  }

  #makeRoom(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = new Uint8Array((this.#length + length) * 2);
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
