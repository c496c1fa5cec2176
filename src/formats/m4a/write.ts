// The movie box in its one canonical form (ISO/IEC 14496-12 §8.2–§8.7): no dates, no names, tracks numbered from 1.
import { latin1Bytes } from '../../bytes/text.ts';
import { box, fullBox, type NewBox, u16, u32, u64 } from '../../containers/isobmff/box.ts';
import {
  UNDETERMINED,
  UNITY_MATRIX,
  writeDataInformation,
  writeHandler,
  writeMediaHeader,
  writeMovieHeader,
  writeTimed,
} from '../../containers/isobmff/movie-boxes.ts';
import { type SampleTable, writeSampleTable } from '../../containers/isobmff/sample-table.ts';
import { CHAPTER_TIMESCALE, writeTextDescription } from './chapters.ts';
import { writeEdits } from './edits.ts';
import { packedLanguage } from './language.ts';
import { type Movie, mediaDuration, type Track, wholeDuration } from './movie.ts';
import { writeSoundDescription } from './sample-entry.ts';

const MAX_U32 = 0xffffffff;

/** Families of files by their brand, each with the brands it is compatible with. */
const families = {
  m4a: ['M4A ', 'M4A ', 'isom', 'mp42'],
  '3gp': ['3gp4', '3gp4', 'isom'],
  qt: ['qt  ', 'qt  '],
} as const;

/** What kind of file of boxes it is. */
export type Family = keyof typeof families;

/** What the movie box says besides its tracks of sound. */
export interface MovieParts {
  family: Family;
  /** Titles of chapters. */
  chapters: SampleTable | undefined;
  /** `udta`, if anything in it is kept. */
  userData: NewBox | undefined;
  keepsLanguage: boolean;
}

/** Brand, minor version 0, compatible brands. */
export function writeFileType(family: Family): NewBox {
  const [brand, ...compatible] = families[family];
  return box('ftyp', latin1Bytes(brand), u32(0), latin1Bytes(compatible.join('')));
}

/** Duration of a track in the movie's timescale: that of its edits, or of all its samples. */
function trackDuration(movie: Movie, track: Track): number {
  if (track.edits.length > 0) return track.edits.reduce((sum, { duration }) => sum + duration, 0);
  return wholeDuration(movie, track);
}

/** The movie box. `offsets` are the bodies of the tables of chunk offsets, one a track, that of chapters last. */
export function writeMovie(movie: Movie, parts: MovieParts, offsets: readonly Uint8Array[]): NewBox {
  const { tracks } = movie;
  let duration = 0;
  for (const track of tracks) duration = Math.max(duration, trackDuration(movie, track));
  const count = tracks.length + (parts.chapters === undefined ? 0 : 1);
  const { timescale, rate, volume } = movie;
  const mvhd = writeMovieHeader({ timescale, rate, volume, nextTrackId: count + 1 }, writeDuration(duration));
  const boxes = [mvhd];
  for (const [index, track] of tracks.entries())
    boxes.push(writeTrack(movie, parts, track, index + 1, offsets[index] ?? new Uint8Array(0)));
  if (parts.chapters !== undefined)
    boxes.push(writeChapterTrack(movie, parts, parts.chapters, count, offsets[count - 1] ?? new Uint8Array(0)));
  if (parts.userData !== undefined) boxes.push(parts.userData);
  return { type: 'moov', parts: boxes };
}

/** As wide as it needs to be. */
function writeDuration(duration: number): Uint8Array {
  return duration > MAX_U32 ? u64(duration) : u32(duration);
}

function writeTrackHeader(
  id: number,
  isEnabled: boolean,
  duration: number,
  alternateGroup: number,
  volume: number,
): NewBox {
  // In the movie (2), and enabled (1) if it was.
  return writeTimed(
    'tkhd',
    2 | (isEnabled ? 1 : 0),
    [u32(id), u32(0)],
    writeDuration(duration),
    new Uint8Array(8),
    u16(0),
    u16(alternateGroup),
    u16(volume),
    u16(0),
    UNITY_MATRIX,
    new Uint8Array(8),
  );
}

/** QuickTime says in it that it is a media handler (QTFF, "Handler Reference Atoms"). */
function writeMediaHandler({ family }: MovieParts, type: string): NewBox {
  return family === 'qt' ? writeHandler(type, latin1Bytes('mhlr')) : writeHandler(type);
}

function writeTrack(movie: Movie, parts: MovieParts, track: Track, id: number, offsets: Uint8Array): NewBox {
  const isAlone = movie.tracks.length === 1;
  const { table, isEnabled, volume, edits } = track;
  const tkhd = writeTrackHeader(id, isEnabled, trackDuration(movie, track), isAlone ? 0 : track.alternateGroup, volume);
  // One track's language is only a habit of its writer; among several the player chooses by it.
  const language = isAlone && !parts.keepsLanguage ? UNDETERMINED : packedLanguage(track.language);
  const mdhd = writeMediaHeader(track.timescale, writeDuration(mediaDuration(table)), language);
  const smhd = fullBox('smhd', 0, 0, u16(track.balance), u16(0));
  const stbl = box('stbl', ...writeSampleTable(table, writeSoundDescription(track.description), offsets));
  const minf = box('minf', smhd, writeDataInformation(), stbl);
  const chapterId = movie.tracks.length + 1;
  const tref = parts.chapters === undefined ? [] : [box('tref', box('chap', u32(chapterId)))];
  const edts = writeEdits(edits);
  return box('trak', tkhd, ...edts, ...tref, box('mdia', mdhd, writeMediaHandler(parts, 'soun'), minf));
}

function writeChapterTrack(
  movie: Movie,
  parts: MovieParts,
  table: SampleTable,
  id: number,
  offsets: Uint8Array,
): NewBox {
  const duration = wholeDuration(movie, { timescale: CHAPTER_TIMESCALE, table });
  const tkhd = writeTrackHeader(id, false, duration, 0, 0);
  // QTFF, "Base Media Info Atoms", "Text Media Information Atom": copy mode, no colour, the matrix that moves nothing.
  const gmin = fullBox('gmin', 0, 0, u16(0x40), u16(0x8000), u16(0x8000), u16(0x8000), u32(0));
  const gmhd = box('gmhd', gmin, box('text', UNITY_MATRIX));
  const stbl = box('stbl', ...writeSampleTable(table, writeTextDescription(), offsets));
  const mdhd = writeMediaHeader(CHAPTER_TIMESCALE, writeDuration(mediaDuration(table)), UNDETERMINED);
  const minf = box('minf', gmhd, writeDataInformation(), stbl);
  return box('trak', tkhd, box('mdia', mdhd, writeMediaHandler(parts, 'text'), minf));
}
