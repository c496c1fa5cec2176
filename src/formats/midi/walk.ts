import { concat } from '../../bytes/concat.ts';
import { carry } from '../../containers/carry.ts';
import { type Chunk, readChunk, writeChunkHeader } from '../../containers/chunks.ts';
import {
  MAX_NUMBER,
  META,
  MIDI_LAYOUT,
  MidiTrackWriter,
  readMidiEvents,
  SYSEX,
  SYSEX_ESCAPE,
} from '../../containers/midi.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { isSounding, metaRule } from './policy.ts';

const HEADER_CHUNK_LENGTH = 14;
const HEADER_LENGTH = 6;
const MULTIPLE_TRACKS = 1;
const INDEPENDENT_TRACKS = 2;
const END_OF_TRACK = 0x2f;
/** Bits that a data byte of MIDI has. */
const DATA_MASK = 0x7f;

/** A track as it is written. */
interface Track {
  chunk: Chunk;
  bytes: Uint8Array;
  /** When its end is, in ticks. */
  end: number;
  /** Whether it holds nothing but its end. */
  isEmpty: boolean;
}

/** Walks a Standard MIDI File. */
export function* walkMidi(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, HEADER_CHUNK_LENGTH)) yield window.need(0, HEADER_CHUNK_LENGTH, 'MThd');
  const header = window.view(0, HEADER_CHUNK_LENGTH);
  const headerChunk = yield* readChunk(window, MIDI_LAYOUT, 0);
  const [format, count, division] = [window.u16be(8), window.u16be(10), window.u16be(12)];
  if (headerChunk === undefined || headerChunk.bodyEnd - headerChunk.bodyStart < HEADER_LENGTH) {
    throw malformed('The header is too short.', 0, 'MThd');
  }
  if (format > INDEPENDENT_TRACKS) throw unsupported(`MIDI files of format ${format} are not known.`, 8, 'MThd');
  let at = headerChunk.next;
  noteRemoved(plan, 'MThd', HEADER_CHUNK_LENGTH, Math.min(at, window.size));
  const tracks: Track[] = [];
  for (;;) {
    const chunk = yield* readChunk(window, MIDI_LAYOUT, at);
    if (chunk === undefined) break;
    context.countStructures();
    // Players stop at the count, unless it is none.
    const isTrack = chunk.id === 'MTrk' && (count === 0 || tracks.length < count);
    if (isTrack) tracks.push(yield* readTrack(window, plan, context, chunk));
    else noteRemoved(plan, 'chunk that is no track of the piece', at, Math.min(chunk.next, window.size));
    at = chunk.next;
  }
  noteRemoved(plan, 'after the last chunk', at, window.size);
  if (tracks.length === 0) throw malformed('The file holds no track.', HEADER_CHUNK_LENGTH, 'MTrk');
  write(plan, header, format, division, format === MULTIPLE_TRACKS ? withoutEmpty(plan, tracks) : tracks);
  plan.residual.add('What can be heard, and lyrics.');
}

function noteRemoved(plan: Plan, where: string, start: number, end: number): void {
  if (end > start) plan.found({ kind: 'trailing-data', where, action: 'removed', bytes: end - start, offset: start });
}

function write(plan: Plan, found: Uint8Array, format: number, division: number, tracks: readonly Track[]): void {
  const header = new Uint8Array(HEADER_LENGTH);
  const view = new DataView(header.buffer);
  view.setUint16(0, format);
  view.setUint16(2, tracks.length);
  view.setUint16(4, division);
  carry(plan, 0, found, concat(writeChunkHeader(MIDI_LAYOUT, 'MThd', HEADER_LENGTH), header));
  for (const { bytes } of tracks) {
    plan.insert(writeChunkHeader(MIDI_LAYOUT, 'MTrk', bytes.length));
    plan.insert(bytes);
  }
}

/** Tracks that held only text say nothing more; the first one, and one that makes the piece longer, stay. */
function withoutEmpty(plan: Plan, tracks: readonly Track[]): Track[] {
  const end = tracks.reduce((latest, track) => (track.isEmpty ? latest : Math.max(latest, track.end)), 0);
  return tracks.filter(({ isEmpty, end: own, chunk }, index) => {
    const isKept = index === 0 || !isEmpty || own > end;
    if (!isKept) noteRemoved(plan, 'MTrk without sound', chunk.start, chunk.bodyStart);
    return isKept;
  });
}

function* readTrack(window: Window, plan: Plan, context: Context, chunk: Chunk): Walk<Track> {
  const { bodyStart } = chunk;
  const bodyEnd = Math.min(chunk.bodyEnd, window.size);
  const { bufferedBytes } = context.options.limits;
  if (bodyEnd - bodyStart > bufferedBytes) {
    throw limitExceeded(
      `A track is longer than ${bufferedBytes} bytes; raise limits.bufferedBytes to clean it.`,
      bodyStart,
      'MTrk',
    );
  }
  if (!window.has(bodyStart, bodyEnd - bodyStart)) yield window.need(bodyStart, bodyEnd - bodyStart, 'MTrk');
  const body = window.view(bodyStart, bodyEnd);
  const writer = new MidiTrackWriter(body.length + 4);
  let at = 0;
  let time = 0;
  /** Ticks since the last event that was written. */
  let delta = 0;
  let isEmpty = true;
  const emit = (status: number, type: number, data: Uint8Array): void => {
    if (delta > MAX_NUMBER) throw unsupported('A track has a pause too long to be written.', bodyStart + at, 'MTrk');
    writer.write(delta, status, type, data);
    delta = 0;
  };
  for (const event of readMidiEvents(body, bodyStart)) {
    context.countStructures();
    delta += event.delta;
    time += event.delta;
    at += event.length;
    const { status, type, data } = event;
    if (status === META && type === END_OF_TRACK) break;
    const kept = keptData(plan, status, type, data, bodyStart + at - event.length);
    if (kept === undefined) continue;
    emit(status, type, kept);
    isEmpty = false;
  }
  emit(META, END_OF_TRACK, new Uint8Array(0));
  noteRemoved(plan, 'MTrk after its end', bodyStart + at, bodyEnd);
  return { chunk, bytes: writer.bytes, end: time, isEmpty };
}

/** An event's data as it is written; nothing where the event is dropped. */
function keptData(plan: Plan, status: number, type: number, data: Uint8Array, offset: number): Uint8Array | undefined {
  const bytes = data.length + 2;
  if (status === META) {
    const { name, kind, keep } = metaRule(type);
    const where = `MTrk › ${name}`;
    if (keep === 'text') {
      plan.found({ kind, where, action: 'kept', bytes, offset, note: 'Karaoke players show it.' });
      return data;
    }
    if (keep !== undefined && data.length >= keep) return data.subarray(0, keep);
    plan.found({ kind, where, action: 'removed', bytes, offset });
    return undefined;
  }
  if (status === SYSEX || status === SYSEX_ESCAPE) {
    if (status === SYSEX && isSounding(data)) return data;
    const note = 'A message for one maker’s device, which may hold anything.';
    plan.found({ kind: 'device', where: 'MTrk › sysex event', action: 'removed', bytes, offset, note });
    return undefined;
  }
  if (status > SYSEX) {
    plan.found({ kind: 'other', where: 'MTrk › system message', action: 'removed', bytes, offset });
    return undefined;
  }
  return data.some((byte) => byte > DATA_MASK) ? data.map((byte) => byte & DATA_MASK) : data;
}
