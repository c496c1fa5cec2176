// The resolution superbox (ISO/IEC 15444-1:2019 §I.5.3.7): grid points per metre, as it was captured or is to be shown.

import { concat } from '../../bytes/concat.ts';
import { greatestCommonDivisor } from '../../bytes/greatest-common-divisor.ts';
import { type Box, type BoxReader, box, u16, writeBox } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';

/** Numerators, denominators and exponents of ten, the vertical ones first. */
const BODY_LENGTH = 10;
const MAX_NUMBER = 0xffff;

/** What the options keep of the box; nothing for square pixels without a resolution. */
export function readResolution(reader: BoxReader, resolution: Box, context: Context): Uint8Array | undefined {
  const children = reader.childrenThatFit(resolution.bodyStart, resolution.end);
  const usable = ['resd', 'resc'].flatMap((type) => {
    const child = children.find((other) => other.type === type && other.end - other.bodyStart >= BODY_LENGTH);
    return child === undefined ? [] : [{ type, body: reader.body(child).slice(0, BODY_LENGTH) }];
  });
  if (context.keeps('density')) {
    const kept = usable.filter(({ body }) => aspectOf(body) !== undefined);
    return kept.length === 0 ? undefined : writeBox(box('res ', ...kept.map(({ type, body }) => box(type, body))));
  }
  if (!context.keeps('pixelAspect')) return undefined;
  for (const { type, body } of usable) {
    const aspect = aspectOf(body);
    if (aspect === undefined) continue;
    const [vertical, horizontal] = aspect;
    if (vertical === horizontal) return undefined;
    const ratio = concat(u16(vertical), u16(1), u16(horizontal), u16(1), Uint8Array.of(0, 0));
    return writeBox(box('res ', box(type, ratio)));
  }
  return undefined;
}

/** Vertical to horizontal resolution in numbers of 16 bits without a common divisor; nothing where one of them is none. */
function aspectOf(body: Uint8Array): readonly [number, number] | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const [up, upBy, across, acrossBy] = [0, 2, 4, 6].map((at) => view.getUint16(at));
  if (!up || !upBy || !across || !acrossBy) return undefined;
  const exponent = view.getInt8(8) - view.getInt8(9);
  const divisor = greatestCommonDivisor(up * acrossBy, upBy * across);
  const vertical = (up * acrossBy) / divisor;
  const horizontal = (upBy * across) / divisor;
  if (exponent === 0 && vertical <= MAX_NUMBER && horizontal <= MAX_NUMBER) return [vertical, horizontal];
  return approximate((vertical / horizontal) * 10 ** exponent);
}

/** The nearest ratio of two numbers of 16 bits, by its continued fraction; nothing for what is far beyond the shape of a pixel. */
function approximate(value: number): readonly [number, number] | undefined {
  let [over, under, lastOver, lastUnder] = [1, 0, 0, 1];
  for (let rest = value; Number.isFinite(rest); rest = 1 / (rest - Math.floor(rest))) {
    const whole = Math.floor(rest);
    const [nextOver, nextUnder] = [whole * over + lastOver, whole * under + lastUnder];
    if (nextOver > MAX_NUMBER || nextUnder > MAX_NUMBER) break;
    [over, under, lastOver, lastUnder] = [nextOver, nextUnder, over, under];
  }
  return over === 0 || under === 0 ? undefined : [over, under];
}
