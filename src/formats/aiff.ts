// AIFF and AIFF-C: `FORM` chunks around sampled sound (Apple, AIFF 1.3 1989; AIFF-C draft 1991; EA IFF 85).
// COMM, SSND, CHAN and the version of AIFF-C make the sound. Names, authors, comments with times, markers, MIDI, application
// data, ID3, and bytes behind the form are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Chunk, IFF_LAYOUT, isFourCC, paddingFor, readChunk, writeChunkHeader } from '../containers/chunks.ts';
import type { Context } from '../core/context.ts';
import { malformed, unsupported } from '../core/errors.ts';
import type { Format } from '../core/format.ts';
import type { Plan, Span } from '../core/plan.ts';
import type { FindingKind } from '../core/report.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

type Use = 'version' | 'common' | 'sound' | 'channels' | 'drop';

/** What is done with each chunk, and what a dropped one tells about; readers skip chunks that are not here. */
const policy: ReadonlyMap<string, readonly [Use, FindingKind]> = new Map<string, readonly [Use, FindingKind]>([
  // Version of AIFF-C: a constant.
  ['FVER', ['version', 'structure']],
  // Channels, frames, sample size, rate, coding.
  ['COMM', ['common', 'structure']],
  // The samples.
  ['SSND', ['sound', 'structure']],
  // Which channel is which.
  ['CHAN', ['channels', 'structure']],
  // All rows below only say what a dropped chunk tells about.
  ['NAME', ['drop', 'comment']],
  ['AUTH', ['drop', 'author']],
  ['(c) ', ['drop', 'author']],
  ['ANNO', ['drop', 'comment']],
  ['COMT', ['drop', 'time']],
  ['MARK', ['drop', 'comment']],
  ['INST', ['drop', 'device']],
  ['APPL', ['drop', 'software']],
  ['ID3 ', ['drop', 'author']],
  ['FLLR', ['drop', 'structure']],
]);

/** The version of AIFF-C as a time stamp: May 23, 1990, 2:40 pm (AIFF-C draft, "Format Version Chunk"). */
const AIFC_VERSION = Uint8Array.of(0xa2, 0x80, 0x51, 0x40);
/** Channels 2, frames 4, sample size 2, rate 10. */
const COMM_LENGTH = 18;
/** Offset and block size stand in front of the samples. */
const SSND_HEADER_LENGTH = 8;
/** A channel layout: tag, bitmap, count of descriptions. */
const CHAN_HEADER_LENGTH = 12;
const CHANNEL_DESCRIPTION_LENGTH = 20;

/** Codings that decoders play, with the bits of a sample where all of them are coded alike. */
const codings: ReadonlyMap<string, number | undefined> = new Map<string, number | undefined>([
  ...['NONE', 'twos', 'sowt', 'raw ', 'in24', 'in32', '42ni', '23ni'].map((id) => [id, undefined] as const),
  ...['fl32', 'FL32', 'fl64', 'FL64'].map((id) => [id, undefined] as const),
  ...['ulaw', 'ULAW', 'alaw', 'ALAW'].map((id) => [id, 8] as const),
  ...['ima4', 'MAC3', 'MAC6', 'G722', 'G726', 'QDM2', 'Qclp', 'QDMC', 'GSM ', 'ADP4', 'SDX2', 'sdx2'].map(
    (id) => [id, 0] as const,
  ),
]);

/** AIFF and AIFF-C sound. */
export const aiff: Format = {
  id: 'aiff',
  name: 'AIFF',
  mediaTypes: ['audio/aiff', 'audio/x-aiff'],
  extensions: ['aiff', 'aif', 'aifc'],
  summary: 'Samples and channel layout stay; names, authors, comments, markers, ID3 and application data go.',
  matches: (head) => startsWith(head, 'FORM') && (startsWith(head, 'AIFF', 8) || startsWith(head, 'AIFC', 8)),
  walk: walkAiff,
};

interface Sound {
  common: Uint8Array | undefined;
  channels: Uint8Array | undefined;
  data: Span | undefined;
}

function* walkAiff(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, 12)) yield window.need(0, 12, 'FORM');
  const isCompressed = window.fourCC(8) === 'AIFC';
  const sound: Sound = { common: undefined, channels: undefined, data: undefined };
  let at = 12;
  for (;;) {
    const chunk = yield* readChunk(window, IFF_LAYOUT, at);
    if (chunk === undefined || !isFourCC(chunk.id)) break;
    context.countStructures();
    at = yield* readOne(window, plan, sound, isCompressed, chunk);
  }
  if (at < window.size) {
    if (sound.data === undefined) throw malformed('What should be a chunk is none.', at, 'FORM');
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last chunk', action: 'removed', bytes, offset: at });
  }
  if (sound.common === undefined) throw malformed('The file does not describe its sound.', at, 'COMM');
  write(plan, isCompressed, sound.common, sound.channels, exactData(plan, isCompressed, sound.common, sound.data));
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

/** Reads or drops one chunk; returns where the next begins. */
function* readOne(window: Window, plan: Plan, sound: Sound, isCompressed: boolean, chunk: Chunk): Walk<number> {
  const { id, start, bodyStart } = chunk;
  const bodyEnd = Math.min(chunk.bodyEnd, window.size);
  const length = bodyEnd - bodyStart;
  const [use, kind] = policy.get(id) ?? ['drop', 'other'];
  if (use === 'common') {
    if (sound.common !== undefined) throw malformed('The file describes its sound twice.', start, id);
    const needed = COMM_LENGTH + (isCompressed ? 4 : 0);
    if (length < needed) throw malformed('The description of the sound is too short.', start, id);
    if (!window.has(bodyStart, needed)) yield window.need(bodyStart, needed, id);
    sound.common = window.view(bodyStart, bodyStart + needed).slice();
  } else if (use === 'channels' && length >= CHAN_HEADER_LENGTH) {
    if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, id);
    const count = window.u32be(bodyStart + 8);
    const exact = CHAN_HEADER_LENGTH + count * CHANNEL_DESCRIPTION_LENGTH;
    if (exact <= length) sound.channels = window.view(bodyStart, bodyStart + exact).slice();
  } else if (use === 'sound') {
    if (sound.data !== undefined) throw malformed('The file holds two sounds.', start, id);
    if (length < SSND_HEADER_LENGTH) throw malformed('The sound is cut off.', start, id);
    if (!window.has(bodyStart, SSND_HEADER_LENGTH)) yield window.need(bodyStart, SSND_HEADER_LENGTH, id);
    const dataStart = bodyStart + SSND_HEADER_LENGTH + window.u32be(bodyStart);
    if (dataStart > bodyEnd) throw malformed('The sound begins behind its end.', start, id);
    sound.data = { start: dataStart, end: bodyEnd };
  } else if (use === 'drop') {
    plan.found({ kind, where: id.trim(), action: 'removed', bytes: bodyEnd - start, offset: start });
  }
  return yield* nextChunk(window, chunk);
}

/** Where the chunk behind this one begins: writers that forget the pad byte are told by what stands there. */
function* nextChunk(window: Window, { bodyEnd, next }: Chunk): Walk<number> {
  if (next === bodyEnd || bodyEnd + 5 > window.size) return Math.min(next, window.size);
  if (!window.has(bodyEnd, 5)) yield window.need(bodyEnd, 5, 'FORM');
  const isPadded = isFourCC(window.fourCC(next)) || window.u8(bodyEnd) === 0;
  return !isPadded && isFourCC(window.fourCC(bodyEnd)) ? bodyEnd : next;
}

/** The samples in whole frames, where those are all of one length. */
function exactData(plan: Plan, isCompressed: boolean, common: Uint8Array, data: Span | undefined): Span {
  const view = new DataView(common.buffer, common.byteOffset);
  const coding = isCompressed ? String.fromCharCode(...common.subarray(COMM_LENGTH, COMM_LENGTH + 4)) : 'NONE';
  if (!codings.has(coding)) throw unsupported('The sound is coded in a way that is not known.', undefined, 'COMM');
  const channels = view.getUint16(0);
  const frames = view.getUint32(2);
  if (channels === 0) throw malformed('The sound has no channels.', undefined, 'COMM');
  if (data === undefined) {
    // AIFF 1.3: without frames there need be no sound chunk.
    if (frames === 0) return { start: 0, end: 0 };
    throw malformed('The file holds no sound.', undefined, 'SSND');
  }
  const bits = codings.get(coding) ?? view.getUint16(6);
  const frameLength = bits === 0 ? 0 : channels * Math.ceil(bits / 8);
  if (frameLength === 0) return data;
  // Frames behind those that are counted stay: some decoders play them.
  const rest = (data.end - data.start) % frameLength;
  if (rest > 0) plan.found({ kind: 'structure', where: 'SSND › after the last frame', action: 'removed', bytes: rest });
  return { start: data.start, end: data.end - rest };
}

/** FVER, COMM, CHAN, SSND, in this order; the name of a coding becomes empty. */
function write(
  plan: Plan,
  isCompressed: boolean,
  common: Uint8Array,
  channels: Uint8Array | undefined,
  data: Span,
): void {
  const chunks: [string, Uint8Array][] = [];
  if (isCompressed) chunks.push(['FVER', AIFC_VERSION]);
  const comm = new Uint8Array(isCompressed ? common.length + 2 : common.length);
  comm.set(common);
  chunks.push(['COMM', comm]);
  if (channels !== undefined) chunks.push(['CHAN', channels]);
  const length = SSND_HEADER_LENGTH + data.end - data.start;
  const padding = paddingFor(IFF_LAYOUT, length);
  const total = chunks.reduce((sum, [, body]) => sum + 8 + body.length, 4) + 8 + length + padding.length;
  plan.insert(writeChunkHeader(IFF_LAYOUT, 'FORM', total));
  plan.insert(Uint8Array.from(isCompressed ? 'AIFC' : 'AIFF', (character) => character.charCodeAt(0)));
  for (const [id, body] of chunks) {
    plan.insert(writeChunkHeader(IFF_LAYOUT, id, body.length));
    plan.insert(body);
  }
  plan.insert(writeChunkHeader(IFF_LAYOUT, 'SSND', length));
  plan.insert(new Uint8Array(SSND_HEADER_LENGTH));
  plan.keep(data.start, data.end);
  plan.insert(padding);
}
