import {
  type Chunk,
  type ChunkLayout,
  IFF_LAYOUT,
  isFourCC,
  paddingFor,
  RIFF_LAYOUT,
  readChunk,
  W64_LAYOUT,
  writeChunkHeader,
} from '../../containers/chunks.ts';
import type { Context } from '../../core/context.ts';
import { malformed, ScrubError } from '../../core/errors.ts';
import { Plan, type Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { readWaveFormat, type WaveFormat, WaveTag } from './fmt.ts';
import { nameChunk, ruleFor } from './policy.ts';

/** The twelve bytes that follow the four letters in the GUIDs of W64. */
const W64_LOWER_TAIL = '\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a';
const W64_RIFF = 'riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0';
/** A size of this value stands for one that is given in `ds64`, or not known. */
const UNKNOWN_SIZE = 0xffffffff;
/** No description of a sound is longer. */
const MAX_FMT_LENGTH = 4096;

/** Which of the family a file is: how it writes chunks. */
interface Dialect {
  layout: ChunkLayout;
  /** Whether ids are GUIDs. */
  isW64: boolean;
  /** Whether sizes past 4 GiB stand in a `ds64` chunk. */
  isLarge: boolean;
  /** Length of everything in front of the first chunk. */
  headerLength: number;
}

/** What was found of the sound. */
interface Sound {
  format: WaveFormat | undefined;
  /** Count of samples (EBU Tech 3306: `fact`), for compressed sound. */
  fact: number | undefined;
  data: Span | undefined;
  /** Data size as `ds64` has it. */
  largeSize: number | undefined;
}

/** Walks a file of the WAV family. */
export function* walkWav(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, 12)) yield window.need(0, 12, 'RIFF');
  const dialect = yield* readDialect(window);
  const sound: Sound = { format: undefined, fact: undefined, data: undefined, largeSize: undefined };
  let at = dialect.headerLength;
  for (;;) {
    const chunk = yield* readChunk(window, dialect.layout, at);
    if (chunk === undefined) break;
    context.countStructures();
    const id = dialect.isW64 ? idOfGuid(chunk.id) : chunk.id;
    if (!dialect.isW64 && !isFourCC(id)) break;
    at = yield* readOne(window, plan, context, dialect, sound, id, chunk);
  }
  if (!window.has(at, 1)) yield window.want(at, 1);
  if (window.has(at, 1)) {
    if (sound.data === undefined) throw malformed('What should be a chunk is none.', at, 'RIFF');
    plan.found({
      kind: 'trailing-data',
      where: 'after the last chunk',
      action: 'removed',
      bytes: window.size - at,
      offset: at,
    });
  }
  if (sound.format === undefined) throw malformed('The file does not describe its sound.', at, 'fmt ');
  if (sound.data === undefined) throw malformed('The file holds no sound.', at, 'data');
  const payload = yield* scrubPayload(window, plan, context, sound.format, sound.data);
  write(plan, dialect, sound.format, sound.fact, payload);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

function* readDialect(window: Window): Walk<Dialect> {
  const id = window.fourCC(0);
  if (id === 'riff') {
    if (!window.has(0, 40)) yield window.need(0, 40, 'riff');
    return { layout: W64_LAYOUT, isW64: true, isLarge: false, headerLength: 40 };
  }
  const layout = id === 'RIFX' ? IFF_LAYOUT : RIFF_LAYOUT;
  return { layout, isW64: false, isLarge: id === 'RF64' || id === 'BW64', headerLength: 12 };
}

/** `fmt ` and the like for a GUID of W64; an id that matches no rule for any other. */
function idOfGuid(guid: string): string {
  return guid.endsWith(W64_LOWER_TAIL) ? guid.slice(0, 4) : 'GUID';
}

/** Reads or drops one chunk; returns where the next begins. */
function* readOne(
  window: Window,
  plan: Plan,
  context: Context,
  dialect: Dialect,
  sound: Sound,
  id: string,
  chunk: Chunk,
): Walk<number> {
  const { start, bodyStart } = chunk;
  const use = ruleFor(id);
  if (use.use === 'data') return yield* readData(window, dialect, sound, chunk);
  const bodyEnd = Math.min(chunk.bodyEnd, window.size);
  const length = bodyEnd - bodyStart;
  if (use.use === 'fmt') {
    if (sound.format !== undefined) throw malformed('The file describes its sound twice.', start, 'fmt ');
    if (length > MAX_FMT_LENGTH) throw malformed('The description of the sound is too long.', start, 'fmt ');
    if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, 'fmt ');
    sound.format = readWaveFormat(window.view(bodyStart, bodyEnd), bodyStart, dialect.layout.littleEndian);
  } else if (use.use === 'fact' && length >= 4) {
    if (!window.has(bodyStart, 4)) yield window.need(bodyStart, 4, 'fact');
    sound.fact = dialect.layout.littleEndian ? window.u32le(bodyStart) : window.u32be(bodyStart);
  } else if (use.use === 'ds64' && length >= 24) {
    if (!window.has(bodyStart, 24)) yield window.need(bodyStart, 24, 'ds64');
    sound.largeSize = window.u64le(bodyStart + 8);
  } else {
    if (context.describes) {
      const name = yield* nameWithListType(window, id, bodyStart, length);
      const { kind } = ruleFor(name.startsWith('LIST') ? 'LIST' : id);
      plan.found({ kind, where: nameChunk(name), action: 'removed', bytes: bodyEnd - start, offset: start });
    }
  }
  return yield* nextChunk(window, dialect, chunk);
}

function* nameWithListType(window: Window, id: string, bodyStart: number, length: number): Walk<string> {
  if (id !== 'LIST' || length < 4) return id;
  if (!window.has(bodyStart, 4)) yield window.need(bodyStart, 4, 'LIST');
  return `LIST › ${window.fourCC(bodyStart)}`;
}

/** Where the chunk behind this one begins: writers that forget the pad byte are told by what stands there. */
function* nextChunk(window: Window, dialect: Dialect, { bodyEnd, next }: Chunk): Walk<number> {
  if (next === bodyEnd || dialect.isW64) return Math.min(next, window.size);
  const rest = Math.min(5, window.size - bodyEnd);
  if (rest < 5) return Math.min(next, window.size);
  if (!window.has(bodyEnd, rest)) yield window.need(bodyEnd, rest, 'RIFF');
  const isPadded = isFourCC(window.fourCC(next)) || window.u8(bodyEnd) === 0;
  return !isPadded && isFourCC(window.fourCC(bodyEnd)) ? bodyEnd : next;
}

function* readData(window: Window, dialect: Dialect, sound: Sound, chunk: Chunk): Walk<number> {
  const { start, bodyStart } = chunk;
  if (sound.data !== undefined) throw malformed('The file holds two sounds.', start, 'data');
  const stored = chunk.bodyEnd - bodyStart;
  const isLarge = dialect.isLarge && stored === UNKNOWN_SIZE && sound.largeSize !== undefined;
  const bodyEnd = isLarge ? bodyStart + (sound.largeSize ?? 0) : chunk.bodyEnd;
  if (stored === 0) {
    if (!window.has(bodyStart, 1)) yield window.want(bodyStart, 1);
    if (window.has(bodyStart, 1)) {
      throw malformed('The file does not say how long its sound is, and something stands behind it.', start, 'data');
    }
  }
  // A recorder that was cut off, or wrote to a pipe, leaves a size past the end: the sound is the rest of the file.
  sound.data = { start: bodyStart, end: Math.min(bodyEnd, window.size) };
  if (bodyEnd >= window.size) return window.size;
  return yield* nextChunk(window, dialect, { ...chunk, bodyEnd, next: bodyEnd + ((bodyEnd - bodyStart) % 2) });
}

/** The samples, or for MPEG sound its frames without their tags. */
function* scrubPayload(window: Window, plan: Plan, context: Context, format: WaveFormat, data: Span): Walk<Plan> {
  const payload = new Plan(context.describes);
  const length = data.end - data.start;
  if (format.tag === WaveTag.MPEGLAYER3 || format.tag === WaveTag.MPEG) {
    try {
      const nested = yield* context.nested(window, data.start, data.end);
      payload.append(nested.plan, data.start);
      plan.adopt(nested.plan, data.start, 'data');
      return payload;
    } catch (error) {
      if (!(error instanceof ScrubError) || error.code !== 'unknown-format') throw error;
      plan.residual.add('MPEG frames, which are carried over unread.');
    }
  }
  const partial = format.isUncompressed ? length % format.blockAlign : 0;
  if (partial > 0) {
    plan.found({
      kind: 'structure',
      where: 'data',
      action: 'removed',
      bytes: partial,
      note: 'It is a part of a sample.',
    });
  }
  payload.keep(data.start, data.end - partial);
  return payload;
}

/** `RIFF`, `fmt `, `fact` for compressed sound, `data`, in this order. */
function write(plan: Plan, dialect: Dialect, format: WaveFormat, fact: number | undefined, payload: Plan): void {
  const { layout, isW64 } = dialect;
  const name = (id: string): string => (isW64 ? id + W64_LOWER_TAIL : id);
  const chunks = new Plan();
  const put = (id: string, body: Uint8Array): void => {
    chunks.insert(writeChunkHeader(layout, name(id), body.length));
    chunks.insert(body);
    chunks.insert(paddingFor(layout, body.length));
  };
  put('fmt ', format.body);
  if (!format.isUncompressed && fact !== undefined) {
    const body = new Uint8Array(4);
    new DataView(body.buffer).setUint32(0, fact, layout.littleEndian);
    put('fact', body);
  }
  const { length } = payload;
  const padding = paddingFor(layout, length);
  const total = 4 + chunks.length + layout.idLength + layout.sizeLength + length + padding.length;
  if (isW64) {
    plan.insert(writeChunkHeader(layout, W64_RIFF, total - 4 + 16));
    plan.insert(Uint8Array.from(name('wave'), (character) => character.charCodeAt(0)));
  } else if (total < UNKNOWN_SIZE) {
    plan.insert(writeChunkHeader(layout, layout.littleEndian ? 'RIFF' : 'RIFX', total));
    plan.insert(WAVE);
  } else {
    // EBU Tech 3306 §3: sizes past 4 GiB stand in `ds64`: of the file, the data, the count of samples, no table.
    plan.insert(writeChunkHeader(layout, 'RF64', UNKNOWN_SIZE));
    plan.insert(WAVE);
    const sizes = new DataView(new ArrayBuffer(28));
    sizes.setBigUint64(0, BigInt(total + 36), true);
    sizes.setBigUint64(8, BigInt(length), true);
    sizes.setBigUint64(16, BigInt(format.isUncompressed ? length / format.blockAlign : 0), true);
    plan.insert(writeChunkHeader(layout, 'ds64', 28));
    plan.insert(new Uint8Array(sizes.buffer));
  }
  plan.append(chunks);
  plan.insert(writeChunkHeader(layout, name('data'), total < UNKNOWN_SIZE || isW64 ? length : UNKNOWN_SIZE));
  plan.append(payload);
  plan.insert(padding);
}

const WAVE: Uint8Array = Uint8Array.of(0x57, 0x41, 0x56, 0x45);
