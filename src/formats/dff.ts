// DSDIFF: chunks of one-bit sound, plain or compressed (Philips, DSDIFF 1.5).
// FVER, the properties FS, CHNL, CMPR, ABSS and LSCO, and the sound make it up. Comments with times, edited master
// information with artist and title, manufacturer data and ID3 are metadata.
import { startsWith } from '../bytes/text.ts';
import { DSDIFF_LAYOUT, isFourCC, paddingFor, readChunk, writeChunkHeader } from '../containers/chunks.ts';
import type { Context } from '../core/context.ts';
import { malformed } from '../core/errors.ts';
import type { Format } from '../core/format.ts';
import { Plan } from '../core/plan.ts';
import type { FindingKind } from '../core/report.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

/** Form type behind the header of the outer chunk. */
const FORM_LENGTH = 16;
/** Properties that decoders read, with the length of each where it is fixed. */
const properties: ReadonlyMap<string, number | undefined> = new Map<string, number | undefined>([
  ['FS  ', 4],
  ['CHNL', undefined],
  ['CMPR', undefined],
  ['ABSS', 8],
  ['LSCO', 2],
]);
/** Chunks of compressed sound; checksums (DSTC) and the index (DSTI) can be done without. */
const DST_KEPT = ['FRTE', 'DSTF', 'DSTC'];

/** What a dropped chunk tells about; readers skip chunks that they do not know. */
const dropped: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['COMT', 'time'],
  ['DIIN', 'author'],
  ['MANF', 'device'],
  ['ID3 ', 'author'],
]);

/** One-bit sound in a DSDIFF file. */
export const dff: Format = {
  id: 'dff',
  name: 'DSDIFF',
  mediaTypes: ['audio/x-dff', 'audio/dff'],
  extensions: ['dff'],
  summary: 'One-bit samples and their properties stay; comments, artist, title, manufacturer data and ID3 go.',
  matches: (head) => startsWith(head, 'FRM8') && startsWith(head, 'DSD ', 12),
  walk: walkDff,
};

function* walkDff(window: Window, plan: Plan, context: Context): Walk {
  const parts: { version: Plan | undefined; properties: Plan | undefined; sound: Plan | undefined } = {
    version: undefined,
    properties: undefined,
    sound: undefined,
  };
  let at = FORM_LENGTH;
  for (;;) {
    const chunk = yield* readChunk(window, DSDIFF_LAYOUT, at);
    if (chunk === undefined || !isFourCC(chunk.id)) break;
    context.countStructures();
    const { id, start, bodyStart, bodyEnd } = chunk;
    const isKept = id === 'FVER' || id === 'PROP' || id === 'DSD ' || id === 'DST ';
    if (isKept && bodyEnd > window.size) yield window.need(bodyStart, bodyEnd - bodyStart, id);
    if (id === 'FVER') parts.version ??= wrap(id, bodyStart, bodyStart + 4);
    else if (id === 'PROP') parts.properties ??= yield* readProperties(window, plan, bodyStart, bodyEnd);
    else if (id === 'DSD ') parts.sound ??= wrap(id, bodyStart, bodyEnd);
    else if (id === 'DST ') parts.sound ??= yield* readCompressed(window, plan, context, bodyStart, bodyEnd);
    else {
      const bytes = Math.min(bodyEnd, window.size) - start;
      plan.found({ kind: dropped.get(id) ?? 'other', where: id.trim(), action: 'removed', bytes, offset: start });
    }
    at = Math.min(chunk.next, window.size);
  }
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last chunk', action: 'removed', bytes, offset: at });
  }
  const { version, properties: described, sound } = parts;
  if (version === undefined || described === undefined || sound === undefined) {
    throw malformed('The file lacks its version, the description of its sound, or the sound.', at, 'FRM8');
  }
  plan.insert(writeChunkHeader(DSDIFF_LAYOUT, 'FRM8', 4 + version.length + described.length + sound.length));
  plan.insert(DSD_TYPE);
  for (const part of [version, described, sound]) plan.append(part);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

const DSD_TYPE = Uint8Array.of(0x44, 0x53, 0x44, 0x20);
const SND_TYPE = Uint8Array.of(0x53, 0x4e, 0x44, 0x20);

/** A chunk with the input's bytes `[start, end)` as its body. */
function wrap(id: string, start: number, end: number): Plan {
  const chunk = new Plan();
  chunk.insert(writeChunkHeader(DSDIFF_LAYOUT, id, end - start));
  chunk.keep(start, end);
  chunk.insert(paddingFor(DSDIFF_LAYOUT, end - start));
  return chunk;
}

/** The property chunk: its type, then chunks of its own. */
function* readProperties(window: Window, plan: Plan, start: number, end: number): Walk<Plan> {
  const kept = new Plan();
  kept.insert(SND_TYPE);
  for (let at = start + 4; at < end; ) {
    const chunk = yield* readChunk(window, DSDIFF_LAYOUT, at);
    if (chunk === undefined || chunk.bodyEnd > end) throw malformed('A property runs past its chunk.', at, 'PROP');
    const { id, bodyStart, bodyEnd } = chunk;
    if (!properties.has(id)) {
      const bytes = chunk.next - at;
      const kind = dropped.get(id) ?? 'other';
      plan.found({ kind, where: `PROP › ${id.replace(/[^ -~]/g, '?').trim()}`, action: 'removed', bytes, offset: at });
    } else if (id === 'CMPR') {
      // The name of the compression is free text: it becomes empty.
      if (bodyEnd - bodyStart < 4) throw malformed('The compression is not named.', at, 'PROP', id);
      kept.insert(writeChunkHeader(DSDIFF_LAYOUT, id, 5));
      kept.keep(bodyStart, bodyStart + 4);
      kept.insert(new Uint8Array(2));
    } else kept.append(wrap(id, bodyStart, Math.min(bodyEnd, bodyStart + (properties.get(id) ?? Infinity))));
    at = chunk.next;
  }
  const whole = new Plan();
  whole.insert(writeChunkHeader(DSDIFF_LAYOUT, 'PROP', kept.length));
  whole.append(kept);
  return whole;
}

/** Compressed sound: frames and their checksums. */
function* readCompressed(window: Window, plan: Plan, context: Context, start: number, end: number): Walk<Plan> {
  const kept = new Plan();
  for (let at = start; at < end; ) {
    const chunk = yield* readChunk(window, DSDIFF_LAYOUT, at);
    if (chunk === undefined || chunk.bodyEnd > end) throw malformed('A frame runs past its chunk.', at, 'DST ');
    context.countStructures();
    if (DST_KEPT.includes(chunk.id)) kept.append(wrap(chunk.id, chunk.bodyStart, chunk.bodyEnd));
    else plan.found({ kind: 'other', where: 'DST', action: 'removed', bytes: chunk.next - at, offset: at });
    at = chunk.next;
  }
  const whole = new Plan();
  whole.insert(writeChunkHeader(DSDIFF_LAYOUT, 'DST ', kept.length));
  whole.append(kept);
  return whole;
}
