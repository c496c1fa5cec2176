// Texts and times that the options keep: the first of each, written anew in front of the coded picture.
import { concat } from '../../bytes/concat.ts';
import { areEqual } from '../../bytes/equal.ts';
import { latin1, latin1Bytes } from '../../bytes/text.ts';
import { readText, type TextType, unpackText } from '../../containers/png/text.ts';
import { type Chunk, loadChunk, writeChunk } from '../../containers/png.ts';
import type { Context } from '../../core/context.ts';
import type { Keepable } from '../../core/options.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Keywords of §11.3.3.1 whose texts can be kept, in the order in which they are written. */
const keepable: ReadonlyMap<string, Keepable> = new Map<string, Keepable>([
  ['Title', 'title'],
  ['Author', 'author'],
  ['Copyright', 'copyright'],
  ['Creation Time', 'dates'],
]);

/** Longest text that is kept, in bytes. */
const MAX_TEXT_LENGTH = 64 * 1024;
/** §11.3.4.6: year, month, day, hour, minute, second. */
const TIME_LENGTH = 7;

/** A chunk that is to be written. */
interface Kept {
  type: string;
  data: Uint8Array;
}

/** Collects the texts and the time that are kept. */
export class Texts {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #texts: Map<string, Kept> = new Map();
  #time: Kept | undefined;

  constructor(window: Window, plan: Plan, context: Context) {
    this.#window = window;
    this.#plan = plan;
    this.#context = context;
  }

  /** Takes a text chunk if the options keep it and there was none of its keyword; returns whether they do. */
  *takeText(chunk: Chunk, type: TextType, keyword: string): Walk<boolean> {
    const option = keepable.get(keyword);
    const isKept = option !== undefined && this.#context.keeps(option) && !this.#texts.has(keyword);
    if (!isKept || !(yield* this.#load(chunk))) return false;
    const data = this.#window.view(chunk.dataStart, chunk.dataEnd);
    const text = readText(type, data);
    const plain = text && (yield* unpackText(this.#context, text, MAX_TEXT_LENGTH));
    if (plain === undefined) return false;
    const content = text?.encoding === 'utf-8' ? new TextDecoder().decode(plain) : latin1(plain);
    const kept = writeText(keyword, content.split('\0', 1)[0]?.trim() ?? '');
    this.#texts.set(keyword, kept);
    this.#note(chunk, `${type} › ${keyword}`, kept.type === type && areEqual(kept.data, data) ? 'kept' : 'rewritten');
    return true;
  }

  /** Takes a tIME chunk if the options keep dates and there was none. */
  *takeTime(chunk: Chunk): Walk<boolean> {
    const { dataStart, dataEnd } = chunk;
    const isKept = this.#context.keeps('dates') && this.#time === undefined && dataEnd - dataStart === TIME_LENGTH;
    if (!isKept || !(yield* this.#load(chunk))) return false;
    this.#time = { type: 'tIME', data: this.#window.view(dataStart, dataEnd) };
    this.#note(chunk, 'tIME', 'kept');
    return true;
  }

  *#load(chunk: Chunk): Walk<boolean> {
    return yield* loadChunk(this.#window, chunk, this.#context.options.limits.bufferedBytes);
  }

  #note({ start, end }: Chunk, where: string, action: 'kept' | 'rewritten'): void {
    this.#plan.found({ kind: 'other', where, action, bytes: end - start, offset: start });
  }

  /** Writes what is kept, in one canonical order. */
  write(plan: Plan): void {
    for (const kept of [...[...keepable.keys()].map((keyword) => this.#texts.get(keyword)), this.#time]) {
      if (kept !== undefined) plan.insert(writeChunk(kept.type, kept.data));
    }
  }
}

/** A text chunk: tEXt where Latin-1 can write the text, else iTXt without a language. */
function writeText(keyword: string, text: string): Kept {
  if (/^[\0-\xff]*$/.test(text)) return { type: 'tEXt', data: latin1Bytes(`${keyword}\0${text}`) };
  return { type: 'iTXt', data: concat(latin1Bytes(`${keyword}\0\0\0\0\0`), new TextEncoder().encode(text)) };
}
