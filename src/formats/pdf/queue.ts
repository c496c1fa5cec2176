import { type Dict, Ref } from '../../containers/pdf/objects.ts';
import { type KindName, kinds } from './policy.ts';

/** An object that stands in no file yet. */
export interface Made {
  dict: Dict;
  body: Uint8Array | undefined;
}

/** A reference to an object of the output. */
export class MadeRef extends Ref {}

/** An object that is to be written. */
export interface Queued {
  /** Number in the input; 0: it is made here. */
  num: number;
  /** The kind in which it was met. */
  kind: KindName;
  made: Made | undefined;
}

/** Object numbers and kinds make one key; there are fewer kinds. */
const KINDS = 128;
const kindNumbers: ReadonlyMap<string, number> = new Map(Object.keys(kinds).map((name, index) => [name, index]));

/** Objects in the order in which they were met, which is that of their new numbers. */
export class Queue {
  readonly #numbers: Map<number, number> = new Map();
  readonly #queued: number[] = [];
  readonly #kinds: KindName[] = [];
  readonly #made: Map<number, Made> = new Map();

  /** The new number of an object of the input in a kind. */
  enter(num: number, kind: KindName): number {
    const key = num * KINDS + (kindNumbers.get(kind) ?? 0);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#queued.push(num);
    this.#kinds.push(kind);
    this.#numbers.set(key, number);
    return number;
  }

  /** A reference to an object that is made here. */
  make(made: Made): Ref {
    const number = this.#queued.push(0);
    this.#kinds.push('any');
    this.#made.set(number, made);
    return new MadeRef(number, 0);
  }

  /** The object at an index from 0 on; nothing behind the last. */
  at(index: number): Queued | undefined {
    const num = this.#queued[index];
    if (num === undefined) return undefined;
    return { num, kind: this.#kinds[index] ?? 'any', made: num === 0 ? this.#made.get(index + 1) : undefined };
  }
}
