// The objects of PDF (ISO 32000-1 §7.3) as plain values. Integers are numbers; reals keep the digits they were written in,
// so that no renderer sees another value.

/** A name without its slash, `#xx` decoded, one character a byte. */
export class Name {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A string's bytes, decoded and decrypted. */
export class PdfString {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A real number, or an integer too long to be one here, as written. */
export class Real {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A reference to an indirect object. */
export class Ref {
  readonly num: number;
  readonly gen: number;
  constructor(num: number, gen: number) {
    this.num = num;
    this.gen = gen;
  }
}

/** A dictionary: keys are names without their slash. */
export type Dict = Map<string, Value>;

/** A stream: its dictionary, and where in the file its encoded, perhaps encrypted, body stands. */
export class Stream {
  readonly dict: Dict;
  readonly start: number;
  readonly end: number;
  /** The indirect object that it is: keys of encryption depend on it. */
  readonly num: number;
  readonly gen: number;
  constructor(dict: Dict, start: number, end: number, num: number, gen: number) {
    this.dict = dict;
    this.start = start;
    this.end = end;
    this.num = num;
    this.gen = gen;
  }
}

/** Any object. An absent one is `null`, as the specification has it. */
export type Value = null | boolean | number | Real | Name | PdfString | Ref | Value[] | Dict | Stream;

/** The dictionary that a value is or, of a stream, has. */
export function dictOf(value: Value | undefined): Dict | undefined {
  if (value instanceof Map) return value;
  return value instanceof Stream ? value.dict : undefined;
}

/** The text of a name, or nothing if the value is none. */
export function nameOf(value: Value | undefined): string | undefined {
  return value instanceof Name ? value.text : undefined;
}

/** A number's value. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (!(value instanceof Real)) return undefined;
  const number = Number.parseFloat(value.text);
  return Number.isNaN(number) ? 0 : number;
}

/** A number of at least 0 without a fraction. */
export function countOf(value: Value | undefined): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? Math.floor(number) : undefined;
}
