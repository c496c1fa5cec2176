import type { Document } from '../../containers/pdf/document.ts';
import { deflate } from '../../containers/pdf/inflate.ts';
import { type Dict, dictOf, Name, nameOf, PdfString, Ref, Stream, type Value } from '../../containers/pdf/objects.ts';
import type { Writer } from '../../containers/pdf/writer.ts';
import type { Context } from '../../core/context.ts';
import { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { isDestination, membersOf } from './arrays.ts';
import { codingKeys, setCoding } from './coding.ts';
import { inOrder, showKey } from './keys.ts';
import type { PageTree } from './pages.ts';
import {
  compactKinds,
  droppableKinds,
  inlineKinds,
  isOfMaking,
  type KindName,
  kinds,
  looseKinds,
  nameTreeKinds,
  toldBy,
} from './policy.ts';
import { type Made, MadeRef, Queue } from './queue.ts';
import { keyKind, refine } from './refine.ts';

/** Edits a dictionary before its keys are chosen, or leaves it behind. It is given a copy. */
export type DictRule = (sweep: Sweep, dict: Dict, num: number | undefined) => Walk<Dict | null> | Dict;
/** Writes a stream's body anew, setting filters in the dictionary; false: the body is carried over as it is. */
export type BodyRule = (sweep: Sweep, stream: Stream, dict: Dict, body: Plan) => Walk<boolean>;

/** What is done with a kind besides choosing its keys. */
export interface Rules {
  dicts: Partial<Record<KindName, DictRule>>;
  bodies: Partial<Record<KindName, BodyRule>>;
  /** The name of a file as it is carried over. */
  cutFile: (sweep: Sweep, path: PdfString) => PdfString;
  /** Whether an object of a kind is left behind as a whole, whatever leads to it. */
  isDropped: (sweep: Sweep, value: Value, kind: KindName) => Walk<boolean>;
}

/** What is swept, and where to. */
export interface Task {
  document: Document;
  /** Of the file that the document stands in. */
  window: Window;
  context: Context;
  pages: PageTree;
  /** Takes findings. */
  plan: Plan;
  writer: Writer;
  rules: Rules;
  /** Structure elements that lead to deleted pages alone. */
  deadElements: ReadonlySet<number>;
}

/** Marks and sweeps: writes each object that is reached from the catalog, in the order in which they are met. */
export class Sweep {
  readonly document: Document;
  readonly window: Window;
  readonly context: Context;
  readonly pages: PageTree;
  readonly plan: Plan;
  /** Set when something leads to a page that was deleted. */
  hasDeadPages = false;
  /** Things counted for the report. */
  readonly counts: Map<string, number> = new Map();
  readonly #deadElements: ReadonlySet<number>;
  readonly #rules: Rules;
  readonly #writer: Writer;
  readonly #queue: Queue = new Queue();
  /** Numbers of the objects of the input that are in the output, for the report. */
  readonly reached: Set<number> = new Set();

  constructor(task: Task) {
    this.document = task.document;
    this.window = task.window;
    this.context = task.context;
    this.pages = task.pages;
    this.plan = task.plan;
    this.#deadElements = task.deadElements;
    this.#writer = task.writer;
    this.#rules = task.rules;
  }

  /** Writes everything that the root leads to. An information dictionary comes second. */
  *run(root: Ref, info: Dict): Walk {
    this.#enqueue(root.num, 'catalog');
    if (info.size > 0) this.make(info);
    let index = 0;
    for (let next = this.#queue.at(index); next !== undefined; next = this.#queue.at(++index)) {
      this.context.countStructures();
      if (next.made !== undefined) this.#writeMade(next.made);
      else yield* this.#write(next.num, next.kind);
      if (this.document.isBroken) return;
    }
  }

  /** A reference to an object that is made here. */
  make(dict: Dict, body?: Uint8Array): Ref {
    return this.#queue.make({ dict, body });
  }

  /** Counts something for the report. */
  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** Notes what was removed. */
  removed(kind: FindingKind, where: string, bytes: number, note?: string): void {
    this.plan.found({ kind, where, action: 'removed', bytes, ...(note === undefined ? {} : { note }) });
  }

  #enqueue(num: number, kind: KindName): number {
    if (this.context.describes) this.reached.add(num);
    return this.#queue.enter(num, kind);
  }

  #writeMade({ dict, body }: Made): void {
    if (body === undefined) {
      this.#writer.object(dict);
      return;
    }
    const plan = new Plan();
    plan.insert(body);
    this.#writer.stream(dict, plan);
  }

  *#write(num: number, kind: KindName): Walk {
    const value = this.document.ready(num) ?? (yield* this.document.load(num));
    const refined = refine(kind, value, num, this.pages);
    if (refined === undefined) this.#writer.object(null);
    else if (value instanceof Stream) yield* this.#writeStream(value, refined);
    else if (value instanceof Map) this.#writer.object(yield* this.#cleanDict(value, refined, num));
    else this.#writer.object(yield* this.clean(value, refined));
  }

  *#writeStream(stream: Stream, kind: KindName): Walk {
    const { filters, parameters } = yield* this.document.filters(stream);
    const file = stream.dict.get('F');
    const dict = yield* this.#cleanDict(stream.dict, kind, undefined, true);
    if (dict === null) {
      this.#writer.object(null);
      return;
    }
    if (file !== undefined && nameOf(file) === undefined && !Array.isArray(file)) {
      const note = 'The stream named a file outside the document as its content.';
      this.removed('author', `${kinds[kind].name} › F`, 0, note);
    }
    const body = new Plan(this.context.describes);
    const rule = this.#rules.bodies[kind];
    if (rule === undefined || !(yield* rule(this, stream, dict, body))) {
      const packed =
        this.context.options.thorough && filters[0] === 'FlateDecode' ? yield* this.#repack(stream) : undefined;
      if (packed !== undefined) body.insert(packed);
      else if (this.document.isPlain(stream)) body.keep(stream.start, stream.end);
      else body.insert(yield* this.document.body(stream));
      const cleaned: Value[] = [];
      for (const one of parameters) cleaned.push(yield* this.cleanParameters(one));
      setCoding(dict, filters, cleaned);
    }
    this.#writer.stream(dict, body);
  }

  /** A body packed anew, so that nothing stands behind its end; nothing where it has no end. */
  *#repack(stream: Stream): Walk<Uint8Array | undefined> {
    const unpacked = this.document.unpacker.inflateWhole(yield* this.document.body(stream));
    if (unpacked === undefined) this.plan.residual.add('Bytes behind the damage in streams that are damaged.');
    return unpacked === undefined ? undefined : deflate(unpacked);
  }

  /** Decode parameters as they are carried over. */
  *cleanParameters(parameters: Dict | undefined): Walk<Value> {
    return parameters === undefined ? null : yield* this.#cleanDict(parameters, 'decodeParms');
  }

  /** The part of a value that is carried over, its references to the new numbers. */
  *clean(value: Value, kind: KindName): Walk<Value> {
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof MadeRef) return value;
    if (value instanceof PdfString) return kind === 'filespec' ? this.#rules.cutFile(this, value) : value;
    if (value instanceof Ref) {
      const target = inlineKinds.has(kind) ? yield* this.document.resolve(value) : null;
      return target instanceof Map ? yield* this.#cleanDict(target, kind) : yield* this.reference(value, kind);
    }
    if (Array.isArray(value)) return yield* this.#cleanArray(value, kind);
    if (!(value instanceof Map)) return value;
    const refined = refine(kind, value, undefined, this.pages);
    if (refined === undefined) return null;
    if (droppableKinds.has(refined) && (yield* this.#rules.isDropped(this, value, refined))) return null;
    return yield* this.#cleanDict(value, refined);
  }

  /** What a reference becomes: nothing, if what it leads to is left behind. */
  *reference({ num }: Ref, asked: KindName): Walk<Ref | null> {
    if (!this.document.has(num)) return null;
    const kind = asked === 'template' && this.pages.leaves.has(num) ? 'pageNode' : asked;
    if (kind === 'pageNode' && !this.pages.leaves.has(num) && !this.pages.nodes.has(num)) {
      this.hasDeadPages = true;
      return null;
    }
    if (this.#deadElements.has(num)) return null;
    let known = kind;
    if (looseKinds.has(kind)) {
      const value = this.document.ready(num) ?? (yield* this.document.load(num));
      const refined = refine(kind, value, num, this.pages);
      if (refined === undefined) {
        if (nameOf(dictOf(value)?.get('Type')) === 'Page') this.hasDeadPages = true;
        return null;
      }
      known = keyKind(refined);
    }
    if (droppableKinds.has(known) && (yield* this.#rules.isDropped(this, yield* this.document.load(num), known))) {
      return null;
    }
    return new Ref(this.#enqueue(num, known), 0);
  }

  *#cleanArray(values: Value[], kind: KindName): Walk<Value> {
    if (kind !== 'any' && values[0] instanceof PdfString && values.length > 1) {
      return yield* this.#cleanPairs(values, kind);
    }
    const members = membersOf(values, kind);
    const cleaned: Value[] = [];
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? null;
      const member = members[Math.min(index, members.length - 1)] ?? 'any';
      const kept = this.#cleanAtOnce(value, member) ?? (yield* this.clean(value, member));
      // A destination on a page that is not there leads nowhere.
      if (kept === null && index === 0 && isDestination(values, kind)) return null;
      // Nothing counts the members of such arrays by their places.
      if (kept === null && value !== null && compactKinds.has(kind)) continue;
      cleaned.push(kept);
    }
    return cleaned;
  }

  /** The leaves of a name tree: written where they are referred to. */
  *#cleanNames(value: Value, kind: KindName): Walk<Value> {
    const names = yield* this.document.resolve(value);
    return Array.isArray(names) ? yield* this.#cleanPairs(names, kind) : null;
  }

  /** Names of a name tree with their values (§7.9.6). */
  *#cleanPairs(values: readonly Value[], kind: KindName): Walk<Value[]> {
    const cleaned: Value[] = [];
    for (let index = 0; index + 1 < values.length; index += 2) {
      const name = yield* this.document.resolve(values[index]);
      const value = name instanceof PdfString ? yield* this.clean(values[index + 1] ?? null, kind) : null;
      if (value !== null) cleaned.push(name, value);
    }
    return cleaned;
  }

  *#cleanDict(found: Dict, kind: KindName, num?: number, isStream = false): Walk<Dict | null> {
    const rule = this.#rules.dicts[kind];
    const ruled = rule === undefined ? found : rule(this, new Map(found), num);
    const dict = ruled instanceof Map ? ruled : yield* ruled;
    if (dict === null) return null;
    const { keys, members } = kinds[kind];
    const isOpen = kind === 'any' || kind === 'structAttributes';
    const cleaned: Dict = new Map();
    // One order for all, so that it says nothing of who wrote the dictionary.
    for (const key of inOrder(dict)) {
      if (isStream && codingKeys.has(key)) continue;
      const value = dict.get(key) ?? null;
      const member = members ?? keys.get(key);
      if (member === undefined || (isOpen && isOfMaking(key))) {
        if (value !== null && this.context.describes) yield* this.#noteDropped(kind, key, value);
        continue;
      }
      const kept =
        key === 'Names' && nameTreeKinds.has(kind)
          ? yield* this.#cleanNames(value, member)
          : (this.#cleanAtOnce(value, member) ?? (yield* this.clean(value, member)));
      if (kept !== null) cleaned.set(key, kept);
    }
    return cleaned.size === 0 && inlineKinds.has(kind) ? null : cleaned;
  }

  /** What becomes of a value about which nothing has to be read; nothing where something has, and for null. */
  #cleanAtOnce(value: Value, kind: KindName): Value | undefined {
    if (value === null) return undefined;
    if (typeof value !== 'object' || value instanceof Name) return value;
    if (value instanceof PdfString) return kind === 'filespec' ? this.#rules.cutFile(this, value) : value;
    if (!(value instanceof Ref) || value instanceof MadeRef) return undefined;
    if (looseKinds.has(kind) || droppableKinds.has(kind) || inlineKinds.has(kind)) return undefined;
    if (kind === 'pageNode' || this.#deadElements.has(value.num) || !this.document.has(value.num)) return undefined;
    return new Ref(this.#enqueue(value.num, kind), 0);
  }

  *#noteDropped(kind: KindName, key: string, value: Value): Walk {
    const bytes = yield* this.sizeOf(value);
    this.removed(toldBy[key] ?? 'other', `${kinds[kind].name} › ${showKey(key)}`, bytes);
  }

  /** Roughly how many bytes of the file a value takes: for the report alone, so it changes nothing else. */
  *sizeOf(value: Value): Walk<number> {
    const { isBroken } = this.document;
    const target = value instanceof Ref ? yield* this.document.resolve(value) : value;
    this.document.isBroken = isBroken;
    if (target instanceof Stream) return target.end - target.start;
    if (target instanceof PdfString) return target.bytes.length;
    return dictOf(target)?.size ?? 1;
  }
}
