import { printable } from '../../bytes/printable.ts';
import { latin1, latin1Bytes } from '../../bytes/text.ts';
import { behindTags } from '../../containers/behind-tags.ts';
import {
  type Chunk,
  findBodyEnd,
  followingChunk,
  IFF_LAYOUT,
  isFourCC,
  paddingFor,
  readChunk,
  writeChunk,
  writeChunkHeader,
} from '../../containers/chunks.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { FormatWalk } from '../../core/format.ts';
import { Plan, type Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { canonicalMarks } from './marks.ts';
import { codings, ruleFor, rules } from './policy.ts';

/** The version of AIFF-C as a time stamp: May 23, 1990, 2:40 pm (AIFF-C draft, "Format Version Chunk"). */
const AIFC_VERSION = Uint8Array.of(0xa2, 0x80, 0x51, 0x40);
/** Channels 2, frames 4, sample size 2, rate 10; in AIFF-C the coding follows, and its name. */
const COMM_LENGTH = 18;
/** Offset and block size stand in front of the samples. */
const SSND_HEADER_LENGTH = 8;
/** A channel layout: tag, bitmap, count of descriptions. */
const CHAN_HEADER_LENGTH = 12;
const CHANNEL_DESCRIPTION_LENGTH = 20;
/** Kept texts and marks are cut at this length. */
const MAX_EXTRA_LENGTH = 1024 * 1024;

/** What was found, by chunk id: canonical bodies, and where the samples are. */
interface Sound {
  isCompressed: boolean;
  bodies: Map<string, Uint8Array>;
  data: Span | undefined;
}

/** Walks an AIFF or AIFF-C file. */
export const walkAiff: FormatWalk = behindTags(walkChunks);

function* walkChunks(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, 12)) yield window.need(0, 12, 'FORM');
  const sound: Sound = { isCompressed: window.fourCC(8) === 'AIFC', bodies: new Map(), data: undefined };
  let at = 12;
  for (;;) {
    const chunk = yield* readChunk(window, IFF_LAYOUT, at);
    if (chunk === undefined) break;
    context.countStructures();
    // Junk behind the sound is the end of it; in front of it, what is no id may still be one of an odd writer.
    if (!isFourCC(chunk.id) && (sound.data !== undefined || chunk.bodyEnd > window.size)) break;
    at = yield* readOne(window, plan, context, sound, chunk);
  }
  const common = sound.bodies.get('COMM');
  if (common === undefined) throw malformed('The file does not describe its sound.', at, 'COMM');
  const data = exactData(plan, sound, common, at);
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last chunk', action: 'removed', bytes, offset: at });
  }
  write(plan, sound, data);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

/** Reads or drops one chunk; returns where the next begins. */
function* readOne(window: Window, plan: Plan, context: Context, sound: Sound, chunk: Chunk): Walk<number> {
  const { id, start, bodyStart } = chunk;
  const bodyEnd = Math.min(chunk.bodyEnd, window.size);
  const rule = ruleFor(id);
  if (rule.use === 'sound') return yield* readSound(window, plan, context, sound, chunk);
  if (rule.use === 'common' && sound.bodies.has(id)) throw malformed('The file describes its sound twice.', start, id);
  let kept: Uint8Array | undefined;
  const isWanted = rule.option === undefined ? rule.use !== 'drop' : context.keeps(rule.option);
  const showsText = rule.use === 'text' && context.options.values;
  let text: string | undefined;
  if ((isWanted || showsText) && !sound.bodies.has(id)) {
    const length = Math.min(bodyEnd - bodyStart, MAX_EXTRA_LENGTH);
    if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, id);
    const stored = window.view(bodyStart, bodyStart + length);
    const canonical = canonicalBody(rule.use, stored, sound.isCompressed, context, bodyStart);
    if (showsText && canonical !== undefined) text = printable(latin1(canonical));
    if (isWanted) kept = canonical;
    if (rule.use === 'common') noteName(plan, stored, sound.isCompressed, bodyStart);
    if (kept !== undefined) sound.bodies.set(id, kept);
  }
  const values = text === undefined ? {} : { values: { [id.trim()]: text } };
  const place = { kind: rule.kind, where: printable(id), offset: start, ...values };
  if (kept === undefined) plan.found({ ...place, action: 'removed', bytes: bodyEnd - start });
  else if (rule.option !== undefined) plan.found({ ...place, action: 'kept', bytes: kept.length });
  return yield* followingChunk(window, chunk, rules);
}

/** Notes the name of the coding, a free text (AIFF-C, "Extended Common Chunk"). */
function noteName(plan: Plan, stored: Uint8Array, isCompressed: boolean, start: number): void {
  const bytes = stored[COMM_LENGTH + 4] ?? 0;
  if (!isCompressed || bytes === 0) return;
  plan.found({
    kind: 'comment',
    where: 'COMM › compressionName',
    action: 'removed',
    bytes,
    offset: start + COMM_LENGTH + 5,
  });
}

/** What of a chunk's body is carried over; nothing where it is no good or means nothing here. */
function canonicalBody(
  use: string,
  stored: Uint8Array,
  isCompressed: boolean,
  context: Context,
  start: number,
): Uint8Array | undefined {
  if (use === 'version') return isCompressed ? AIFC_VERSION : undefined;
  if (use === 'marks') return canonicalMarks(stored, context);
  if (use === 'text') {
    const nul = stored.indexOf(0);
    const text = nul < 0 ? stored : stored.subarray(0, nul);
    return text.length > 0 ? text : undefined;
  }
  if (use === 'channels') {
    if (stored.length < CHAN_HEADER_LENGTH) return undefined;
    const count = new DataView(stored.buffer, stored.byteOffset).getUint32(8);
    const exact = CHAN_HEADER_LENGTH + count * CHANNEL_DESCRIPTION_LENGTH;
    return exact <= stored.length ? stored.subarray(0, exact) : undefined;
  }
  const needed = COMM_LENGTH + (isCompressed ? 4 : 0);
  if (stored.length < needed) throw malformed('The description of the sound is too short.', start, 'COMM');
  // The name of a coding becomes empty: a count of 0, and a pad byte.
  const common = new Uint8Array(isCompressed ? needed + 2 : needed);
  common.set(stored.subarray(0, needed));
  return common;
}

function* readSound(window: Window, plan: Plan, context: Context, sound: Sound, chunk: Chunk): Walk<number> {
  const { id, start, bodyStart, bodyEnd } = chunk;
  if (sound.data !== undefined) throw malformed('The file holds two sounds.', start, id);
  if (bodyStart + SSND_HEADER_LENGTH > window.size) throw malformed('The sound is cut off.', start, id);
  if (!window.has(bodyStart, SSND_HEADER_LENGTH)) yield window.need(bodyStart, SSND_HEADER_LENGTH, id);
  const skipped = window.u32be(bodyStart);
  const dataStart = bodyStart + SSND_HEADER_LENGTH + skipped;
  if (skipped > 0) {
    const offset = bodyStart + SSND_HEADER_LENGTH;
    plan.found({ kind: 'structure', where: 'SSND › offset', action: 'removed', bytes: skipped, offset });
  }
  if (bodyEnd <= window.size && bodyEnd >= bodyStart + SSND_HEADER_LENGTH) {
    if (dataStart > bodyEnd) throw malformed('The sound begins behind its end.', start, id);
    sound.data = { start: dataStart, end: bodyEnd };
    return yield* followingChunk(window, chunk, rules);
  }
  // A recorder that was cut off, or wrote to a pipe, leaves no size, or one past the end: the sound is the rest of the file.
  if (dataStart > window.size) throw malformed('The sound begins behind its end.', start, id);
  const end = yield* findBodyEnd(window, IFF_LAYOUT, dataStart, [...rules.keys()], () => context.countStructures());
  sound.data = { start: dataStart, end };
  return end;
}

/** The samples in whole frames, where those are all of one length. */
function exactData(plan: Plan, { isCompressed, data }: Sound, common: Uint8Array, end: number): Span {
  const view = new DataView(common.buffer);
  const coding = isCompressed ? latin1(common.subarray(COMM_LENGTH, COMM_LENGTH + 4)) : 'NONE';
  if (!codings.has(coding)) {
    throw unsupported(
      `The sound is coded in a way that is not known (${printable(coding)}). Convert it to PCM and try again.`,
      undefined,
      'COMM',
    );
  }
  const channels = view.getUint16(0);
  if (channels === 0) throw malformed('The sound has no channels.', undefined, 'COMM');
  if (data === undefined) {
    // AIFF 1.3, "Sound Data Chunk": without frames there need be none.
    if (view.getUint32(2) === 0) return { start: 0, end: 0 };
    throw malformed('The file holds no sound.', end, 'SSND');
  }
  const bits = codings.get(coding) ?? view.getUint16(6);
  const frameLength = Math.max(1, channels * Math.ceil(bits / 8));
  if (bits > 0 && data.end - data.start >= (view.getUint32(2) + 1) * frameLength) {
    plan.residual.add('Sound behind the frames that COMM counts, which some decoders play.');
  }
  const rest = (data.end - data.start) % frameLength;
  const offset = data.end - rest;
  if (rest > 0) plan.found({ kind: 'structure', where: 'SSND', action: 'removed', bytes: rest, offset, note: PARTIAL });
  return { start: data.start, end: offset };
}

const PARTIAL = 'It is a part of a sample.';

/** FVER, COMM, CHAN, what the options keep, SSND, in this order. */
function write(plan: Plan, { isCompressed, bodies }: Sound, data: Span): void {
  if (isCompressed) bodies.set('FVER', AIFC_VERSION);
  const chunks = new Plan();
  for (const id of rules.keys()) {
    const body = bodies.get(id);
    if (body !== undefined) chunks.insert(writeChunk(IFF_LAYOUT, id, body));
  }
  const length = SSND_HEADER_LENGTH + data.end - data.start;
  const padding = paddingFor(IFF_LAYOUT, length);
  const total = 4 + chunks.length + 8 + length + padding.length;
  plan.insert(writeChunkHeader(IFF_LAYOUT, 'FORM', total));
  plan.insert(latin1Bytes(isCompressed ? 'AIFC' : 'AIFF'));
  plan.append(chunks);
  plan.insert(writeChunkHeader(IFF_LAYOUT, 'SSND', length));
  plan.insert(new Uint8Array(SSND_HEADER_LENGTH));
  plan.keep(data.start, data.end);
  plan.insert(padding);
}
