import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { MAX_LEADING_BYTES, neutralizeFill } from '../../containers/aac.ts';
import { type Box, BoxReader, printable, readFileBox, u32, u64 } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import { Plan, type Span } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { type Gapless, readUserData } from './item-list.ts';
import { type Fragment, type Movie, readMovie, type Track } from './movie.ts';
import { mediaDuration, writeFileType, writeMovie } from './write.ts';

/** Boxes at the top of a file that are dropped, and what they tell about; readers skip those they do not know. */
const dropped: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['free', 'structure'],
  ['skip', 'structure'],
  ['wide', 'structure'],
  ['meta', 'other'],
  ['uuid', 'other'],
  ['sidx', 'structure'],
  ['mfra', 'structure'],
  ['styp', 'structure'],
  ['prft', 'time'],
  ['emsg', 'other'],
  ['pdin', 'structure'],
]);

/** Handlers of tracks that are dropped, and what they tell about. */
const droppedTracks: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['text', 'comment'],
  ['sbtl', 'comment'],
  ['vide', 'thumbnail'],
  ['tmcd', 'time'],
  ['meta', 'location'],
  ['hint', 'structure'],
]);

/** What was found at the top of the file. */
interface TopLevel {
  moov: BoxReader | undefined;
  media: Span[];
  fragments: Fragment[];
}

/** Walks a file of sound tracks. */
export function* walkM4a(window: Window, plan: Plan, context: Context): Walk {
  const top = yield* readTopLevel(window, plan, context);
  const { moov: reader } = top;
  if (reader === undefined) throw malformed('The file does not say what it plays.', window.size, 'moov');
  const moov: Box = {
    type: 'moov',
    start: 0,
    bodyStart: reader.view.getUint32(0) === 1 ? 16 : 8,
    end: reader.bytes.length,
  };
  const movie = readMovie(reader, moov, top.fragments, window.size, (count) => context.countStructures(count));
  if (movie.tracks.length === 0) throw unsupported('The file has no sound.', reader.fileStart, 'moov');
  for (const { handler, bytes, offset } of movie.others) {
    const kind = droppedTracks.get(handler) ?? 'other';
    plan.found({ kind, where: `moov › trak › ${printable(handler)}`, action: 'removed', bytes, offset });
  }
  const gapless = noteMovieBoxes(reader, moov, plan, context);
  for (const track of movie.tracks) applyGapless(movie, track, gapless);
  yield* write(window, plan, context, movie, top.media);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

/** Reads the headers of all boxes at the top, and movie box and fragments whole. */
function* readTopLevel(window: Window, plan: Plan, context: Context): Walk<TopLevel> {
  const top: TopLevel = { moov: undefined, media: [], fragments: [] };
  let at = 0;
  for (;;) {
    const box = yield* readFileBox(window, at);
    if (box === undefined) break;
    context.countStructures();
    const { type, start } = box;
    const isLast = box.end >= window.size;
    const end = Math.min(box.end, window.size);
    if (type === 'moov' || type === 'moof') {
      if (box.end > window.size) yield window.need(start, box.end - start, type);
      if (box.end - start > context.options.limits.bufferedBytes)
        throw limitExceeded('A header is too large.', start, type);
      if (!window.has(start, box.end - start)) yield window.need(start, box.end - start, type);
      const reader = new BoxReader(window.view(start, box.end), start);
      if (type === 'moof')
        top.fragments.push({
          reader,
          moof: { ...box, start: 0, bodyStart: box.bodyStart - start, end: box.end - start },
        });
      else if (top.moov === undefined) top.moov = reader;
      else throw malformed('The file says twice what it plays.', start, 'moov');
    } else if (type === 'mdat') top.media.push({ start: box.bodyStart, end });
    else if (type !== 'ftyp') {
      if (!isLast && !/^[\x20-\x7e\xa9]{4}$/.test(type)) break;
      plan.found({
        kind: dropped.get(type) ?? 'other',
        where: printable(type),
        action: 'removed',
        bytes: end - start,
        offset: start,
      });
    }
    at = end;
    if (isLast) break;
  }
  if (at < window.size) {
    plan.found({
      kind: 'trailing-data',
      where: 'after the last box',
      action: 'removed',
      bytes: window.size - at,
      offset: at,
    });
  }
  return top;
}

/** Notes the boxes of the movie that are left behind; returns the gapless numbers among them. */
function noteMovieBoxes(reader: BoxReader, moov: Box, plan: Plan, context: Context): Gapless | undefined {
  let gapless: Gapless | undefined;
  for (const box of reader.children(moov.bodyStart, moov.end, 'moov')) {
    if (box.type === 'udta') gapless ??= readUserData(reader, box, plan, context);
    else if (!['mvhd', 'trak', 'mvex'].includes(box.type)) {
      const where = `moov › ${printable(box.type)}`;
      const bytes = box.end - box.start;
      plan.found({ kind: 'other', where, action: 'removed', bytes, offset: reader.fileStart + box.start });
    }
  }
  return gapless;
}

/** Gapless numbers become an edit list where there is none, so that as many samples play as before. */
function applyGapless(movie: Movie, track: Track, gapless: Gapless | undefined): void {
  if (gapless === undefined || track.edits.length > 0 || gapless.priming >= mediaDuration(track)) return;
  const length = Math.min(gapless.length, mediaDuration(track) - gapless.priming);
  const duration = Math.round((length * movie.timescale) / track.timescale);
  track.edits = [{ duration, mediaTime: gapless.priming, rate: 0x10000 }];
}

/** A chunk of one of the tracks. */
interface Located extends Span {
  track: number;
  index: number;
}

/** Chunks of all kept tracks in the order of the file; chunks that two tracks share stand there once for each. */
function locate(movie: Movie, media: readonly Span[]): Located[] {
  const located = movie.tracks.flatMap(({ table }, track) =>
    table.chunks.map(({ start, length }, index): Located => ({ track, index, start, end: start + length })),
  );
  located.sort((a, b) => a.start - b.start || a.end - b.end);
  let previous: Located | undefined;
  for (const chunk of located) {
    const { start, end } = chunk;
    if (end > start && !media.some((span) => start >= span.start && end <= span.end)) {
      throw malformed('Samples lie outside of the media data, or the file is cut off.', start, 'mdat');
    }
    const isShared = previous?.start === start && previous.end === end;
    if (previous !== undefined && !isShared && start < previous.end) {
      throw malformed('Samples of two chunks overlap.', start, 'mdat');
    }
    if (end > start) previous = chunk;
  }
  return located;
}

function* write(window: Window, plan: Plan, context: Context, movie: Movie, media: readonly Span[]): Walk {
  const located = locate(movie, media);
  const payload = new Plan(context.describes);
  const positions = movie.tracks.map(({ table }) => new Array<number>(table.chunks.length).fill(0));
  const firstSamples = movie.tracks.map(({ table }) =>
    runningCounts(table.chunks.map(({ sampleCount }) => sampleCount)),
  );
  let length = 0;
  let previous: Located | undefined;
  for (const chunk of located) {
    const { track: trackIndex, index, start, end } = chunk;
    const track = movie.tracks[trackIndex] as Track;
    const isShared = previous?.start === start && previous.end === end;
    (positions[trackIndex] as number[])[index] = isShared ? length - (end - start) : length;
    if (isShared) continue;
    if (track.isAac) {
      yield* copyAac(window, payload, context, track, firstSamples[trackIndex]?.[index] ?? 0, index);
    } else payload.keep(start, end);
    length += end - start;
    previous = chunk;
  }
  const fileType = writeFileType();
  // Offsets depend on the size of the movie box, which depends on how wide offsets are.
  const place = (isLarge: boolean): { moov: Uint8Array; end: number } => {
    const size = writeMovie(movie, positions, isLarge).length;
    const base = fileType.length + size + (length + 8 > 0xffffffff ? 16 : 8);
    const offsets = positions.map((list) => list.map((position) => base + position));
    return { moov: writeMovie(movie, offsets, isLarge), end: base + length };
  };
  const small = place(false);
  const { moov } = small.end > 0xffffffff ? place(true) : small;
  plan.insert(fileType);
  plan.insert(moov);
  const mdat = latin1Bytes('mdat');
  plan.insert(length + 8 > 0xffffffff ? concat(u32(1), mdat, u64(length + 16)) : concat(u32(length + 8), mdat));
  plan.append(payload);
  plan.adopt(payload, undefined);
}

function runningCounts(counts: readonly number[]): number[] {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum - count;
  });
}

/** Copies a chunk of AAC samples, each with what its encoder wrote in front of the sound made canonical. */
function* copyAac(
  window: Window,
  payload: Plan,
  context: Context,
  { table }: Track,
  firstSample: number,
  chunkIndex: number,
): Walk {
  const chunk = table.chunks[chunkIndex];
  if (chunk === undefined) return;
  let at = chunk.start;
  for (let sample = firstSample; sample < firstSample + chunk.sampleCount; sample++) {
    const size = table.sizes[sample] ?? 0;
    const looked = Math.min(size, MAX_LEADING_BYTES);
    if (looked > 0) {
      if (!window.has(at, looked)) yield window.need(at, looked, 'mdat');
      const neutral = neutralizeFill(window.view(at, at + looked));
      if (neutral === undefined) payload.keep(at, at + size);
      else {
        context.countStructures();
        payload.found({
          kind: 'software',
          where: 'mdat › AAC fill element',
          action: 'rewritten',
          bytes: looked,
          offset: at,
        });
        payload.insert(neutral);
        payload.keep(at + looked, at + size);
      }
    }
    at += size;
  }
}
