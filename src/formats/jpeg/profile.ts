// An ICC profile in a JPEG is cut into numbered APP2 segments (ICC.1:2022 Annex B.4).
import { concat } from '../../bytes/concat.ts';
import { areEqual } from '../../bytes/equal.ts';
import { type CanonicalProfile, canonicalProfile } from '../../containers/icc.ts';
import type { Frame } from '../../containers/jpeg/frame.ts';
import { Marker, writeSegment } from '../../containers/jpeg/marker.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';

/** Identifier, sequence number and count stand in front of each part. */
const IDENTIFIER = [...'ICC_PROFILE\0'].map((character) => character.charCodeAt(0));
const HEADER_LENGTH = IDENTIFIER.length + 2;
/** Longest part that fits a segment. */
const PART_LENGTH = 65535 - 2 - HEADER_LENGTH;
/** The count is one byte: more parts belong to no profile. */
const MAX_PARTS = 255;
const WHERE = 'APP2 › ICC profile';

/** The parts of a profile as they come. */
export class ProfileParts {
  readonly #plan: Plan;
  readonly #parts: { number: number; count: number; data: Uint8Array }[] = [];
  #start = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Takes a part; returns whether it is one. */
  read(body: Uint8Array, start: number): boolean {
    if (body.length < HEADER_LENGTH || this.#parts.length > MAX_PARTS) return false;
    const [number = 0, count = 0] = body.subarray(IDENTIFIER.length);
    if (this.#parts.length === 0) this.#start = start;
    this.#parts.push({ number, count, data: body.subarray(HEADER_LENGTH) });
    return true;
  }

  /**
   * The profile in canonical form, if it is kept.
   * @throws ScrubError `unsupported` where the colours depend on a profile that can't be read
   */
  select(context: Context, frame: Frame): Uint8Array | undefined {
    if (this.#parts.length === 0) return undefined;
    const bytes = this.#parts.reduce((sum, { data }) => sum + data.length + 4 + HEADER_LENGTH, 0);
    const place = { kind: 'color-profile', where: WHERE, bytes, offset: this.#start } as const;
    if (!context.keeps('colorProfile')) {
      this.#plan.found({ ...place, action: 'removed' });
      return undefined;
    }
    const joined = this.#join();
    const canonical: CanonicalProfile =
      joined === undefined
        ? { usable: false, reason: 'Parts of it are missing.', colorSpace: undefined }
        : canonicalProfile(joined);
    if (!canonical.usable) {
      // A profile that no decoder takes for one says nothing; of any other, the colours of inks and of Lab depend on it.
      const isEssential = frame.components.length === 4 || canonical.colorSpace === 'Lab ';
      if (canonical.colorSpace !== undefined && isEssential) {
        throw unsupported(
          `The picture's colours depend on a profile that can't be read: ${canonical.reason} Convert the picture to sRGB and try again.`,
          this.#start,
          'APP2',
          'ICC profile',
        );
      }
      this.#plan.found({ ...place, action: 'removed', note: `Decoders ignore it. ${canonical.reason}` });
      return undefined;
    }
    const isSame = joined !== undefined && areEqual(joined, canonical.bytes) && this.#isCanonicallyCut();
    const dropped = canonical.droppedTags.join(', ');
    const note = dropped === '' ? {} : { note: `Tags that are not part of its colours: ${dropped}.` };
    this.#plan.found({ ...place, action: isSame ? 'kept' : 'rewritten', ...note });
    this.#plan.residual.add(
      'Curves and tables of the colour profile, which may tell the device that they were measured on.',
    );
    return canonical.bytes;
  }

  /** The profile in the order of its sequence numbers, 1 to count, each there once; nothing where they are not. */
  #join(): Uint8Array | undefined {
    const ordered = this.#parts.toSorted((a, b) => a.number - b.number);
    if (ordered.some(({ number, count }, index) => number !== index + 1 || count !== ordered.length)) return undefined;
    return concat(...ordered.map(({ data }) => data));
  }

  #isCanonicallyCut(): boolean {
    const last = this.#parts.length - 1;
    return this.#parts.every(
      ({ number, data }, index) => number === index + 1 && (index === last || data.length === PART_LENGTH),
    );
  }
}

/** Writes a profile in parts as long as a segment can be. */
export function writeProfile(plan: Plan, profile: Uint8Array): void {
  const count = Math.ceil(profile.length / PART_LENGTH);
  for (let number = 1; number <= count; number++) {
    const part = profile.subarray((number - 1) * PART_LENGTH, number * PART_LENGTH);
    plan.insert(writeSegment(Marker.APP2, IDENTIFIER, [number, count], part));
  }
}
