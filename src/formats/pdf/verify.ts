import { Document } from '../../containers/pdf/document.ts';
import { Input } from '../../containers/pdf/input.ts';
import { type Dict, dictOf, nameOf, Stream, type Value } from '../../containers/pdf/objects.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import { PatchedRun } from '../../core/patched-run.ts';
import type { FlatPiece, Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import { Window } from '../../core/window.ts';
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
  const pieces = plan.flat();
  const output = new Output(pieces);
  const inner = new Window(output.size);
  const walk = check(new Document(new Input(inner), context), pageCount, context);
  for (let step = walk.next(); !step.done; step = walk.next()) {
    const request = step.value;
    if (request.kind === 'tool') yield request;
    else inner.show(output.read(request.start, Math.min(request.end, output.size)), request.start);
  }
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
    const value = yield* document.load(num);
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

/** The output as it will be, without the bodies that are carried over: those are not looked into. */
class Output {
  readonly size: number;
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

  read(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    for (let index = low; index < this.#pieces.length; index++) {
      const piece = this.#pieces[index];
      const from = this.#starts[index] ?? 0;
      if (piece === undefined || from >= end) break;
      if ('end' in piece || piece instanceof PatchedRun) continue;
      const part = piece.subarray(Math.max(0, start - from), Math.max(0, end - from));
      bytes.set(part, Math.max(0, from - start));
    }
    return bytes;
  }
}
