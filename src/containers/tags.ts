// Tags in front of and behind a sound, in any number and order: ID3v2.2–2.4, ID3v1 and TAG+, APEv1 and APEv2, Lyrics3 v1 and
// v2, MusicMatch, and the zeros between them. Where each begins and ends; what is in them is read by id3v2.ts and ape-tag.ts.
import { ID3V2_HEADER_LENGTH, id3v2Length } from '../bytes/id3v2-length.ts';
import { startsWith } from '../bytes/text.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import { APE_HEADER_LENGTH, apeTagAt, apeTagBefore } from './ape-tag.ts';
import { measureId3v2 } from './id3v2.ts';
import { lyrics3Before } from './lyrics3.ts';
import { musicMatchBefore } from './musicmatch.ts';
import type { Tag, TagName } from './tag.ts';

/** The tags around a sound. */
export interface FoundTags {
  /** Where the sound begins: behind the tags in front and the zeros that pad them. */
  audioStart: number;
  /** Where the sound ends: in front of the tags at the end. */
  audioEnd: number;
  /** In the order of the file. */
  tags: Tag[];
}

const ID3V1_LENGTH = 128;
/** `TAG+` of 227 bytes stands in front of the ID3v1 tag that it goes on. */
const ENHANCED_TAG_LENGTH = 227;
/** How far one look at a run of zeros goes. */
const PADDING_STEP = 64 * 1024;

/** Finds the tags in front of and behind the sound that fills the file otherwise. */
export function* findTags(window: Window): Walk<FoundTags> {
  const front = yield* findTagsInFront(window, 0, window.size);
  const audioStart = front.at(-1)?.end ?? 0;
  const back = yield* findTagsAtEnd(window, audioStart, window.size);
  return { audioStart, audioEnd: back[0]?.start ?? window.size, tags: [...front, ...back] };
}

/** Finds the tags from `start` on, with the zeros behind each of them. */
export function* findTagsInFront(window: Window, start: number, end: number): Walk<Tag[]> {
  const tags: Tag[] = [];
  let at = start;
  for (;;) {
    const tag = (yield* tagAt(window, at, end)) ?? (yield* id3v2OfWrongSize(window, at, end));
    if (tag === undefined) return tags;
    tags.push(tag);
    at = yield* skipZeros(window, tag.end, end);
    if (at > tag.end) tags.push({ name: 'padding', start: tag.end, end: at });
  }
}

/** The ID3v2 tag that begins at `at`, if its size is none or leads past the end: as far as its frames go. */
function* id3v2OfWrongSize(window: Window, at: number, end: number): Walk<Tag | undefined> {
  if (end - at < ID3V2_HEADER_LENGTH) return undefined;
  const head = yield* look(window, at, at + ID3V2_HEADER_LENGTH);
  if (!startsWith(head, 'ID3') || !isId3Version(head[3])) return undefined;
  return { name: nameId3(head), start: at, end: yield* measureId3v2(window, at, end) };
}

/** The tag that begins at `at`, if one does and its size can be true. */
export function* tagAt(window: Window, at: number, end: number): Walk<Tag | undefined> {
  const head = yield* look(window, at, Math.min(at + APE_HEADER_LENGTH, end));
  const length = id3v2Length(head);
  if (length > 0) return at + length <= end ? { name: nameId3(head), start: at, end: at + length } : undefined;
  if (startsWith(head, 'APETAGEX')) return apeTagAt(head, at, end);
  if (startsWith(head, 'TAG+') && at + ENHANCED_TAG_LENGTH + ID3V1_LENGTH <= end) {
    return { name: 'TAG+', start: at, end: at + ENHANCED_TAG_LENGTH };
  }
  if (startsWith(head, 'TAG') && at + ID3V1_LENGTH <= end) return { name: 'ID3v1', start: at, end: at + ID3V1_LENGTH };
  return undefined;
}

/** Finds the tags that end at `end`, and the zeros between and behind them, back to `start`. */
export function* findTagsAtEnd(window: Window, start: number, end: number): Walk<Tag[]> {
  const tags: Tag[] = [];
  let at = end;
  for (;;) {
    let tag = yield* tagBefore(window, start, at, tags.at(-1));
    if (tag === undefined) {
      const zeros = yield* skipZerosBack(window, start, at);
      if (zeros < at) tag = yield* tagBefore(window, start, zeros, undefined);
      if (tag === undefined) return tags.reverse();
      tags.push({ name: 'padding', start: zeros, end: at });
    }
    tags.push(tag);
    at = tag.start;
  }
}

/** The tag that ends at `end`, if one does. */
function* tagBefore(window: Window, start: number, end: number, behind: Tag | undefined): Walk<Tag | undefined> {
  const tail = yield* look(window, Math.max(start, end - ENHANCED_TAG_LENGTH), end);
  const beginsAt = (text: string, length: number): boolean =>
    tail.length >= length && startsWith(tail, text, tail.length - length);
  // The letters TAG of APETAGEX may stand there, too.
  if (beginsAt('TAG', ID3V1_LENGTH) && !beginsAt('TAGEX', ID3V1_LENGTH)) {
    return { name: 'ID3v1', start: end - ID3V1_LENGTH, end };
  }
  if (behind?.name === 'ID3v1' && beginsAt('TAG+', ENHANCED_TAG_LENGTH)) {
    return { name: 'TAG+', start: end - ENHANCED_TAG_LENGTH, end };
  }
  if (beginsAt('APETAGEX', APE_HEADER_LENGTH)) return yield* apeTagBefore(window, start, end);
  if (beginsAt('LYRICS200', 9) || beginsAt('LYRICSEND', 9)) return yield* lyrics3Before(window, start, end);
  if (beginsAt('3DI', ID3V2_HEADER_LENGTH)) return yield* id3v2Before(window, start, end);
  if (beginsAt('Brava Software Inc.', 48)) return yield* musicMatchBefore(window, start, end);
  return undefined;
}

/** The ID3v2.4 tag whose footer ends at `end`; the footer alone where it leads to no header. */
function* id3v2Before(window: Window, start: number, end: number): Walk<Tag> {
  const footer = yield* look(window, end - ID3V2_HEADER_LENGTH, end);
  const header = footer.slice();
  header.set([0x49, 0x44, 0x33]);
  const at = end - id3v2Length(header);
  if (id3v2Length(header) > ID3V2_HEADER_LENGTH && at >= start) {
    const found = yield* look(window, at, at + ID3V2_HEADER_LENGTH);
    if (id3v2Length(found) === end - at) return { name: nameId3(found), start: at, end };
  }
  return { name: 'ID3v2.4', start: end - ID3V2_HEADER_LENGTH, end };
}

/** Where the run of zeros from `at` ends. */
export function* skipZeros(window: Window, at: number, end: number): Walk<number> {
  let zeros = at;
  while (zeros < end) {
    if (!window.has(zeros, 1)) yield window.want(zeros, Math.min(PADDING_STEP, end - zeros));
    const to = Math.min(window.end, end);
    while (zeros < to && window.u8(zeros) === 0) zeros++;
    if (zeros < to) break;
  }
  return zeros;
}

function* skipZerosBack(window: Window, start: number, at: number): Walk<number> {
  let zeros = at;
  while (zeros > start) {
    const from = Math.max(start, zeros - PADDING_STEP);
    if (!window.has(zeros - 1, 1)) yield window.need(from, zeros - from);
    const first = Math.max(start, window.base);
    while (zeros > first && window.u8(zeros - 1) === 0) zeros--;
    if (zeros > first) break;
  }
  return zeros;
}

function isId3Version(major: number | undefined): boolean {
  return major === 2 || major === 3 || major === 4;
}

function nameId3(header: Uint8Array): TagName {
  return `ID3v2.${header[3]}` as TagName;
}

function* look(window: Window, start: number, end: number): Walk<Uint8Array> {
  if (!window.has(start, end - start)) yield window.need(start, end - start);
  return window.view(start, end);
}
