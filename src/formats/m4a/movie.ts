// The movie box: which tracks there are, what each holds, when it plays (ISO/IEC 14496-12 §8.2–§8.8).
import { type Box, type BoxReader, printableType } from '../../containers/isobmff/box.ts';
import {
  appendFragments,
  type Fragment,
  type FragmentSamples,
  readFragments,
} from '../../containers/isobmff/fragments.ts';
import { cutMissingSamples } from '../../containers/isobmff/media-data.ts';
import { sumOfRuns } from '../../containers/isobmff/runs.ts';
import { emptyTable, readSampleTable, type SampleTable } from '../../containers/isobmff/sample-table.ts';
import { malformed, ScrubError, unsupported } from '../../core/errors.ts';
import { readChapterReferences } from './chapters.ts';
import { type Edit, NORMAL_RATE, readEdits, significantEdits } from './edits.ts';
import { encryptionBoxes, stillCodings, subtitleHandlers } from './policy.ts';
import { encrypted, readSoundDescription, type SoundDescription } from './sample-entry.ts';

/** A sound track. */
export interface Track {
  id: number;
  isEnabled: boolean;
  alternateGroup: number;
  volume: number;
  timescale: number;
  /** As stored: packed ISO 639-2/T code, or a number of the Macintosh. */
  language: number;
  balance: number;
  /** Those that do more than play the whole track. */
  edits: Edit[];
  hasEditList: boolean;
  description: SoundDescription;
  table: SampleTable;
  /** Ids of the tracks with its chapters. */
  chapters: number[];
}

/** A track that is left behind. */
export interface OtherTrack {
  id: number;
  handler: string;
  timescale: number;
  table: SampleTable;
  /** Absolute offset of its box. */
  offset: number;
}

/** What a file plays. */
export interface Movie {
  timescale: number;
  rate: number;
  volume: number;
  tracks: Track[];
  others: OtherTrack[];
  /** Samples that the end of the file has cut off. */
  missingSamples: number;
}

/** What a movie box is read with. */
export interface MovieSource {
  reader: BoxReader;
  moov: Box;
  fragments: readonly Fragment[];
  /** End of the last box in the file. */
  fileEnd: number;
  countStructures: (count?: number) => void;
}

/** More sample entries or tracks are in no file that plays. */
const MAX_TRACKS = 1000;

/** Reads a movie box and the fragments that go with it. */
export function readMovie(source: MovieSource): Movie {
  const { reader, moov, fragments } = source;
  const { view } = reader;
  const children = reader.children(moov.bodyStart, moov.end, 'moov');
  source.countStructures(children.length);
  for (const { type, start } of children) {
    if (encryptionBoxes.includes(type)) throw encrypted(reader.fileStart + start, 'moov', type);
    if (type === 'cmov' || type === 'rmra') {
      throw unsupported(
        'The file says in a compressed or redirected movie box what it plays. Save it anew with another program.',
        reader.fileStart + start,
        'moov',
        type,
      );
    }
  }
  const mvhd = reader.require(moov, 'mvhd');
  const isLong = reader.version(mvhd) === 1;
  reader.demand(mvhd, isLong ? 112 : 100);
  const timeAt = mvhd.bodyStart + (isLong ? 20 : 12);
  const rateAt = timeAt + (isLong ? 12 : 8);
  const movie: Movie = {
    timescale: view.getUint32(timeAt),
    rate: view.getUint32(rateAt),
    volume: view.getUint16(rateAt + 4),
    tracks: [],
    others: [],
    missingSamples: 0,
  };
  if (movie.timescale === 0) throw malformed('Time passes at no rate.', reader.fileStart + mvhd.start, 'moov', 'mvhd');
  const mvex = children.find(({ type }) => type === 'mvex');
  const samples = readFragments(reader, mvex, fragments, source.countStructures);
  const traks = children.filter(({ type }) => type === 'trak');
  if (traks.length > MAX_TRACKS) throw malformed('There are too many tracks.', reader.fileStart, 'moov');
  const chapterIds = new Set(traks.flatMap((trak) => readChapterReferences(reader, reader.find(trak, 'tref'))));
  for (const trak of traks) {
    try {
      readTrack(source, trak, movie, samples, chapterIds);
    } catch (error) {
      throw error instanceof ScrubError ? error.within(undefined, 0, ['moov', 'trak']) : error;
    }
  }
  delayLateTracks(movie, samples);
  return movie;
}

function readTrack(
  source: MovieSource,
  trak: Box,
  movie: Movie,
  samples: ReadonlyMap<number, FragmentSamples>,
  chapterIds: ReadonlySet<number>,
): void {
  const { reader } = source;
  const { view } = reader;
  const offset = reader.fileStart + trak.start;
  const tkhd = reader.require(trak, 'tkhd');
  const isLong = reader.version(tkhd) === 1;
  reader.demand(tkhd, isLong ? 96 : 84);
  const id = view.getUint32(tkhd.bodyStart + (isLong ? 20 : 12));
  const mdia = reader.require(trak, 'mdia');
  const hdlr = reader.require(mdia, 'hdlr');
  reader.demand(hdlr, 12);
  const handler = reader.fourCC(hdlr.bodyStart + 8);
  const mdhd = reader.require(mdia, 'mdhd');
  const isLongMedia = reader.version(mdhd) === 1;
  reader.demand(mdhd, isLongMedia ? 36 : 24);
  const timescaleAt = mdhd.bodyStart + (isLongMedia ? 20 : 12);
  const timescale = view.getUint32(timescaleAt);
  const mayShow = handler === 'vide' || handler === 'text' || subtitleHandlers.includes(handler);
  if (handler !== 'soun' && !mayShow) {
    // Whatever is wrong with it, nothing of it is needed.
    movie.others.push({ id, handler, timescale, table: emptyTable(), offset });
    return;
  }
  const minf = reader.require(mdia, 'minf');
  const stbl = reader.require(minf, 'stbl');
  const stsd = reader.require(stbl, 'stsd');
  if (handler !== 'soun') {
    const table = readSampleTable(reader, stbl, () => undefined);
    const sampleCount = table.sizes.count + (samples.get(id)?.sizes.length ?? 0);
    if (!chapterIds.has(id)) throwIfContent(reader, handler, stsd, sampleCount, offset);
    movie.others.push({ id, handler, timescale, table, offset });
    return;
  }
  throwIfElsewhere(reader, minf);
  const description = readSoundDescription(reader, stsd);
  const table = readSampleTable(reader, stbl, () => description.packet);
  source.countStructures(table.chunks.count);
  // Before fragments too, so that what is counted is there.
  movie.missingSamples += cutMissingSamples(table, source.fileEnd);
  const more = samples.get(id);
  if (more !== undefined) {
    appendFragments(table, more);
    movie.missingSamples += cutMissingSamples(table, source.fileEnd);
  }
  if (timescale === 0) throw malformed('Time passes at no rate.', reader.fileStart + mdhd.start, 'mdhd');
  if (table.chunks.descriptions.some((number) => number < 1 || number > description.entries.length)) {
    throw malformed('Samples name a description that is not there.', reader.fileStart + stbl.start, 'stsc');
  }
  const layerAt = tkhd.bodyStart + (isLong ? 44 : 32);
  const smhd = reader.find(minf, 'smhd');
  const edits = readEdits(reader, reader.find(trak, 'edts'));
  if (more !== undefined) closeOpenEdit(edits, movie, timescale, table);
  movie.tracks.push({
    id,
    isEnabled: (view.getUint32(tkhd.bodyStart) & 1) === 1,
    alternateGroup: view.getUint16(layerAt + 2),
    volume: view.getUint16(layerAt + 4),
    timescale,
    language: view.getUint16(timescaleAt + (isLongMedia ? 12 : 8)),
    balance: smhd === undefined || smhd.end - smhd.bodyStart < 8 ? 0 : view.getUint16(smhd.bodyStart + 4),
    edits: significantEdits(edits, wholeDuration(movie, { timescale, table })),
    hasEditList: edits.length > 0,
    description,
    table,
    chapters: readChapterReferences(reader, reader.find(trak, 'tref')),
  });
}

/** Refuses tracks whose loss would be noticed: film, and text that is shown in time. */
function throwIfContent(reader: BoxReader, handler: string, stsd: Box, sampleCount: number, offset: number): void {
  if (sampleCount === 0) return;
  const codings = reader.childrenThatFit(stsd.bodyStart + 8, stsd.end).map(({ type }) => type);
  const isStill = sampleCount === 1 && codings.every((coding) => stillCodings.includes(coding));
  if (handler === 'vide' && !isStill) {
    throw unsupported(
      'The file is a video, and of such files only those with sound alone can be cleaned. Export the sound, or send the video knowing that its metadata stays.',
      offset,
      'hdlr',
      'vide',
    );
  }
  const isSubtitle = subtitleHandlers.includes(handler) || (handler === 'text' && codings.includes('tx3g'));
  if (isSubtitle) {
    throw unsupported(
      "The file shows subtitles, which can't be cleaned. Export the sound alone.",
      offset,
      'hdlr',
      printableType(handler),
    );
  }
}

/** Samples may lie in another file only where a data reference says so (§8.7.2). */
function throwIfElsewhere(reader: BoxReader, minf: Box): void {
  const dinf = reader.find(minf, 'dinf');
  const dref = dinf === undefined ? undefined : reader.find(dinf, 'dref');
  if (dref === undefined) return;
  reader.demand(dref, 8);
  for (const { type, start, bodyStart, end } of reader.children(dref.bodyStart + 8, dref.end, 'dref')) {
    const isHere = end - bodyStart >= 4 && (reader.view.getUint32(bodyStart) & 1) === 1;
    if (!isHere && end - bodyStart > 4) {
      throw unsupported(
        'The sound lies in another file than this one. Save it as a file of its own.',
        reader.fileStart + start,
        'dref',
        printableType(type),
      );
    }
  }
}

/** Length of a track's samples in the movie's timescale. */
export function wholeDuration(movie: Movie, { timescale, table }: { timescale: number; table: SampleTable }): number {
  return Math.round((mediaDuration(table) * movie.timescale) / timescale);
}

/** Sum of the durations of all samples, in the track's timescale. */
export function mediaDuration({ durations }: SampleTable): number {
  return sumOfRuns(durations);
}

/** An edit of duration 0 in front of fragments goes on to their end (§8.6.6.1). */
function closeOpenEdit(edits: readonly Edit[], movie: Movie, timescale: number, table: SampleTable): void {
  const last = edits.at(-1);
  if (last === undefined || last.duration !== 0 || last.mediaTime < 0) return;
  const rest = Math.max(0, mediaDuration(table) - last.mediaTime);
  last.duration = Math.round((rest * movie.timescale) / timescale);
}

/** Fragments may begin at any time, even that of a clock; what counts is how much later than the others a track begins. */
function delayLateTracks(movie: Movie, samples: ReadonlyMap<number, FragmentSamples>): void {
  const starts = movie.tracks.map(({ id, timescale }) => (samples.get(id)?.startTime ?? 0) / timescale);
  let earliest = Number.POSITIVE_INFINITY;
  for (const start of starts) earliest = Math.min(earliest, start);
  for (const [index, track] of movie.tracks.entries()) {
    const delay = Math.round(((starts[index] ?? 0) - earliest) * movie.timescale);
    if (delay <= 0 || track.hasEditList) continue;
    track.edits.push({ duration: delay, mediaTime: -1, rate: NORMAL_RATE });
    track.edits.push({ duration: wholeDuration(movie, track), mediaTime: 0, rate: NORMAL_RATE });
  }
}
