// Multi-Picture Format: an index of pictures that stand one behind the other (CIPA DC-007). Offsets count from its TIFF header.
import { latin1Bytes } from '../../bytes/text.ts';
import { openExif, readIfd } from '../exif.ts';
import { Marker, writeSegment } from './marker.ts';

/** What the body of the segment begins with. */
export const MPF_IDENTIFIER = 'MPF\0';

/** §5.2.3: tags of the index IFD. */
const Tag = { version: 0xb000, numberOfImages: 0xb001, entry: 0xb002 } as const;
/** §5.2.3.3: attribute, size, offset of four bytes each, two numbers of dependent pictures. */
const ENTRY_LENGTH = 16;
const OFFSET_IN_ENTRY = 8;

/** TIFF 6.0 §2. */
const Type = { long: 4, undefined: 7 } as const;
const TIFF_HEADER_LENGTH = 8;
const FIELD_LENGTH = 12;
/** §5.2.3.3.1: the picture that is shown, where it stands for all. */
const BASELINE_PRIMARY = 0x030000;

/** How many pictures an index lists (§5.2.3.2); 1 where it can't be read. */
export function countPictures(index: Uint8Array): number {
  const tiff = openExif(index);
  if (tiff === undefined) return 1;
  const { view, littleEndian, firstIfd } = tiff;
  const entries = readIfd(view, littleEndian, firstIfd)?.entries;
  const entry = entries?.find(({ tag, valueLength }) => tag === Tag.numberOfImages && valueLength === 4);
  return entry === undefined ? 1 : view.getUint32(entry.valueStart, littleEndian);
}

/** Offsets of all pictures but the first, from the index's beginning, which is its TIFF header. */
export function readPictureOffsets(index: Uint8Array): number[] {
  const tiff = openExif(index);
  if (tiff === undefined) return [];
  const { view, littleEndian, firstIfd } = tiff;
  const field = readIfd(view, littleEndian, firstIfd)?.entries.find(({ tag }) => tag === Tag.entry);
  if (field === undefined) return [];
  const offsets: number[] = [];
  for (let at = ENTRY_LENGTH; at + ENTRY_LENGTH <= field.valueLength; at += ENTRY_LENGTH) {
    offsets.push(view.getUint32(field.valueStart + at + OFFSET_IN_ENTRY, littleEndian));
  }
  return offsets;
}

/** Length of a segment that {@link writeMultiPicture} writes. */
export const MULTI_PICTURE_LENGTH: number =
  4 + MPF_IDENTIFIER.length + TIFF_HEADER_LENGTH + 2 + 3 * FIELD_LENGTH + 4 + 2 * ENTRY_LENGTH;

/**
 * Writes the index of two pictures, of which the second stands right behind the first.
 * @param start offset of the segment in the first picture
 */
export function writeMultiPicture(start: number, firstLength: number, secondLength: number): Uint8Array {
  const tiffStart = start + 4 + MPF_IDENTIFIER.length;
  const entriesStart = TIFF_HEADER_LENGTH + 2 + 3 * FIELD_LENGTH + 4;
  const field = (tag: number, type: number, count: number, value: readonly number[]): number[] => [
    ...[tag >> 8, tag & 0xff, 0, type, ...long(count)],
    ...value,
  ];
  return writeSegment(
    Marker.APP2,
    latin1Bytes(MPF_IDENTIFIER),
    [0x4d, 0x4d, 0, 42, ...long(TIFF_HEADER_LENGTH), 0, 3],
    field(Tag.version, Type.undefined, 4, [...latin1Bytes('0100')]),
    field(Tag.numberOfImages, Type.long, 1, long(2)),
    field(Tag.entry, Type.undefined, 2 * ENTRY_LENGTH, long(entriesStart)),
    long(0),
    [...long(BASELINE_PRIMARY), ...long(firstLength), ...long(0), ...long(0)],
    [...long(0), ...long(secondLength), ...long(firstLength - tiffStart), ...long(0)],
  );
}

function long(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
