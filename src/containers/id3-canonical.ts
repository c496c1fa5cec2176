// The one tag that may be written: ID3v2.4, which alone has a frame for any date and UTF-8, with the frames of kept fields in
// a fixed order, no padding, no flags.
import { concat } from '../bytes/concat.ts';
import { latin1Bytes } from '../bytes/text.ts';
import type { Id3Chapter } from './id3v2.ts';
import { writeId3v2, writeId3v2Frame } from './id3v2.ts';

/** What a canonical tag holds. */
export interface CanonicalTag {
  title?: string | undefined;
  artist?: string | undefined;
  copyright?: string | undefined;
  date?: string | undefined;
  language?: string | undefined;
  replayGain?: ReadonlyMap<string, string> | undefined;
  chapters?: readonly Id3Chapter[] | undefined;
  /** A picture that was scrubbed, and its media type. */
  picture?: { bytes: Uint8Array; mediaType: string } | undefined;
}

const UTF_8 = 3;
const FRONT_COVER = 3;
/** `CTOC` flags: top level, ordered (ID3v2 Chapter Frame Addendum §3.2). */
const TOP_LEVEL_ORDERED = 3;
/** A table of contents counts its entries in one byte. */
const MAX_CONTENTS = 255;
/** Stands for a byte offset that is not given. */
const NO_OFFSET = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/** Writes a tag; nothing where there is nothing to hold. */
export function writeCanonicalTag(fields: CanonicalTag): Uint8Array | undefined {
  const { title, artist, copyright, date, language, replayGain, chapters = [], picture } = fields;
  const frames: Uint8Array[] = [];
  const addText = (id: string, text: string | undefined): void => {
    if (text !== undefined) frames.push(textFrame(id, text));
  };
  addText('TIT2', title);
  addText('TPE1', artist);
  addText('TCOP', copyright);
  addText('TDRC', date);
  addText('TLAN', language);
  for (const [name, value] of [...(replayGain ?? [])].sort()) addText('TXXX', `${name}\0${value}`);
  if (chapters.length > 0 && chapters.length <= MAX_CONTENTS) frames.push(contents(chapters.length));
  for (const [index, chapter] of chapters.entries()) frames.push(chapterFrame(chapter, index));
  if (picture !== undefined) {
    const head = concat(Uint8Array.of(0), latin1Bytes(picture.mediaType), Uint8Array.of(0, FRONT_COVER, 0));
    frames.push(writeId3v2Frame('APIC', concat(head, picture.bytes)));
  }
  return frames.length === 0 ? undefined : writeId3v2(frames);
}

function textFrame(id: string, text: string): Uint8Array {
  return writeId3v2Frame(id, concat(Uint8Array.of(UTF_8), new TextEncoder().encode(text)));
}

function chapterId(index: number): Uint8Array {
  return latin1Bytes(`ch${index}\0`);
}

function contents(count: number): Uint8Array {
  const ids = Array.from({ length: count }, (_, index) => chapterId(index));
  return writeId3v2Frame('CTOC', concat(latin1Bytes('toc\0'), Uint8Array.of(TOP_LEVEL_ORDERED, count), ...ids));
}

function chapterFrame({ start, end, title }: Id3Chapter, index: number): Uint8Array {
  const times = new Uint8Array(8);
  const view = new DataView(times.buffer);
  view.setUint32(0, start);
  view.setUint32(4, end);
  const name = title === '' ? new Uint8Array(0) : textFrame('TIT2', title);
  return writeId3v2Frame('CHAP', concat(chapterId(index), times, Uint8Array.from(NO_OFFSET), name));
}
