import { concat } from '../../bytes/concat.ts';
import {
  type Box,
  BoxReader,
  boxLength,
  type NewBox,
  printableType,
  readFileBox,
  writeBox,
} from '../../containers/isobmff/box.ts';
import type { Fragment } from '../../containers/isobmff/fragments.ts';
import { writeMediaDataHeader, writeOffsets } from '../../containers/isobmff/movie-boxes.ts';
import { ChunkList } from '../../containers/isobmff/sample-chunks.ts';
import { emptyTable, type SampleTable } from '../../containers/isobmff/sample-table.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import { Plan, type Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { type Chapter, readChapterTitle, sampleStarts, writeChapterTitle } from './chapters.ts';
import { noteOtherTracks, noteTopBox } from './describe.ts';
import { NORMAL_RATE, significantEdits } from './edits.ts';
import { writeItems } from './items.ts';
import { type Movie, mediaDuration, type OtherTrack, readMovie, type Track, wholeDuration } from './movie.ts';
import { copySamples, type Payload } from './payload.ts';
import { type Keepsakes, noKeepsakes, readUserData } from './user-data.ts';
import { type Family, writeFileType, writeMovie } from './write.ts';

const MAX_U32 = 0xffffffff;

/** What was found at the top of the file. */
interface TopLevel {
  family: Family;
  moov: BoxReader | undefined;
  media: Span[];
  fragments: Fragment[];
  /** End of the last box. */
  end: number;
}

/** Walks a file of sound tracks. */
export function* walkM4a(window: Window, plan: Plan, context: Context): Walk {
  const top = yield* readTopLevel(window, plan, context);
  const { moov: reader, family } = top;
  if (reader === undefined) {
    const what = top.fragments.length > 0 ? 'It is a part of a stream without its beginning' : 'It may be cut off';
    throw malformed(`The file does not say what it plays (moov box). ${what}.`, top.end, 'moov');
  }
  const moov: Box = {
    type: 'moov',
    start: 0,
    bodyStart: reader.view.getUint32(0) === 1 ? 16 : 8,
    end: reader.bytes.length,
  };
  const movie = readMovie({
    reader,
    moov,
    fragments: top.fragments,
    fileEnd: top.end,
    countStructures: (count) => context.countStructures(count),
  });
  if (movie.tracks.length === 0)
    throw unsupported('The file has no sound: there would be nothing left of it.', reader.fileStart, 'moov');
  noteOtherTracks(plan, movie);
  const keepsakes = readMovieBoxes(reader, moov, plan, context);
  applyGapless(movie, keepsakes, plan);
  plan.mediaType = family === 'qt' ? 'video/quicktime' : family === '3gp' ? 'audio/3gpp' : undefined;
  const payload = yield* copySamples(window, new Plan(context.describes), context, movie, top.media);
  const titles = context.keeps('chapters') ? yield* readChapters(window, context, movie, keepsakes) : [];
  const userData = yield* writeItems(keepsakes, plan, context);
  write(plan, movie, payload, family, titles, userData, context.keeps('language'));
  plan.residual.add('What can be heard: voices, names, noises of a place.');
  plan.residual.add('Coded sound, whose manner and padding can tell encoders apart.');
}

/** Reads the headers of all boxes at the top, and movie box and fragments whole. */
function* readTopLevel(window: Window, plan: Plan, context: Context): Walk<TopLevel> {
  const top: TopLevel = { family: 'qt', moov: undefined, media: [], fragments: [], end: 0 };
  for (;;) {
    const box = yield* readFileBox(window, top.end);
    if (box === undefined) break;
    context.countStructures();
    const { type, start } = box;
    const end = Math.min(box.end, window.size);
    if (type === 'moov' || type === 'moof') {
      const length = box.end - start;
      if (length > context.options.limits.bufferedBytes) {
        throw limitExceeded('A header is too large; raise limits.bufferedBytes to clean the file.', start, type);
      }
      if (!window.has(start, length)) yield window.need(start, length, type);
      const reader = new BoxReader(window.view(start, box.end), start);
      if (type === 'moof') {
        top.fragments.push({ reader, moof: { type, start: 0, bodyStart: box.bodyStart - start, end: length } });
      } else if (top.moov === undefined) top.moov = reader;
      else throw malformed('The file says twice what it plays.', start, 'moov');
    } else if (type === 'mdat') top.media.push({ start: box.bodyStart, end });
    else if (type === 'ftyp' && start === 0) top.family = yield* readFamily(window, box.bodyStart);
    else yield* noteTopBox(window, plan, box, end);
    top.end = end;
  }
  openEmptyMedia(top, window.size, plan);
  if (top.end < window.size) {
    const bytes = window.size - top.end;
    plan.found({ kind: 'trailing-data', where: 'after the last box', action: 'removed', bytes, offset: top.end });
  }
  return top;
}

/** An `mdat` box of no size, with something behind it that is no box, was never closed: it goes on to the end. */
function openEmptyMedia(top: TopLevel, size: number, plan: Plan): void {
  const last = top.media.at(-1);
  if (last === undefined || last.start !== last.end || last.end !== top.end || top.end === size) return;
  const note = 'Its size was never filled in.';
  plan.found({ kind: 'structure', where: 'mdat', action: 'rewritten', bytes: size - top.end, offset: top.end, note });
  last.end = size;
  top.end = size;
}

function* readFamily(window: Window, at: number): Walk<Family> {
  if (!window.has(at, 4)) yield window.need(at, 4, 'ftyp');
  const brand = window.fourCC(at);
  if (brand === 'qt  ') return 'qt';
  return /^3g/.test(brand) ? '3gp' : 'm4a';
}

/** Reads what user data of the movie and its tracks is obeyed or kept, and notes what is left behind. */
function readMovieBoxes(reader: BoxReader, moov: Box, plan: Plan, context: Context): Keepsakes {
  const keepsakes = noKeepsakes();
  for (const box of reader.children(moov.bodyStart, moov.end, 'moov')) {
    const { type, start, end } = box;
    if (type === 'udta' || type === 'meta') readUserData(reader, box, 'moov', plan, context, keepsakes);
    else if (type === 'trak') {
      for (const child of reader.children(box.bodyStart, end, 'trak')) {
        if (child.type === 'udta' || child.type === 'meta')
          readUserData(reader, child, 'moov › trak', plan, context, keepsakes);
      }
    } else if (type !== 'mvhd' && type !== 'mvex') {
      const where = `moov › ${printableType(type)}`;
      plan.found({ kind: 'other', where, action: 'removed', bytes: end - start, offset: reader.fileStart + start });
    }
  }
  return keepsakes;
}

/** Gapless numbers become an edit list where there is none, so that as many samples play as before. */
function applyGapless(movie: Movie, { gapless }: Keepsakes, plan: Plan): void {
  const [track] = movie.tracks;
  if (gapless === undefined || track === undefined || movie.tracks.length > 1 || track.hasEditList) return;
  const total = mediaDuration(track.table);
  if (gapless.priming >= total) return;
  const length = Math.min(gapless.length, total - gapless.priming);
  const duration = Math.round((length * movie.timescale) / track.timescale);
  track.edits = significantEdits(
    [{ duration, mediaTime: gapless.priming, rate: NORMAL_RATE }],
    wholeDuration(movie, track),
  );
  const note = 'Which samples play, now said by an edit list.';
  plan.found({ kind: 'structure', where: 'ilst › iTunSMPB', action: 'rewritten', bytes: 0, note });
}

/** Chapters from the track that the sound names for them, else from the box of Nero's. */
function* readChapters(window: Window, context: Context, movie: Movie, keepsakes: Keepsakes): Walk<Chapter[]> {
  const ids = movie.tracks.flatMap(({ chapters }: Track) => chapters);
  const track = movie.others.find(({ id, handler }) => handler === 'text' && ids.includes(id));
  const chapters = track === undefined ? keepsakes.chapters : yield* readChapterTrack(window, context, track);
  const end = Math.max(0, ...movie.tracks.map(({ table, timescale }) => (mediaDuration(table) * 1000) / timescale));
  return chapters.filter(({ start }) => start < end).sort((a, b) => a.start - b.start);
}

function* readChapterTrack(window: Window, context: Context, { table, timescale }: OtherTrack): Walk<Chapter[]> {
  const { chunks, sizes } = table;
  if (timescale === 0) return [];
  context.countStructures(sizes.count);
  const starts = sampleStarts(table, timescale);
  const chapters: Chapter[] = [];
  for (let chunk = 0, sample = 0; chunk < chunks.count; chunk++) {
    let at = chunks.starts[chunk] ?? 0;
    for (let left = chunks.sampleCounts[chunk] ?? 0; left > 0; left--, sample++) {
      const size = sizes.each?.[sample] ?? sizes.uniform;
      if (at + size > window.size) return chapters;
      if (!window.has(at, size)) yield window.need(at, size, 'mdat');
      const title = readChapterTitle(window.view(at, at + size));
      // What is in front of the first chapter is written as one without a title.
      if (sample > 0 || title !== '') chapters.push({ start: starts[sample] ?? 0, title });
      at += size;
    }
  }
  return chapters;
}

/** The track of chapters as a table, and its samples. */
function chapterTable(chapters: readonly Chapter[], movie: Movie): { table: SampleTable; samples: Uint8Array } {
  const [first] = chapters;
  const all = first !== undefined && first.start > 0 ? [{ start: 0, title: '' }, ...chapters] : chapters;
  const [sound] = movie.tracks;
  const end = sound === undefined ? 0 : Math.round((mediaDuration(sound.table) * 1000) / sound.timescale);
  const samples = all.map(({ title }) => writeChapterTitle(title));
  const bytes = concat(...samples);
  const list = new ChunkList();
  list.add(0, bytes.length, samples.length, 1);
  const table = emptyTable();
  table.sizes = { count: samples.length, uniform: 0, each: Uint32Array.from(samples, ({ length }) => length) };
  table.durations = all.map(({ start }, index) => ({
    count: 1,
    value: (all[index + 1]?.start ?? Math.max(start, end)) - start,
  }));
  table.chunks = list.chunks;
  return { table, samples: bytes };
}

function write(
  plan: Plan,
  movie: Movie,
  { plan: payload, length: soundLength, positions }: Payload,
  family: Family,
  titles: readonly Chapter[],
  userData: NewBox | undefined,
  keepsLanguage: boolean,
): void {
  const chapters = titles.length > 0 ? chapterTable(titles, movie) : undefined;
  const starts = chapters === undefined ? positions : [...positions, Float64Array.of(soundLength)];
  const length = soundLength + (chapters?.samples.length ?? 0);
  const mdatHeader = writeMediaDataHeader(length, length + 8 > MAX_U32);
  const fileType = writeBox(writeFileType(family));
  const parts = { family, chapters: chapters?.table, userData, keepsLanguage };
  // Offsets depend on the size of the movie box, which depends on how wide offsets are.
  const place = (isLarge: boolean): { moov: NewBox; end: number } => {
    const offsets = starts.map(({ length: count }) => new Uint8Array(count * (isLarge ? 8 : 4)));
    const moov = writeMovie(movie, parts, offsets);
    const base = fileType.length + boxLength(moov) + mdatHeader.length;
    for (const [index, list] of starts.entries()) offsets[index]?.set(writeOffsets(list, base, isLarge));
    return { moov, end: base + length };
  };
  const small = place(false);
  const { moov } = small.end > MAX_U32 ? place(true) : small;
  plan.insert(fileType);
  plan.insert(writeBox(moov));
  plan.insert(mdatHeader);
  plan.append(payload);
  if (chapters === undefined) return;
  plan.insert(chapters.samples);
  const bytes = chapters.samples.length;
  plan.found({ kind: 'comment', where: 'moov › trak › chapters', action: 'kept', bytes, note: 'Kept by option.' });
}
