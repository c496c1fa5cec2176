// The few fields of tags that may be kept: read from ID3v2, APE and ID3v1 tags alike, the first that has one wins.
// Canonical texts alone leave here: dates and gains are read as what they say, not copied.
import { latin1, startsWith } from '../bytes/text.ts';
import type { Context } from '../core/context.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import { type ApeItem, readApeItems } from './ape-tag.ts';
import {
  type Id3Chapter,
  type Id3Frame,
  readId3Chapter,
  readId3Picture,
  readId3Text,
  readId3UserText,
  readId3v2Frames,
} from './id3v2.ts';
import type { Tag } from './tag.ts';

/** What is read of a file's tags. */
export interface TagFields {
  title: string | undefined;
  artist: string | undefined;
  album: string | undefined;
  /** As ID3v2.4 writes it: `yyyy`, `yyyy-MM`, `yyyy-MM-dd` or with `THH:mm:ss` behind, or a part of that. */
  date: string | undefined;
  copyright: string | undefined;
  /** ISO 639-2, three letters. */
  language: string | undefined;
  /** The front cover, or the first picture where none is called that. */
  picture: Uint8Array | undefined;
  /** In the order of time. */
  chapters: Id3Chapter[];
  /** ReplayGain values by name, `REPLAYGAIN_TRACK_GAIN` and so on: `-6.50 dB`, `0.987654`. */
  replayGain: Map<string, string>;
}

/** ReplayGain names that players read. */
const REPLAY_GAIN_NAME = /^REPLAYGAIN_(TRACK|ALBUM)_(GAIN|PEAK)$/;
const FRONT_COVER = 3;
const ID3V1_LENGTH = 128;

/** Reads the fields of tags. */
export function* readTagFields(window: Window, context: Context, tags: readonly Tag[]): Walk<TagFields> {
  const fields: TagFields = {
    title: undefined,
    artist: undefined,
    album: undefined,
    date: undefined,
    copyright: undefined,
    language: undefined,
    picture: undefined,
    chapters: [],
    replayGain: new Map(),
  };
  const rank = ({ name }: Tag): number => (name.startsWith('ID3v2') ? 0 : name.startsWith('APE') ? 1 : 2);
  for (const { name, start, end } of tags.toSorted((a, b) => rank(a) - rank(b))) {
    if (end - start > context.options.limits.bufferedBytes || !/^(ID3|APE)/.test(name)) continue;
    if (!window.has(start, end - start)) yield window.need(start, end - start, name);
    const tag = window.view(start, end);
    if (name.startsWith('ID3v2')) readId3v2(fields, tag, context);
    else if (name.startsWith('APE')) readApe(fields, tag, context);
    else readId3v1(fields, tag);
  }
  fields.chapters.sort((a, b) => a.start - b.start || a.end - b.end);
  return fields;
}

/** Which field a text frame is; ID3v2.2 in its own letters. */
const fieldOfFrame: Readonly<Record<string, 'title' | 'artist' | 'album' | 'copyright'>> = {
  TIT2: 'title',
  TT2: 'title',
  TPE1: 'artist',
  TP1: 'artist',
  TALB: 'album',
  TAL: 'album',
  TCOP: 'copyright',
  TCR: 'copyright',
};

function readId3v2(fields: TagFields, tag: Uint8Array, context: Context): void {
  const dates = new Map<string, string>();
  let cover: Uint8Array | undefined;
  let picture: Uint8Array | undefined;
  for (const frame of readId3v2Frames(tag)) {
    context.countStructures();
    const { id, data } = frame;
    if (data === undefined) continue;
    const field = fieldOfFrame[id];
    if (field !== undefined) fields[field] ??= orNothing(readId3Text(data));
    else if (id === 'TXXX' || id === 'TXX') readReplayGain(fields, readId3UserText(data));
    else if (id === 'TLAN' || id === 'TLA') fields.language ??= languageOf(readId3Text(data));
    else if (id.startsWith('T') && /^(TDRC|TDOR|TYER?|TDAT?)$/.test(id)) dates.set(id, readId3Text(data));
    else if (id === 'CHAP') addChapter(fields, frame, tag[3] ?? 0);
    else if (id === 'APIC' || id === 'PIC') {
      const found = readId3Picture(frame);
      if (found?.type === FRONT_COVER) cover ??= found.bytes;
      picture ??= found?.bytes;
    }
  }
  fields.picture ??= cover ?? picture;
  fields.date ??= canonicalDate(dates.get('TDRC')) ?? dateOfParts(dates) ?? canonicalDate(dates.get('TDOR'));
}

function addChapter(fields: TagFields, { data }: Id3Frame, major: number): void {
  const chapter = data === undefined ? undefined : readId3Chapter(data, major);
  if (chapter !== undefined) fields.chapters.push(chapter);
}

/** ID3v2.3 keeps the year and, as `DDMM`, the day apart. */
function dateOfParts(dates: ReadonlyMap<string, string>): string | undefined {
  const year = dates.get('TYER') ?? dates.get('TYE');
  const [, day, month] = /^(\d\d)(\d\d)$/.exec(dates.get('TDAT') ?? dates.get('TDA') ?? '') ?? [];
  return canonicalDate(month === undefined ? year : `${year}-${month}-${day}`) ?? canonicalDate(year);
}

function readApe(fields: TagFields, tag: Uint8Array, context: Context): void {
  for (const item of readApeItems(tag)) {
    context.countStructures();
    const key = item.key.toLowerCase();
    if (key === 'title' || key === 'artist' || key === 'album' || key === 'copyright') fields[key] ??= textOf(item);
    else if (key === 'year') fields.date ??= canonicalDate(textOf(item));
    else if (key === 'language') fields.language ??= languageOf(textOf(item) ?? '');
    else if (key === 'cover art (front)') {
      // A file name and a NUL stand in front of the picture.
      const nameEnd = item.value.indexOf(0);
      if (nameEnd >= 0 && nameEnd + 1 < item.value.length) fields.picture ??= item.value.subarray(nameEnd + 1);
    } else readReplayGain(fields, { description: item.key, value: textOf(item) ?? '' });
  }
}

function textOf({ value, isText }: ApeItem): string | undefined {
  return isText ? orNothing(new TextDecoder().decode(value)) : undefined;
}

function readId3v1(fields: TagFields, tag: Uint8Array): void {
  if (tag.length !== ID3V1_LENGTH || !startsWith(tag, 'TAG')) return;
  const text = (start: number, length: number): string | undefined =>
    orNothing(latin1(tag.subarray(start, start + length)).replace(/[\0 ]+$/, ''));
  fields.title ??= text(3, 30);
  fields.artist ??= text(33, 30);
  fields.album ??= text(63, 30);
  fields.date ??= canonicalDate(text(93, 4));
}

function readReplayGain(
  { replayGain }: TagFields,
  { description, value }: { description: string; value: string },
): void {
  const name = description.toUpperCase();
  if (!REPLAY_GAIN_NAME.test(name) || replayGain.has(name)) return;
  const [, number] = /^\s*([+-]?\d{1,3}(?:\.\d{1,12})?)\s*(?:dB)?\s*$/i.exec(value) ?? [];
  if (number === undefined) return;
  replayGain.set(name, name.endsWith('GAIN') ? `${Number(number).toFixed(2)} dB` : Number(number).toFixed(6));
}

/** A date as ID3v2.4 writes it, without what follows. */
function canonicalDate(text: string | undefined): string | undefined {
  return /^\d{4}(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d)?)?)?)?)?/.exec(text ?? '')?.[0].replace(' ', 'T');
}

function languageOf(text: string): string | undefined {
  return /^[A-Za-z]{3}$/.test(text) ? text.toLowerCase() : undefined;
}

function orNothing(text: string): string | undefined {
  return text === '' ? undefined : text;
}
