import { Name } from './objects.ts';

/** Slots of the table: more than a document has different names in any one place. */
const SLOTS = 4096;
/** Longer words are not remembered. */
const MAX_LENGTH = 40;

/** Words that were read lately, so that a name that comes again is the same string and the same object. */
export class Words {
  readonly #texts: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);
  readonly #names: (Name | undefined)[] = new Array<Name | undefined>(SLOTS).fill(undefined);

  /** The bytes `[start, end)` as text. */
  text(bytes: Uint8Array, start: number, end: number): string {
    return end - start > MAX_LENGTH ? spell(bytes, start, end) : (this.#texts[this.#slot(bytes, start, end)] ?? '');
  }

  /** The name that the bytes `[start, end)` spell. */
  name(bytes: Uint8Array, start: number, end: number): Name {
    if (end - start > MAX_LENGTH) return new Name(spell(bytes, start, end));
    const slot = this.#slot(bytes, start, end);
    const known = this.#names[slot];
    if (known !== undefined) return known;
    const name = new Name(this.#texts[slot] ?? '');
    this.#names[slot] = name;
    return name;
  }

  /** The slot of a word, which takes the place of another with the same hash. */
  #slot(bytes: Uint8Array, start: number, end: number): number {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
    const known = this.#texts[slot];
    if (known !== undefined && isSpelt(known, bytes, start, end)) return slot;
    this.#texts[slot] = spell(bytes, start, end);
    this.#names[slot] = undefined;
    return slot;
  }
}

function isSpelt(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) !== bytes[start + index]) return false;
  return true;
}

function spell(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
