// Exif: a TIFF file of tags inside a picture (CIPA DC-008, TIFF 6.0).
// What a decoder obeys of it is the orientation and, by DCF, the Adobe RGB mark; all else is metadata.
// What is kept is read here and written anew in one canonical form.
import { latin1 } from '../bytes/text.ts';
import type { Context } from '../core/context.ts';

/** What can be kept of an Exif block. */
export interface ExifEssentials {
  /** Tag 0x0112: 1 is upright, 2–8 are turned or mirrored. */
  orientation: number;
  /** DCF 2.0 option file: ColorSpace says uncalibrated (or 2) and the Interoperability IFD says `R03`. */
  isAdobeRgb: boolean;
  /** Tag 0x8298, without the closing NUL. */
  copyright: string | undefined;
  /** Tag 0x013B, without the closing NUL. */
  artist: string | undefined;
  /** Tag 0x010E, without the closing NUL. */
  description: string | undefined;
  /** Tag 0x9003, `YYYY:MM:DD HH:MM:SS`. */
  dateTimeOriginal: string | undefined;
}

/** One entry of an IFD. */
export interface IfdEntry {
  tag: number;
  type: number;
  count: number;
  /** Offset of the value in the block. */
  valueStart: number;
  /** Length of the value in bytes. */
  valueLength: number;
}

/** An IFD: its entries whose values lie in the block, and the offset of the next one, 0 if none. */
export interface Ifd {
  entries: IfdEntry[];
  next: number;
  /** Length of the directory itself in bytes. */
  length: number;
}

/** TIFF 6.0 §2: size in bytes of each field type, by its number. */
const TYPE_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

const TYPE_ASCII = 2;
const TYPE_SHORT = 3;
const TYPE_LONG = 4;
const TYPE_UNDEFINED = 7;

/** Pointers to further IFDs, by tag. */
export const ExifPointer = { exif: 0x8769, gps: 0x8825, interoperability: 0xa005 } as const;

const Tag = {
  interoperabilityIndex: 0x0001,
  imageDescription: 0x010e,
  orientation: 0x0112,
  artist: 0x013b,
  copyright: 0x8298,
  dateTimeOriginal: 0x9003,
  colorSpace: 0xa001,
} as const;

const SPACE = 0x20;
const UPRIGHT = 1;
const COLOR_SPACE_UNCALIBRATED = 0xffff;
const COLOR_SPACE_ADOBE_RGB = 2;
/** Longest text that is kept of one tag, in bytes, so that the block fits a JPEG segment. */
const MAX_TEXT_BYTES = 8192;

/** A reader over an Exif block, which begins with its TIFF header; nothing where the header is not one. */
export function openExif(block: Uint8Array): { view: DataView; littleEndian: boolean; firstIfd: number } | undefined {
  if (block.length < 8) return undefined;
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const littleEndian = order === 0x4949;
  if (view.getUint16(2, littleEndian) !== 42) return undefined;
  return { view, littleEndian, firstIfd: view.getUint32(4, littleEndian) };
}

/** Reads the IFD at `offset`; entries that run past the block are left out, as readers do. */
export function readIfd(view: DataView, littleEndian: boolean, offset: number): Ifd | undefined {
  if (offset < 8 || offset + 2 > view.byteLength) return undefined;
  const stored = view.getUint16(offset, littleEndian);
  const count = Math.min(stored, Math.floor((view.byteLength - offset - 2) / 12));
  const entries: IfdEntry[] = [];
  for (let index = 0; index < count; index++) {
    const at = offset + 2 + index * 12;
    const type = view.getUint16(at + 2, littleEndian);
    const valueCount = view.getUint32(at + 4, littleEndian);
    const valueLength = valueCount * (TYPE_SIZES[type] ?? 0);
    const valueStart = valueLength <= 4 ? at + 8 : view.getUint32(at + 8, littleEndian);
    if (valueLength === 0 || valueStart + valueLength > view.byteLength) continue;
    entries.push({ tag: view.getUint16(at, littleEndian), type, count: valueCount, valueStart, valueLength });
  }
  const end = offset + 2 + stored * 12;
  return {
    entries,
    next: end + 4 <= view.byteLength ? view.getUint32(end, littleEndian) : 0,
    length: 2 + count * 12 + 4,
  };
}

/** What is kept of a block that says nothing. */
export const noEssentials: Readonly<ExifEssentials> = {
  orientation: UPRIGHT,
  isAdobeRgb: false,
  copyright: undefined,
  artist: undefined,
  description: undefined,
  dateTimeOriginal: undefined,
};

/** Reads what the options keep; a damaged block reads as upright with nothing else, as decoders take it. */
export function readExif(block: Uint8Array, context: Context): ExifEssentials {
  const essentials: ExifEssentials = { ...noEssentials };
  const exif = openExif(block);
  if (exif === undefined) return essentials;
  const { view, littleEndian, firstIfd } = exif;
  const main = readIfd(view, littleEndian, firstIfd)?.entries ?? [];
  const sub = follow(view, littleEndian, main, ExifPointer.exif);

  if (context.keeps('orientation')) {
    const orientation = readShort(view, littleEndian, main, Tag.orientation);
    if (orientation !== undefined && orientation >= 1 && orientation <= 8) essentials.orientation = orientation;
  }
  if (context.keeps('exifColor')) {
    const colorSpace = readShort(view, littleEndian, sub, Tag.colorSpace);
    if (colorSpace === COLOR_SPACE_UNCALIBRATED || colorSpace === COLOR_SPACE_ADOBE_RGB) {
      const interoperability = follow(view, littleEndian, sub, ExifPointer.interoperability);
      essentials.isAdobeRgb = readText(block, interoperability, Tag.interoperabilityIndex) === 'R03';
    }
  }
  if (context.keeps('copyright')) essentials.copyright = readText(block, main, Tag.copyright);
  if (context.keeps('author')) essentials.artist = readText(block, main, Tag.artist);
  if (context.keeps('title')) essentials.description = readText(block, main, Tag.imageDescription);
  if (context.keeps('dates')) essentials.dateTimeOriginal = readText(block, sub, Tag.dateTimeOriginal);
  return essentials;
}

function follow(view: DataView, littleEndian: boolean, entries: IfdEntry[], pointer: number): IfdEntry[] {
  const entry = entries.find(({ tag, type, count }) => tag === pointer && type === TYPE_LONG && count === 1);
  if (entry === undefined) return [];
  return readIfd(view, littleEndian, view.getUint32(entry.valueStart, littleEndian))?.entries ?? [];
}

function readShort(view: DataView, littleEndian: boolean, entries: IfdEntry[], tag: number): number | undefined {
  const entry = entries.find((candidate) => candidate.tag === tag);
  if (entry === undefined || entry.type !== TYPE_SHORT || entry.count !== 1) return undefined;
  return view.getUint16(entry.valueStart, littleEndian);
}

function readText(block: Uint8Array, entries: IfdEntry[], tag: number): string | undefined {
  const entry = entries.find((candidate) => candidate.tag === tag);
  if (entry === undefined || (entry.type !== TYPE_ASCII && entry.type !== TYPE_UNDEFINED)) return undefined;
  const bytes = block.subarray(entry.valueStart, entry.valueStart + Math.min(entry.valueLength, MAX_TEXT_BYTES));
  const closing = bytes.indexOf(0);
  let end = closing < 0 ? bytes.length : closing;
  let start = 0;
  // Cameras pad with spaces; other bytes may be the ends of UTF-8 characters, which Latin-1 takes for spaces.
  while (end > start && bytes[end - 1] === SPACE) end--;
  while (start < end && bytes[start] === SPACE) start++;
  return start === end ? undefined : latin1(bytes.subarray(start, end));
}

/** A value to be written: a number or a text, or a directory that is pointed to. */
type Value = { tag: number } & ({ short: number } | { text: string; type?: number } | { ifd: Value[] });

/**
 * Writes the canonical block, big-endian, tags ascending, nothing unused: 26 bytes for an orientation alone.
 * Nothing is written for an upright picture with nothing else to say.
 */
export function writeExif(essentials: ExifEssentials): Uint8Array | undefined {
  const main: Value[] = [];
  if (essentials.description !== undefined) main.push({ tag: Tag.imageDescription, text: essentials.description });
  if (essentials.orientation !== UPRIGHT) main.push({ tag: Tag.orientation, short: essentials.orientation });
  if (essentials.artist !== undefined) main.push({ tag: Tag.artist, text: essentials.artist });
  if (essentials.copyright !== undefined) main.push({ tag: Tag.copyright, text: essentials.copyright });
  const sub: Value[] = [];
  if (essentials.dateTimeOriginal !== undefined) {
    sub.push({ tag: Tag.dateTimeOriginal, text: essentials.dateTimeOriginal });
  }
  if (essentials.isAdobeRgb) {
    sub.push({ tag: Tag.colorSpace, short: COLOR_SPACE_UNCALIBRATED });
    sub.push({ tag: ExifPointer.interoperability, ifd: [{ tag: Tag.interoperabilityIndex, text: 'R03' }] });
  }
  if (sub.length > 0) main.push({ tag: ExifPointer.exif, ifd: sub });
  if (main.length === 0) return undefined;
  // Byte order MM, magic 42, first IFD at 8 (TIFF 6.0 §2).
  return Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, ...writeIfd(main, 8));
}

function writeIfd(values: Value[], start: number): number[] {
  const directory = [...short(values.length)];
  const tail: number[] = [];
  const tailStart = start + 2 + values.length * 12 + 4;
  for (const value of values) {
    directory.push(...short(value.tag));
    if ('short' in value) directory.push(...short(TYPE_SHORT), ...long(1), ...short(value.short), 0, 0);
    else if ('ifd' in value) {
      directory.push(...short(TYPE_LONG), ...long(1), ...long(tailStart + tail.length));
      tail.push(...writeIfd(value.ifd, tailStart + tail.length));
    } else {
      const bytes = [...value.text].map((character) => character.charCodeAt(0) & 0xff);
      bytes.push(0);
      directory.push(...short(TYPE_ASCII), ...long(bytes.length));
      if (bytes.length <= 4) directory.push(...bytes, ...new Array<number>(4 - bytes.length).fill(0));
      else {
        directory.push(...long(tailStart + tail.length));
        tail.push(...bytes);
        // TIFF 6.0 §2: values begin on a word boundary.
        if (tail.length % 2 === 1) tail.push(0);
      }
    }
  }
  return [...directory, ...long(0), ...tail];
}

function short(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function long(value: number): number[] {
  return [value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}
