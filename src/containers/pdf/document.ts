import type { Context } from '../../core/context.ts';
import type { Walk } from '../../core/walk.ts';
import { type Decryption, openEncrypted } from './decryption.ts';
import { filterName, Unpacker } from './filters.ts';
import { Effort, findBodyEnd, type Indirect, isEndedAt, parseIndirect, readIndirect } from './indirect.ts';
import type { Bytes } from './input.ts';
import { countOf, type Dict, dictOf, nameOf, Ref, Stream, type Value } from './objects.ts';
import { Parser } from './parser.ts';
import { type Entry, listOf, readXref } from './xref.ts';

/** Objects that were read lately are kept for whoever looks at them twice: one for each remainder of their numbers. */
const CACHED = 512;
/** References to references are followed this far. */
const MAX_HOPS = 32;

/** The objects of an object stream. */
export interface Packed {
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
  readonly input: Bytes;
  entries: Map<number, Entry> = new Map();
  trailer: Dict = new Map();
  /** How many revisions the file says it has. */
  revisions = 1;
  /** Set when an object does not stand where it should: the file has to be scanned. */
  isBroken = false;
  /** Whether the file was scanned. */
  isRebuilt = false;
  /** Undoes filters. */
  readonly unpacker: Unpacker;
  readonly effort: Effort;
  readonly #context: Context;
  #decryption: Decryption | undefined;
  readonly #cachedNumbers: Int32Array = new Int32Array(CACHED).fill(-1);
  readonly #cached: Value[] = new Array<Value>(CACHED).fill(null);
  readonly #packed: Map<number, Packed | null> = new Map();
  readonly #loading: Set<number> = new Set();

  constructor(input: Bytes, context: Context) {
    this.input = input;
    this.effort = new Effort(input.size);
    this.unpacker = new Unpacker((bytes) => context.countInflated(bytes));
    this.#context = context;
  }

  /** Reads what is needed to find objects; false where the cross-reference information is of no use. */
  *readByXref(header: number): Walk<boolean> {
    const xref = yield* readXref(this.input, header, this.effort, this.unpacker, this.#context);
    if (xref === undefined) return false;
    this.entries = xref.entries;
    this.trailer = xref.trailer;
    this.revisions = xref.revisions;
    yield* this.decrypt();
    const root = dictOf(yield* this.get(this.trailer, 'Root'));
    return root !== undefined && dictOf(yield* this.get(root, 'Pages')) !== undefined && !this.isBroken;
  }

  /**
   * Opens the file if its trailer says that it is encrypted.
   * @throws ScrubError `encrypted`
   */
  *decrypt(): Walk {
    const encrypt = dictOf(yield* this.resolveDeep(this.trailer.get('Encrypt') ?? null));
    this.#cachedNumbers.fill(-1);
    if (encrypt === undefined) return;
    const [id = null] = listOf(yield* this.resolveDeep(this.trailer.get('ID') ?? null));
    this.#decryption = yield* openEncrypted(encrypt, id, this.#context);
  }

  /** Whether the file was encrypted. */
  get isEncrypted(): boolean {
    return this.#decryption !== undefined;
  }

  /** Whether an object of that number exists. */
  has(num: number): boolean {
    const entry = this.entries.get(num);
    return entry !== undefined && !entry.isFree;
  }

  /** The object of a number, if it can be had without waiting for bytes; nothing does not mean that there is none. */
  ready(num: number): Value | undefined {
    if (this.#cachedNumbers[num % CACHED] === num) return this.#cached[num % CACHED];
    const entry = this.entries.get(num);
    if (entry === undefined || entry.isFree || this.#loading.has(num)) return null;
    const value = entry.container === 0 ? this.#readNow(num, entry) : this.#readPacked(num, entry);
    return value === undefined ? undefined : this.#keep(num, value);
  }

  /** The object of a number. */
  *load(num: number): Walk<Value> {
    const ready = this.ready(num);
    if (ready !== undefined) return ready;
    const entry = this.entries.get(num);
    if (entry === undefined) return null;
    if (entry.container !== 0) {
      yield* this.unpack(entry.container);
      return this.#keep(num, this.#readPacked(num, entry) ?? null);
    }
    this.#loading.add(num);
    const value = yield* this.#read(num, entry);
    this.#loading.delete(num);
    return this.#keep(num, value);
  }

  /** Enters an object where a scan found it. */
  enter(num: number, entry: Entry): void {
    this.entries.set(num, entry);
    if (this.#cachedNumbers[num % CACHED] === num) this.#cachedNumbers[num % CACHED] = -1;
  }

  /** What a value that may be a reference stands for. */
  *resolve(value: Value | undefined): Walk<Value> {
    let resolved: Value = value ?? null;
    for (let hops = 0; resolved instanceof Ref; hops++) {
      if (hops === MAX_HOPS) return null;
      resolved = this.ready(resolved.num) ?? (yield* this.load(resolved.num));
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

  #keep(num: number, value: Value): Value {
    this.#cachedNumbers[num % CACHED] = num;
    this.#cached[num % CACHED] = value;
    return value;
  }

  /** An object in a file that is at hand as a whole; nothing where more than a look at it is needed. */
  #readNow(num: number, entry: Entry): Value | undefined {
    const { whole, words } = this.input;
    if (whole === undefined || entry.at < 0 || entry.at >= whole.length) return undefined;
    const parser = new Parser(whole, entry.at, words);
    const object = parseIndirect(parser);
    const value = this.#valueOf(object, num);
    if (object?.bodyStart === undefined || !(value instanceof Map)) {
      this.effort.spend(parser.at - entry.at);
      return value;
    }
    const declared = value.get('Length');
    if (typeof declared !== 'number' || !isEndedAt(whole, object.bodyStart + declared)) return undefined;
    this.effort.spend(parser.at - entry.at);
    return new Stream(value, object.bodyStart, object.bodyStart + declared, num, object.gen);
  }

  *#read(num: number, entry: Entry): Walk<Value> {
    const object = yield* readIndirect(this.input, entry.at, this.effort);
    const value = this.#valueOf(object, num);
    if (object?.bodyStart === undefined || !(value instanceof Map)) return value;
    const { bodyStart, gen } = object;
    const declared = countOf(yield* this.get(value, 'Length'));
    const { end, isDeclared } = yield* findBodyEnd(this.input, bodyStart, declared, this.effort);
    if (!isDeclared && declared !== undefined && bodyStart + declared < end) {
      // Data that come to their own end within the declared length need none of what follows.
      const body = yield* this.input.view(bodyStart, declared);
      if (this.#isCompleteFlate(value, body)) return new Stream(value, bodyStart, bodyStart + declared, num, gen);
    }
    return new Stream(value, bodyStart, end, num, gen);
  }

  /** An indirect object's value, decrypted; null, and the file is broken, where another stands in its place. */
  #valueOf(object: Indirect | undefined, num: number): Value {
    if (object?.num !== num) {
      if (!this.isRebuilt) this.isBroken = true;
      return null;
    }
    return this.#decryption === undefined ? object.value : this.#decryption.strings(object.value, num, object.gen);
  }

  #isCompleteFlate(dict: Dict, body: Uint8Array): boolean {
    const [filter] = listOf(dict.get('Filter'));
    if (filterName(nameOf(filter) ?? '') !== 'FlateDecode' || this.isEncrypted) return false;
    return this.unpacker.isCompleteZlib(body);
  }

  /** An object of an object stream that was unpacked. */
  #readPacked(num: number, entry: Entry): Value | undefined {
    const packed = this.#packed.get(entry.container);
    if (packed === undefined || packed === null) return packed;
    const index = packed.numbers[entry.at] === num ? entry.at : packed.numbers.indexOf(num);
    const offset = packed.offsets[index];
    if (offset === undefined) return null;
    const parser = new Parser(packed.data, offset, this.input.words);
    const value = parser.value();
    this.effort.spend(parser.at - offset);
    return value;
  }

  /** The objects of an object stream. */
  *unpack(container: number): Walk<Packed | null> {
    const known = this.#packed.get(container);
    if (known !== undefined) return known;
    let packed: Packed | null = null;
    // Only object streams themselves, which stand in the file, can be asked for while they are read.
    const stream = this.entries.get(container)?.container === 0 ? yield* this.load(container) : null;
    if (stream instanceof Stream) {
      const { bytes } = yield* this.decode(stream);
      const first = countOf(yield* this.get(stream.dict, 'First')) ?? 0;
      const count = countOf(yield* this.get(stream.dict, 'N')) ?? 0;
      packed = { data: bytes, numbers: [], offsets: [] };
      const parser = new Parser(bytes.subarray(0, first), 0, this.input.words);
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

  /** Whether a stream's body stands in the file as it is when decrypted. */
  isPlain(stream: Stream): boolean {
    return this.#decryption?.isPlain(stream) ?? true;
  }

  /** A stream's body, decrypted. */
  *body(stream: Stream): Walk<Uint8Array> {
    const bytes = yield* this.input.view(stream.start, stream.end - stream.start);
    return this.#decryption?.body(stream, bytes) ?? bytes;
  }

  /** A stream's body with its packing filters undone, up to the first filter that codes a picture. */
  *decode(stream: Stream): Walk<Decoded> {
    const { filters, parameters } = yield* this.filters(stream);
    let bytes = yield* this.body(stream);
    while (filters[0] !== undefined) {
      const decoded = this.unpacker.unfilter(filters[0], bytes, parameters[0]);
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
