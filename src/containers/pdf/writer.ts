// Writes a PDF file the one way it is written here: objects by number, all but streams packed into object streams, then a
// cross-reference stream (ISO 32000-1 §7.5). For conformance to old standards: a table, and no object streams.
import { md5 } from '@noble/hashes/legacy.js';
import { latin1 } from '../../bytes/text.ts';
import type { Plan } from '../../core/plan.ts';
import { deflate } from './inflate.ts';
import { type Dict, Name, PdfString, Ref, type Value } from './objects.ts';
import { Buffer, writeValue } from './serialize.ts';

/** Objects of one object stream: enough to pack well, few enough to unpack for one of them. */
const OBJECTS_PER_STREAM = 200;
/** A comment of four bytes above 127 tells that the file is binary (§7.5.2). */
const BINARY_MARK = '%\xe2\xe3\xcf\xd3\n';

/** Stands for the index of an object that is in no object stream. */
const UNPACKED = -1;

/** Writes objects in the order of their numbers, which begin with 1. */
export class Writer {
  readonly #plan: Plan;
  readonly #isClassic: boolean;
  readonly #out: Buffer = new Buffer(64 * 1024);
  /** Over all objects; bodies of streams count by their lengths, so that they need not be read. */
  readonly #hash: ReturnType<typeof md5.create> = md5.create();
  #isHashed = false;
  /** Offset of each object, or which of the object streams holds it. */
  readonly #places: number[] = [];
  /** Index of each object in its object stream. */
  readonly #indices: number[] = [];
  #position = 0;
  /** Objects waiting for their stream: a head of numbers and offsets, and the objects. */
  readonly #head: Buffer = new Buffer();
  readonly #body: Buffer = new Buffer(64 * 1024);
  #packed = 0;
  readonly #streams: { dict: Dict; data: Uint8Array }[] = [];

  /**
   * @param version of the header: `1.7`
   * @param isClassic whether to write a table instead of streams
   */
  constructor(plan: Plan, version: string, isClassic: boolean) {
    this.#plan = plan;
    this.#isClassic = isClassic;
    this.#text(`%PDF-${version}\n${BINARY_MARK}`);
  }

  /** Writes an object that is no stream. */
  object(value: Value): void {
    const num = this.#places.length + 1;
    if (this.#isClassic) {
      this.#row();
      this.#text(`${num} 0 obj\n`);
      this.#value(value);
      this.#text('\nendobj\n');
      return;
    }
    this.#places.push(this.#streams.length);
    this.#indices.push(this.#packed);
    this.#head.text(`${num} ${this.#body.length} `);
    writeValue(this.#body, value);
    this.#body.byte(0x0a);
    if (++this.#packed === OBJECTS_PER_STREAM) this.#pack();
  }

  /** Writes a stream; `dict` gets its length. */
  stream(dict: Dict, body: Plan): void {
    this.#row();
    this.#open(this.#places.length, dict, body.length);
    this.#flush();
    this.#plan.appendPieces(body);
    this.#position += body.length;
    this.#text('\nendstream\nendobj\n');
  }

  /** Writes what finds the objects. The first is the catalog. */
  finish(info: Ref | undefined): void {
    if (this.#packed > 0) this.#pack();
    const firstStream = this.#places.length + 1;
    const offsets = this.#streams.map(({ dict, data }, index) => {
      const offset = this.#position + this.#out.length;
      this.#open(firstStream + index, dict, data.length);
      this.#out.bytes(data);
      this.#text('\nendstream\nendobj\n');
      return offset;
    });
    const trailer: Dict = new Map<string, Value>([['Root', new Ref(1, 0)]]);
    if (info !== undefined) trailer.set('Info', info);
    this.#flush();
    const id = new PdfString(this.#hash.digest());
    this.#isHashed = true;
    trailer.set('ID', [id, id]);
    const start = this.#position;
    if (this.#isClassic) this.#writeTable(trailer);
    else this.#writeStream(trailer, firstStream, offsets);
    this.#text(`startxref\n${start}\n%%EOF\n`);
    this.#flush();
  }

  #writeTable(trailer: Dict): void {
    const rows = this.#places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`);
    this.#text(`xref\n0 ${rows.length + 1}\n0000000000 65535 f \n`);
    for (const row of rows) this.#text(row);
    trailer.set('Size', rows.length + 1);
    this.#text('trailer\n');
    this.#value(trailer);
    this.#text('\n');
  }

  #writeStream(trailer: Dict, firstStream: number, offsets: readonly number[]): void {
    const num = firstStream + offsets.length;
    const self = this.#position;
    const places = [...this.#places, ...offsets, self];
    const width = bytesFor(Math.max(self, num));
    const data = new Uint8Array((places.length + 1) * (width + 2));
    // The head of the list of free objects.
    data[0] = 0;
    let at = width + 2;
    for (const [object, place] of places.entries()) {
      const index = this.#indices[object] ?? UNPACKED;
      data[at] = index === UNPACKED ? 1 : 2;
      let value = index === UNPACKED ? place : firstStream + place;
      for (let byte = width; byte >= 1; byte--) {
        data[at + byte] = value % 256;
        value = Math.floor(value / 256);
      }
      data[at + width + 1] = Math.max(0, index);
      at += width + 2;
    }
    const coded = deflate(data);
    trailer.set('Type', new Name('XRef'));
    trailer.set('Size', num + 1);
    trailer.set('W', [1, width, 1]);
    trailer.set('Filter', new Name('FlateDecode'));
    this.#open(num, trailer, coded.length);
    this.#out.bytes(coded);
    this.#text('\nendstream\nendobj\n');
  }

  #pack(): void {
    const first = this.#head.length;
    this.#head.bytes(this.#body.take());
    const dict: Dict = new Map<string, Value>([
      ['Type', new Name('ObjStm')],
      ['N', this.#packed],
      ['First', first],
      ['Filter', new Name('FlateDecode')],
    ]);
    this.#streams.push({ dict, data: deflate(this.#head.take()) });
    this.#packed = 0;
  }

  #row(): void {
    this.#places.push(this.#position + this.#out.length);
    this.#indices.push(UNPACKED);
  }

  #open(num: number, dict: Dict, length: number): void {
    dict.set('Length', length);
    this.#text(`${num} 0 obj\n`);
    this.#value(dict);
    this.#text('\nstream\n');
  }

  #text(text: string): void {
    this.#out.text(text);
  }

  #value(value: Value): void {
    writeValue(this.#out, value);
  }

  /** Puts what was written so far into the plan. */
  #flush(): void {
    if (this.#out.length === 0) return;
    const bytes = this.#out.take();
    if (!this.#isHashed) this.#hash.update(bytes);
    this.#plan.insert(bytes);
    this.#position += bytes.length;
  }
}

function bytesFor(value: number): number {
  let width = 1;
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256)) width++;
  return width;
}

/** The version that a header says. */
export function versionOf(header: Uint8Array): string | undefined {
  return /^%PDF-(\d\.\d)/.exec(latin1(header.subarray(0, 8)))?.[1];
}
