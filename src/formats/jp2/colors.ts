import { concat } from '../../bytes/concat.ts';
import { areEqual } from '../../bytes/equal.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import { box, u32, writeBox } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';

/** METH (15444-1 §I.5.3.3, -2 §M.11.7.3): how colours are told. */
const Method = { enumerated: 1, restrictedProfile: 2, anyProfile: 3, parameters: 5 } as const;
/** METH, PREC and APPROX stand in front. */
const HEADER_LENGTH = 3;
/** Colour primaries, transfer, matrix, and a bit for the range. */
const PARAMETERS_LENGTH = 7;
/** Enumerated colour spaces, and those that have parameters: seven numbers for CIELab, white and ranges for CIEJab. */
const EnumeratedSpace = { sRgb: 16, gray: 17, cieLab: 14, cieJab: 19 } as const;
const CIELAB_LENGTH = 28;
const CIEJAB_LENGTH = 24;
const WHERE = 'jp2h › colr';

/** The colour specification boxes of a file. */
export class Colors {
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #components: number;
  #kept = 0;
  #dropped = 0;

  constructor(plan: Plan, context: Context, components: number) {
    this.#plan = plan;
    this.#context = context;
    this.#components = components;
  }

  /**
   * The box with this body as it is written; nothing where it is dropped.
   * @param start absolute offset of the box
   */
  take(body: Uint8Array, start: number): Uint8Array | undefined {
    const method = body[0] ?? 0;
    const isProfile = method === Method.restrictedProfile || method === Method.anyProfile;
    const fields = isProfile ? this.#takeProfile(body, start) : this.#takeFields(body, method, start);
    if (fields === undefined) {
      this.#dropped++;
      return undefined;
    }
    this.#kept++;
    return writeBox(box('colr', body.slice(0, HEADER_LENGTH), fields));
  }

  /** Where every box was dropped: one that says what decoders take the colours for then. */
  spare(): Uint8Array | undefined {
    if (this.#kept > 0 || this.#dropped === 0) return undefined;
    const space = this.#components < 3 ? EnumeratedSpace.gray : EnumeratedSpace.sRgb;
    return writeBox(box('colr', Uint8Array.of(Method.enumerated, 0, 0), u32(space)));
  }

  #takeFields(body: Uint8Array, method: number, start: number): Uint8Array | undefined {
    const all = body.subarray(HEADER_LENGTH);
    const length = usedLength(method, all);
    const fields = length === undefined || length > all.length ? undefined : all.slice(0, length);
    if (fields !== undefined && method === Method.parameters) fields[6] = (fields[6] ?? 0) & 0x80;
    if (fields === undefined || !areEqual(fields, all)) {
      const action = fields === undefined ? 'removed' : 'rewritten';
      this.#plan.found({ kind: 'structure', where: WHERE, action, bytes: body.length + 8, offset: start });
    }
    return fields;
  }

  #takeProfile(body: Uint8Array, start: number): Uint8Array | undefined {
    const place = {
      kind: 'color-profile',
      where: `${WHERE} › ICC profile`,
      bytes: body.length,
      offset: start,
    } as const;
    if (!this.#context.keeps('colorProfile')) {
      this.#plan.found({ ...place, action: 'removed' });
      return undefined;
    }
    const found = body.subarray(HEADER_LENGTH);
    const canonical = canonicalProfile(found);
    if (!canonical.usable) {
      // Of inks and of Lab the colours depend on it.
      if (canonical.colorSpace !== undefined && (this.#components === 4 || canonical.colorSpace === 'Lab ')) {
        throw unsupported(
          `The picture's colours depend on a profile that can't be read: ${canonical.reason} Convert the picture to sRGB and try again.`,
          start,
          'jp2h',
          'colr',
        );
      }
      this.#plan.found({ ...place, action: 'removed', note: `Decoders ignore it. ${canonical.reason}` });
      return undefined;
    }
    const dropped = canonical.droppedTags.join(', ');
    const note = dropped === '' ? {} : { note: `Tags that are not part of its colours: ${dropped}.` };
    this.#plan.found({ ...place, action: areEqual(found, canonical.bytes) ? 'kept' : 'rewritten', ...note });
    this.#plan.residual.add(
      'Curves and tables of the colour profile, which may tell the device that they were measured on.',
    );
    return concat(canonical.bytes);
  }
}

/** Length of the fields behind METH, PREC and APPROX; nothing for a method that no standard gives fields to. */
function usedLength(method: number, fields: Uint8Array): number | undefined {
  if (method === Method.parameters) return PARAMETERS_LENGTH;
  if (method !== Method.enumerated || fields.length < 4) return undefined;
  const space = fields[3];
  if (space === EnumeratedSpace.cieLab) return fields.length >= 4 + CIELAB_LENGTH ? 4 + CIELAB_LENGTH : 4;
  if (space === EnumeratedSpace.cieJab) return fields.length >= 4 + CIEJAB_LENGTH ? 4 + CIEJAB_LENGTH : 4;
  return 4;
}
