import { printable } from '../../bytes/printable.ts';
import { CAF_LAYOUT, readChunk, writeChunkHeader } from '../../containers/chunks.ts';
import { findTagsAtEnd } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { isAac, tableLengths, uniformLengths, writeAac } from './aac.ts';

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

/** Codings that decoders play (Core Audio, `mFormatID`); packets of others might hold anything. */
const codings: readonly string[] = [
  ...['lpcm', 'alac', 'ulaw', 'alaw', 'ima4', 'flac', 'opus', 'ilbc', 'samr', 'sawb', 'agsm', 'MAC3', 'MAC6'],
  ...['aac ', 'aach', 'aacp', 'aacl', 'aace', 'aacf', 'aacg', '.mp1', '.mp2', '.mp3', 'ac-3', 'ec-3', 'Qclp'],
  ...['ms\0\x02', 'ms\0\x11', 'ms\x001'],
];
/** Codings of which a packet is one sample of each channel. */
const plainCodings: readonly string[] = ['lpcm', 'ulaw', 'alaw'];

/** Type, version 1, flags 0. */
const FILE_HEADER = Uint8Array.of(0x63, 0x61, 0x66, 0x66, 0, 1, 0, 0);
/** Rate 8, format 4, flags 4, bytes and frames per packet 8, channels 4, bits 4. */
const DESC_LENGTH = 32;
const EDIT_COUNT_LENGTH = 4;
/** Packets 8, frames 8, priming 4, remainder 4. */
const PAKT_HEADER_LENGTH = 24;
/** A channel layout: tag, bitmap, count of descriptions. */
const CHAN_HEADER_LENGTH = 12;
const CHANNEL_DESCRIPTION_LENGTH = 20;

/** Walks the file. */
export function* walkCaf(window: Window, plan: Plan, context: Context): Walk {
  const spans = new Map<Kept, Span>();
  let at = FILE_HEADER.length;
  for (;;) {
    const chunk = yield* readChunk(window, CAF_LAYOUT, at);
    if (chunk === undefined) break;
    context.countStructures();
    const { id, start, bodyStart } = chunk;
    const where = printable(id);
    const kept = KEPT.find((name) => name === id);
    // A size of −1 says that the sound goes on to the end of the file; so does that of a file that was cut off.
    let end = chunk.bodyEnd;
    if (end > window.size) {
      if (id !== 'data' && spans.has('data')) break;
      if (id !== 'data') throw malformed('A chunk runs past the end of the file.', start, where);
      const [tag] = yield* findTagsAtEnd(window, bodyStart, window.size);
      end = tag?.start ?? window.size;
    }
    if (kept === undefined) {
      plan.found({ kind: dropped.get(id) ?? 'other', where, action: 'removed', bytes: end - start, offset: start });
    } else if (spans.has(kept)) throw malformed('A chunk that can be there once is there twice.', start, id);
    else spans.set(kept, { start: bodyStart, end });
    at = end;
    if (chunk.bodyEnd > end) break;
  }
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last chunk', action: 'removed', bytes, offset: at });
  }
  const desc = spans.get('desc');
  const data = spans.get('data');
  if (desc === undefined) throw malformed('The file does not describe its sound.', at, 'desc');
  if (data === undefined || data.end - data.start < EDIT_COUNT_LENGTH) {
    throw malformed('The file holds no sound.', at, 'data');
  }
  const packets = yield* readDescription(window, desc);
  plan.insert(FILE_HEADER);
  for (const id of KEPT) {
    const span = spans.get(id);
    if (span === undefined) continue;
    if (id !== 'data') yield* writeHeader(window, plan, context, id, span, packets.numbers);
    else yield* writeData(window, plan, context, span, packets, spans.get('pakt'));
  }
  if (spans.has('kuki')) plan.residual.add("The decoder's settings (kuki), which are carried over unread.");
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

/** What the description says of packets. */
interface Packets {
  coding: string;
  /** Length of each in bytes; 0 where it varies. */
  bytes: number;
  /** How many numbers the table has for each: its size and its count of frames, each only if it varies. */
  numbers: number;
  /** Length of each, where a part of one is worth nothing, else 1. */
  length: number;
}

function* readDescription(window: Window, { start, end }: Span): Walk<Packets> {
  if (end - start < DESC_LENGTH) throw malformed('The description of the sound is too short.', start, 'desc');
  if (!window.has(start, DESC_LENGTH)) yield window.need(start, DESC_LENGTH, 'desc');
  const coding = window.fourCC(start + 8);
  if (!codings.includes(coding)) {
    throw unsupported(
      `The sound is coded in a way that is not known (${printable(coding)}). Convert it and try again.`,
      start + 8,
      'desc',
    );
  }
  const bytesPerPacket = window.u32be(start + 16);
  const framesPerPacket = window.u32be(start + 20);
  return {
    coding,
    bytes: bytesPerPacket,
    numbers: (bytesPerPacket === 0 ? 1 : 0) + (framesPerPacket === 0 ? 1 : 0),
    length: plainCodings.includes(coding) ? Math.max(1, bytesPerPacket) : 1,
  };
}

function* writeData(
  window: Window,
  plan: Plan,
  context: Context,
  { start, end }: Span,
  { coding, bytes, numbers, length: packetLength }: Packets,
  table: Span | undefined,
): Walk {
  const bodyStart = start + EDIT_COUNT_LENGTH;
  const partial = (end - bodyStart) % packetLength;
  if (partial > 0) {
    const note = 'It is a part of a sample.';
    plan.found({ kind: 'structure', where: 'data', action: 'removed', bytes: partial, offset: end - partial, note });
  }
  plan.insert(writeChunkHeader(CAF_LAYOUT, 'data', end - partial - start));
  // How often the file was edited tells something; 0 is what a new file has.
  plan.insert(new Uint8Array(EDIT_COUNT_LENGTH));
  const body = { start: bodyStart, end: end - partial };
  if (!isAac(coding)) plan.keep(body.start, body.end);
  else if (bytes > 0) yield* writeAac(window, plan, context, body, uniformLengths(bytes));
  else if (table !== undefined) {
    const entries = table.start + PAKT_HEADER_LENGTH;
    const length = Math.max(0, table.end - entries);
    if (!window.has(entries, length)) yield window.need(entries, length, 'pakt');
    const lengths = tableLengths(window.view(entries, entries + length), numbers);
    yield* writeAac(window, plan, context, body, lengths);
  } else throw malformed('The file does not say how long its packets are.', start, 'pakt');
}

/** Carries a chunk over as far as its own counts go; one that is cut off and can be done without is dropped. */
function* writeHeader(
  window: Window,
  plan: Plan,
  context: Context,
  id: Kept,
  { start, end }: Span,
  numbersPerPacket: number,
): Walk {
  const length = end - start;
  if (length > context.options.limits.bufferedBytes) throw limitExceeded('A header is too large.', start, id);
  if (!window.has(start, length)) yield window.need(start, length, id);
  const exact = exactLength(window, id, start, length, numbersPerPacket);
  if (exact > length) {
    plan.found({
      kind: 'structure',
      where: id,
      action: 'removed',
      bytes: length,
      offset: start,
      note: 'It is cut off.',
    });
    return;
  }
  plan.insert(writeChunkHeader(CAF_LAYOUT, id, exact));
  plan.keep(start, start + exact);
}

/** Length of what the chunk's own counts cover; the rest is slack. */
function exactLength(window: Window, id: Kept, start: number, length: number, numbersPerPacket: number): number {
  if (id === 'desc') return DESC_LENGTH;
  if (id === 'chan') {
    if (length < CHAN_HEADER_LENGTH) return Number.POSITIVE_INFINITY;
    return CHAN_HEADER_LENGTH + window.u32be(start + 8) * CHANNEL_DESCRIPTION_LENGTH;
  }
  return id === 'pakt' ? packetTableLength(window, start, length, numbersPerPacket) : length;
}

/** The header, then the numbers of each packet, 7 bits a byte, the last with a clear high bit. */
function packetTableLength(window: Window, start: number, length: number, numbersPerPacket: number): number {
  if (length < PAKT_HEADER_LENGTH) {
    if (numbersPerPacket === 0) return Number.POSITIVE_INFINITY;
    throw malformed('The packet table is cut off.', start, 'pakt');
  }
  let numbers = window.u64be(start) * numbersPerPacket;
  let at = PAKT_HEADER_LENGTH;
  for (; numbers > 0 && at < length; at++) if (window.u8(start + at) < 0x80) numbers--;
  if (numbers > 0) throw malformed('The packet table is cut off.', start, 'pakt');
  return at;
}
