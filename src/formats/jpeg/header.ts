import { concat } from '../../bytes/concat.ts';
import { areEqual } from '../../bytes/equal.ts';
import { readExif, selectExif, writeExif } from '../../containers/exif.ts';
import { describeExif } from '../../containers/exif-inventory.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import { type Frame, readFrame } from '../../containers/jpeg/frame.ts';
import { Marker, writeSegment } from '../../containers/jpeg/marker.ts';
import { Tables } from '../../containers/jpeg/tables.ts';
import type { Context } from '../../core/context.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Window } from '../../core/window.ts';
import { aspectOf, type ColorModel, type Density, writeColorModel } from './color-model.ts';
import type { Hints } from './describe.ts';
import type { SegmentRule } from './policy.ts';

/** `Exif`, NUL and a pad byte stand in front of the TIFF header (CIPA DC-008 §4.7.2). */
const EXIF_HEADER = [0x45, 0x78, 0x69, 0x66, 0, 0] as const;
/** Identifier, sequence number and count stand in front of each part of a profile (ICC.1 Annex B.4). */
const ICC_IDENTIFIER = [...'ICC_PROFILE\0'].map((character) => character.charCodeAt(0));
const ICC_HEADER_LENGTH = ICC_IDENTIFIER.length + 2;
/** Longest part of a profile that fits a segment. */
const ICC_PART_LENGTH = 65535 - 2 - ICC_HEADER_LENGTH;
const SQUARE: Density = { units: 0, x: 1, y: 1 };

/** A part of an ICC profile. */
interface ProfilePart {
  number: number;
  count: number;
  data: Uint8Array;
}

/** What stands in front of the first scan: collected segment by segment, then written in one canonical order. */
export class Header {
  frame: Frame | undefined;
  /** Whether the first scan has come. */
  isWritten = false;
  readonly tables: Tables = new Tables();
  /** What dropped segments say about data behind the picture. */
  readonly hints: Hints = { gainMap: false, motionVideo: false };
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #color: ColorModel = { density: undefined, transform: undefined };
  #frameSpan: Span = { start: 0, end: 0 };
  #exif: { block: Uint8Array; start: number } | undefined;
  readonly #profile: ProfilePart[] = [];
  #profileStart = 0;

  constructor(plan: Plan, context: Context) {
    this.#plan = plan;
    this.#context = context;
    plan.keep(0, 2);
  }

  /**
   * Takes what is needed from a segment that is not dropped whole.
   * @param segment from its marker on
   * @param start its absolute offset
   * @returns whether anything of it was taken
   */
  read({ use }: SegmentRule, segment: Uint8Array, start: number): boolean {
    const body = segment.subarray(4);
    if (use === 'jfif') return this.#readJfif(body, start);
    if (use === 'adobe') return this.#readAdobe(body, start);
    if (use === 'exif') {
      if (this.#exif !== undefined) return false;
      this.#exif = { block: body.subarray(EXIF_HEADER.length), start: start + 4 + EXIF_HEADER.length };
      return true;
    }
    if (body.length < ICC_HEADER_LENGTH) return false;
    const [number = 0, count = 0] = body.subarray(ICC_IDENTIFIER.length);
    if (this.#profile.length === 0) this.#profileStart = start;
    this.#profile.push({ number, count, data: body.subarray(ICC_HEADER_LENGTH) });
    return true;
  }

  #readJfif(body: Uint8Array, start: number): boolean {
    // T.871 §10.1: identifier 5, version 2, units 1, densities 4, thumbnail size 2.
    if (this.#color.density !== undefined || body.length < 14) return false;
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    this.#color.density = { units: view.getUint8(7), x: view.getUint16(8), y: view.getUint16(10) };
    if (body.length > 14) {
      const kind = view.getUint8(12) * view.getUint8(13) > 0 ? 'thumbnail' : 'other';
      const bytes = body.length - 14;
      this.#plan.found({ kind, where: 'APP0 › JFIF', action: 'removed', bytes, offset: start + 18 });
    }
    return true;
  }

  #readAdobe(body: Uint8Array, start: number): boolean {
    // T.872 §6.5.3: identifier 5, version 2, flags 4, transform 1.
    const transform = body[11];
    if (this.#color.transform !== undefined || transform === undefined) return false;
    this.#color.transform = transform;
    if (body.length > 12) {
      const bytes = body.length - 12;
      this.#plan.found({ kind: 'other', where: 'APP14 › Adobe', action: 'removed', bytes, offset: start + 16 });
    }
    return true;
  }

  /** Reads the frame header whose segment is `[start, end)`. */
  readFrame(window: Window, process: number, start: number, end: number): void {
    this.#frameSpan = { start, end };
    this.frame = readFrame(window, process, start + 4, end);
  }

  /** Writes everything that stands in front of the first scan's own tables. */
  write(frame: Frame): void {
    this.isWritten = true;
    for (const segment of writeColorModel(frame, this.#color, this.#keptDensity())) this.#plan.insert(segment);
    this.#writeExif();
    this.#writeProfile();
    this.tables.writeBeforeFrame(this.#plan, frame);
    // Every byte of a frame header was read and means something to decoders.
    this.#plan.keep(this.#frameSpan.start, this.#frameSpan.end);
  }

  #keptDensity(): Density {
    const found = this.#color.density;
    if (found === undefined) return SQUARE;
    if (this.#context.keeps('density')) return found;
    const kept = this.#context.keeps('pixelAspect') ? aspectOf(found) : SQUARE;
    if (kept.units !== found.units || kept.x !== found.x || kept.y !== found.y) {
      this.#plan.found({ kind: 'device', where: 'APP0 › JFIF › density', action: 'removed', bytes: 5 });
    }
    return kept;
  }

  #writeExif(): void {
    if (this.#exif === undefined) return;
    const { block, start } = this.#exif;
    const kept = selectExif(readExif(block), this.#context);
    const written = writeExif(kept);
    const where = 'APP1 › Exif';
    const isSame = written !== undefined && areEqual(written, block);
    if (!isSame && this.#context.describes) {
      describeExif(this.#plan, block, where, start);
      if (this.#context.options.values) this.#plan.exhibit(block, where);
    }
    if (written === undefined) return;
    this.#plan.insert(writeSegment(Marker.APP1, EXIF_HEADER, written));
    const action = isSame ? 'kept' : 'rewritten';
    this.#plan.found({ kind: 'orientation', where, action, bytes: written.length, offset: start });
  }

  #writeProfile(): void {
    const [first] = this.#profile;
    if (first === undefined) return;
    const where = 'APP2 › ICC profile';
    const bytes = this.#profile.reduce((sum, { data }) => sum + data.length + 4 + ICC_HEADER_LENGTH, 0);
    const place = { kind: 'color-profile', where, bytes, offset: this.#profileStart } as const;
    if (!this.#context.keeps('colorProfile')) {
      this.#plan.found({ ...place, action: 'removed' });
      return;
    }
    const joined = joinProfile(this.#profile, first.count);
    const canonical = joined === undefined ? undefined : canonicalProfile(joined);
    if (joined === undefined || canonical === undefined || !canonical.usable) {
      const note = canonical === undefined || canonical.usable ? 'Parts of the profile are missing.' : canonical.reason;
      this.#plan.found({ ...place, action: 'removed', note: `Decoders ignore it. ${note}` });
      return;
    }
    const count = Math.ceil(canonical.bytes.length / ICC_PART_LENGTH);
    for (let number = 1; number <= count; number++) {
      const part = canonical.bytes.subarray((number - 1) * ICC_PART_LENGTH, number * ICC_PART_LENGTH);
      this.#plan.insert(writeSegment(Marker.APP2, ICC_IDENTIFIER, [number, count], part));
    }
    this.#plan.found({ ...place, action: areEqual(joined, canonical.bytes) ? 'kept' : 'rewritten' });
  }
}

/** The profile in the order of its sequence numbers, 1 to count, each there once; nothing where they are not. */
function joinProfile(parts: readonly ProfilePart[], count: number): Uint8Array | undefined {
  if (parts.length !== count) return undefined;
  const ordered = parts.toSorted((a, b) => a.number - b.number);
  if (ordered.some((part, index) => part.number !== index + 1 || part.count !== count)) return undefined;
  return concat(...ordered.map(({ data }) => data));
}
