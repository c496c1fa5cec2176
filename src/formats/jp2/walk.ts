import { concat } from '../../bytes/concat.ts';
import { fourCC, latin1Bytes } from '../../bytes/text.ts';
import { carry } from '../../containers/carry.ts';
import { type Box, box as newBox, readFileBox, u32, u64, writeBox } from '../../containers/isobmff/box.ts';
import { Marker } from '../../containers/jp2/marker.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { walkCodestream } from './codestream.ts';
import { describeDropped } from './describe.ts';
import { walkHeaderBox } from './header.ts';
import { checkLayer } from './layer.ts';
import { nameBox, ruleForBox } from './policy.ts';

const SIGNATURE_LENGTH = 12;
const SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a);
const BOX_HEADER_LENGTH = 8;
const MAX_SHORT_BOX = 0xffffffff;
/** A list of brands that is longer is not read on. */
const MAX_BRANDS_LENGTH = 1024;

/** Walks a JPEG 2000 file: its boxes and the codestream in them, or a bare codestream. */
export function* walkJp2(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, 2)) yield window.need(0, 2, 'SOC');
  if (window.u16be(0) !== Marker.SOC) {
    yield* new Boxes(window, plan, context).walk();
    return;
  }
  plan.mediaType = 'image/j2c';
  plan.extension = 'j2k';
  const end = yield* walkCodestream(window, plan, context, 0, window.size);
  if (!window.has(end, 1)) yield window.want(end, 1);
  if (window.has(end, 1)) dropTrail(window, plan, end, 'after EOC');
}

function dropTrail(window: Window, plan: Plan, start: number, where: string): void {
  plan.found({ kind: 'trailing-data', where, action: 'removed', bytes: window.size - start, offset: start });
}

/** The boxes of a file. */
class Boxes {
  readonly #window: Window;
  readonly #plan: Plan;
  readonly #context: Context;
  #brand: string | undefined;
  #isExtended = false;
  #hasHeader = false;
  #hasCodestream = false;

  constructor(window: Window, plan: Plan, context: Context) {
    this.#window = window;
    this.#plan = plan;
    this.#context = context;
  }

  *walk(): Walk {
    const window = this.#window;
    let at = SIGNATURE_LENGTH;
    for (;;) {
      const box = yield* readFileBox(window, at);
      if (box === undefined) break;
      this.#context.countStructures();
      at = yield* this.#take({ ...box, end: Math.min(box.end, window.size) }, box.end > window.size);
      if (at >= window.size) break;
    }
    if (!this.#hasCodestream) throw malformed('The file holds no codestream.', at, 'jp2c');
    if (at < window.size) dropTrail(window, this.#plan, at, 'after the last box');
  }

  /** @returns where the next box begins */
  *#take(box: Box, isCut: boolean): Walk<number> {
    const { type, start } = box;
    const { use } = ruleForBox(type);
    const name = nameBox(type);
    if (use === 'refuse') {
      throw unsupported('The picture is made of several, or of other files, which is not supported.', start, name);
    }
    if (use === 'codestream' && this.#hasHeader && !this.#hasCodestream) return yield* this.#takeCodestream(box);
    if (use === 'codestream' && !this.#hasHeader)
      throw malformed('The codestream has no header box in front.', start, name);
    if (use === 'codestream' && this.#isExtended) {
      throw unsupported('The file holds several pictures, which is not supported.', start, name);
    }
    if (isCut && !this.#hasCodestream) {
      throw malformed(`The file is cut off: it ends at byte ${this.#window.size}, inside ${name}.`, start, name);
    }
    if (use === 'brand' && this.#brand === undefined) yield* this.#takeBrand(box);
    else if (use === 'header') yield* this.#takeHeader(box);
    else {
      if (use === 'layer') yield* checkLayer(this.#window, box);
      if (this.#context.describes) yield* describeDropped(this.#window, this.#plan, this.#context, box);
    }
    return box.end;
  }

  /** File type box (§I.5.2): what is cleaned is a JP2 or JPH file for everyone. */
  *#takeBrand({ type, start, bodyStart, end }: Box): Walk {
    const window = this.#window;
    const length = Math.min(end - bodyStart, MAX_BRANDS_LENGTH);
    if (length < 8) throw malformed('The box is too short.', start, type);
    if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, type);
    const body = window.view(bodyStart, bodyStart + length);
    const brand = fourCC(body, 0);
    const brands = [brand];
    for (let at = 8; at + 4 <= length; at += 4) brands.push(fourCC(body, at));
    this.#isExtended = brand === 'jpx ';
    const isPicture = brand !== 'mjp2' && brand !== 'jpm ';
    const known = ['jph ', 'jp2 '].filter((name) => brands.includes(name));
    const [best] = known.includes(brand) ? [brand] : known.toReversed();
    if (!isPicture || best === undefined) {
      throw unsupported(
        `The file is of brand "${nameBox(brand)}", not a plain JPEG 2000 picture; convert it to JP2 and try again.`,
        start,
        type,
      );
    }
    this.#brand = best;
    if (best === 'jph ') {
      this.#plan.mediaType = 'image/jph';
      this.#plan.extension = 'jph';
    }
    const canonical = concat(
      writeBox(newBox('jP  ', SIGNATURE)),
      writeBox(newBox('ftyp', latin1Bytes(best), u32(0), latin1Bytes(best))),
    );
    const isNext = start === SIGNATURE_LENGTH && end === canonical.length;
    if (isNext && !window.has(0, end)) yield window.need(0, end, type);
    carry(this.#plan, 0, isNext ? window.view(0, end) : new Uint8Array(0), canonical);
    if (this.#plan.pieces.at(-1) instanceof Uint8Array) {
      this.#plan.found({ kind: 'structure', where: 'ftyp', action: 'rewritten', bytes: end - start, offset: start });
    }
  }

  *#takeHeader(box: Box): Walk {
    if (this.#brand === undefined) throw malformed('The file type box is missing.', box.start, 'ftyp');
    if (this.#hasHeader) throw malformed('The file has two header boxes.', box.start, box.type);
    this.#hasHeader = true;
    yield* walkHeaderBox(this.#window, this.#plan, this.#context, box);
  }

  *#takeCodestream({ start, bodyStart, end }: Box): Walk<number> {
    this.#hasCodestream = true;
    const window = this.#window;
    const slot = this.#plan.slot();
    const before = this.#plan.length;
    const found = window.view(start, bodyStart);
    const reached = yield* walkCodestream(window, this.#plan, this.#context, bodyStart, end);
    const length = this.#plan.length - before;
    const isLong = length + BOX_HEADER_LENGTH > MAX_SHORT_BOX;
    const size = isLong ? 1 : length + BOX_HEADER_LENGTH;
    carry(
      slot.plan,
      start,
      found,
      concat(u32(size), latin1Bytes('jp2c'), isLong ? u64(length + BOX_HEADER_LENGTH + 8) : new Uint8Array(0)),
    );
    if (reached < end) {
      const place = { bytes: end - reached, offset: reached };
      this.#plan.found({ kind: 'trailing-data', where: 'jp2c › after EOC', action: 'removed', ...place });
    }
    return Math.max(reached, end);
  }
}
