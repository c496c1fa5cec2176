// What is kept of Exif blocks and text chunks, wherever they stood: it is written in front of the coded picture, where
// decoders that read forward see it in time.
import { areEqual } from '../../bytes/equal.ts';
import { latin1, latin1Bytes } from '../../bytes/text.ts';
import { openExif, readExif, selectExif, writeExif } from '../../containers/exif.ts';
import {
  exifStart,
  MAX_KEYWORD_LENGTH,
  readKeyword,
  readRawProfile,
  readText,
  type TextType,
  unpackText,
  writeRawProfile,
} from '../../containers/png/text.ts';
import { type Chunk, hasRightCrc, writeChunk } from '../../containers/png.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded } from '../../core/errors.ts';
import type { Keepable } from '../../core/options.ts';
import type { Plan, Slot } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { describeDropped, describeExifBlock } from './describe.ts';

/** Keywords of §11.3.3.1 whose texts can be kept, in the order in which they are written. */
const keepableTexts: ReadonlyMap<string, Keepable> = new Map<string, Keepable>([
  ['Title', 'title'],
  ['Author', 'author'],
  ['Copyright', 'copyright'],
  ['Creation Time', 'dates'],
]);

/** Keywords under which ImageMagick and those that follow it store Exif; they obey the orientation there. */
const rawExifKeywords: readonly string[] = ['Raw profile type exif', 'Raw profile type APP1'];
/** Longest raw profile, in characters: more than any Exif block that a camera writes. */
const MAX_RAW_PROFILE_LENGTH = 4 * 1024 * 1024;
/** Longest text that is kept, in bytes. */
const MAX_TEXT_LENGTH = 64 * 1024;
/** §11.3.4.6: year, month, day, hour, minute, second. */
const TIME_LENGTH = 7;

/** A chunk that is to be written. */
interface Kept {
  type: string;
  data: Uint8Array;
}

/** Collects what is kept of Exif and texts: the first of each kind. */
export class Notes {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #seen: Set<string> = new Set();
  readonly #texts: Map<string, Kept> = new Map();
  #exif: Kept | undefined;
  #rawProfile: Kept | undefined;
  #time: Kept | undefined;

  constructor(window: Window, plan: Plan, context: Context) {
    this.#window = window;
    this.#plan = plan;
    this.#context = context;
  }

  /** Takes an eXIf chunk. */
  *takeExif(chunk: Chunk): Walk {
    if (this.#seen.has('eXIf') || !(yield* this.#isWhole(chunk))) {
      yield* this.#drop(chunk);
      return;
    }
    this.#seen.add('eXIf');
    const data = this.#window.view(chunk.dataStart, chunk.dataEnd);
    const start = exifStart(data);
    const block = data.subarray(start);
    const written = this.#rewriteExif(block);
    if (written !== undefined) this.#exif = { type: 'eXIf', data: written };
    this.#noteExif('eXIf', chunk, block, written, written !== undefined && areEqual(written, data), start);
  }

  /** Takes a text chunk: an Exif block in disguise, or a text that the options keep. */
  *takeText(chunk: Chunk): Walk {
    const window = this.#window;
    const type = chunk.type as TextType;
    const { dataStart, dataEnd } = chunk;
    const peeked = Math.min(dataEnd, dataStart + MAX_KEYWORD_LENGTH + 1);
    if (!window.has(dataStart, peeked - dataStart)) yield window.need(dataStart, peeked - dataStart, type);
    const keyword = readKeyword(window.view(dataStart, peeked))?.keyword ?? '';
    const isTaken =
      (rawExifKeywords.includes(keyword) && (yield* this.#takeRawProfile(chunk, type, keyword))) ||
      (this.#keepsText(keyword) && (yield* this.#takeKeptText(chunk, type, keyword)));
    if (!isTaken) yield* this.#drop(chunk);
  }

  #keepsText(keyword: string): boolean {
    const option = keepableTexts.get(keyword);
    return option !== undefined && this.#context.keeps(option);
  }

  *#takeRawProfile(chunk: Chunk, type: TextType, keyword: string): Walk<boolean> {
    if (this.#seen.has('raw profile') || !(yield* this.#isWhole(chunk))) return false;
    const data = this.#window.view(chunk.dataStart, chunk.dataEnd);
    const text = readText(type, data);
    const plain = text && (yield* unpackText(this.#context, text, MAX_RAW_PROFILE_LENGTH));
    const profile = plain && readRawProfile(plain);
    const block = profile?.subarray(exifStart(profile));
    // An APP1 may as well hold XMP.
    if (block === undefined || openExif(block) === undefined) return false;
    this.#seen.add('raw profile');
    const written = this.#rewriteExif(block);
    const rewritten = written && writeRawProfile(keyword, written);
    if (rewritten !== undefined) this.#rawProfile = { type: 'tEXt', data: rewritten };
    const isSame = type === 'tEXt' && rewritten !== undefined && areEqual(rewritten, data);
    this.#noteExif(`${type} › ${keyword}`, chunk, block, written, isSame);
    return true;
  }

  #rewriteExif(block: Uint8Array): Uint8Array | undefined {
    return writeExif(selectExif(readExif(block), this.#context));
  }

  /** @param start offset of the block in the chunk's data, where it stands there as it is */
  #noteExif(
    where: string,
    { start: chunkStart, end, dataStart }: Chunk,
    block: Uint8Array,
    written: Uint8Array | undefined,
    isSame: boolean,
    start?: number,
  ): void {
    const offset = start === undefined ? undefined : dataStart + start;
    if (!isSame) describeExifBlock(this.#plan, this.#context, block, where, offset);
    if (written === undefined) return;
    const action = isSame ? 'kept' : 'rewritten';
    this.#plan.found({ kind: 'orientation', where, action, bytes: end - chunkStart, offset: chunkStart });
  }

  *#takeKeptText(chunk: Chunk, type: TextType, keyword: string): Walk<boolean> {
    if (this.#texts.has(keyword) || !(yield* this.#isWhole(chunk))) return false;
    const data = this.#window.view(chunk.dataStart, chunk.dataEnd);
    const text = readText(type, data);
    const plain = text && (yield* unpackText(this.#context, text, MAX_TEXT_LENGTH));
    if (plain === undefined) return false;
    const content = text?.encoding === 'utf-8' ? new TextDecoder().decode(plain) : latin1(plain);
    const kept = writeText(keyword, content.split('\0', 1)[0]?.trim() ?? '');
    this.#texts.set(keyword, kept);
    const action = kept.type === type && areEqual(kept.data, data) ? 'kept' : 'rewritten';
    this.#note(chunk, `${type} › ${keyword}`, action);
    return true;
  }

  /** Takes a tIME chunk: dropped unless the options keep dates. */
  *takeTime(chunk: Chunk): Walk {
    const isTaken =
      this.#context.keeps('dates') &&
      this.#time === undefined &&
      chunk.dataEnd - chunk.dataStart === TIME_LENGTH &&
      (yield* this.#isWhole(chunk));
    if (!isTaken) {
      yield* this.#drop(chunk);
      return;
    }
    this.#time = { type: 'tIME', data: this.#window.view(chunk.dataStart, chunk.dataEnd) };
    this.#note(chunk, 'tIME', 'kept');
  }

  #note({ start, end }: Chunk, where: string, action: 'kept' | 'rewritten'): void {
    this.#plan.found({ kind: 'other', where, action, bytes: end - start, offset: start });
  }

  *#drop(chunk: Chunk): Walk {
    if (this.#context.describes) yield* describeDropped(this.#window, this.#plan, this.#context, chunk);
  }

  /** Loads a chunk; whether decoders read it, because its CRC is right. */
  *#isWhole(chunk: Chunk): Walk<boolean> {
    const { type, start, end } = chunk;
    const { bufferedBytes } = this.#context.options.limits;
    if (end - start > bufferedBytes) {
      throw limitExceeded(
        `A chunk of metadata has more than ${bufferedBytes} bytes; raise limits.bufferedBytes to clean the file.`,
        start,
        type,
      );
    }
    if (!this.#window.has(start, end - start)) yield this.#window.need(start, end - start, type);
    return hasRightCrc(this.#window, chunk);
  }

  /** Writes what is kept, in one canonical order. */
  write({ plan }: Slot): void {
    const texts = [...keepableTexts.keys()].map((keyword) => this.#texts.get(keyword));
    for (const kept of [this.#exif, this.#rawProfile, ...texts, this.#time]) {
      if (kept !== undefined) plan.insert(writeChunk(kept.type, kept.data));
    }
  }
}

/** A text chunk: tEXt where Latin-1 can write the text, else iTXt without a language. */
function writeText(keyword: string, text: string): Kept {
  if (/^[\0-\xff]*$/.test(text)) return { type: 'tEXt', data: latin1Bytes(`${keyword}\0${text}`) };
  return {
    type: 'iTXt',
    data: Uint8Array.of(...latin1Bytes(`${keyword}\0\0\0\0\0`), ...new TextEncoder().encode(text)),
  };
}
