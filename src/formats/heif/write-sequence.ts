// The movie box of an image sequence in its one form: no dates, no names, tracks numbered from 1 (ISO/IEC 14496-12 §8.2–§8.7).
import { latin1Bytes } from '../../bytes/text.ts';
import { box, fullBox, type NewBox, u16, u32, u32List, u64 } from '../../containers/isobmff/box.ts';
import { sumOfRuns } from '../../containers/isobmff/runs.ts';
import { writeSampleTable } from '../../containers/isobmff/sample-table.ts';
import type { EditList, PictureTrack, Sequence } from './sequence.ts';

const MAX_U32 = 0xffffffff;
const UNITY_MATRIX = u32List([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]);
/** Language "und", packed. */
const UNDETERMINED = 0x55c4;

/**
 * The movie box.
 * @param mediaStart where in the file the media data begins
 * @param isLarge whether offsets take eight bytes
 */
export function writeSequence({ timescale, tracks }: Sequence, mediaStart: number, isLarge: boolean): NewBox {
  const numbers = new Map(tracks.map(({ id }, index) => [id, index + 1]));
  const duration = tracks.reduce((most, track) => Math.max(most, track.duration), 0);
  const mvhd = timed('mvhd', 0, duration, (time) => [
    u32(timescale),
    time,
    u32(0x10000),
    u16(0x100),
    new Uint8Array(10),
    UNITY_MATRIX,
    new Uint8Array(24),
    u32(tracks.length + 1),
  ]);
  const traks = tracks.map((track, index) => writeTrack(track, index + 1, numbers, mediaStart, isLarge));
  return box('moov', mvhd, ...traks);
}

function writeDuration(duration: number, isLong: boolean): Uint8Array {
  if (duration === Number.POSITIVE_INFINITY) return new Uint8Array(isLong ? 8 : 4).fill(0xff);
  return isLong ? u64(duration) : u32(duration);
}

/** Endless ones are written in 64 bits, as decoders of picture sequences look for it (AVIF §4.1). */
function isLongDuration(duration: number): boolean {
  return duration >= MAX_U32;
}

/** A full box that begins with creation and modification time, both 0, and is as wide as its duration needs. */
function timed(type: string, flags: number, duration: number, fields: (time: Uint8Array) => Uint8Array[]): NewBox {
  const isLong = isLongDuration(duration);
  return fullBox(
    type,
    isLong ? 1 : 0,
    flags,
    new Uint8Array(isLong ? 16 : 8),
    ...fields(writeDuration(duration, isLong)),
  );
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
  const tkhd = timed('tkhd', 2 | (isEnabled ? 1 : 0), track.duration, (time) => [
    u32(id),
    u32(0),
    time,
    new Uint8Array(8),
    u16(track.layer),
    u16(track.alternateGroup),
    u32(0),
    track.geometry,
  ]);
  const references = track.references.flatMap(({ type, to }) => {
    const known = to.flatMap((other) => numbers.get(other) ?? []);
    return known.length === 0 ? [] : [box(type, u32List(known))];
  });
  const offsets = Array.from(positions, (position) =>
    isLarge ? u64(mediaStart + position) : u32(mediaStart + position),
  );
  const stsd = fullBox('stsd', 0, 0, u32(description.entries.length), ...description.entries.map((entry) => entry.box));
  const stbl = box('stbl', ...writeSampleTable(table, stsd, joined(offsets, isLarge ? 8 : 4)));
  const dinf = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
  const vmhd = fullBox('vmhd', 0, 1, new Uint8Array(8));
  const mdhd = timed('mdhd', 0, sumOfRuns(table.durations), (time) => [
    u32(track.timescale),
    time,
    u16(UNDETERMINED),
    u16(0),
  ]);
  const hdlr = fullBox('hdlr', 0, 0, u32(0), latin1Bytes(handler), new Uint8Array(13));
  const tref = references.length === 0 ? [] : [{ type: 'tref', parts: references }];
  return box(
    'trak',
    tkhd,
    ...tref,
    ...writeEditList(track.edits),
    box('mdia', mdhd, hdlr, box('minf', vmhd, dinf, stbl)),
  );
}

function joined(parts: readonly Uint8Array[], width: number): Uint8Array {
  const bytes = new Uint8Array(parts.length * width);
  for (const [index, part] of parts.entries()) bytes.set(part, index * width);
  return bytes;
}
