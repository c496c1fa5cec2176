import { areEqual } from '../../bytes/equal.ts';
import { type ExifEssentials, openExif, readExif, writeExif } from '../../containers/exif.ts';
import { describeExif } from '../../containers/exif-inventory.ts';
import { type Frame, type FrameComponent, isProgressive, readFrame, type Scan } from '../../containers/jpeg/frame.ts';
import { Marker, writeSegment } from '../../containers/jpeg/marker.ts';
import { Tables } from '../../containers/jpeg/tables.ts';
import type { Context } from '../../core/context.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Window } from '../../core/window.ts';
import { Announcement } from './announcement.ts';
import { ColorModel } from './color-model.ts';
import type { Hints } from './describe.ts';
import type { SegmentRule } from './policy.ts';
import { ProfileParts, writeProfile } from './profile.ts';

/** `Exif`, NUL and a pad byte stand in front of the TIFF header (CIPA DC-008 §4.7.2). */
const EXIF_HEADER = [0x45, 0x78, 0x69, 0x66, 0, 0] as const;

/** What stands in front of the first scan: collected segment by segment, then written in one canonical order. */
export class Header {
  frame: Frame | undefined;
  /** Whether the first scan has come. */
  isWritten = false;
  readonly tables: Tables = new Tables();
  /** What dropped segments say about data behind the picture. */
  readonly hints: Hints = { gainMap: false, gainMapTrouble: '', motionVideo: false, pictures: 1 };
  /** What is said about a gain map behind the picture. */
  readonly announcement: Announcement = new Announcement();
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #color: ColorModel;
  readonly #profile: ProfileParts;
  #frameSpan: Span = { start: 0, end: 0 };
  readonly #coded = new Set<FrameComponent>();
  #exif: { segment: Uint8Array; block: Uint8Array; start: number } | undefined;

  constructor(plan: Plan, context: Context) {
    this.#plan = plan;
    this.#context = context;
    this.#color = new ColorModel(plan);
    this.#profile = new ProfileParts(plan);
    plan.keep(0, 2);
  }

  /**
   * Takes what is needed from a segment that is not dropped whole.
   * @param segment from its marker on
   * @param start its absolute offset
   * @returns whether anything of it was taken
   */
  read(rule: SegmentRule, segment: Uint8Array, start: number): boolean {
    const { use } = rule;
    if (use === 'gain-map') {
      return this.#context.keeps('gainMap') && this.announcement.take({ rule, segment, start });
    }
    const body = segment.subarray(4);
    if (use === 'jfif') return this.#color.readJfif(body, start);
    if (use === 'adobe') return this.#color.readAdobe(body, start);
    if (use === 'icc') return this.#profile.read(body, start);
    const block = body.subarray(EXIF_HEADER.length);
    // The first that begins like one counts, as in browsers.
    if (this.#exif !== undefined || openExif(block) === undefined) return false;
    this.#exif = { segment, block, start: start + 4 + EXIF_HEADER.length };
    return true;
  }

  /** Reads the frame header whose segment is `[start, end)`. */
  readFrame(window: Window, process: number, start: number, end: number): void {
    this.#frameSpan = { start, end };
    this.frame = readFrame(window, process, start + 4, end);
  }

  /** Notes which components a scan codes. */
  readScan({ components }: Scan): void {
    for (const { component } of components) this.#coded.add(component);
  }

  /** Whether every component was coded by scans of which each is final: decoders need nothing more. */
  get isComplete(): boolean {
    return this.frame !== undefined && !isProgressive(this.frame) && this.#coded.size === this.frame.components.length;
  }

  /** Writes everything that stands in front of the first scan's own tables. */
  write(frame: Frame): void {
    this.isWritten = true;
    this.#color.write(this.#context, frame);
    const profile = this.#profile.select(this.#context, frame);
    this.#writeExif(profile !== undefined);
    if (profile !== undefined) writeProfile(this.#plan, profile);
    this.announcement.reserve(this.#plan);
    this.tables.writeBeforeFrame(this.#plan, frame);
    // Every byte of a frame header was read and means something to decoders.
    this.#plan.keep(this.#frameSpan.start, this.#frameSpan.end);
  }

  #writeExif(hasProfile: boolean): void {
    if (this.#exif === undefined) return;
    const { segment, block, start } = this.#exif;
    const kept = readExif(block, this.#context);
    // Decoders go by a profile rather than by the mark of DCF.
    if (hasProfile) kept.isAdobeRgb = false;
    const canonical = writeExif(kept);
    const written = canonical === undefined ? undefined : writeSegment(Marker.APP1, EXIF_HEADER, canonical);
    const where = 'APP1 › Exif';
    const isSame = written !== undefined && areEqual(written, segment);
    if (!isSame && this.#context.describes) {
      describeExif(this.#plan, block, where, start);
      if (this.#context.options.values) this.#plan.exhibit(block, where);
    }
    if (written === undefined) return;
    this.#plan.insert(written);
    const action = isSame ? 'kept' : 'rewritten';
    this.#plan.found({ kind: kindOfKept(kept), where, action, bytes: written.length, offset: start });
  }
}

function kindOfKept({ orientation, isAdobeRgb }: ExifEssentials): FindingKind {
  if (orientation !== 1) return 'orientation';
  return isAdobeRgb ? 'color-profile' : 'other';
}
