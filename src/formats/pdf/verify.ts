import { lastAtMost } from '../../bytes/search.ts';
import { Document } from '../../containers/pdf/document.ts';
import type { Bytes } from '../../containers/pdf/input.ts';
import { type Dict, dictOf, nameOf, Stream, type Value } from '../../containers/pdf/objects.ts';
import { Words } from '../../containers/pdf/words.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import type { FlatPiece, Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import { collectPages } from './pages.ts';

/** Keys of the trailer that is written; it is the dictionary of a cross-reference stream too. */
const TRAILER = new Set(['Root', 'Info', 'ID', 'Size', 'Type', 'W', 'Filter', 'Length']);
/** Keys that no object of a known type has any more. */
const FORBIDDEN = ['PieceInfo', 'LastModified', 'Metadata', 'Thumb', 'SpiderInfo', 'Perms', 'DSS', 'Legal'];
/** Keys that no markup annotation has any more (Table 170). */
const OF_AUTHORS = ['T', 'M', 'NM', 'CreationDate', 'Subj'];
const TYPED = new Set(['Catalog', 'Page', 'Pages', 'XObject', 'Annot', 'Filespec', 'StructElem', 'OCG']);

/**
 * Reads what is going to be written with the reader that reads files, and refuses it if it holds what it must not.
 * @throws ScrubError `unsupported`, which no file should ever cause
 */
export function* verify(plan: Plan, pageCount: number, context: Context): Walk {
  yield* check(new Document(new Output(plan.flat()), context), pageCount, context);
}

function* check(document: Document, pageCount: number, context: Context): Walk {
  const isReadable = yield* document.readByXref(0);
  const catalog = dictOf(yield* document.get(document.trailer, 'Root'));
  if (!isReadable || catalog === undefined) throw refusal('can not be read again');
  for (const key of document.trailer.keys()) if (!TRAILER.has(key)) throw refusal(`has ${key} in its trailer`);
  const pages = yield* collectPages(document, catalog, context);
  if (pages.count !== pageCount) throw refusal('has another number of pages');
  let packets = 0;
  for (const num of document.entries.keys()) {
    const value = document.ready(num) ?? (yield* document.load(num));
    const dict = dictOf(value);
    if (dict === undefined) continue;
    const isPacket = isMetadata(value, dict);
    if (isPacket) packets++;
    checkDict(dict, catalog);
  }
  if (packets > (catalog.has('Metadata') ? 1 : 0)) throw refusal('has metadata streams');
  if (document.isBroken) throw refusal('has objects out of place');
}

function isMetadata(value: Value, dict: Dict): boolean {
  return value instanceof Stream && nameOf(dict.get('Type')) === 'Metadata';
}

function checkDict(dict: Dict, catalog: Dict): void {
  const type = nameOf(dict.get('Type'));
  const subtype = nameOf(dict.get('Subtype'));
  if (type === 'Sig' || type === 'DocTimeStamp') throw refusal('has a signature');
  const isAnnotation = type === 'Annot' || (dict.has('Rect') && subtype !== undefined);
  if (isAnnotation && subtype !== 'Widget' && subtype !== 'Movie') {
    for (const key of OF_AUTHORS) if (dict.has(key)) throw refusal(`has ${key} in an annotation`);
  }
  if (type === undefined || !TYPED.has(type)) return;
  for (const key of FORBIDDEN) {
    if (dict.has(key) && !(key === 'Metadata' && dict === catalog))
      throw refusal(`has ${key} in an object of type ${type}`);
  }
}

function refusal(what: string): Error {
  return unsupported(
    `The document could not be cleaned: what would be written ${what}. Print it to a new PDF and try again.`,
  );
}

/** The output as it will be; bodies that are carried over are not looked into, and read as zeros. */
class Output implements Bytes {
  readonly size: number;
  readonly whole = undefined;
  readonly words: Words = new Words();
  readonly #pieces: readonly FlatPiece[];
  readonly #starts: number[] = [];

  constructor(pieces: readonly FlatPiece[]) {
    this.#pieces = pieces;
    let at = 0;
    for (const piece of pieces) {
      this.#starts.push(at);
      at += 'end' in piece ? piece.end - piece.start : piece.length;
    }
    this.size = at;
  }

  *view(start: number, length: number): Walk<Uint8Array> {
    // All is at hand: nothing has to be asked for.
    yield* [];
    const end = Math.min(start + length, this.size);
    const first = lastAtMost(this.#starts, start);
    const from = start - (this.#starts[first] ?? 0);
    const piece = this.#pieces[first];
    if (piece === undefined || start >= end) return new Uint8Array(0);
    if (piece instanceof Uint8Array && from + end - start <= piece.length)
      return piece.subarray(from, from + end - start);
    return this.#join(first, start, end);
  }

  #join(first: number, start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    for (let index = first; index < this.#pieces.length; index++) {
      const piece = this.#pieces[index];
      const from = this.#starts[index] ?? 0;
      if (piece === undefined || from >= end) break;
      if (!(piece instanceof Uint8Array)) continue;
      const part = piece.subarray(Math.max(0, start - from), Math.max(0, end - from));
      bytes.set(part, Math.max(0, from - start));
    }
    return bytes;
  }
}
