import { indexOf } from '../../bytes/search.ts';
import { latin1 } from '../../bytes/text.ts';
import type { Context } from '../../core/context.ts';
import type { Walk } from '../../core/walk.ts';
import { isWhite } from './characters.ts';
import type { Document } from './document.ts';
import type { Effort } from './indirect.ts';
import type { Bytes } from './input.ts';
import { type Dict, dictOf, nameOf, Ref, type Value } from './objects.ts';
import { Parser } from './parser.ts';
import type { Entry } from './xref.ts';
import { MAX_OBJECT_NUMBER } from './xref.ts';

/** What a scan of the whole file found. */
interface Scanned {
  /** The last object of each number. */
  entries: Map<number, Entry>;
  /** Dictionaries behind `trailer`, in the order of the file. */
  trailers: Dict[];
  /** Numbers of objects whose dictionaries say that they are cross-reference or object streams. */
  streams: number[];
}

const CHUNK_LENGTH = 1024 * 1024;
/** Bytes in front of a chunk, in which the number of an object and its dictionary may stand. */
const BEFORE = 8192;
/** Bytes behind a chunk, which words at its end reach into. */
const BEHIND = 64;
/** Longest trailer that is read. */
const MAX_TRAILER_LENGTH = 64 * 1024;

const O = 0x6f;
const S = 0x73;
const T = 0x74;

/** Finds a file's objects by scanning it, where its cross-reference information can't be used. */
export function* rebuild(document: Document, context: Context): Walk {
  const { entries, trailers, streams } = yield* scan(document.input, document.effort, context);
  document.isRebuilt = true;
  document.entries = entries;
  const found: Dict[] = [];
  for (const num of streams) {
    const dict = dictOf(yield* document.load(num));
    if (nameOf(dict?.get('Type')) === 'XRef' && dict !== undefined) found.push(dict);
  }
  const candidates = [...found, ...trailers];
  for (const dict of candidates) {
    for (const key of ['Root', 'Encrypt', 'ID', 'Info']) {
      const value = dict.get(key);
      if (value !== undefined) document.trailer.set(key, value);
    }
  }
  yield* document.decrypt();
  for (const num of streams) yield* enterPacked(document, num);
  if (yield* isCatalog(document, document.trailer.get('Root'))) return;
  for (const dict of candidates.reverse()) {
    const root = dict.get('Root');
    if (yield* isCatalog(document, root)) {
      document.trailer.set('Root', root ?? null);
      return;
    }
  }
  for (const num of document.entries.keys()) {
    const ref = new Ref(num, 0);
    if (yield* isCatalog(document, ref)) document.trailer.set('Root', ref);
  }
}

function* isCatalog(document: Document, value: Value | undefined): Walk<boolean> {
  const dict = dictOf(yield* document.resolve(value));
  if (dict === undefined) return false;
  return nameOf(dict.get('Type')) === 'Catalog' || dictOf(yield* document.get(dict, 'Pages')) !== undefined;
}

/** Enters the objects of an object stream that a scan found: they replace those that stand in front of it. */
function* enterPacked(document: Document, container: number): Walk {
  const dict = dictOf(yield* document.load(container));
  if (nameOf(dict?.get('Type')) !== 'ObjStm') return;
  const packed = yield* document.unpack(container);
  const placeOf = (num: number): number => document.entries.get(num)?.at ?? 0;
  const place = placeOf(container);
  for (const [index, num] of (packed?.numbers ?? []).entries()) {
    const known = document.entries.get(num);
    const knownPlace = known === undefined ? -1 : known.container === 0 ? known.at : placeOf(known.container);
    if (knownPlace > place) continue;
    document.enter(num, { container, at: index, gen: 0, isFree: false });
  }
}

/** Finds all objects by their looks. */
function* scan(input: Bytes, effort: Effort, context: Context): Walk<Scanned> {
  const found: Scanned = { entries: new Map(), trailers: [], streams: [] };
  let current: { num: number; start: number } | undefined;
  let at = 0;
  while (at < input.size) {
    const from = input.whole !== undefined ? 0 : Math.max(0, at - BEFORE);
    const end = input.whole !== undefined ? input.size : Math.min(input.size, at + CHUNK_LENGTH);
    const bytes = yield* input.view(from, end + BEHIND - from);
    effort.spend(end - at);
    let index = at - from;
    const last = end - from;
    at = end;
    for (; index < last; index++) {
      const code = bytes[index];
      if (code === O && bytes[index + 1] === 0x62 && bytes[index + 2] === 0x6a) {
        const head = headBefore(bytes, index);
        if (head === undefined) continue;
        context.countStructures();
        current = { num: head.num, start: from + head.start };
        found.entries.set(head.num, { container: 0, at: current.start, gen: head.gen, isFree: false });
      } else if (code === S && spells(bytes, index, 'stream') && bytes[index - 1] !== 0x64 && current !== undefined) {
        const dict = latin1(bytes.subarray(Math.max(0, current.start - from, index - BEFORE), index));
        if (/\/(XRef|ObjStm)\b/.test(dict)) found.streams.push(current.num);
        const length = /\/Length\s+(\d+)(?!\d|\s+\d+\s+R)/.exec(dict)?.[1];
        const body = from + index + 6;
        if (length !== undefined && (yield* endsAt(input, body, Number(length)))) {
          const next = body + Number(length);
          if (next >= end) {
            at = next;
            break;
          }
          index = next - from;
        }
      } else if (code === T && spells(bytes, index, 'trailer')) {
        const text = yield* input.view(from + index + 7, MAX_TRAILER_LENGTH);
        const parser = new Parser(text, 0, input.words);
        const dict = dictOf(parser.value());
        effort.spend(parser.at);
        if (dict !== undefined) found.trailers.push(dict);
      }
    }
  }
  return found;
}

function spells(bytes: Uint8Array, at: number, word: string): boolean {
  for (let index = 1; index < word.length; index++) if (bytes[at + index] !== word.charCodeAt(index)) return false;
  return true;
}

/** Whether a body of this length, which begins behind an end of line, is followed by `endstream`. */
function* endsAt(input: Bytes, body: number, length: number): Walk<boolean> {
  if (body + length >= input.size) return false;
  const behind = yield* input.view(body + length, 16);
  return indexOf(behind, 'endst') >= 0;
}

/** The object's number and generation that stand in front of `obj`. */
function headBefore(bytes: Uint8Array, obj: number): { num: number; gen: number; start: number } | undefined {
  let at = obj - 1;
  while (isWhite(bytes[at])) at--;
  const gen = digitsBefore(bytes, at);
  if (gen === undefined || gen.value > 65535) return undefined;
  at = gen.start - 1;
  if (!isWhite(bytes[at])) return undefined;
  while (isWhite(bytes[at])) at--;
  const num = digitsBefore(bytes, at);
  if (num === undefined || num.value > MAX_OBJECT_NUMBER) return undefined;
  return { num: num.value, gen: gen.value, start: num.start };
}

function digitsBefore(bytes: Uint8Array, last: number): { value: number; start: number } | undefined {
  let start = last + 1;
  let value = 0;
  let unit = 1;
  while (start > 0 && last + 1 - start < 10) {
    const digit = (bytes[start - 1] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    value += digit * unit;
    unit *= 10;
    start--;
  }
  return start > last ? undefined : { value, start };
}
