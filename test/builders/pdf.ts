// Builds PDF files in the specification's words (ISO 32000-1 §7), right or wrong as a test asks.
import { deflateSync } from 'node:zlib';

/** An object's text, or a stream's dictionary entries and body. */
export type Source = string | { dict: string; body: Uint8Array | string; length?: string };

/** Objects by number. */
export type Objects = Record<number, Source>;

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A stream of packed data. */
export function flate(body: Uint8Array | string, dict = ''): Source {
  const bytes = typeof body === 'string' ? latin1(body) : body;
  return { dict: `${dict}/Filter/FlateDecode`, body: new Uint8Array(deflateSync(bytes)) };
}

/** How a file is put together. */
export interface Layout {
  version?: string;
  /** Stands in front of the header; offsets count from the header. */
  before?: string;
  after?: string;
  /** Entries of the trailer besides Size and Root. */
  trailer?: string;
  root?: number;
  /** Puts objects that are no streams into an object stream. */
  packed?: boolean;
  /** Comments and blanks between objects. */
  between?: string;
  /** A wrong place for `startxref`. */
  startxref?: number;
  /** Each a revision: objects that replace others or come new; a null frees one. */
  revisions?: readonly (Record<number, Source | null> & { trailer?: string })[];
}

/** Codes the strings and streams of an object. */
export type Coder = (bytes: Uint8Array, num: number) => Uint8Array;

function objectBytes(num: number, source: Source, code?: Coder): Buffer {
  if (typeof source === 'string') return latin1(`${num} 0 obj\n${source}\nendobj\n`);
  const plain = typeof source.body === 'string' ? latin1(source.body) : source.body;
  const body = code === undefined ? plain : code(plain, num);
  const head = `${num} 0 obj\n<<${source.dict}/Length ${source.length ?? body.length}>>\nstream\n`;
  return Buffer.concat([latin1(head), body, latin1('\nendstream\nendobj\n')]);
}

/** A whole file. */
export function buildPdf(objects: Objects, layout: Layout = {}, code?: Coder): Uint8Array {
  const { version = '1.6', before = '', after = '', root = 1, between = '' } = layout;
  const parts: Buffer[] = [];
  let at = 0;
  const put = (bytes: Buffer): number => {
    const start = at;
    parts.push(bytes);
    at += bytes.length;
    return start;
  };
  put(latin1(`%PDF-${version}\n%\xe9\xe8\xe7\xe6\n`));
  const numbers = Object.keys(objects).map(Number);
  const size = Math.max(...numbers) + 1;
  let start: number;
  if (layout.packed === true) start = putPacked(objects, numbers, size, layout, put, code);
  else {
    const rows = new Map<number, string>([[0, '0000000000 65535 f ']]);
    for (const num of numbers) {
      put(latin1(between));
      rows.set(num, row(put(objectBytes(num, objects[num] ?? 'null', code))));
    }
    start = putTable(rows, `/Size ${size}/Root ${root} 0 R${layout.trailer ?? ''}`, put);
  }
  let previous = start;
  put(latin1(`startxref\n${layout.startxref ?? start}\n%%EOF\n`));
  let last = size;
  for (const { trailer, ...changed } of layout.revisions ?? []) {
    const rows = new Map<number, string>();
    for (const [key, source] of Object.entries(changed as Record<string, Source | null>)) {
      const num = Number(key);
      last = Math.max(last, num + 1);
      if (source === null) rows.set(num, '0000000000 00001 f ');
      else rows.set(num, row(put(objectBytes(num, source, code))));
    }
    const entries = `/Size ${last}/Root ${root} 0 R/Prev ${previous}${trailer ?? layout.trailer ?? ''}`;
    previous = putTable(rows, entries, put);
    put(latin1(`startxref\n${previous}\n%%EOF\n`));
  }
  return new Uint8Array(Buffer.concat([latin1(before), ...parts, latin1(after)]));
}

function row(offset: number): string {
  return `${String(offset).padStart(10, '0')} 00000 n `;
}

function putTable(rows: Map<number, string>, trailer: string, put: (bytes: Buffer) => number): number {
  const lines = [...rows].map(([num, text]) => `${num} 1\n${text}\n`);
  return put(latin1(`xref\n${lines.join('')}trailer\n<<${trailer}>>\n`));
}

function putPacked(
  objects: Objects,
  numbers: readonly number[],
  size: number,
  layout: Layout,
  put: (bytes: Buffer) => number,
  code?: Coder,
): number {
  const rows = new Map<number, [number, number, number]>([[0, [0, 0, 255]]]);
  const texts: string[] = [];
  let head = '';
  let length = 0;
  for (const num of numbers) {
    const source = objects[num] ?? 'null';
    if (typeof source !== 'string') {
      rows.set(num, [1, put(objectBytes(num, source, code)), 0]);
      continue;
    }
    rows.set(num, [2, size, texts.length]);
    head += `${num} ${length} `;
    texts.push(source);
    length += source.length + 1;
  }
  const dict = `/Type/ObjStm/N ${texts.length}/First ${head.length}`;
  rows.set(size, [1, put(objectBytes(size, flate(head + texts.join('\n'), dict), code)), 0]);
  const start = put(Buffer.alloc(0));
  rows.set(size + 1, [1, start, 0]);
  const data = Buffer.alloc((size + 2) * 5);
  for (const [num, [kind, place, index]] of rows) {
    data[num * 5] = kind;
    data.writeUIntBE(place, num * 5 + 1, 3);
    data[num * 5 + 4] = index;
  }
  const trailer = `/Type/XRef/W[1 3 1]/Size ${size + 2}/Root ${layout.root ?? 1} 0 R${layout.trailer ?? ''}`;
  put(objectBytes(size + 1, flate(data, trailer)));
  return start;
}
