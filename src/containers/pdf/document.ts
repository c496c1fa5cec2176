import type { Context } from '../../core/context.ts';
import { ScrubError } from '../../core/errors.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Opened } from './crypt.ts';
import { filterName, unfilter } from './filters.ts';
import { Effort, findBodyEnd, readIndirect } from './indirect.ts';
import { isCompleteZlib } from './inflate.ts';
import type { Input } from './input.ts';
import { countOf, type Dict, dictOf, nameOf, PdfString, Ref, Stream, type Value } from './objects.ts';
import { Parser } from './parser.ts';
import { scan } from './rebuild.ts';
import { type Entry, listOf, readXref } from './xref.ts';

type Crypt = typeof import('./crypt.ts');
const cryptTool: Tool<Crypt> = { name: 'pdf crypt', load: () => import('./crypt.ts') };

/** Objects that were read lately are kept, for whoever looks at them twice: the last so many, and as many before them. */
const MAX_CACHED = 256;
/** References to references are followed this far. */
const MAX_HOPS = 32;

/** The objects of an object stream. */
interface Packed {
  data: Uint8Array;
  numbers: number[];
  /** Offsets in the data, in the order of `numbers`. */
  offsets: number[];
}

/** What is left of a stream when the filters that only pack bytes are undone. */
export interface Decoded {
  bytes: Uint8Array;
  /** The filters that are left, full names, with their parameters. */
  filters: string[];
  parameters: (Dict | undefined)[];
}

/** A file's objects, found through its cross-reference information and decrypted. */
export class Document {
  readonly input: Input;
  entries: Map<number, Entry> = new Map();
  trailer: Dict = new Map();
  /** How many revisions the file says it has. */
  revisions = 1;
  /** Set when an object does not stand where it should: the file has to be scanned. */
  isBroken = false;
  /** Whether the file was scanned. */
  isRebuilt = false;
  /** Set when the file was encrypted. */
  opened: Opened | undefined;
  readonly #context: Context;
  readonly #effort: Effort;
  #cache: Map<number, Value> = new Map();
  #older: Map<number, Value> = new Map();
  readonly #packed: Map<number, Packed | undefined> = new Map();
  readonly #loading: Set<number> = new Set();
  #crypt: Crypt | undefined;

  constructor(input: Input, context: Context) {
    this.input = input;
    this.#context = context;
    this.#effort = new Effort(input.size);
  }

  /** Reads what is needed to find objects; false where the cross-reference information is of no use. */
  *readByXref(header: number): Walk<boolean> {
    const xref = yield* readXref(this.input, header, this.#effort, this.#context);
    if (xref === undefined) return false;
    this.entries = xref.entries;
    this.trailer = xref.trailer;
    this.revisions = xref.revisions;
    yield* this.#open();
    const root = dictOf(yield* this.get(this.trailer, 'Root'));
    return root !== undefined && dictOf(yield* this.get(root, 'Pages')) !== undefined && !this.isBroken;
  }

  /** Finds objects by scanning the file. */
  *readByScan(): Walk {
    const { entries, trailers, streams } = yield* scan(this.input, this.#effort, this.#context);
    this.isRebuilt = true;
    this.entries = entries;
    const found: Dict[] = [];
    for (const num of streams) {
      const dict = dictOf(yield* this.load(num));
      if (nameOf(dict?.get('Type')) === 'XRef' && dict !== undefined) found.push(dict);
    }
    const candidates = [...found, ...trailers];
    for (const dict of candidates) {
      for (const key of ['Root', 'Encrypt', 'ID', 'Info']) {
        const value = dict.get(key);
        if (value !== undefined) this.trailer.set(key, value);
      }
    }
    yield* this.#open();
    for (const num of streams) yield* this.#unpackFound(num);
    if (yield* this.#isCatalog(this.trailer.get('Root'))) return;
    for (const dict of candidates.reverse()) {
      const root = dict.get('Root');
      if (yield* this.#isCatalog(root)) {
        this.trailer.set('Root', root ?? null);
        return;
      }
    }
    for (const num of this.entries.keys()) {
      const ref = new Ref(num, 0);
      if (yield* this.#isCatalog(ref)) this.trailer.set('Root', ref);
    }
  }

  *#isCatalog(value: Value | undefined): Walk<boolean> {
    const dict = dictOf(yield* this.resolve(value));
    if (dict === undefined) return false;
    return nameOf(dict.get('Type')) === 'Catalog' || dictOf(yield* this.get(dict, 'Pages')) !== undefined;
  }

  /** Enters the objects of an object stream that a scan found: they replace those that stand in front of it. */
  *#unpackFound(container: number): Walk {
    const dict = dictOf(yield* this.load(container));
    if (nameOf(dict?.get('Type')) !== 'ObjStm') return;
    const packed = yield* this.#unpack(container);
    const place = this.entries.get(container)?.at ?? 0;
    for (const [index, num] of (packed?.numbers ?? []).entries()) {
      const known = this.entries.get(num);
      const knownPlace = known === undefined ? -1 : known.container === 0 ? known.at : this.#placeOf(known.container);
      if (knownPlace > place) continue;
      this.entries.set(num, { container, at: index, gen: 0, isFree: false });
      this.#cache.delete(num);
      this.#older.delete(num);
    }
  }

  #placeOf(container: number): number {
    return this.entries.get(container)?.at ?? 0;
  }

  /** Opens an encrypted file. */
  *#open(): Walk {
    const encrypt = dictOf(yield* this.resolveDeep(this.trailer.get('Encrypt') ?? null));
    this.#cache.clear();
    this.#older.clear();
    if (encrypt === undefined) return;
    const id = yield* this.resolveDeep(this.trailer.get('ID') ?? null);
    const [first] = Array.isArray(id) ? id : [];
    this.#crypt = yield* this.#context.use(cryptTool);
    const { password = '' } = this.#context.options;
    const idBytes = first instanceof PdfString ? first.bytes : new Uint8Array(0);
    let opened = this.#crypt.open(encrypt, idBytes, '');
    if (opened === 'password' && password !== '') opened = this.#crypt.open(encrypt, idBytes, password);
    if (opened === 'password') {
      const sentence =
        password === ''
          ? 'The file is encrypted and opens with a password only; give it as options.password.'
          : 'The file is encrypted and the password does not open it.';
      throw new ScrubError('encrypted', sentence, { trail: ['Encrypt'] });
    }
    if (opened === 'handler') {
      const sentence =
        'The file is encrypted by other means than a password. Save it without encryption and try again.';
      throw new ScrubError('encrypted', sentence, { trail: ['Encrypt'] });
    }
    this.opened = opened;
  }

  /** Whether an object of that number exists. */
  has(num: number): boolean {
    const entry = this.entries.get(num);
    return entry !== undefined && !entry.isFree;
  }

  /** The object of a number, read if it was not read lately. */
  *load(num: number): Walk<Value> {
    const cached = this.#cache.get(num) ?? this.#older.get(num);
    if (cached !== undefined) return cached;
    const entry = this.entries.get(num);
    if (entry === undefined || entry.isFree || this.#loading.has(num)) return null;
    let value: Value;
    if (entry.container === 0) {
      this.#loading.add(num);
      value = yield* this.#read(num, entry);
      this.#loading.delete(num);
    } else {
      // Only object streams themselves, which stand in the file, can be asked for while they are read.
      const packed = this.#packed.get(entry.container) ?? (yield* this.#unpack(entry.container));
      value = packed === undefined ? null : this.#parsePacked(packed, num, entry);
    }
    if (this.#cache.size >= MAX_CACHED) {
      this.#older = this.#cache;
      this.#cache = new Map();
    }
    this.#cache.set(num, value);
    return value;
  }

  /** What a value that may be a reference stands for. */
  *resolve(value: Value | undefined): Walk<Value> {
    let resolved: Value = value ?? null;
    for (let hops = 0; resolved instanceof Ref; hops++) {
      if (hops === MAX_HOPS) return null;
      resolved = yield* this.load(resolved.num);
    }
    return resolved;
  }

  /** What a key of a dictionary stands for. */
  *get(dict: Dict | undefined, key: string): Walk<Value> {
    const value = dict?.get(key) ?? null;
    return value instanceof Ref ? yield* this.resolve(value) : value;
  }

  /** A value with the references in its first levels resolved: enough for dictionaries that hold only plain ones. */
  *resolveDeep(value: Value, depth = 4): Walk<Value> {
    const resolved = yield* this.resolve(value);
    if (depth === 0) return resolved;
    if (Array.isArray(resolved)) {
      const members: Value[] = [];
      for (const member of resolved) members.push(yield* this.resolveDeep(member, depth - 1));
      return members;
    }
    if (!(resolved instanceof Map)) return resolved;
    const dict: Dict = new Map();
    for (const [key, member] of resolved) dict.set(key, yield* this.resolveDeep(member, depth - 1));
    return dict;
  }

  *#read(num: number, entry: Entry): Walk<Value> {
    const object = yield* readIndirect(this.input, entry.at, this.#effort);
    if (object === undefined || object.num !== num) {
      if (!this.isRebuilt) this.isBroken = true;
      return null;
    }
    const { gen, bodyStart } = object;
    const value = this.opened === undefined ? object.value : this.#decryptStrings(object.value, num, gen);
    if (bodyStart === undefined || !(value instanceof Map)) return value;
    const declared = countOf(yield* this.get(value, 'Length'));
    const { end, isDeclared } = yield* findBodyEnd(this.input, bodyStart, declared, this.#effort);
    if (!isDeclared && declared !== undefined && bodyStart + declared < end) {
      // Data that come to their own end within the declared length need none of what follows.
      const body = yield* this.input.view(bodyStart, declared);
      if (this.#isCompleteFlate(value, body)) return new Stream(value, bodyStart, bodyStart + declared, num, gen);
    }
    return new Stream(value, bodyStart, end, num, gen);
  }

  #isCompleteFlate(dict: Dict, body: Uint8Array): boolean {
    const [filter] = listOf(dict.get('Filter'));
    if (filterName(nameOf(filter) ?? '') !== 'FlateDecode' || this.opened !== undefined) return false;
    return isCompleteZlib(body, (bytes) => this.#context.countInflated(bytes));
  }

  #parsePacked(packed: Packed, num: number, entry: Entry): Value {
    const index = packed.numbers[entry.at] === num ? entry.at : packed.numbers.indexOf(num);
    const offset = packed.offsets[index];
    if (offset === undefined) return null;
    const parser = new Parser(packed.data, offset);
    const value = parser.value();
    this.#effort.spend(parser.at - offset);
    return value;
  }

  *#unpack(container: number): Walk<Packed | undefined> {
    if (this.#packed.has(container)) return this.#packed.get(container);
    let packed: Packed | undefined;
    const stream = this.entries.get(container)?.container === 0 ? yield* this.load(container) : null;
    if (stream instanceof Stream) {
      const { bytes } = yield* this.decode(stream);
      const first = countOf(yield* this.get(stream.dict, 'First')) ?? 0;
      const count = countOf(yield* this.get(stream.dict, 'N')) ?? 0;
      packed = { data: bytes, numbers: [], offsets: [] };
      const parser = new Parser(bytes.subarray(0, first));
      for (let index = 0; index < count; index++) {
        const num = parser.next();
        const offset = parser.next();
        if (typeof num !== 'number' || typeof offset !== 'number') break;
        packed.numbers.push(num);
        packed.offsets.push(first + offset);
      }
    }
    this.#packed.set(container, packed);
    return packed;
  }

  #decryptStrings(value: Value, num: number, gen: number): Value {
    if (this.#crypt === undefined || this.opened === undefined) return value;
    if (value instanceof PdfString) {
      return new PdfString(this.#crypt.decrypt(this.opened.key, this.opened.strings, value.bytes, num, gen));
    }
    if (Array.isArray(value)) return value.map((member) => this.#decryptStrings(member, num, gen));
    if (!(value instanceof Map)) return value;
    for (const [key, member] of value) value.set(key, this.#decryptStrings(member, num, gen));
    return value;
  }

  /** Whether a stream's body stands in the file as it is when decrypted. */
  isPlain(stream: Stream): boolean {
    return this.opened === undefined || this.#methodFor(stream) === 'none';
  }

  #methodFor({ dict }: Stream): Opened['streams'] {
    const { opened } = this;
    if (opened === undefined || nameOf(dict.get('Type')) === 'XRef') return 'none';
    const filters = listOf(dict.get('Filter'));
    if (nameOf(filters[0]) === 'Crypt') {
      const name = nameOf(dictOf(listOf(dict.get('DecodeParms'))[0])?.get('Name')) ?? 'Identity';
      return opened.filters.get(name) ?? 'none';
    }
    if (nameOf(dict.get('Type')) === 'Metadata' && !opened.metadata) return 'none';
    return nameOf(dict.get('Type')) === 'EmbeddedFile' ? opened.files : opened.streams;
  }

  /** A stream's body, decrypted. */
  *body(stream: Stream): Walk<Uint8Array> {
    const bytes = yield* this.input.view(stream.start, stream.end - stream.start);
    if (this.#crypt === undefined || this.opened === undefined) return bytes;
    return this.#crypt.decrypt(this.opened.key, this.#methodFor(stream), bytes, stream.num, stream.gen);
  }

  /** A stream's body with its packing filters undone, up to the first filter that codes a picture. */
  *decode(stream: Stream): Walk<Decoded> {
    const { filters, parameters } = yield* this.filters(stream);
    let bytes = yield* this.body(stream);
    const spend = (count: number): void => this.#context.countInflated(count);
    while (filters[0] !== undefined) {
      const decoded = unfilter(filters[0], bytes, parameters[0], spend);
      if (decoded === undefined) break;
      bytes = decoded;
      filters.shift();
      parameters.shift();
    }
    return { bytes, filters, parameters };
  }

  /** A stream's filters by their full names, with their parameters; those of encryption are left out. */
  *filters({ dict }: Stream): Walk<{ filters: string[]; parameters: (Dict | undefined)[] }> {
    const named = yield* this.get(dict, 'Filter');
    const abbreviated = yield* this.get(dict, 'F');
    const given = listOf(named ?? (isFilter(abbreviated) ? abbreviated : null));
    const decodeParms = listOf((yield* this.get(dict, 'DecodeParms')) ?? (yield* this.get(dict, 'DP')));
    const filters: string[] = [];
    const parameters: (Dict | undefined)[] = [];
    for (const [index, value] of given.entries()) {
      const name = nameOf(yield* this.resolve(value));
      if (name === undefined || name === 'Crypt') continue;
      filters.push(filterName(name));
      parameters.push(dictOf(yield* this.resolve(decodeParms[index])));
    }
    return { filters, parameters };
  }
}

/** Whether `/F` of a stream is the abbreviation of `/Filter`, as viewers read it, and not a file. */
function isFilter(value: Value): boolean {
  return nameOf(value) !== undefined || (Array.isArray(value) && value.every((member) => nameOf(member) !== undefined));
}
