// Samples that are written as text (P1–P3): read number by number, written with one space or line feed between them.
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { type Header, isSpace } from './header.ts';

/** "No line should be longer than 70 characters" (pbm, pgm, ppm). */
const MAX_LINE_LENGTH = 70;
const CHUNK_LENGTH = 64 * 1024;
const MAX_SAMPLE = 65535;
const [ZERO, NINE, LINE_FEED, CARRIAGE_RETURN, SPACE, HASH] = [0x30, 0x39, 0x0a, 0x0d, 0x20, 0x23];
const WHERE = 'raster';

/**
 * Rewrites the samples from `header.end` on.
 * @returns where the last of them ends in the input
 */
export function* rewritePlain(window: Window, plan: Plan, context: Context, header: Header): Walk<number> {
  const isBitmap = header.magic === 'P1';
  const perRow = header.width * header.depth;
  const writer = new Lines(plan, perRow, isBitmap);
  let left = perRow * header.height;
  let at = header.end;
  let value = -1;
  let isComment = false;
  let commentBytes = 0;
  for (;;) {
    if (!window.has(at, 1)) yield window.want(at, 1);
    if (!window.has(at, 1)) break;
    const { bytes, base } = window;
    let index = at - base;
    for (; index < bytes.length && left > 0; index++) {
      const code = bytes[index] as number;
      if (isComment) {
        isComment = code !== LINE_FEED && code !== CARRIAGE_RETURN;
        if (isComment) commentBytes++;
        continue;
      }
      if (code >= ZERO && code <= NINE) {
        value = Math.max(value, 0) * 10 + code - ZERO;
        if (value > (isBitmap ? 1 : MAX_SAMPLE))
          throw malformed('A sample is larger than any can be.', index + base, WHERE);
        if (!isBitmap) continue;
      } else if (code === HASH) {
        isComment = true;
        commentBytes++;
      } else if (!isSpace(code)) {
        throw malformed('Something that is no number stands between the samples.', index + base, WHERE);
      }
      if (value >= 0) {
        writer.write(value);
        left--;
        value = -1;
      }
    }
    at = index + base;
    if (left === 0) break;
  }
  if (value >= 0) {
    writer.write(value);
    left--;
  }
  if (left > 0) throw malformed(`The file is cut off: ${left} of its samples are missing.`, at, WHERE);
  // The rest of a comment right behind the last sample.
  writer.flush();
  if (commentBytes > 0 && context.describes) {
    plan.found({ kind: 'comment', where: WHERE, action: 'removed', bytes: commentBytes, offset: header.end });
  }
  return at;
}

/** Numbers as text: a new line for each row, and where one grows too long. */
class Lines {
  readonly #plan: Plan;
  readonly #perRow: number;
  readonly #isBitmap: boolean;
  #chunk = new Uint8Array(CHUNK_LENGTH);
  #length = 0;
  #column = 0;
  #inRow = 0;

  constructor(plan: Plan, perRow: number, isBitmap: boolean) {
    this.#plan = plan;
    this.#perRow = perRow;
    this.#isBitmap = isBitmap;
  }

  write(value: number): void {
    const digits = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10000 ? 4 : 5;
    if (this.#length + digits + 2 > CHUNK_LENGTH) this.flush();
    const chunk = this.#chunk;
    if (this.#column > 0) {
      const isFull = this.#column + digits + (this.#isBitmap ? 0 : 1) > MAX_LINE_LENGTH;
      if (isFull) this.#column = 0;
      if (isFull || !this.#isBitmap) {
        chunk[this.#length++] = isFull ? LINE_FEED : SPACE;
        if (!isFull) this.#column++;
      }
    }
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      chunk[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#length += digits;
    this.#column += digits;
    if (++this.#inRow === this.#perRow) {
      chunk[this.#length++] = LINE_FEED;
      this.#column = 0;
      this.#inRow = 0;
    }
  }

  flush(): void {
    this.#plan.insert(this.#chunk.slice(0, this.#length));
    this.#length = 0;
  }
}
