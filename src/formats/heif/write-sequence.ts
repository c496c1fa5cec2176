// The movie box of an image sequence in its one form: no dates, no names, tracks numbered from 1 (ISO/IEC 14496-12 §8.2–§8.7).
import { box, fullBox, type NewBox, u16, u32, u32List, u64 } from '../../containers/isobmff/box.ts';
import {
  UNDETERMINED,
  writeDataInformation,
  writeHandler,
  writeMediaHeader,
  writeMovieHeader,
  writeOffsets,
  writeTimed,
} from '../../containers/isobmff/movie-boxes.ts';
import { sumOfRuns } from '../../containers/isobmff/runs.ts';
import { writeSampleTable } from '../../containers/isobmff/sample-table.ts';
import type { EditList, PictureTrack, Sequence } from './sequence.ts';

const MAX_U32 = 0xffffffff;

/**
 * The movie box.
 * @param mediaStart where in the file the media data begins
 * @param isLarge whether offsets take eight bytes
 */
export function writeSequence({ timescale, tracks }: Sequence, mediaStart: number, isLarge: boolean): NewBox {
  const numbers = new Map(tracks.map(({ id }, index) => [id, index + 1]));
  const duration = tracks.reduce((most, track) => Math.max(most, track.duration), 0);
  const mvhd = writeMovieHeader(
    { timescale, rate: 0x10000, volume: 0x100, nextTrackId: tracks.length + 1 },
    writeDuration(duration),
  );
  const traks = tracks.map((track, index) => writeTrack(track, index + 1, numbers, mediaStart, isLarge));
  return box('moov', mvhd, ...traks);
}

/** As wide as it needs to be, if nothing else is said. */
function writeDuration(duration: number, isLong = isLongDuration(duration)): Uint8Array {
  if (duration === Number.POSITIVE_INFINITY) return new Uint8Array(isLong ? 8 : 4).fill(0xff);
  return isLong ? u64(duration) : u32(duration);
}

/** Endless ones are written in 64 bits, as decoders of picture sequences look for it (AVIF §4.1). */
function isLongDuration(duration: number): boolean {
  return duration >= MAX_U32;
}

function writeEditList(list: EditList | undefined): NewBox[] {
  if (list === undefined) return [];
  const isLong = list.edits.some(({ duration, mediaTime }) => isLongDuration(duration) || mediaTime > 0x7fffffff);
  const entries = list.edits.flatMap(({ duration, mediaTime, rate }) => [
    writeDuration(duration, isLong),
    mediaTime < 0 ? writeDuration(Number.POSITIVE_INFINITY, isLong) : writeDuration(mediaTime, isLong),
    u32(rate),
  ]);
  return [box('edts', fullBox('elst', isLong ? 1 : 0, list.isRepeating ? 1 : 0, u32(list.edits.length), ...entries))];
}

function writeTrack(
  track: PictureTrack,
  id: number,
  numbers: ReadonlyMap<number, number>,
  mediaStart: number,
  isLarge: boolean,
): NewBox {
  const { handler, isEnabled, table, positions, description } = track;
  // In the movie (2), and enabled (1) if it was.
  const tkhd = writeTimed(
    'tkhd',
    2 | (isEnabled ? 1 : 0),
    [u32(id), u32(0)],
    writeDuration(track.duration),
    new Uint8Array(8),
    u16(track.layer),
    u16(track.alternateGroup),
    u32(0),
    track.geometry,
  );
  const references = track.references.flatMap(({ type, to }) => {
    const known = to.flatMap((other) => numbers.get(other) ?? []);
    return known.length === 0 ? [] : [box(type, u32List(known))];
  });
  const stsd = fullBox('stsd', 0, 0, u32(description.entries.length), ...description.entries.map((entry) => entry.box));
  const stbl = box('stbl', ...writeSampleTable(table, stsd, writeOffsets(positions, mediaStart, isLarge)));
  const vmhd = fullBox('vmhd', 0, 1, new Uint8Array(8));
  const mdhd = writeMediaHeader(track.timescale, writeDuration(sumOfRuns(table.durations)), UNDETERMINED);
  const tref = references.length === 0 ? [] : [{ type: 'tref', parts: references }];
  return box(
    'trak',
    tkhd,
    ...tref,
    ...writeEditList(track.edits),
    box('mdia', mdhd, writeHandler(handler), box('minf', vmhd, writeDataInformation(), stbl)),
  );
}
