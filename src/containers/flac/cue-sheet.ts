// CUESHEET (RFC 9639 §8.7): tracks and index points, with the numbers by which a disc and its recordings are catalogued.

const CATALOG_NUMBER_LENGTH = 128;
/** Catalogue number, lead-in 8, flags and reserved 259, count of tracks 1. */
const HEADER_LENGTH = 396;
/** Offset 8, number 1, ISRC 12, flags and reserved 14, count of index points 1. */
const TRACK_LENGTH = 36;
/** Offset 8, number 1, reserved 3. */
const INDEX_LENGTH = 12;
const IS_CD = 0x80;
const NOT_AUDIO_AND_PRE_EMPHASIS = 0xc0;

/** A cue sheet with its tracks and index points alone; nothing where the block is shorter than it says. */
export function canonicalCueSheet(block: Uint8Array): Uint8Array | undefined {
  if (block.length < HEADER_LENGTH) return undefined;
  const sheet = new Uint8Array(block.length);
  const copy = (start: number, length: number): void => sheet.set(block.subarray(start, start + length), start);
  copy(CATALOG_NUMBER_LENGTH, 8);
  sheet[CATALOG_NUMBER_LENGTH + 8] = (block[CATALOG_NUMBER_LENGTH + 8] ?? 0) & IS_CD;
  copy(HEADER_LENGTH - 1, 1);
  let at = HEADER_LENGTH;
  for (let track = block[HEADER_LENGTH - 1] ?? 0; track > 0; track--) {
    if (at + TRACK_LENGTH > block.length) return undefined;
    copy(at, 9);
    sheet[at + 21] = (block[at + 21] ?? 0) & NOT_AUDIO_AND_PRE_EMPHASIS;
    copy(at + TRACK_LENGTH - 1, 1);
    const indexPoints = block[at + TRACK_LENGTH - 1] ?? 0;
    at += TRACK_LENGTH;
    if (at + indexPoints * INDEX_LENGTH > block.length) return undefined;
    for (let point = 0; point < indexPoints; point++, at += INDEX_LENGTH) copy(at, 9);
  }
  return sheet.subarray(0, at);
}
