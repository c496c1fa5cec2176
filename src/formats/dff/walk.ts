import { concat } from '../../bytes/concat.ts';
import { printable } from '../../bytes/printable.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import {
  DSDIFF_LAYOUT,
  findBodyEnd,
  isFourCC,
  paddingFor,
  readChunk,
  writeChunk,
  writeChunkHeader,
} from '../../containers/chunks.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Form type behind the header of the outer chunk. */
const FORM_LENGTH = 16;
/** The chunk that says the version: 1.5.0.0. */
const VERSION = writeChunk(DSDIFF_LAYOUT, 'FVER', Uint8Array.of(1, 5, 0, 0));
/** Properties that decoders read, in the order in which they are written, with the length of each where it is fixed. */
const properties: ReadonlyMap<string, number | undefined> = new Map<string, number | undefined>([
  ['FS  ', 4],
  ['CHNL', undefined],
  ['CMPR', 4],
  ['ABSS', 8],
  ['LSCO', 2],
]);
/** A count of channels is a number of 16 bits, and each has an id of four. */
const MAX_PROPERTY_LENGTH = 2 + 4 * 0xffff;
/** Chunks of compressed sound; checksums (DSTC) and the index (DSTI) can be done without. */
const DST_KEPT = ['FRTE', 'DSTF', 'DSTC'];

/** What a dropped chunk tells about; readers skip chunks that they do not know. */
const dropped: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['COMT', 'time'],
  ['DIIN', 'author'],
  ['MANF', 'device'],
  ['ID3 ', 'author'],
]);

/** Ids that may stand behind the sound. */
const IDS: readonly string[] = ['FVER', 'PROP', ...dropped.keys()];

/** Walks the file. */
export function* walkDff(window: Window, plan: Plan, context: Context): Walk {
  let properties: Plan | undefined;
  let sound: Plan | undefined;
  let at = FORM_LENGTH;
  for (;;) {
    const chunk = yield* readChunk(window, DSDIFF_LAYOUT, at);
    if (chunk === undefined || !isFourCC(chunk.id)) break;
    context.countStructures();
    const { id, start, bodyStart } = chunk;
    const isSound = id === 'DSD ' || id === 'DST ';
    let bodyEnd = Math.min(chunk.bodyEnd, window.size);
    if (isSound && sound !== undefined) throw malformed('The file holds two sounds.', start, id);
    if (id === 'DSD ') {
      // The sound of a file that was cut off is the rest of it, without what was put behind it afterwards.
      if (chunk.bodyEnd > window.size) {
        bodyEnd = yield* findBodyEnd(window, DSDIFF_LAYOUT, bodyStart, IDS, () => context.countStructures());
      }
      sound = new Plan(false);
      wrap(sound, id, bodyStart, bodyEnd);
    } else if (id === 'DST ') sound = yield* readCompressed(window, plan, context, bodyStart, bodyEnd);
    else if (id === 'PROP' && properties === undefined) {
      properties = yield* readProperties(window, plan, context, bodyStart, bodyEnd);
    } else if (id !== 'FVER') {
      const bytes = bodyEnd - start;
      plan.found({ kind: dropped.get(id) ?? 'other', where: id.trim(), action: 'removed', bytes, offset: start });
    }
    at = chunk.bodyEnd > window.size ? bodyEnd : Math.min(chunk.next, window.size);
  }
  if (properties === undefined) throw malformed('The file does not describe its sound.', at, 'PROP');
  if (sound === undefined) throw malformed('The file holds no sound.', at, 'DSD ');
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last chunk', action: 'removed', bytes, offset: at });
  }
  const length = 4 + VERSION.length + properties.length + sound.length;
  plan.insert(writeChunkHeader(DSDIFF_LAYOUT, 'FRM8', length));
  plan.insert(latin1Bytes('DSD '));
  plan.insert(VERSION);
  plan.append(properties);
  plan.append(sound);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

/** Puts a chunk with the input's bytes `[start, end)` as its body here. */
function wrap(plan: Plan, id: string, start: number, end: number): void {
  plan.insert(writeChunkHeader(DSDIFF_LAYOUT, id, end - start));
  plan.keep(start, end);
  plan.insert(paddingFor(DSDIFF_LAYOUT, end - start));
}

/** The property chunk: its type, then chunks of its own, of each the first. */
function* readProperties(window: Window, plan: Plan, context: Context, start: number, end: number): Walk<Plan> {
  const kept = new Map<string, Uint8Array>();
  for (let at = start + 4; at < end; ) {
    const chunk = yield* readChunk(window, DSDIFF_LAYOUT, at);
    if (chunk === undefined || chunk.bodyEnd > end) throw malformed('A property runs past its chunk.', at, 'PROP');
    context.countStructures();
    const { id, bodyStart, bodyEnd } = chunk;
    if (properties.has(id) && !kept.has(id)) {
      const length = Math.min(bodyEnd - bodyStart, MAX_PROPERTY_LENGTH);
      if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, 'PROP', id);
      kept.set(id, canonicalProperty(id, window.view(bodyStart, bodyStart + length), bodyStart));
    } else {
      const where = `PROP › ${printable(id)}`;
      plan.found({ kind: dropped.get(id) ?? 'other', where, action: 'removed', bytes: chunk.next - at, offset: at });
    }
    at = chunk.next;
  }
  const body = new Plan(false);
  body.insert(latin1Bytes('SND '));
  for (const id of properties.keys()) {
    const property = kept.get(id);
    if (property !== undefined) body.insert(writeChunk(DSDIFF_LAYOUT, id, property));
  }
  const whole = new Plan(false);
  whole.insert(writeChunkHeader(DSDIFF_LAYOUT, 'PROP', body.length));
  whole.append(body);
  return whole;
}

/** A property as far as its specification goes. */
function canonicalProperty(id: string, stored: Uint8Array, start: number): Uint8Array {
  const count = id === 'CHNL' && stored.length >= 2 ? new DataView(stored.buffer, stored.byteOffset).getUint16(0) : 0;
  const length = properties.get(id) ?? 2 + 4 * count;
  if (length > stored.length) throw malformed('A property is too short.', start, 'PROP', id);
  if (id !== 'CMPR') return stored.subarray(0, length);
  // The name of the compression is free text: it becomes empty, a count of 0.
  return concat(stored.subarray(0, length), Uint8Array.of(0));
}

/** Compressed sound: what describes it, frames and their checksums. */
function* readCompressed(window: Window, plan: Plan, context: Context, start: number, end: number): Walk<Plan> {
  const kept = new Plan(false);
  for (let at = start; at < end; ) {
    const chunk = yield* readChunk(window, DSDIFF_LAYOUT, at);
    const isWhole = chunk !== undefined && chunk.bodyEnd <= end;
    if (chunk === undefined || (!isWhole && end < window.size)) {
      throw malformed('A frame runs past its chunk.', at, 'DST ');
    }
    context.countStructures();
    if (isWhole && DST_KEPT.includes(chunk.id)) wrap(kept, chunk.id, chunk.bodyStart, chunk.bodyEnd);
    else {
      const bytes = Math.min(chunk.next, end) - at;
      plan.found({ kind: 'other', where: 'DST', action: 'removed', bytes, offset: at });
    }
    at = chunk.next;
  }
  const whole = new Plan(false);
  whole.insert(writeChunkHeader(DSDIFF_LAYOUT, 'DST ', kept.length));
  whole.append(kept);
  return whole;
}
