import { indexOf } from '../../bytes/search.ts';
import { startsWith } from '../../bytes/text.ts';
import { limitExceeded } from '../../core/errors.ts';
import type { Walk } from '../../core/walk.ts';
import { isWhite } from './characters.ts';
import type { Bytes } from './input.ts';
import type { Value } from './objects.ts';
import { Keyword, Parser } from './parser.ts';

/** First piece of a file not in memory that is read for an object; longer ones take twice as much, and so on. */
const FIRST_LENGTH = 2048;
/** Piece that is searched at a time. */
const SEARCH_LENGTH = 256 * 1024;
/** White space that may stand between a body and `endstream`. */
const MAX_GAP = 8;

/** Bytes that may be read again and again: only files made to cost time need more. */
export class Effort {
  #left: number;
  constructor(size: number) {
    this.#left = size * 64 + 16 * 1024 * 1024;
  }
  /** @throws ScrubError `limit-exceeded` */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) {
      throw limitExceeded('The objects of the file overlap so much that reading them would take too long.');
    }
  }
}

/** An indirect object as it stands in the file. */
export interface Indirect {
  num: number;
  gen: number;
  value: Value;
  /** Offset of the stream's first byte, if it is a stream. */
  bodyStart: number | undefined;
}

/** The indirect object at an offset; nothing where `n g obj` does not stand. */
export function* readIndirect(input: Bytes, offset: number, effort: Effort): Walk<Indirect | undefined> {
  if (offset < 0 || offset >= input.size) return undefined;
  for (let length = input.whole !== undefined ? input.size : FIRST_LENGTH; ; length *= 2) {
    const bytes = yield* input.view(offset, length);
    const parser = new Parser(bytes, 0, input.words);
    const object = parseIndirect(parser);
    effort.spend(parser.at);
    if (parser.isCut && offset + bytes.length < input.size) continue;
    if (object?.bodyStart !== undefined) object.bodyStart += offset;
    return object;
  }
}

/** Reads `n g obj` and what follows; nothing where it does not stand there. Offsets count from the parser's first byte. */
export function parseIndirect(parser: Parser): Indirect | undefined {
  const num = parser.next();
  const gen = parser.next();
  const keyword = parser.next();
  if (typeof num !== 'number' || typeof gen !== 'number') return undefined;
  if (!(keyword instanceof Keyword) || !keyword.text.startsWith('obj')) return undefined;
  // `obj` may touch what follows it, as in `1 0 obj12`.
  if (keyword.text.length > 3) parser.at -= keyword.text.length - 3;
  const value = parser.next();
  if (value === undefined || value instanceof Keyword) {
    return { num, gen, value: null, bodyStart: undefined };
  }
  let bodyStart: number | undefined;
  if (value instanceof Map) {
    const next = parser.takePending() ?? parser.next();
    if (next instanceof Keyword && next.text.startsWith('stream')) {
      if (next.text.length > 6) parser.at -= next.text.length - 6;
      bodyStart = skipEndOfLine(parser);
    }
  }
  return { num, gen, value, bodyStart };
}

/** §7.3.8.1: CRLF or LF follows `stream`; blanks in front of it, and a lone CR, are met too. */
function skipEndOfLine(parser: Parser): number {
  const { bytes } = parser;
  let at = parser.at;
  while (bytes[at] === 0x20 || bytes[at] === 9) at++;
  if (at + 1 >= bytes.length) parser.isCut = true;
  if (bytes[at] === 13) at += bytes[at + 1] === 10 ? 2 : 1;
  else if (bytes[at] === 10) at++;
  else at = parser.at;
  return at;
}

/** Where a stream's body ends. */
export interface BodyEnd {
  end: number;
  /** Whether the declared length leads to `endstream`. */
  isDeclared: boolean;
}

/** The end of a stream's body: the declared length where `endstream` stands behind it, else what is found by searching for it. */
export function* findBodyEnd(input: Bytes, start: number, declared: number | undefined, effort: Effort): Walk<BodyEnd> {
  if (declared !== undefined && start + declared <= input.size) {
    const behind = yield* input.view(start + declared, MAX_GAP + 9);
    if (isEndedAt(behind, 0)) return { end: start + declared, isDeclared: true };
  }
  const found = (yield* search(input, 'endstream', start, effort)) ?? (yield* search(input, 'endobj', start, effort));
  if (found === undefined) {
    const end = declared === undefined ? input.size : Math.min(start + declared, input.size);
    return { end, isDeclared: false };
  }
  const before = yield* input.view(Math.max(start, found - 2), Math.min(2, found - start));
  const last = before.at(-1);
  const isCrlf = last === 10 && before.length === 2 && before[0] === 13;
  return { end: found - (isCrlf ? 2 : last === 10 || last === 13 ? 1 : 0), isDeclared: false };
}

/** Whether a stream's body ends at an index: `endstream` stands there, or `endobj`, behind a little white space. */
export function isEndedAt(bytes: Uint8Array, end: number): boolean {
  let at = end;
  while (at < end + MAX_GAP && isWhite(bytes[at])) at++;
  return startsWith(bytes, 'endstream', at) || startsWith(bytes, 'endobj', at);
}

/** Offset of the first place from `start` on where a word stands. */
export function* search(input: Bytes, word: string, start: number, effort: Effort): Walk<number | undefined> {
  const length = input.whole !== undefined ? input.size : SEARCH_LENGTH;
  for (let at = start; at < input.size; at += length - word.length) {
    const bytes = yield* input.view(at, length);
    const found = indexOf(bytes, word);
    effort.spend(found < 0 ? bytes.length : found);
    if (found >= 0) return at + found;
    if (at + bytes.length >= input.size) return undefined;
  }
  return undefined;
}
