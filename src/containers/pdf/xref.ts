import { lastIndexOf } from '../../bytes/search.ts';
// Cross-reference tables and streams (ISO 32000-1 §7.5.4, §7.5.8), hybrids of both, and their chain of revisions.
import { latin1 } from '../../bytes/text.ts';
import type { Context } from '../../core/context.ts';
import type { Walk } from '../../core/walk.ts';
import { isWhite } from './characters.ts';
import { filterName, type Unpacker } from './filters.ts';
import { type Effort, findBodyEnd, readIndirect } from './indirect.ts';
import type { Bytes } from './input.ts';
import { countOf, type Dict, dictOf, nameOf, type Value } from './objects.ts';
import { Keyword, Parser } from './parser.ts';

/** Where an object stands. */
export interface Entry {
  /** Number of the object stream that holds it; 0: it stands in the file itself. */
  container: number;
  /** Offset in the file, or index in the object stream. */
  at: number;
  gen: number;
  /** Whether the object was deleted. */
  isFree: boolean;
}

/** All sections of a file's cross-reference information, the newest first where they disagree. */
export interface Xref {
  entries: Map<number, Entry>;
  trailer: Dict;
  /** Number of revisions: sections that were appended to the first. */
  revisions: number;
}

/** Bytes at the end of a file in which `startxref` is looked for. */
const TAIL_LENGTH = 4096;
const MAX_SECTIONS = 4096;
/** Object numbers above this are those of no real file; lists of them would be as long. */
export const MAX_OBJECT_NUMBER = 8_388_607;

/** Reads the whole chain; nothing where any of it is broken, so that the file has to be scanned. */
export function* readXref(
  input: Bytes,
  header: number,
  effort: Effort,
  unpacker: Unpacker,
  context: Context,
): Walk<Xref | undefined> {
  const start = yield* readStartXref(input);
  if (start === undefined) return undefined;
  const entries = new Map<number, Entry>();
  const reader = new SectionReader(input, header, effort, unpacker, context, entries);
  let trailer: Dict | undefined;
  let sections = 0;
  const seen = new Set<number>();
  let next: number | undefined = start;
  while (next !== undefined && !seen.has(next)) {
    seen.add(next);
    if (++sections > MAX_SECTIONS) return undefined;
    const dict: Dict | undefined = yield* reader.read(next);
    if (dict === undefined) return undefined;
    trailer ??= dict;
    const hybrid = countOf(dict.get('XRefStm'));
    // Viewers that do not find the stream part live with the table.
    if (hybrid !== undefined && !seen.has(hybrid)) {
      seen.add(hybrid);
      yield* reader.read(hybrid);
    }
    next = countOf(dict.get('Prev'));
  }
  if (trailer === undefined) return undefined;
  return { entries, trailer, revisions: sections };
}

function* readStartXref(input: Bytes): Walk<number | undefined> {
  const tail = yield* input.view(Math.max(0, input.size - TAIL_LENGTH), TAIL_LENGTH);
  const at = lastIndexOf(tail, 'startxref');
  if (at < 0) return undefined;
  return countOf(new Parser(tail.subarray(at + 9), 0, input.words).value());
}

class SectionReader {
  readonly #input: Bytes;
  readonly #header: number;
  readonly #effort: Effort;
  readonly #unpacker: Unpacker;
  readonly #context: Context;
  readonly #entries: Map<number, Entry>;

  constructor(
    input: Bytes,
    header: number,
    effort: Effort,
    unpacker: Unpacker,
    context: Context,
    entries: Map<number, Entry>,
  ) {
    this.#input = input;
    this.#header = header;
    this.#effort = effort;
    this.#unpacker = unpacker;
    this.#context = context;
    this.#entries = entries;
  }

  /** Reads the section at an offset, which may count from the header instead of the start of the file (Annex H). */
  *read(offset: number): Walk<Dict | undefined> {
    const found = yield* this.#readAt(offset, 0);
    if (found !== undefined || this.#header === 0) return found;
    return yield* this.#readAt(offset + this.#header, this.#header);
  }

  *#readAt(offset: number, shift: number): Walk<Dict | undefined> {
    const beginning = yield* this.#input.view(offset, 64);
    const parser = new Parser(beginning, 0, this.#input.words);
    parser.skipWhite();
    const word = latin1(beginning.subarray(parser.at, parser.at + 4));
    if (word === 'xref') return yield* this.#readTable(offset + parser.at + 4, shift);
    return yield* this.#readStream(offset, shift);
  }

  *#readTable(start: number, shift: number): Walk<Dict | undefined> {
    for (let length = this.#input.whole !== undefined ? this.#input.size : 64 * 1024; ; length *= 4) {
      const bytes = yield* this.#input.view(start, length);
      const parser = new Parser(bytes, 0, this.#input.words);
      const found: Row[] = [];
      const dict = readTable(parser, found, shift);
      this.#effort.spend(parser.at);
      if (parser.isCut && start + bytes.length < this.#input.size) continue;
      if (dict === undefined) return undefined;
      for (const { num, entry } of found) this.#add(num, entry);
      return dict;
    }
  }

  *#readStream(start: number, shift: number): Walk<Dict | undefined> {
    const object = yield* readIndirect(this.#input, start, this.#effort);
    const dict = dictOf(object?.value);
    if (object?.bodyStart === undefined || dict === undefined || nameOf(dict.get('Type')) !== 'XRef') return undefined;
    const { end } = yield* findBodyEnd(this.#input, object.bodyStart, countOf(dict.get('Length')), this.#effort);
    let data = yield* this.#input.view(object.bodyStart, end - object.bodyStart);
    const filters = listOf(dict.get('Filter'));
    const parameters = listOf(dict.get('DecodeParms'));
    for (const [index, filter] of filters.entries()) {
      const name = filterName(nameOf(filter) ?? '');
      const decoded = this.#unpacker.unfilter(name, data, dictOf(parameters[index]));
      if (decoded === undefined) return undefined;
      data = decoded;
    }
    const widths = listOf(dict.get('W')).map((width) => countOf(width) ?? 0);
    const [first = 0, second = 0, third = 0] = widths;
    const length = first + second + third;
    if (length === 0 || Math.max(...widths) > 8) return undefined;
    const field = (at: number, width: number): number => {
      let value = 0;
      for (let index = 0; index < width; index++) value = value * 256 + (data[at + index] ?? 0);
      return value;
    };
    const index = dict.has('Index') ? listOf(dict.get('Index')) : [0, dict.get('Size') ?? 0];
    let at = 0;
    for (let pair = 0; pair + 1 < index.length; pair += 2) {
      const from = countOf(index[pair]) ?? 0;
      const count = countOf(index[pair + 1]) ?? 0;
      for (let num = from; num < from + count && at + length <= data.length; num++, at += length) {
        // Table 18: without the first field every entry is of type 1.
        const kind = first === 0 ? 1 : field(at, first);
        const place = field(at + first, second);
        const rest = field(at + first + second, third);
        if (kind === 1) this.#add(num, { container: 0, at: place + shift, gen: rest, isFree: place === 0 });
        else if (kind === 2) this.#add(num, { container: place, at: rest, gen: 0, isFree: false });
        else if (kind === 0) this.#add(num, { container: 0, at: 0, gen: rest, isFree: true });
      }
    }
    return dict;
  }

  #add(num: number, entry: Entry): void {
    if (num > MAX_OBJECT_NUMBER || this.#entries.has(num)) return;
    this.#context.countStructures();
    this.#entries.set(num, entry);
  }
}

/** A line of a table. */
interface Row {
  num: number;
  entry: Entry;
}

/** Reads subsections up to the trailer's dictionary. */
function readTable(parser: Parser, found: Row[], shift: number): Dict | undefined {
  for (;;) {
    const head = parser.next();
    if (head instanceof Keyword && head.text === 'trailer') return dictOf(parser.value());
    const count = parser.next();
    if (typeof head !== 'number' || typeof count !== 'number') return undefined;
    let first = head;
    for (let index = 0; index < count; index++) {
      const regular = readRegularRow(parser, shift);
      if (regular !== undefined && !(index === 0 && first === 1 && regular.isFree)) {
        found.push({ num: first + index, entry: regular });
        continue;
      }
      const before = parser.at;
      const at = parser.next();
      if (at instanceof Keyword && at.text === 'trailer') {
        // The count says more than there are.
        parser.at = before;
        break;
      }
      const gen = parser.next();
      const kind = parser.next();
      if (typeof at !== 'number' || typeof gen !== 'number' || !(kind instanceof Keyword)) return undefined;
      if (kind.text !== 'n' && kind.text !== 'f') return undefined;
      // Some writers number the head of the free list 1.
      if (index === 0 && first === 1 && kind.text === 'f' && gen === 65535) first = 0;
      const isFree = kind.text === 'f' || at === 0;
      found.push({ num: first + index, entry: { container: 0, at: at + shift, gen, isFree } });
    }
  }
}

const ZERO = 0x30;
const BLANK = 0x20;
/** `n` and `f`: the row of an object, or of a free number. */
const IN_USE = 0x6e;
const FREE = 0x66;

/** A row as it should be (§7.5.4), ten digits, five digits, a letter; nothing, and nothing is read, where it is another. */
function readRegularRow(parser: Parser, shift: number): Entry | undefined {
  const { bytes } = parser;
  let start = parser.at;
  while (isWhite(bytes[start])) start++;
  const kind = bytes[start + 17];
  if (bytes[start + 10] !== BLANK || bytes[start + 16] !== BLANK || !isWhite(bytes[start + 18])) return undefined;
  if (kind !== IN_USE && kind !== FREE) return undefined;
  const at = digits(bytes, start, start + 10);
  const gen = digits(bytes, start + 11, start + 16);
  if (at < 0 || gen < 0) return undefined;
  parser.at = start + 18;
  return { container: 0, at: at + shift, gen, isFree: kind === FREE || at === 0 };
}

/** The number that digits alone spell, or -1. */
function digits(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** A value as a list: a single one is a list of one. */
export function listOf(value: Value | undefined): Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
