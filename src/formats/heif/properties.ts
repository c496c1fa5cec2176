// Properties of items, each written anew from what was read of it (ISO/IEC 23008-12 §6.5, 14496-12 §12.1, 23000-22, AV1-AVIF).
import { greatestCommonDivisor } from '../../bytes/greatest-common-divisor.ts';
import { latin1, latin1Bytes } from '../../bytes/text.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import { type Box, type BoxReader, box, type NewBox, printableType, u32List } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import { readAv1C, readAvcC, readHvcC } from './configurations.ts';
import { metadataProperties } from './policy.ts';

/** A property as it goes out. */
export interface Property {
  box: NewBox;
  /** Length of the lengths of NAL units, where it sets up a decoder. */
  lengthSize: number | undefined;
}

/** Properties of a fixed length, whose unused bits are cleared by a mask on the last byte. */
const fixed: ReadonlyMap<string, { length: number; isFull: boolean; mask: number }> = new Map([
  ['ispe', { length: 8, isFull: true, mask: 0xff }],
  ['irot', { length: 1, isFull: false, mask: 3 }],
  ['imir', { length: 1, isFull: false, mask: 1 }],
  ['clap', { length: 32, isFull: false, mask: 0xff }],
  ['iscl', { length: 8, isFull: true, mask: 0xff }],
  ['rloc', { length: 8, isFull: true, mask: 0xff }],
  ['lsel', { length: 2, isFull: false, mask: 0xff }],
  ['a1op', { length: 1, isFull: false, mask: 31 }],
  ['clli', { length: 4, isFull: false, mask: 0xff }],
  ['mdcv', { length: 24, isFull: false, mask: 0xff }],
  ['amve', { length: 8, isFull: false, mask: 0xff }],
  ['ndwt', { length: 4, isFull: true, mask: 0xff }],
]);

/** Reads the properties of a file. */
export class PropertyReader {
  readonly #reader: BoxReader;
  readonly #plan: Plan;
  readonly #context: Context;
  readonly #read: Map<Box, Property | undefined> = new Map();

  constructor(reader: BoxReader, plan: Plan, context: Context) {
    this.#reader = reader;
    this.#plan = plan;
    this.#context = context;
  }

  /**
   * The property in canonical form; nothing where it is dropped.
   * @throws ScrubError `unsupported` where it is essential and not known
   */
  read(property: Box, isEssential: boolean): Property | undefined {
    if (!this.#read.has(property)) this.#read.set(property, this.#canonical(property));
    const canonical = this.#read.get(property);
    const isKnown =
      canonical !== undefined || metadataProperties.has(property.type) || isRemovable.includes(property.type);
    if (isEssential && !isKnown) {
      throw unsupported(
        'A picture has a property that readers must know and that is not known here. Convert the picture and try again.',
        this.#reader.fileStart + property.start,
        'ipco',
        printableType(property.type),
      );
    }
    return canonical;
  }

  /** Notes a property that no kept picture has, or that is dropped. */
  noteRemoved({ type, start, end }: Box): void {
    const kind = metadataProperties.get(type) ?? (type === 'colr' ? 'color-profile' : 'other');
    const offset = this.#reader.fileStart + start;
    this.#plan.found({
      kind,
      where: `meta › ipco › ${printableType(type)}`,
      action: 'removed',
      bytes: end - start,
      offset,
    });
  }

  #canonical(property: Box): Property | undefined {
    const reader = this.#reader;
    const { type } = property;
    const rule = fixed.get(type);
    const plain = (newBox: NewBox | undefined): Property | undefined =>
      newBox === undefined ? undefined : { box: newBox, lengthSize: undefined };
    if (rule !== undefined) {
      const length = rule.length + (rule.isFull ? 4 : 0);
      reader.demand(property, length);
      const body = reader.body(property).slice(0, length);
      if (rule.isFull) body.fill(0, 0, 4);
      body[length - 1] = (body[length - 1] ?? 0) & rule.mask;
      return plain(box(type, body));
    }
    if (type === 'hvcC') return readHvcC(reader, property);
    if (type === 'avcC') return readAvcC(reader, property);
    if (type === 'av1C') return readAv1C(reader, property);
    if (type === 'colr') return plain(this.#color(property));
    if (type === 'pasp') return plain(this.#aspect(property));
    if (type === 'auxC')
      return plain(box(type, new Uint8Array(4), latin1Bytes(`${auxiliaryType(reader, property)}\0`)));
    if (type === 'pixi') {
      reader.demand(property, 5);
      const count = reader.view.getUint8(property.bodyStart + 4);
      reader.demand(property, 5 + count);
      const body = reader.body(property).slice(0, 5 + count);
      return plain(box(type, body.fill(0, 0, 4)));
    }
    return undefined;
  }

  #aspect(pasp: Box): NewBox | undefined {
    this.#reader.demand(pasp, 8);
    const horizontal = this.#reader.view.getUint32(pasp.bodyStart);
    const vertical = this.#reader.view.getUint32(pasp.bodyStart + 4);
    if (horizontal === vertical || horizontal === 0 || vertical === 0) return undefined;
    if (!this.#context.keeps('pixelAspect')) return undefined;
    const divisor = greatestCommonDivisor(horizontal, vertical);
    return box('pasp', u32List([horizontal / divisor, vertical / divisor]));
  }

  #color(colr: Box): NewBox | undefined {
    this.#reader.demand(colr, 4);
    const kind = this.#reader.fourCC(colr.bodyStart);
    const body = this.#reader.body(colr);
    if (kind === 'nclx' && body.length >= 11) {
      const fields = body.slice(0, 11);
      fields[10] = (fields[10] ?? 0) & 0x80;
      return box('colr', fields);
    }
    if ((kind !== 'prof' && kind !== 'rICC') || !this.#context.keeps('colorProfile')) return undefined;
    const canonical = canonicalProfile(body.subarray(4));
    if (!canonical.usable) {
      const space = latin1(body.subarray(20, 24));
      if (space !== 'CMYK' && space !== 'Lab ') return undefined;
      throw unsupported(
        'The colour profile can not be read, and its colours mean nothing without it. Convert the picture to sRGB and try again.',
        this.#reader.fileStart + colr.start,
        'ipco',
        'colr',
      );
    }
    const written = box('colr', latin1Bytes(kind), canonical.bytes);
    const isSame =
      body.length === canonical.bytes.length + 4 && canonical.bytes.every((byte, at) => byte === body[at + 4]);
    const action = isSame ? 'kept' : 'rewritten';
    const offset = this.#reader.fileStart + colr.start;
    this.#plan.found({ kind: 'color-profile', where: 'meta › ipco › colr', action, bytes: body.length + 8, offset });
    this.#plan.residual.add(
      'Curves and tables of the colour profile, which may tell the device that they were measured on.',
    );
    return written;
  }
}

/** Known properties that go where their content can't be used, is neutral, or is not wanted. */
const isRemovable: readonly string[] = ['colr', 'pasp'];

/** What kind of auxiliary picture an `auxC` property announces. */
export function auxiliaryType(reader: BoxReader, auxC: Box): string {
  return (
    latin1(reader.bytes.subarray(auxC.bodyStart + 4, Math.min(auxC.end, auxC.bodyStart + 516))).split('\0')[0] ?? ''
  );
}
