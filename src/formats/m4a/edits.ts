// Edit lists: when a track plays (ISO/IEC 14496-12 §8.6.6).
import { type Box, type BoxReader, box, fullBox, type NewBox, u32, u32List } from '../../containers/isobmff/box.ts';

/** An entry of an edit list. */
export interface Edit {
  /** In the movie's timescale. */
  duration: number;
  /** In the track's timescale; −1 is silence. */
  mediaTime: number;
  /** Fixed-point 16.16. */
  rate: number;
}

export const NORMAL_RATE = 0x10000;
const MAX_U32 = 0xffffffff;
const MAX_I32 = 0x7fffffff;

/** Reads the edit list of a track; empty where there is none. */
export function readEdits(reader: BoxReader, edts: Box | undefined): Edit[] {
  const elst = edts === undefined ? undefined : reader.find(edts, 'elst');
  if (elst === undefined) return [];
  const isLong = reader.version(elst) === 1;
  const { view } = reader;
  const length = isLong ? 20 : 12;
  const count = reader.entryCount(elst, length);
  const edits: Edit[] = [];
  for (let index = 0, at = elst.bodyStart + 8; index < count; index++, at += length) {
    edits.push({
      duration: isLong ? reader.u64(at) : view.getUint32(at),
      mediaTime: isLong ? longMediaTime(reader, at + 8) : view.getInt32(at + 4),
      rate: view.getUint32(at + length - 4),
    });
  }
  return edits;
}

function longMediaTime(reader: BoxReader, at: number): number {
  return reader.view.getInt32(at) < 0 ? -1 : reader.u64(at);
}

/**
 * The edits, or none where they play the whole track from its start.
 * @param wholeDuration the track's duration in the movie's timescale
 */
export function significantEdits(edits: Edit[], wholeDuration: number): Edit[] {
  const [first] = edits;
  const isPlain = edits.length === 1 && first?.mediaTime === 0 && first.rate === NORMAL_RATE;
  // Rounding between the two timescales may be off by one.
  return isPlain && Math.abs(first.duration - wholeDuration) <= 1 ? [] : edits;
}

/** The edit list, if there are edits. */
export function writeEdits(edits: readonly Edit[]): NewBox[] {
  if (edits.length === 0) return [];
  const isLong = edits.some(({ duration, mediaTime }) => duration > MAX_U32 || mediaTime > MAX_I32);
  const words: number[] = [];
  for (const { duration, mediaTime, rate } of edits) {
    if (isLong) words.push(high(duration), low(duration), high(mediaTime), low(mediaTime), rate);
    else words.push(duration, mediaTime, rate);
  }
  return [box('edts', fullBox('elst', isLong ? 1 : 0, 0, u32(edits.length), u32List(words)))];
}

function high(value: number): number {
  return Math.floor(value / 0x1_0000_0000);
}

function low(value: number): number {
  return value < 0 ? value : value % 0x1_0000_0000;
}
