import { concat } from '../../bytes/concat.ts';
import { printable } from '../../bytes/printable.ts';
import { latin1, latin1Bytes } from '../../bytes/text.ts';
import { behindTags } from '../../containers/behind-tags.ts';
import { type Chunk, findBodyEnd, followingChunk, isFourCC, readChunk, writeChunk } from '../../containers/chunks.ts';
import type { Context } from '../../core/context.ts';
import { malformed, ScrubError, unsupported } from '../../core/errors.ts';
import type { FormatWalk } from '../../core/format.ts';
import { Plan, type Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { type CuePoint, readCuePoints, readLabels, writeCuePoints } from './cue.ts';
import { type Dialect, dialectId, plainId, readDialect } from './dialect.ts';
import { readWaveFormat, type WaveFormat, WaveTag } from './fmt.ts';
import { keptTexts, readTexts } from './info.ts';
import { type ChunkRule, ruleFor, rules } from './policy.ts';
import { UNKNOWN_SIZE, writeWav } from './write.ts';

/** No description of a sound is longer. */
const MAX_FMT_LENGTH = 4096;
/** Sound of up to this many channels plays the same without its description as objects. */
const STEREO = 2;

/** What was found of the sound. */
interface Sound {
  format: WaveFormat | undefined;
  /** Count of samples that `fact` gives (Microsoft/IBM 1991, "Fact Chunk"). */
  fact: number | undefined;
  data: Span | undefined;
  /** Sizes that `ds64` gives: of the data, and the count of samples. */
  large: { size: number; samples: number } | undefined;
  /** Where the description as objects stands. */
  adm: number | undefined;
  /** What the options keep. */
  points: CuePoint[];
  labels: Map<number, Uint8Array>;
  /** Where the labels stand: whether they are kept is known when the marks are. */
  labelled: Span | undefined;
  texts: Map<string, Uint8Array>;
}

/** Walks a file of the WAV family. */
export const walkWav: FormatWalk = behindTags(walkChunks);

function* walkChunks(window: Window, plan: Plan, context: Context): Walk {
  const dialect = yield* readDialect(window);
  const sound: Sound = {
    format: undefined,
    fact: undefined,
    data: undefined,
    large: undefined,
    adm: undefined,
    points: [],
    labels: new Map(),
    labelled: undefined,
    texts: new Map(),
  };
  let at = dialect.headerLength;
  for (;;) {
    const chunk = yield* readChunk(window, dialect.layout, at);
    if (chunk === undefined) break;
    context.countStructures();
    const id = plainId(dialect, chunk.id);
    // Junk behind the sound is the end of it; in front of it, what is no id may still be one of an odd writer.
    if (!isFourCC(id) && (sound.data !== undefined || chunk.bodyEnd > window.size)) break;
    at = yield* readOne(window, plan, context, dialect, sound, id, chunk);
  }
  if (sound.format === undefined) throw malformed('The file does not describe its sound.', at, 'fmt ');
  if (sound.data === undefined) throw malformed('The file holds no sound.', at, 'data');
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last chunk', action: 'removed', bytes, offset: at });
  }
  const { format, labelled } = sound;
  const marks = sound.points.length > 0 ? writeCuePoints(dialect.layout, sound.points, sound.labels) : [];
  if (labelled !== undefined) {
    const keptLength = Math.max(0, (marks[1]?.length ?? 0) - 8);
    note(plan, { use: 'list', kind: 'comment' }, 'LIST › adtl', labelled.start, labelled.end, keptLength);
  }
  if (sound.adm !== undefined && format.channels > STEREO) {
    throw unsupported(
      'The sound is a scene of objects (ADM) whose description can not be cleaned. Export it as plain channels and try again.',
      sound.adm,
      'chna',
    );
  }
  const payload = yield* scrubPayload(window, plan, context, format, sound.data);
  const sampleCount = countSamples(format, sound, payload.length);
  const extras = [...marks];
  if (sound.texts.size > 0) extras.push(writeChunk(dialect.layout, 'LIST', infoBody(dialect, context, sound)));
  writeWav(plan, dialect, { format, sampleCount, extras, payload });
  plan.residual.add('What can be heard: voices, names, noises of a place.');
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
  const { layout, isW64 } = dialect;
  const bodyEnd = Math.min(chunk.bodyEnd, window.size);
  const length = bodyEnd - bodyStart;
  const rule = ruleFor(id);
  if (rule.use === 'data') return yield* readData(window, context, dialect, sound, chunk);
  if (rule.use === 'fmt') {
    if (sound.format !== undefined) throw malformed('The file describes its sound twice.', start, id);
    const needed = Math.min(length, MAX_FMT_LENGTH);
    if (!window.has(bodyStart, needed)) yield window.need(bodyStart, needed, id);
    sound.format = readWaveFormat(window.view(bodyStart, bodyStart + needed), bodyStart, layout.littleEndian);
  } else if (rule.use === 'fact' && length >= (isW64 ? 8 : 4)) {
    if (!window.has(bodyStart, isW64 ? 8 : 4)) yield window.need(bodyStart, isW64 ? 8 : 4, id);
    sound.fact ??= isW64
      ? window.u64le(bodyStart)
      : layout.littleEndian
        ? window.u32le(bodyStart)
        : window.u32be(bodyStart);
  } else if (rule.use === 'ds64' && length >= 24) {
    if (!window.has(bodyStart, 24)) yield window.need(bodyStart, 24, id);
    sound.large ??= { size: window.u64le(bodyStart + 8), samples: window.u64le(bodyStart + 16) };
  } else if (rule.use === 'list' && length >= 4 && !isW64) {
    yield* readList(window, plan, context, dialect, sound, { ...chunk, bodyEnd });
  } else {
    if (rule.use === 'adm') sound.adm = start;
    let kept = 0;
    if (rule.use === 'cue' && !isW64 && context.keeps('chapters') && sound.points.length === 0) {
      sound.points = yield* readCuePoints(window, context, layout, bodyStart, bodyEnd);
      kept = sound.points.length > 0 ? 4 + sound.points.length * 24 : 0;
    }
    note(plan, rule, printable(id), start, bodyEnd, kept);
  }
  return isW64 ? Math.min(chunk.next, window.size) : yield* followingChunk(window, chunk, rules);
}

/** Reads what the options keep of a LIST, and notes the rest. */
function* readList(
  window: Window,
  plan: Plan,
  context: Context,
  dialect: Dialect,
  sound: Sound,
  { start, bodyStart, bodyEnd }: Chunk,
): Walk {
  const { layout } = dialect;
  const kept = keptTexts(context);
  const isKept = kept.length > 0 || context.keeps('chapters');
  if (!isKept && !context.describes) return;
  if (!window.has(bodyStart, 4)) yield window.need(bodyStart, 4, 'LIST');
  const type = window.fourCC(bodyStart);
  const rule: ChunkRule = { use: 'list', kind: type === 'adtl' ? 'comment' : type === 'exif' ? 'device' : 'author' };
  let keptLength = 0;
  let values: Record<string, string> | undefined;
  if (type === 'INFO' && (kept.length > 0 || context.options.values)) {
    const wanted = context.options.values ? ['INAM', 'IART', 'ICOP', 'ICRD', 'ICMT', 'ISFT', 'IENG'] : kept;
    const texts = yield* readTexts(window, context, layout, bodyStart + 4, bodyEnd, wanted);
    if (context.options.values) {
      values = Object.fromEntries([...texts].map(([id, text]) => [id, printable(latin1(text))]));
    }
    if (sound.texts.size === 0) {
      sound.texts = new Map([...texts].filter(([id]) => kept.includes(id)));
      if (sound.texts.size > 0) keptLength = infoBody(dialect, context, sound).length;
    }
  } else if (type === 'adtl' && context.keeps('chapters') && sound.labels.size === 0) {
    sound.labels = yield* readLabels(window, context, layout, bodyStart + 4, bodyEnd);
    sound.labelled = { start, end: bodyEnd };
    return;
  }
  note(plan, rule, `LIST › ${printable(type)}`, start, bodyEnd, keptLength, values);
}

/** Notes a chunk of which a body of `kept` bytes is carried over, or nothing. */
function note(
  plan: Plan,
  { kind }: ChunkRule,
  where: string,
  start: number,
  end: number,
  kept: number,
  values?: Record<string, string>,
): void {
  if (kept > 0) plan.found({ kind, where, action: 'kept', bytes: kept, offset: start, ...(values && { values }) });
  const bytes = end - start - (kept > 0 ? 8 + kept : 0);
  if (bytes > 0) plan.found({ kind, where, action: 'removed', bytes, offset: start, ...(values && { values }) });
}

function* readData(window: Window, context: Context, dialect: Dialect, sound: Sound, chunk: Chunk): Walk<number> {
  const { start, bodyStart } = chunk;
  const { layout, isW64, isLarge } = dialect;
  if (sound.data !== undefined) throw malformed('The file holds two sounds.', start, 'data');
  const stored = chunk.bodyEnd - bodyStart;
  const isInTable = isLarge && stored === UNKNOWN_SIZE && sound.large !== undefined;
  const length = isInTable ? (sound.large?.size ?? 0) : stored;
  if (length > 0 && bodyStart + length <= window.size) {
    const bodyEnd = bodyStart + length;
    sound.data = { start: bodyStart, end: bodyEnd };
    if (isW64) return Math.min(chunk.next, window.size);
    return yield* followingChunk(window, { ...chunk, bodyEnd, next: bodyEnd + (length % 2) }, rules);
  }
  // A recorder that was cut off, or wrote to a pipe, leaves no size, or one past the end: the sound is the rest of the file.
  const known = [...rules.keys()].map((id) => dialectId(dialect, id));
  const end = yield* findBodyEnd(window, layout, bodyStart, known, () => context.countStructures());
  if (end === bodyStart && end < window.size) {
    throw malformed('The file holds no sound, only chunks about one.', start, 'data');
  }
  yield* refuseOldWavpack(window, bodyStart, end);
  sound.data = { start: bodyStart, end };
  return end;
}

/** WavPack before version 4 put its sound behind the header of the WAV file, which told the length of the samples. */
function* refuseOldWavpack(window: Window, start: number, end: number): Walk {
  if (start + 4 > end) return;
  if (!window.has(start, 4)) yield window.need(start, 4, 'data');
  if (window.fourCC(start) !== 'wvpk') return;
  throw unsupported('The file is of a version of WavPack that is too old. Convert it and try again.', start, 'data');
}

/** The samples, or for MPEG sound its frames without their tags. */
function* scrubPayload(window: Window, plan: Plan, context: Context, format: WaveFormat, data: Span): Walk<Plan> {
  // What was found in a nested file is told once, under its trail.
  const payload = new Plan(false);
  if (format.tag === WaveTag.MPEGLAYER3 || format.tag === WaveTag.MPEG) {
    try {
      const nested = yield* context.nested(window, data.start, data.end);
      if (nested.format.id === 'mp3') {
        payload.append(nested.plan, data.start);
        plan.adopt(nested.plan, data.start, 'data');
        return payload;
      }
    } catch (error) {
      if (!(error instanceof ScrubError) || error.code !== 'unknown-format') throw error;
    }
    plan.residual.add('MPEG frames, which are carried over unread.');
  }
  if (format.tag === WaveTag.AC3) plan.residual.add('AC-3 frames, which are carried over unread.');
  const length = data.end - data.start;
  const partial = length % format.frameLength;
  if (partial > 0) {
    const note = 'It is a part of a sample.';
    plan.found({
      kind: 'structure',
      where: 'data',
      action: 'removed',
      bytes: partial,
      offset: data.end - partial,
      note,
    });
  }
  payload.keep(data.start, data.end - partial);
  return payload;
}

/** What `fact` is to say: for plain samples as many as there are, for others what the file says. */
function countSamples(format: WaveFormat, { fact, large }: Sound, length: number): number | undefined {
  if (!format.isCounted || fact === undefined) return undefined;
  if (format.isUncompressed) return Math.floor(length / format.blockAlign);
  return fact === UNKNOWN_SIZE && large !== undefined ? large.samples : fact;
}

/** The body of LIST INFO with the texts that the options keep. */
function infoBody({ layout }: Dialect, context: Context, { texts }: Sound): Uint8Array {
  const entries = keptTexts(context).flatMap((id) => {
    const text = texts.get(id);
    return text === undefined ? [] : [writeChunk(layout, id, concat(text, Uint8Array.of(0)))];
  });
  return concat(latin1Bytes('INFO'), ...entries);
}
