import { Name, PdfString, Real, Ref, Stream, type Value } from './objects.ts';

/** Integers up to this one are written digit by digit. */
const MAX_SHORT = 99_999_999;

/** Bytes that grow as objects are written to them. */
export class Buffer {
  #bytes: Uint8Array;
  length = 0;

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` more bytes. */
  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }

  byte(code: number): void {
    if (this.length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.length++] = code;
  }

  /** Characters up to U+00FF, one byte each. */
  text(text: string): void {
    this.#reserve(text.length);
    for (let index = 0; index < text.length; index++) this.#bytes[this.length++] = text.charCodeAt(index);
  }

  /** An integer in decimal digits. */
  number(value: number): void {
    if (!(value >= 0 && value <= MAX_SHORT)) {
      this.text(String(value));
      return;
    }
    let unit = 1;
    while (unit * 10 <= value) unit *= 10;
    for (; unit >= 1; unit = (unit / 10) | 0) this.byte(0x30 + (((value / unit) | 0) % 10));
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What was written since the last call, in memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

const HEX = '0123456789ABCDEF';

/** Writes an object in its one canonical form: no white space that is not needed. Keys come in the order of the dictionary. */
export function writeValue(out: Buffer, value: Value): void {
  if (value instanceof Name) writeName(out, value.text);
  else if (typeof value === 'number') out.number(value);
  else if (value instanceof Ref) {
    out.number(value.num);
    out.byte(0x20);
    out.number(value.gen);
    out.byte(0x20);
    out.byte(0x52);
  } else if (value instanceof Map) {
    out.text('<<');
    for (const [key, member] of value) {
      if (member === null) continue;
      writeName(out, key);
      writeSeparated(out, member);
    }
    out.text('>>');
  } else if (Array.isArray(value)) {
    out.byte(0x5b);
    for (const [index, member] of value.entries()) {
      if (index === 0) writeValue(out, member);
      else writeSeparated(out, member);
    }
    out.byte(0x5d);
  } else if (value instanceof Real) out.text(value.text);
  else if (value instanceof PdfString) writeString(out, value.bytes);
  else if (value === null || value instanceof Stream) out.text('null');
  else out.text(value ? 'true' : 'false');
}

/** Writes a value behind another token: names, strings and containers begin with a delimiter of their own. */
function writeSeparated(out: Buffer, value: Value): void {
  const isDelimited =
    value instanceof Name || value instanceof PdfString || value instanceof Map || Array.isArray(value);
  if (!isDelimited) out.byte(0x20);
  writeValue(out, value);
}

/** Characters that stand for themselves in a name (§7.3.5). */
const plain: Uint8Array = new Uint8Array(256);
for (let code = 0x21; code < 0x7f; code++) plain[code] = '()<>[]{}/%#'.includes(String.fromCharCode(code)) ? 0 : 1;

function writeName(out: Buffer, text: string): void {
  out.byte(0x2f);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index) & 0xff;
    if (plain[code] === 1) out.byte(code);
    else {
      out.byte(0x23);
      out.text(`${HEX[code >> 4]}${HEX[code & 15]}`);
    }
  }
}

/** Literal strings; parentheses are escaped whether they match or not, and CR, which readers would take for LF. */
function writeString(out: Buffer, bytes: Uint8Array): void {
  out.byte(0x28);
  for (const code of bytes) {
    if (code === 0x28 || code === 0x29 || code === 0x5c) out.byte(0x5c);
    if (code === 13) out.text('\\r');
    else out.byte(code);
  }
  out.byte(0x29);
}
