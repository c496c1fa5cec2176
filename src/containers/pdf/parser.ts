import { isRegular, isWhite } from './characters.ts';
import { hexDigit, readHex, resolveEscapes } from './escapes.ts';
import { type Dict, Name, PdfString, Real, Ref, type Value } from './objects.ts';
import type { Words } from './words.ts';

/** A word that is no object: an operator, or `obj`, `endobj`, `stream`, `xref`, … */
export class Keyword {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Deeper containers are read as null: no writer nests so deep, and readers give up too. */
const MAX_DEPTH = 200;
/** Longest keyword or number that is told apart. */
const MAX_TOKEN_LENGTH = 400;

/** Keywords that end an object even where its containers were not closed. */
const ENDS = new Set(['obj', 'endobj', 'stream', 'endstream', 'xref', 'trailer', 'startxref']);
const CLOSE_ARRAY = new Keyword(']');
const CLOSE_DICT = new Keyword('>>');
const NUMBER = /^[+\-.\d]*([eE][+-]?\d+)?$/;

/** Reads objects from bytes: tolerant as viewers are, never past the end, never twice over the same byte but for a look ahead. */
export class Parser {
  readonly bytes: Uint8Array;
  /** Index of the next byte. */
  at: number;
  /** Whether the end of the bytes was seen: with more of them the result may be another. */
  isCut = false;
  readonly #words: Words;
  #pending: Keyword | undefined;

  /** @param words those of the whole document */
  constructor(bytes: Uint8Array, at: number, words: Words) {
    this.bytes = bytes;
    this.at = at;
    this.#words = words;
  }

  /** Skips white space and comments. */
  skipWhite(): void {
    const { bytes } = this;
    for (;;) {
      const code = bytes[this.at];
      if (code === undefined) {
        this.isCut = true;
        return;
      }
      if (code === 0x25) {
        while (this.at < bytes.length && bytes[this.at] !== 10 && bytes[this.at] !== 13) this.at++;
      } else if (!isWhite(code)) return;
      else this.at++;
    }
  }

  /** The next object or keyword; nothing at the end. */
  next(depth = 0): Value | Keyword | undefined {
    this.skipWhite();
    const code = this.bytes[this.at];
    if (code === undefined) return undefined;
    if (code === 0x2f) return this.#name();
    if ((code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e) return this.#number();
    if (code === 0x28) return this.#literal();
    if (code === 0x5b) {
      this.at++;
      return depth < MAX_DEPTH ? this.#array(depth + 1) : null;
    }
    if (code === 0x3c) {
      if (this.bytes[this.at + 1] !== 0x3c) return this.#hex();
      this.at += 2;
      return depth < MAX_DEPTH ? this.#dict(depth + 1) : null;
    }
    if (code === 0x5d) {
      this.at++;
      return CLOSE_ARRAY;
    }
    if (code === 0x3e) {
      this.at += this.bytes[this.at + 1] === 0x3e ? 2 : 1;
      return CLOSE_DICT;
    }
    return this.#keyword();
  }

  /** The next object; a keyword that is none reads as null. */
  value(): Value {
    const value = this.next();
    return value === undefined || value instanceof Keyword ? null : value;
  }

  /** The keyword that broke off the object that was read last, if one did. */
  takePending(): Keyword | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  #array(depth: number): Value {
    const values: Value[] = [];
    for (;;) {
      const value = this.next(depth);
      if (value === undefined || value === CLOSE_ARRAY) break;
      if (value instanceof Keyword) {
        // A dictionary's end here closes the array too, as viewers have it.
        if (value === CLOSE_DICT || ENDS.has(value.text)) {
          this.#pending = value;
          break;
        }
        values.push(null);
      } else values.push(value);
      if (this.#pending !== undefined) break;
    }
    return values;
  }

  #dict(depth: number): Value {
    const dict: Dict = new Map();
    for (;;) {
      const key = this.#pending ?? this.next(depth);
      this.#pending = undefined;
      if (key === undefined || key === CLOSE_DICT) break;
      if (key instanceof Keyword && ENDS.has(key.text)) {
        this.#pending = key;
        break;
      }
      if (!(key instanceof Name)) continue;
      const value = this.next(depth);
      if (value === undefined) break;
      if (value === CLOSE_DICT) break;
      if (value instanceof Keyword) {
        if (!ENDS.has(value.text)) continue;
        this.#pending = value;
        break;
      }
      dict.set(key.text, value);
      const pending: Keyword | undefined = this.#pending;
      if (pending !== undefined && pending !== CLOSE_DICT) break;
    }
    return dict;
  }

  #name(): Name {
    const { bytes } = this;
    const start = this.at + 1;
    let at = start;
    for (;;) {
      const code = bytes[at];
      if (code === undefined) {
        this.isCut = true;
        break;
      }
      if (code === 0x23) return this.#escapedName(start);
      if (!isRegular(code)) break;
      at++;
    }
    this.at = at;
    return this.#words.name(bytes, start, at);
  }

  /** A name with `#xx` in it (§7.3.5). */
  #escapedName(start: number): Name {
    const { bytes } = this;
    let text = '';
    let at = start;
    for (;;) {
      const code = bytes[at];
      if (code === undefined) {
        this.isCut = true;
        break;
      }
      if (!isRegular(code)) break;
      if (code === 0x23) {
        const high = hexDigit(bytes[at + 1]);
        const low = hexDigit(bytes[at + 2]);
        if (at + 2 >= bytes.length) this.isCut = true;
        if (high >= 0 && low >= 0) {
          text += String.fromCharCode(high * 16 + low);
          at += 3;
          continue;
        }
      }
      text += String.fromCharCode(code);
      at++;
    }
    this.at = at;
    return new Name(text);
  }

  #number(): Value | Keyword {
    const { bytes } = this;
    let at = this.at;
    let value = 0;
    const isNegative = bytes[at] === 0x2d;
    if (isNegative || bytes[at] === 0x2b) at++;
    const from = at;
    let code = bytes[at];
    while (code !== undefined && code >= 0x30 && code <= 0x39) {
      value = value * 10 + code - 0x30;
      code = bytes[++at];
    }
    if (code === undefined) this.isCut = true;
    const isWhole = at > from && at - from < 16 && (code === undefined || !isRegular(code));
    if (!isWhole) {
      const word = this.#word();
      return NUMBER.test(word) && word.length > 0 ? new Real(word) : this.#named(word);
    }
    this.at = at;
    if (isNegative) return value === 0 ? 0 : -value;
    return this.#reference(value) ?? value;
  }

  /** The reference that an integer begins: `12 0 R`. */
  #reference(num: number): Ref | undefined {
    const { bytes } = this;
    let at = this.at;
    while (isWhite(bytes[at])) at++;
    if (at === this.at && at < bytes.length) return undefined;
    const from = at;
    let gen = 0;
    let code = bytes[at];
    while (code !== undefined && code >= 0x30 && code <= 0x39) {
      gen = gen * 10 + code - 0x30;
      code = bytes[++at];
    }
    if (code === undefined) this.isCut = true;
    if (at === from || at - from > 5) return undefined;
    const behind = at;
    while (isWhite(bytes[at])) at++;
    if (at + 1 >= bytes.length) this.isCut = true;
    if (at === behind || bytes[at] !== 0x52) return undefined;
    const next = bytes[at + 1];
    if (next !== undefined && isRegular(next)) return undefined;
    this.at = at + 1;
    return new Ref(num, gen);
  }

  /** A run of regular characters. */
  #word(): string {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    for (;;) {
      const code = bytes[at];
      if (code === undefined) {
        this.isCut = true;
        break;
      }
      if (!isRegular(code)) break;
      at++;
    }
    // A lone brace or parenthesis is a token of its own.
    this.at = at === start ? at + 1 : at;
    return this.#words.text(bytes, start, Math.min(at, start + MAX_TOKEN_LENGTH));
  }

  #keyword(): Value | Keyword {
    return this.#named(this.#word());
  }

  #named(word: string): Value | Keyword {
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    return new Keyword(word);
  }

  #literal(): PdfString {
    const { bytes } = this;
    const start = this.at + 1;
    let at = start;
    let nesting = 1;
    let isPlain = true;
    for (; ; at++) {
      const code = bytes[at];
      if (code === undefined) {
        this.isCut = true;
        break;
      }
      if (code === 0x28) nesting++;
      else if (code === 0x29) {
        if (--nesting === 0) break;
      } else if (code === 0x5c) {
        isPlain = false;
        at++;
      } else if (code === 13) isPlain = false;
    }
    const body = bytes.subarray(start, Math.min(at, bytes.length));
    this.at = Math.min(at + 1, bytes.length);
    return new PdfString(isPlain ? body : resolveEscapes(body));
  }

  #hex(): PdfString {
    const { bytes } = this;
    const start = this.at + 1;
    const found = bytes.indexOf(0x3e, start);
    const end = found < 0 ? bytes.length : found;
    if (found < 0) this.isCut = true;
    this.at = found < 0 ? end : end + 1;
    return new PdfString(readHex(bytes, start, end));
  }
}
