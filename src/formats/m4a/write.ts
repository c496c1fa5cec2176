// The movie box in its one canonical form (ISO/IEC 14496-12 §8.2–§8.7): no dates, no names, tracks numbered from 1.
import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { u16, u32, u64, writeBox, writeFullBox } from '../../containers/isobmff/box.ts';
import {
  mergeRuns,
  writeChunkOffsets,
  writeChunkRuns,
  writeDurations,
  writeSizes,
} from '../../containers/isobmff/sample-table.ts';
import type { Edit, Movie, Track } from './movie.ts';

/** Language `und` packed (§8.4.2). */
const UNDETERMINED = 0x55c4;
const NORMAL_RATE = 0x10000;
const MAX_U32 = 0xffffffff;
/** The matrix that moves nothing (§6.2.2). */
const UNITY_MATRIX = concat(
  u32(0x10000),
  u32(0),
  u32(0),
  u32(0),
  u32(0x10000),
  u32(0),
  u32(0),
  u32(0),
  u32(0x40000000),
);

/** Brand, minor version 0, compatible brands. */
export function writeFileType(): Uint8Array {
  return writeBox('ftyp', latin1Bytes('M4A '), u32(0), latin1Bytes('M4A isommp42'));
}

/** Duration of a track's samples in its own timescale. */
export function mediaDuration({ table }: Track): number {
  return table.durations.reduce((sum, { count, value }) => sum + count * value, 0);
}

/** Duration of a track in the movie's timescale: that of its edits, or of all its samples. */
function trackDuration(movie: Movie, track: Track): number {
  if (track.edits.length > 0) return track.edits.reduce((sum, { duration }) => sum + duration, 0);
  return Math.round((mediaDuration(track) * movie.timescale) / track.timescale);
}

/** The movie box. `offsets` are those of each track's chunks in the output. */
export function writeMovie(movie: Movie, offsets: readonly (readonly number[])[], isLarge: boolean): Uint8Array {
  const durations = movie.tracks.map((track) => trackDuration(movie, track));
  const duration = Math.max(...durations);
  const traks = movie.tracks.map((track, index) =>
    writeTrack(movie, track, index + 1, durations[index] ?? 0, offsets[index] ?? [], isLarge),
  );
  const mvhd = writeTimed('mvhd', 0, duration, (time) => [
    u32(movie.timescale),
    time,
    u32(movie.rate),
    u16(movie.volume),
    new Uint8Array(10),
    UNITY_MATRIX,
    new Uint8Array(24),
    u32(movie.tracks.length + 1),
  ]);
  return writeBox('moov', mvhd, ...traks);
}

/** A full box that begins with creation and modification time, both 0, and is as wide as its duration needs. */
function writeTimed(
  type: string,
  flags: number,
  duration: number,
  fields: (time: Uint8Array) => Uint8Array[],
): Uint8Array {
  const isLong = duration > MAX_U32;
  return writeFullBox(
    type,
    isLong ? 1 : 0,
    flags,
    new Uint8Array(isLong ? 16 : 8),
    ...fields(isLong ? u64(duration) : u32(duration)),
  );
}

function writeTrack(
  movie: Movie,
  track: Track,
  id: number,
  duration: number,
  offsets: readonly number[],
  isLarge: boolean,
): Uint8Array {
  const { table } = track;
  // In the movie (2), and enabled (1) if it was.
  const tkhd = writeTimed('tkhd', 2 | (track.isEnabled ? 1 : 0), duration, (time) => [
    u32(id),
    u32(0),
    time,
    new Uint8Array(8),
    u16(0),
    u16(track.alternateGroup),
    u16(track.volume),
    u16(0),
    UNITY_MATRIX,
    new Uint8Array(8),
  ]);
  // One track's language is only a habit of its writer; among several the player chooses by it.
  const language = movie.tracks.length > 1 ? track.language : UNDETERMINED;
  const mdhd = writeTimed('mdhd', 0, mediaDuration(track), (time) => [
    u32(track.timescale),
    time,
    u16(language),
    u16(0),
  ]);
  const hdlr = writeFullBox('hdlr', 0, 0, u32(0), latin1Bytes('soun'), new Uint8Array(12), Uint8Array.of(0));
  const smhd = writeFullBox('smhd', 0, 0, u16(track.balance), u16(0));
  // One data reference, which says that the samples are in this file.
  const dinf = writeBox('dinf', writeFullBox('dref', 0, 0, u32(1), writeFullBox('url ', 0, 1)));
  const stbl = writeBox(
    'stbl',
    writeFullBox('stsd', 0, 0, u32(track.entries.length), ...track.entries),
    writeDurations(mergeRuns(table.durations)),
    writeSizes(table.sizes),
    writeChunkRuns(table.chunks),
    writeChunkOffsets(offsets, isLarge),
    ...track.groups,
  );
  const minf = writeBox('minf', smhd, dinf, stbl);
  return writeBox('trak', tkhd, ...writeEdits(movie, track), writeBox('mdia', mdhd, hdlr, minf));
}

/** The edit list, unless it plays the whole track from its start. */
function writeEdits(movie: Movie, track: Track): Uint8Array[] {
  const { edits } = track;
  const [first] = edits;
  if (first === undefined) return [];
  const whole = Math.round((mediaDuration(track) * movie.timescale) / track.timescale);
  const isPlain = edits.length === 1 && first.mediaTime === 0 && first.rate === NORMAL_RATE;
  // Rounding between the two timescales may be off by one.
  if (isPlain && Math.abs(first.duration - whole) <= 1) return [];
  const isLong = edits.some(({ duration, mediaTime }) => duration > MAX_U32 || mediaTime > 0x7fffffff);
  const entries = edits.map((edit) => writeEdit(edit, isLong));
  return [writeBox('edts', writeFullBox('elst', isLong ? 1 : 0, 0, u32(edits.length), ...entries))];
}

function writeEdit({ duration, mediaTime, rate }: Edit, isLong: boolean): Uint8Array {
  if (!isLong) return concat(u32(duration), u32(mediaTime >>> 0), u32(rate));
  const time = mediaTime < 0 ? concat(u32(MAX_U32), u32(MAX_U32)) : u64(mediaTime);
  return concat(u64(duration), time, u32(rate));
}
