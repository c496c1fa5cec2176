// Decoders tell the colour model by which application segments there are: JFIF means YCbCr; without it the transform of Adobe
// decides; without both the component ids do. So presence is content, and is kept or made canonical with care.

import { areEqual } from '../../bytes/equal.ts';
import { greatestCommonDivisor } from '../../bytes/greatest-common-divisor.ts';
import { type Frame, isLossless } from '../../containers/jpeg/frame.ts';
import { Marker, writeSegment } from '../../containers/jpeg/marker.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';

/** Horizontal and vertical pixel density of JFIF (T.871 §10.1). */
interface Density {
  /** 0: ratio alone, 1: dots per inch, 2: dots per centimetre. */
  units: number;
  x: number;
  y: number;
}

/** The body of a segment and the absolute offset of its marker. */
interface Found {
  body: Uint8Array;
  start: number;
}

const TRANSFORM_YCBCR = 1;
/** T.871 §10.1: identifier 5, version 2, units 1, densities 4, thumbnail size 2. */
const JFIF_LENGTH = 14;
/** T.872 §6.5.3: identifier 5, version 2, flags 4, transform 1. */
const ADOBE_LENGTH = 12;
/** T.871 §10.1: the identifier and version 1.01, as written by most. */
const JFIF_BEGINNING = [0x4a, 0x46, 0x49, 0x46, 0, 1, 1];
/** T.872 §6.5.3: the identifier, version 100, both flag words zero. */
const ADOBE_BEGINNING = [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0];
const SQUARE: Density = { units: 0, x: 1, y: 1 };
const JFIF = 'APP0 › JFIF';
const ADOBE = 'APP14 › Adobe';

/** What the segments in front of the frame say about colour and the shape of a pixel. */
export class ColorModel {
  readonly #plan: Plan;
  #jfif: Found | undefined;
  #adobe: Found | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Takes a JFIF segment, unless it is cut off; of several the last counts, as in libjpeg. */
  readJfif(body: Uint8Array, start: number): boolean {
    if (body.length < JFIF_LENGTH) return false;
    if (this.#jfif !== undefined) this.#noteRepeated(JFIF, this.#jfif);
    this.#jfif = { body, start };
    return true;
  }

  /** Takes an Adobe segment, unless it is cut off; of several the last counts, as in libjpeg. */
  readAdobe(body: Uint8Array, start: number): boolean {
    if (body.length < ADOBE_LENGTH) return false;
    if (this.#adobe !== undefined) this.#noteRepeated(ADOBE, this.#adobe);
    this.#adobe = { body, start };
    return true;
  }

  /** Writes the JFIF and Adobe segments that give every decoder the same colours as the input's did. */
  write(context: Context, frame: Frame): void {
    const transform = this.#adobe?.body[ADOBE_LENGTH - 1];
    const isPlain = !isLossless(frame) && (isGray(frame) || isPlainYCbCr(frame, transform));
    if (isPlain || this.#jfif !== undefined) this.#writeJfif(context);
    if (transform === undefined || this.#adobe === undefined) return;
    if (isPlain) {
      const bytes = this.#adobe.body.length + 4;
      this.#plan.found({ kind: 'structure', where: ADOBE, action: 'removed', bytes, note: 'JFIF says the same.' });
    } else this.#put(Marker.APP14, ADOBE, [...ADOBE_BEGINNING, transform], this.#adobe);
  }

  #writeJfif(context: Context): void {
    const found = this.#jfif;
    const density = found === undefined ? SQUARE : this.#keptDensity(context, found.body);
    const { units, x, y } = density;
    this.#put(Marker.APP0, JFIF, [...JFIF_BEGINNING, units, x >> 8, x & 0xff, y >> 8, y & 0xff, 0, 0], found);
    if (found !== undefined && found.body.length > JFIF_LENGTH && (found.body[12] ?? 0) * (found.body[13] ?? 0) > 0) {
      const bytes = found.body.length - JFIF_LENGTH;
      this.#plan.found({ kind: 'thumbnail', where: JFIF, action: 'removed', bytes, offset: found.start });
    }
  }

  #keptDensity(context: Context, body: Uint8Array): Density {
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    const found = { units: view.getUint8(7), x: view.getUint16(8), y: view.getUint16(10) };
    if (context.keeps('density')) return found;
    const kept = context.keeps('pixelAspect') ? aspectOf(found) : SQUARE;
    if (kept.units !== found.units || kept.x !== found.x || kept.y !== found.y) {
      this.#plan.found({ kind: 'device', where: `${JFIF} › density`, action: 'removed', bytes: 5 });
    }
    return kept;
  }

  /** Writes a segment in its canonical form, and notes what became of the one that was found. */
  #put(marker: number, where: string, canonical: readonly number[], found: Found | undefined): void {
    this.#plan.insert(writeSegment(marker, canonical));
    if (found === undefined) {
      const note = 'It is added, because decoders show the same with and without it.';
      this.#plan.found({ kind: 'structure', where, action: 'rewritten', bytes: 0, note });
    } else if (!areEqual(found.body, Uint8Array.from(canonical))) {
      const bytes = found.body.length + 4;
      this.#plan.found({ kind: 'structure', where, action: 'rewritten', bytes, offset: found.start });
    }
  }

  #noteRepeated(where: string, { body, start }: Found): void {
    const bytes = body.length + 4;
    this.#plan.found({ kind: 'structure', where, action: 'removed', bytes, offset: start, note: 'It is repeated.' });
  }
}

function isGray({ components }: Frame): boolean {
  return components.length === 1;
}

/** Three components that every decoder takes as YCbCr, with or without JFIF. */
function isPlainYCbCr({ components }: Frame, transform: number | undefined): boolean {
  if (components.length !== 3 || (transform !== undefined && transform !== TRANSFORM_YCBCR)) return false;
  const [first] = components;
  return first !== undefined && first.id <= 1 && components.every(({ id }, index) => id === first.id + index);
}

/** The shape of a pixel alone: the ratio in lowest terms. */
function aspectOf({ x, y }: Density): Density {
  if (x === 0 || y === 0) return SQUARE;
  const divisor = greatestCommonDivisor(x, y);
  return { units: 0, x: x / divisor, y: y / divisor };
}
