// Coded pictures without what encoders, cameras and editors say in them: units are carried over or left out, never opened.
import { concat } from '../../bytes/concat.ts';
import { areEqual } from '../../bytes/equal.ts';
import type { Extents } from '../../containers/isobmff/extents.ts';
import { readSeiMessages, type SeiMessage, writeSei } from '../../containers/nal.ts';
import { canonicalObuHeader, MAX_OBU_HEADER_LENGTH, ObuType, readLeb128, readObu } from '../../containers/obu.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { keptMetadataObus, keptObus, keptSei, type NalRules } from './policy.ts';

/** A coded picture as it goes out. */
export interface Filtered {
  plan: Plan;
  length: number;
  /** What became shorter or longer: where in the coded picture, and by how many bytes. */
  changes: { at: number; bytes: number }[];
}

/** Longer messages hold none of those that are kept. */
const MAX_SEI_LENGTH = 0x10000;
/** No sequence header of AV1 comes near it (§5.5). */
const MAX_SEQUENCE_HEADER_LENGTH = 512;

/** Puts together what is kept of a coded picture. */
class Carrier {
  readonly filtered: Filtered;
  readonly #extents: Extents;
  #keptFrom = 0;

  constructor(extents: Extents, describes: boolean) {
    this.#extents = extents;
    this.filtered = { plan: new Plan(describes), length: 0, changes: [] };
  }

  /** Leaves out `[start, end)`, or puts other bytes there. */
  replace(start: number, end: number, bytes?: Uint8Array): void {
    this.#keep(start);
    this.#keptFrom = end;
    if (bytes !== undefined) this.filtered.plan.insert(bytes);
    const length = bytes?.length ?? 0;
    this.filtered.length += length;
    this.filtered.changes.push({ at: start, bytes: length - (end - start) });
  }

  finish(): Filtered {
    this.#keep(this.#extents.length);
    return this.filtered;
  }

  #keep(end: number): void {
    this.#extents.keep(this.filtered.plan, this.#keptFrom, end);
    this.filtered.length += end - this.#keptFrom;
  }
}

/** All bytes as they are. */
export function carryAll(extents: Extents, context: Context): Filtered {
  return new Carrier(extents, context.describes).finish();
}

/** NAL units behind their lengths. */
export function* filterNalUnits(
  window: Window,
  extents: Extents,
  context: Context,
  rules: NalRules,
  lengthSize: number,
  where: string,
): Walk<Filtered> {
  const carrier = new Carrier(extents, context.describes);
  const { plan } = carrier.filtered;
  const { coding } = rules;
  let at = 0;
  while (at < extents.length) {
    context.countStructures();
    const headerEnd = Math.min(extents.length, at + lengthSize + coding.headerLength);
    const header = yield* extents.read(window, at, headerEnd, where);
    let length = 0;
    for (let index = 0; index < lengthSize; index++) length = length * 256 + (header[index] ?? 0);
    const end = at + lengthSize + length;
    if (end > extents.length || header.length < lengthSize) {
      throw malformed('A NAL unit runs over the end of its picture.', extents.fileOffset(at), where, 'NAL unit');
    }
    const type =
      length < coding.headerLength ? -1 : coding.typeOf(header[lengthSize] ?? 0, header[lengthSize + 1] ?? 0);
    if (!rules.kept.has(type)) {
      const isSei = rules.sei.has(type) && length <= MAX_SEI_LENGTH;
      const unit = isSei ? yield* extents.read(window, at + lengthSize, end, where) : undefined;
      const kept = unit === undefined ? undefined : filterSei(unit, rules);
      if (kept === undefined || unit === undefined || !areEqual(kept, unit)) {
        const bytes = end - at - (kept === undefined ? 0 : lengthSize + kept.length);
        const what = rules.sei.has(type) ? 'SEI' : `NAL unit ${type < 0 ? 'of no type' : type}`;
        const kind = rules.sei.has(type) ? 'software' : 'structure';
        const offset = extents.fileOffset(at);
        plan.found({ kind, where: `${where} › ${what}`, action: 'removed', bytes: Math.max(0, bytes), offset });
        carrier.replace(at, end, kept === undefined ? undefined : concat(sized(kept.length, lengthSize), kept));
      }
    }
    at = end;
  }
  return carrier.finish();
}

function sized(length: number, lengthSize: number): Uint8Array {
  return Uint8Array.from({ length: lengthSize }, (_, index) => (length >>> (8 * (lengthSize - 1 - index))) & 0xff);
}

/** The unit with those of its messages that decoders obey; nothing where it has none. */
export function filterSei(unit: Uint8Array, { coding: { headerLength } }: NalRules): Uint8Array | undefined {
  const messages: SeiMessage[] = [];
  for (const { type, payload } of readSeiMessages(unit, headerLength)) {
    const rule = keptSei.get(type);
    const isAgain = messages.some((message) => message.type === type);
    if (rule === undefined || isAgain || payload.length < rule.least) continue;
    messages.push({ type, payload: payload.subarray(0, rule.most) });
  }
  return messages.length === 0 ? undefined : writeSei(unit.subarray(0, headerLength), messages);
}

/** Units of AV1. */
export function* filterObus(window: Window, extents: Extents, context: Context, where: string): Walk<Filtered> {
  const carrier = new Carrier(extents, context.describes);
  const { plan } = carrier.filtered;
  let at = 0;
  while (at < extents.length) {
    context.countStructures();
    const left = extents.length - at;
    const header = yield* extents.read(window, at, at + Math.min(left, MAX_OBU_HEADER_LENGTH), where);
    const obu = readObu(header, left);
    const offset = extents.fileOffset(at);
    if (obu === undefined) throw malformed('A unit runs over the end of its picture.', offset, where, 'OBU');
    const { type, headerLength, length } = obu;
    if (type === ObuType.tileList) throw unsupported('The picture is a list of tiles of others.', offset, where, 'OBU');
    if (type === ObuType.sequenceHeader && length > MAX_SEQUENCE_HEADER_LENGTH)
      throw malformed('A sequence header is longer than one can be.', offset, where, 'OBU');
    if (keptObus.has(type)) {
      const canonical = canonicalObuHeader(header, obu);
      if (!areEqual(canonical, header.subarray(0, headerLength))) carrier.replace(at, at + headerLength, canonical);
    } else {
      const most = Math.min(length, headerLength + 8 + MAX_METADATA_LENGTH);
      const unit = type === ObuType.metadata ? yield* extents.read(window, at, at + most, where) : undefined;
      const kept = unit === undefined ? undefined : canonicalMetadata(unit, headerLength);
      if (kept === undefined || unit === undefined || length !== kept.length || !areEqual(kept, unit)) {
        const [kind, what] =
          type === ObuType.metadata ? (['other', 'metadata OBU'] as const) : (['structure', `OBU ${type}`] as const);
        const bytes = Math.max(0, length - (kept?.length ?? 0));
        plan.found({ kind, where: `${where} › ${what}`, action: 'removed', bytes, offset });
        carrier.replace(at, at + length, kept);
      }
    }
    at += length;
  }
  return carrier.finish();
}

const MAX_METADATA_LENGTH = Math.max(...keptMetadataObus.values());

/** A metadata unit that decoders obey, without extension and slack; nothing where it is another. */
export function canonicalMetadata(unit: Uint8Array, headerLength: number): Uint8Array | undefined {
  const type = readLeb128(unit, headerLength);
  const length = type === undefined ? undefined : keptMetadataObus.get(type.value);
  if (type === undefined || length === undefined) return undefined;
  const start = headerLength + type.length;
  if (start + length > unit.length) return undefined;
  const content = unit.subarray(start, start + length);
  return concat(Uint8Array.of((ObuType.metadata << 3) | 2, length + 2, type.value), content, Uint8Array.of(0x80));
}
