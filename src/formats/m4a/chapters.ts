// Chapters: a `chpl` box of Nero's or a track of text (QTFF, "Chapter Lists"). Where they are kept, a track is what most players
// read, so that is the one form they are written in.
import { type Box, type BoxReader, box, fullBox, type NewBox, u16, u32 } from '../../containers/isobmff/box.ts';
import type { SampleTable } from '../../containers/isobmff/sample-table.ts';

/** A chapter: where it begins, in milliseconds, and what it is called. */
export interface Chapter {
  start: number;
  title: string;
}

/** Timescale of the track of chapters: milliseconds. */
export const CHAPTER_TIMESCALE = 1000;
/** A chapter's title beyond this many characters is cut. */
const MAX_TITLE_LENGTH = 255;
const MAX_TITLE_BYTES = MAX_TITLE_LENGTH * 4;
/** Nero counts time in units of 100 ns. */
const NERO_UNITS_PER_MILLISECOND = 10_000;
/** Behind the text: a box that says that it is UTF-8 (QTFF, "Text Sample Data"). */
const UTF8_MARK = Uint8Array.of(0, 0, 0, 12, 0x65, 0x6e, 0x63, 0x64, 0, 0, 1, 0);

function cleanTitle(text: string): string {
  const characters = [...text.replace(/\p{Cc}+/gu, ' ').trim()];
  return characters.slice(0, MAX_TITLE_LENGTH).join('').trim();
}

/** Chapters of a `chpl` box: version, count, then start and title of each. */
export function readNeroChapters(body: Uint8Array): Chapter[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const chapters: Chapter[] = [];
  // Version 1 has four reserved bytes.
  let at = (body[0] === 1 ? 8 : 4) + 1;
  const count = body[at - 1] ?? 0;
  while (chapters.length < count && at + 9 <= body.length) {
    const start = (view.getUint32(at) * 0x1_0000_0000 + view.getUint32(at + 4)) / NERO_UNITS_PER_MILLISECOND;
    const length = view.getUint8(at + 8);
    const title = new TextDecoder().decode(body.subarray(at + 9, at + 9 + length));
    chapters.push({ start: Math.round(start), title: cleanTitle(title) });
    at += 9 + length;
  }
  return chapters;
}

/** The title in a text sample: its length, then UTF-8, or UTF-16 with a byte order mark. */
export function readChapterTitle(sample: Uint8Array): string {
  const length = ((sample[0] ?? 0) << 8) | (sample[1] ?? 0);
  const text = sample.subarray(2, 2 + Math.min(length, MAX_TITLE_BYTES));
  const isBigEndian = text[0] === 0xfe && text[1] === 0xff;
  const isLittleEndian = text[0] === 0xff && text[1] === 0xfe;
  return cleanTitle(new TextDecoder(isBigEndian ? 'utf-16be' : isLittleEndian ? 'utf-16le' : 'utf-8').decode(text));
}

/** Starts of samples in milliseconds. */
export function sampleStarts({ durations }: SampleTable, timescale: number): number[] {
  const starts: number[] = [];
  let time = 0;
  for (const { count, value } of durations) {
    for (let index = 0; index < count; index++, time += value)
      starts.push(Math.round((time * CHAPTER_TIMESCALE) / timescale));
  }
  return starts;
}

/** A sample of text that titles a chapter. */
export function writeChapterTitle(title: string): Uint8Array {
  const text = new TextEncoder().encode(title);
  const sample = new Uint8Array(2 + text.length + UTF8_MARK.length);
  sample.set(u16(text.length));
  sample.set(text, 2);
  sample.set(UTF8_MARK, 2 + text.length);
  return sample;
}

/** The sample entry of text: black on white, no box, no font (QTFF, "Text Sample Description"). */
export function writeTextDescription(): NewBox {
  const entry = box('text', new Uint8Array(6), u16(1), u32(1), u32(1), new Uint8Array(35));
  return fullBox('stsd', 0, 0, u32(1), entry);
}

/** Which tracks a track names as its chapters (QTFF, "Track References"). */
export function readChapterReferences(reader: BoxReader, tref: Box | undefined): number[] {
  const chap = tref === undefined ? undefined : reader.find(tref, 'chap');
  if (chap === undefined) return [];
  const ids: number[] = [];
  for (let at = chap.bodyStart; at + 4 <= chap.end; at += 4) ids.push(reader.view.getUint32(at));
  return ids;
}
