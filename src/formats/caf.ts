// CAF: a file header and chunks around coded sound (Apple Core Audio Format Specification 1.0).
// desc, data, pakt, kuki and chan make the sound. Information strings, markers, regions, instruments, MIDI, peaks, overviews,
// user data, free space and edit counts are metadata.
import { startsWith } from '../bytes/text.ts';
import { CAF_LAYOUT, readChunk, writeChunkHeader } from '../containers/chunks.ts';
import type { Context } from '../core/context.ts';
import { limitExceeded, malformed } from '../core/errors.ts';
import type { Format } from '../core/format.ts';
import type { Plan, Span } from '../core/plan.ts';
import type { FindingKind } from '../core/report.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

/** Chunks that are carried over, in the order in which they are written; each is there once. */
const KEPT = ['desc', 'chan', 'kuki', 'pakt', 'data'] as const;
type Kept = (typeof KEPT)[number];

/** What a dropped chunk tells about; readers skip chunks that they do not know. */
const dropped: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['info', 'author'],
  ['strg', 'comment'],
  ['mark', 'comment'],
  ['regn', 'comment'],
  ['inst', 'device'],
  ['midi', 'other'],
  ['umid', 'identifier'],
  ['ovvw', 'other'],
  ['peak', 'other'],
  ['uuid', 'identifier'],
  ['free', 'structure'],
]);

/** Type, version 1, flags 0. */
const FILE_HEADER = Uint8Array.of(0x63, 0x61, 0x66, 0x66, 0, 1, 0, 0);
/** A size of −1: the data goes on to the end of the file. */
const TO_THE_END = 2 ** 64;
/** Rate 8, format 4, flags 4, bytes and frames per packet 8, channels 4, bits 4. */
const DESC_LENGTH = 32;
const EDIT_COUNT_LENGTH = 4;
/** A channel layout: tag, bitmap, count of descriptions. */
const CHAN_HEADER_LENGTH = 12;
const CHANNEL_DESCRIPTION_LENGTH = 20;

/** Core Audio Format sound. */
export const caf: Format = {
  id: 'caf',
  name: 'CAF',
  mediaTypes: ['audio/x-caf'],
  extensions: ['caf'],
  summary:
    'Packets, their table, decoder settings and channel layout stay; strings, markers, regions and free space go.',
  matches: (head) => startsWith(head, 'caff\0\x01'),
  walk: walkCaf,
};

function* walkCaf(window: Window, plan: Plan, context: Context): Walk {
  const spans = new Map<Kept, Span>();
  let at = FILE_HEADER.length;
  for (;;) {
    const chunk = yield* readChunk(window, CAF_LAYOUT, at);
    if (chunk === undefined) break;
    context.countStructures();
    const { id, start, bodyStart, bodyEnd } = chunk;
    const isToTheEnd = id === 'data' && bodyEnd - bodyStart >= TO_THE_END;
    const end = isToTheEnd ? window.size : bodyEnd;
    if (end > window.size) throw malformed('A chunk runs past the end of the file.', start, id.replace(/[^ -~]/g, '?'));
    const kept = KEPT.find((name) => name === id);
    if (kept === undefined) {
      const kind = dropped.get(id) ?? 'other';
      const where = id.replace(/[^ -~]/g, '?');
      plan.found({ kind, where, action: 'removed', bytes: end - start, offset: start });
    } else if (spans.has(kept)) throw malformed('A chunk that can be there once is there twice.', start, id);
    else spans.set(kept, { start: bodyStart, end });
    at = end;
  }
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last chunk', action: 'removed', bytes, offset: at });
  }
  plan.insert(FILE_HEADER);
  const numbersPerPacket = yield* readNumbersPerPacket(window, spans.get('desc'));
  for (const id of KEPT) {
    const span = spans.get(id);
    if (span !== undefined) yield* write(window, plan, context, id, span, numbersPerPacket);
    else if (id === 'desc' || id === 'data')
      throw malformed('The file holds no sound, or does not describe it.', at, id);
  }
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

/** How many numbers the packet table has for each packet: its size and its count of frames, each only if it varies. */
function* readNumbersPerPacket(window: Window, desc: Span | undefined): Walk<number> {
  if (desc === undefined || desc.end - desc.start < DESC_LENGTH) return 0;
  if (!window.has(desc.start, DESC_LENGTH)) yield window.need(desc.start, DESC_LENGTH, 'desc');
  const bytesPerPacket = window.u32be(desc.start + 16);
  const framesPerPacket = window.u32be(desc.start + 20);
  return (bytesPerPacket === 0 ? 1 : 0) + (framesPerPacket === 0 ? 1 : 0);
}

function* write(
  window: Window,
  plan: Plan,
  context: Context,
  id: Kept,
  { start, end }: Span,
  numbersPerPacket: number,
): Walk {
  const length = end - start;
  if (id === 'data') {
    if (length < EDIT_COUNT_LENGTH) throw malformed('The sound is cut off.', start, id);
    // How often the file was edited tells something; 0 is what a new file has.
    plan.insert(writeChunkHeader(CAF_LAYOUT, id, length));
    plan.insert(new Uint8Array(EDIT_COUNT_LENGTH));
    plan.keep(start + EDIT_COUNT_LENGTH, end);
    return;
  }
  if (length > context.options.limits.bufferedBytes) throw limitExceeded('A header is too large.', start, id);
  if (!window.has(start, length)) yield window.need(start, length, id);
  const exact = exactLength(window, id, start, length, numbersPerPacket);
  plan.insert(writeChunkHeader(CAF_LAYOUT, id, exact));
  plan.keep(start, start + exact);
}

/** Length of what the chunk's own counts cover; the rest is slack. */
function exactLength(window: Window, id: Kept, start: number, length: number, numbersPerPacket: number): number {
  if (id === 'desc') {
    if (length < DESC_LENGTH) throw malformed('The description of the sound is too short.', start, id);
    return DESC_LENGTH;
  }
  if (id === 'chan') {
    const isWhole = length >= CHAN_HEADER_LENGTH;
    const exact = isWhole ? CHAN_HEADER_LENGTH + window.u32be(start + 8) * CHANNEL_DESCRIPTION_LENGTH : Infinity;
    if (exact > length) throw malformed('The channel layout is cut off.', start, id);
    return exact;
  }
  return id === 'pakt' ? packetTableLength(window, start, length, numbersPerPacket) : length;
}

/** Packets 8, frames 8, priming 4, remainder 4, then the numbers of each packet, 7 bits a byte, the last with a clear high bit. */
function packetTableLength(window: Window, start: number, length: number, numbersPerPacket: number): number {
  const headerLength = 24;
  if (length < headerLength) throw malformed('The packet table is cut off.', start, 'pakt');
  let numbers = window.u64be(start) * numbersPerPacket;
  let at = headerLength;
  for (; numbers > 0 && at < length; at++) if (window.u8(start + at) < 0x80) numbers--;
  if (numbers > 0) throw malformed('The packet table is cut off.', start, 'pakt');
  return at;
}
