// The one Exif block of the output. Where a tag editor stores Exif is metadata: exiv2 moves it from eXIf into a raw profile,
// others the other way round. So both are read, and what is kept is written as eXIf.
import { areEqual } from '../../bytes/equal.ts';
import { type ExifEssentials, openExif, readExif, readIfd, writeExif } from '../../containers/exif.ts';
import { exifStart, readRawProfile, readText, type TextType, unpackText } from '../../containers/png/text.ts';
import { type Chunk, loadChunk, writeChunk } from '../../containers/png.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { describeExifBlock } from './describe.ts';

/** Keywords under which ImageMagick and those that follow it store Exif; many viewers obey the orientation there. */
const rawProfileKeywords: readonly string[] = ['Raw profile type exif', 'Raw profile type APP1'];
/** Longest raw profile, in characters: more than any Exif block that a camera writes. */
const MAX_RAW_PROFILE_LENGTH = 4 * 1024 * 1024;

const ORIENTATION = 0x0112;

/** An Exif block that was met. */
interface Found {
  chunk: Chunk;
  where: string;
  /** From the TIFF header on. */
  block: Uint8Array;
  /** Absolute offset of the block, if it stands there as it is. */
  start: number | undefined;
  /** Whether the chunk may be as this library writes it: an eXIf in front of the picture. */
  isInPlace: boolean;
}

/** Collects the Exif blocks of a file, the first of each kind. */
export class Exif {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #context: Context;
  #inChunk: Found | undefined;
  #inText: Found | undefined;

  constructor(window: Window, plan: Plan, context: Context) {
    this.#window = window;
    this.#plan = plan;
    this.#context = context;
  }

  /**
   * Takes an eXIf chunk, unless there was one or decoders pass over it.
   * @param isInPlace whether it stands in front of the picture
   */
  *takeChunk(chunk: Chunk, isInPlace: boolean): Walk<boolean> {
    if (this.#inChunk !== undefined || !(yield* this.#load(chunk))) return false;
    const data = this.#window.view(chunk.dataStart, chunk.dataEnd);
    const prefix = exifStart(data);
    this.#inChunk = {
      chunk,
      where: 'eXIf',
      block: data.subarray(prefix),
      start: chunk.dataStart + prefix,
      isInPlace: isInPlace && prefix === 0,
    };
    return true;
  }

  /** Takes a text chunk that holds an Exif block; returns whether it is one. */
  *takeText(chunk: Chunk, type: TextType, keyword: string): Walk<boolean> {
    if (!rawProfileKeywords.includes(keyword) || this.#inText !== undefined || !(yield* this.#load(chunk)))
      return false;
    const text = readText(type, this.#window.view(chunk.dataStart, chunk.dataEnd));
    const plain = text && (yield* unpackText(this.#context, text, MAX_RAW_PROFILE_LENGTH));
    const profile = plain && readRawProfile(plain);
    const block = profile?.subarray(exifStart(profile));
    // An APP1 may as well hold XMP.
    if (block === undefined || openExif(block) === undefined) return false;
    this.#inText = { chunk, where: `${type} › ${keyword}`, block, start: undefined, isInPlace: false };
    return true;
  }

  *#load(chunk: Chunk): Walk<boolean> {
    return yield* loadChunk(this.#window, chunk, this.#context.options.limits.bufferedBytes);
  }

  /** Writes what the options keep. */
  write(plan: Plan): void {
    const [first, second] = [this.#inChunk, this.#inText].filter((found) => found !== undefined);
    if (first === undefined) return;
    const written = writeExif(
      second === undefined ? readExif(first.block, this.#context) : merge(first.block, second.block, this.#context),
    );
    const isSame = written !== undefined && first.isInPlace && areEqual(written, first.block);
    for (const found of isSame ? [second] : [first, second]) {
      if (found !== undefined) describeExifBlock(this.#plan, this.#context, found.block, found.where, found.start);
    }
    if (written === undefined) return;
    plan.insert(writeChunk('eXIf', written));
    const { start, end } = first.chunk;
    const action = isSame ? 'kept' : 'rewritten';
    this.#plan.found({ kind: 'orientation', where: first.where, action, bytes: end - start, offset: start });
  }
}

/** What two blocks say; where both say something, the first one counts. */
function merge(first: Uint8Array, second: Uint8Array, context: Context): ExifEssentials {
  const [a, b] = [readExif(first, context), readExif(second, context)];
  return {
    orientation: hasOrientation(first) ? a.orientation : b.orientation,
    isAdobeRgb: a.isAdobeRgb || b.isAdobeRgb,
    copyright: a.copyright ?? b.copyright,
    artist: a.artist ?? b.artist,
    description: a.description ?? b.description,
    dateTimeOriginal: a.dateTimeOriginal ?? b.dateTimeOriginal,
  };
}

function hasOrientation(block: Uint8Array): boolean {
  const exif = openExif(block);
  const ifd = exif && readIfd(exif.view, exif.littleEndian, exif.firstIfd);
  return ifd?.entries.some(({ tag }) => tag === ORIENTATION) ?? false;
}
