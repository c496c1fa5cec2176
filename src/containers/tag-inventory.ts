// What tags around a sound tell, for the report alone: each ID3v2 frame and APE item by what it is about.
// ID3v2.4 native frames §4; APEv2 item keys. Nothing here decides what is removed: all of it is.
import { printable } from '../bytes/printable.ts';
import type { Context } from '../core/context.ts';
import type { Plan } from '../core/plan.ts';
import type { FindingKind } from '../core/report.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import { readApeItems } from './ape-tag.ts';
import { readId3Text, readId3v2Frames } from './id3v2.ts';
import type { Tag, TagName } from './tag.ts';

/** What an ID3v2 frame tells about, ID3v2.2 in its own three letters. Others are `comment` if they are text, else `other`. */
const kindOfFrame: Readonly<Record<string, FindingKind>> = {
  APIC: 'thumbnail',
  PIC: 'thumbnail',
  GEOB: 'embedded-file',
  GEO: 'embedded-file',
  PRIV: 'identifier',
  UFID: 'identifier',
  UFI: 'identifier',
  MCDI: 'identifier',
  MCI: 'identifier',
  TSRC: 'identifier',
  TRC: 'identifier',
  GRID: 'identifier',
  WXXX: 'identifier',
  WXX: 'identifier',
  TPE1: 'author',
  TP1: 'author',
  TPE2: 'author',
  TP2: 'author',
  TPE3: 'author',
  TP3: 'author',
  TPE4: 'author',
  TP4: 'author',
  TCOM: 'author',
  TCM: 'author',
  TEXT: 'author',
  TXT: 'author',
  TOPE: 'author',
  TOA: 'author',
  TOWN: 'author',
  TCOP: 'author',
  TCR: 'author',
  TPUB: 'author',
  TPB: 'author',
  OWNE: 'author',
  POPM: 'author',
  POP: 'author',
  TENC: 'software',
  TEN: 'software',
  TSSE: 'software',
  TSS: 'software',
  TDRC: 'time',
  TYER: 'time',
  TYE: 'time',
  TDAT: 'time',
  TDA: 'time',
  TIME: 'time',
  TIM: 'time',
  TRDA: 'time',
  TDEN: 'time',
  TDOR: 'time',
  TDRL: 'time',
  TDTG: 'time',
  PCNT: 'history',
  CNT: 'history',
  COMM: 'comment',
  COM: 'comment',
  USLT: 'comment',
  ULT: 'comment',
  SYLT: 'comment',
};

/** The same for keys of APE items, in lower case. */
const kindOfItem: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['artist', 'author'],
  ['album artist', 'author'],
  ['composer', 'author'],
  ['conductor', 'author'],
  ['copyright', 'author'],
  ['publisher', 'author'],
  ['year', 'time'],
  ['record date', 'time'],
  ['record location', 'location'],
  ['isrc', 'identifier'],
  ['catalog', 'identifier'],
  ['ean/upc', 'identifier'],
  ['file', 'identifier'],
  ['cover art (front)', 'thumbnail'],
  ['cover art (back)', 'thumbnail'],
]);

const kindOfTag: Readonly<Record<TagName, FindingKind>> = {
  'ID3v2.2': 'comment',
  'ID3v2.3': 'comment',
  'ID3v2.4': 'comment',
  ID3v1: 'author',
  'TAG+': 'author',
  APEv1: 'comment',
  APEv2: 'comment',
  Lyrics3v1: 'comment',
  Lyrics3v2: 'comment',
  MusicMatch: 'identifier',
  padding: 'trailing-data',
};

/** Notes that tags are removed, and what each tells. */
export function* describeTags(window: Window, plan: Plan, context: Context, tags: readonly Tag[]): Walk {
  if (!context.describes) return;
  for (const tag of tags) {
    const { name, start, end } = tag;
    let noted = 0;
    if (/^(ID3v2|APE)/.test(name) && end - start <= context.options.limits.bufferedBytes) {
      if (!window.has(start, end - start)) yield window.need(start, end - start, name);
      const bytes = window.view(start, end);
      noted = name.startsWith('APE')
        ? describeApe(bytes, plan, context, tag)
        : describeId3v2(bytes, plan, context, tag);
    }
    const kind = noted > 0 ? 'structure' : kindOfTag[name];
    const bytes = Math.max(0, end - start - noted);
    plan.found({ kind, where: name, action: 'removed', bytes, offset: start });
  }
}

/** @returns how many bytes were told of */
function describeId3v2(bytes: Uint8Array, plan: Plan, context: Context, { name, start }: Tag): number {
  let noted = 0;
  for (const { id, length, data } of readId3v2Frames(bytes)) {
    context.countStructures();
    const isText = id.startsWith('T') && !id.startsWith('TXX');
    const kind = kindOfFrame[id] ?? (id.startsWith('T') ? 'comment' : 'other');
    const where = `${name} › ${id}`;
    const text = context.options.values && isText && data !== undefined ? printable(readId3Text(data)) : '';
    plan.found({
      kind,
      where,
      action: 'removed',
      bytes: length,
      offset: start,
      ...(text === '' ? {} : { values: { [id]: text } }),
    });
    noted += length;
  }
  return noted;
}

function describeApe(bytes: Uint8Array, plan: Plan, context: Context, { name, start }: Tag): number {
  let noted = 0;
  for (const { key, value, isText } of readApeItems(bytes)) {
    context.countStructures();
    const known = kindOfItem.get(key.toLowerCase());
    const kind = known ?? (isText ? 'comment' : 'other');
    const length = value.length + key.length + 9;
    // Keys are free text: one that isn't known is told of without its name.
    const where = `${name} › ${known === undefined ? 'items' : key}`;
    const text = context.options.values && isText ? printable(new TextDecoder().decode(value)) : '';
    const values = text === '' ? {} : { values: { [printable(key)]: text } };
    plan.found({ kind, where, action: 'removed', bytes: length, offset: start, ...values });
    noted += length;
  }
  return noted;
}
