// Boxes that a movie and its tracks are written with, whatever they show (ISO/IEC 14496-12 §8.2–§8.7): no dates, no names.
import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { box, fullBox, type NewBox, u16, u32, u32List, u64 } from './box.ts';

/** The matrix that moves nothing (§6.2.2). */
export const UNITY_MATRIX: Uint8Array = u32List([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]);
/** Language `und`, packed (§8.4.2): nobody said which. */
export const UNDETERMINED = 0x55c4;

/**
 * A full box that begins with creation and modification time, both 0.
 * @param duration of four bytes or eight; the times are as wide
 * @param before fields between the times and the duration
 */
export function writeTimed(
  type: string,
  flags: number,
  before: readonly Uint8Array[],
  duration: Uint8Array,
  ...behind: Uint8Array[]
): NewBox {
  const version = duration.length === 8 ? 1 : 0;
  return fullBox(type, version, flags, new Uint8Array(duration.length * 2), ...before, duration, ...behind);
}

/** What a movie says of all its tracks. */
export interface MovieHeader {
  timescale: number;
  /** As 16.16 fixed-point number. */
  rate: number;
  /** As 8.8 fixed-point number. */
  volume: number;
  nextTrackId: number;
}

/** The `mvhd` box. */
export function writeMovieHeader({ timescale, rate, volume, nextTrackId }: MovieHeader, duration: Uint8Array): NewBox {
  const display = [new Uint8Array(10), UNITY_MATRIX, new Uint8Array(24)];
  return writeTimed('mvhd', 0, [u32(timescale)], duration, u32(rate), u16(volume), ...display, u32(nextTrackId));
}

/** The `mdhd` box. */
export function writeMediaHeader(timescale: number, duration: Uint8Array, language: number): NewBox {
  return writeTimed('mdhd', 0, [u32(timescale)], duration, u16(language), u16(0));
}

/** The `hdlr` box, without maker and name; `component` is 0 but in QuickTime (QTFF, "Handler Reference Atoms"). */
export function writeHandler(type: string, component: Uint8Array = u32(0)): NewBox {
  return fullBox('hdlr', 0, 0, component, latin1Bytes(type), new Uint8Array(13));
}

/** The `dinf` box with one data reference, which says that the samples are in this file. */
export function writeDataInformation(): NewBox {
  return box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
}

/**
 * Offsets as `stco` or `co64` list them.
 * @param positions counted from `base`
 * @param isLarge whether each takes eight bytes
 */
export function writeOffsets(positions: Float64Array, base: number, isLarge: boolean): Uint8Array {
  if (!isLarge) return u32List(positions.map((position) => base + position));
  const words: number[] = [];
  for (const position of positions) {
    const offset = base + position;
    words.push(Math.floor(offset / 0x1_0000_0000), offset % 0x1_0000_0000);
  }
  return u32List(words);
}

/** The header of an `mdat` box with so many bytes of media data. */
export function writeMediaDataHeader(length: number, isLarge: boolean): Uint8Array {
  return isLarge ? concat(u32(1), latin1Bytes('mdat'), u64(length + 16)) : concat(u32(length + 8), latin1Bytes('mdat'));
}
