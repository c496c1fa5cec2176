// User data and metadata boxes: `udta`, `meta › ilst` (QTFF, "User Data Atoms", "Metadata"; Apple, iTunes metadata). Of them
// only the gapless numbers are obeyed by players; what the options keep is read here too.
import { latin1 } from '../../bytes/text.ts';
import { type Box, type BoxReader, printableType } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding } from '../../core/report.ts';
import { type Chapter, readNeroChapters } from './chapters.ts';
import { isLoudnessItem } from './loudness.ts';
import { userDataKinds } from './policy.ts';

/** How many samples at the start are no sound, and how many are, from the `iTunSMPB` item. */
export interface Gapless {
  priming: number;
  length: number;
}

/** What is taken from user data. */
export interface Keepsakes {
  gapless: Gapless | undefined;
  /** Texts by the type of their item, in canonical order. */
  texts: Map<string, string>;
  /** Name and value of loudness items. */
  loudness: Map<string, string>;
  /** Cover pictures as found, with their absolute offset. */
  covers: { picture: Uint8Array; start: number }[];
  chapters: Chapter[];
}

/** Items with text, by the option that keeps them. */
const textItems = [
  { type: '\xa9nam', name: 'title' },
  { type: '\xa9ART', name: 'author' },
  { type: 'aART', name: 'author' },
  { type: 'cprt', name: 'copyright' },
  { type: '\xa9day', name: 'dates' },
] as const;

/** Longest text that is shown or kept. */
const MAX_TEXT_LENGTH = 4096;
const MAX_SHOWN_LENGTH = 200;
/** Types of `data`: text in UTF-8 and UTF-16 (QTFF, "Well-Known Types"). */
const UTF16_TEXT = 2;
const TEXT_TYPES = [0, 1, UTF16_TEXT];

/** Nothing taken yet. */
export function noKeepsakes(): Keepsakes {
  return { gapless: undefined, texts: new Map(), loudness: new Map(), covers: [], chapters: [] };
}

/** Reads a `udta` or `meta` box, all of which is dropped: notes what it tells, takes what is to be kept. */
export function readUserData(
  reader: BoxReader,
  userData: Box,
  trail: string,
  plan: Plan,
  context: Context,
  keepsakes: Keepsakes,
): void {
  const where = `${trail} › ${printableType(userData.type)}`;
  if (userData.type === 'meta') {
    readMetadata(reader, userData, where, plan, context, keepsakes);
    return;
  }
  const children = reader.childrenThatFit(userData.bodyStart, userData.end);
  context.countStructures(children.length);
  for (const child of children) {
    if (child.type === 'meta') readMetadata(reader, child, `${where} › meta`, plan, context, keepsakes);
    else {
      if (child.type === 'chpl' && keepsakes.chapters.length === 0) {
        keepsakes.chapters = readNeroChapters(reader.body(child));
      }
      note(reader, plan, child, `${where} › ${printableType(child.type)}`);
    }
  }
  if (children.length === 0) note(reader, plan, userData, where);
}

/** `meta` is a full box in ISO files and a plain one in QuickTime's: told by where its handler stands. */
function readMetadata(
  reader: BoxReader,
  meta: Box,
  where: string,
  plan: Plan,
  context: Context,
  keepsakes: Keepsakes,
): void {
  const isPlain = meta.end - meta.bodyStart >= 8 && reader.fourCC(meta.bodyStart + 4) === 'hdlr';
  const children = reader.childrenThatFit(meta.bodyStart + (isPlain ? 0 : 4), meta.end);
  const ilst = children.find(({ type }) => type === 'ilst');
  if (ilst === undefined) {
    note(reader, plan, meta, where);
    return;
  }
  const items = reader.childrenThatFit(ilst.bodyStart, ilst.end);
  context.countStructures(children.length + items.length);
  for (const item of items) {
    const { type } = item;
    const data = reader.childrenThatFit(item.bodyStart, item.end);
    const name = type === '----' ? itemName(reader, data) : type;
    const values = data.filter((child) => child.type === 'data' && child.end - child.bodyStart >= 8);
    const [first] = values;
    if (first !== undefined) takeItem(reader, name, type, values, first, context, keepsakes);
    const text = context.options.values && first !== undefined ? readText(reader, first) : undefined;
    note(reader, plan, item, `${where} › ilst › ${printableType(name)}`, text);
  }
  for (const child of children) {
    if (child !== ilst && child.type !== 'hdlr') note(reader, plan, child, `${where} › ${printableType(child.type)}`);
  }
}

function takeItem(
  reader: BoxReader,
  name: string,
  type: string,
  values: readonly Box[],
  first: Box,
  context: Context,
  keepsakes: Keepsakes,
): void {
  if (name === 'iTunSMPB') keepsakes.gapless ??= readGapless(reader.body(first).subarray(8));
  if (type === 'covr' && context.keeps('coverArt')) {
    for (const { bodyStart, end } of values) {
      const picture = reader.bytes.subarray(bodyStart + 8, end);
      keepsakes.covers.push({ picture, start: reader.fileStart + bodyStart + 8 });
    }
  }
  if (type === '----' && context.keeps('loudness')) {
    const value = readText(reader, first);
    if (value !== undefined && isLoudnessItem(name, value)) keepsakes.loudness.set(name, value);
  }
  const textItem = textItems.find((candidate) => candidate.type === type);
  if (textItem !== undefined && context.keeps(textItem.name) && !keepsakes.texts.has(type)) {
    const text = readText(reader, first);
    if (text !== undefined && text !== '') keepsakes.texts.set(type, text);
  }
}

function itemName(reader: BoxReader, children: readonly Box[]): string {
  const name = children.find(({ type }) => type === 'name');
  return name === undefined ? '----' : latin1(reader.body(name).subarray(4, 44));
}

function note(reader: BoxReader, plan: Plan, { type, start, end }: Box, where: string, text?: string): void {
  const finding: Finding = {
    kind: userDataKinds.get(type) ?? 'other',
    where,
    action: 'removed',
    bytes: end - start,
    offset: reader.fileStart + start,
  };
  if (text !== undefined && text !== '') finding.values = { text: text.slice(0, MAX_SHOWN_LENGTH) };
  plan.found(finding);
}

/** Text of a `data` box without control characters; nothing where it holds none. */
function readText(reader: BoxReader, data: Box): string | undefined {
  const type = reader.view.getUint32(data.bodyStart);
  if (!TEXT_TYPES.includes(type)) return undefined;
  const bytes = reader.body(data).subarray(8, 8 + MAX_TEXT_LENGTH);
  const text = new TextDecoder(type === UTF16_TEXT ? 'utf-16be' : 'utf-8').decode(bytes);
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** `iTunSMPB`: hexadecimal words: zero, priming, padding, length of the sound (Apple, Technical Note TN2258). */
function readGapless(value: Uint8Array): Gapless | undefined {
  const words = latin1(value.subarray(0, 128)).trim().split(/\s+/);
  const [priming, , length] = words
    .slice(1)
    .map((word) => (/^[0-9A-Fa-f]{1,16}$/.test(word) ? Number.parseInt(word, 16) : 0));
  return priming === undefined || length === undefined || length === 0 ? undefined : { priming, length };
}
