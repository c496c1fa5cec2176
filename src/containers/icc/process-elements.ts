// `multiProcessElementsType`: a chain of curve sets, matrices and tables in floating point, as in the tags D2Bx and B2Dx
// (ICC.1:2022 §10.16). Rebuilt element by element, each behind the other, without gaps, tails and reserved bytes.
import { concat } from '../../bytes/concat.ts';
import { fourCC } from '../../bytes/text.ts';
import { TransformError } from './transform-error.ts';

/** Signature, reserved, input and output channels, which every element begins with. */
const ELEMENT_HEADER_LENGTH = 12;
/** Parameters of each function of a formula segment (Table 53). */
const FORMULA_PARAMETERS = [4, 5, 5];
/** Elements may share data, which is written out for each: no more than this in all, so that a small file stays small. */
const MAX_LENGTH = 16 * 1024 * 1024;
const MAX_CHANNELS = 16;
/** Real chains have up to 6 elements. */
const MAX_ELEMENTS = 64;

/** Marks of a colour appearance space, over which every decoder steps (§10.16.5, §10.16.6). */
const WITHOUT_EFFECT = ['bACS', 'eACS'];

/**
 * A chain of process elements in canonical form.
 * @throws TransformError
 */
export function processElements(data: Uint8Array): Uint8Array {
  const view = viewOf(data, 16);
  const count = view.getUint32(12);
  if (count > MAX_ELEMENTS) throw new TransformError('A chain of its colour transform is too long.');
  viewOf(data, 16 + count * 8);
  const elements = collect(count, (index) => readElement(at(data, view.getUint32(16 + index * 8))));
  const header = new Uint8Array(16);
  header.set(data.subarray(0, 4));
  header.set(data.subarray(8, 12), 8);
  viewOf(header, 16).setUint32(12, elements.length);
  return withPositions(header, elements);
}

/** One element; nothing for one without effect. */
function readElement(data: Uint8Array): Uint8Array | undefined {
  const view = viewOf(data, ELEMENT_HEADER_LENGTH);
  const type = fourCC(data, 0);
  if (WITHOUT_EFFECT.includes(type)) return undefined;
  const inputs = view.getUint16(8);
  const outputs = view.getUint16(10);
  if (inputs < 1 || inputs > MAX_CHANNELS || outputs < 1 || outputs > MAX_CHANNELS) {
    throw new TransformError('An element of its colour transform has a number of channels that can not be.');
  }
  if (type === 'matf') return cut(data, ELEMENT_HEADER_LENGTH + 4 * (inputs + 1) * outputs);
  if (type === 'clut') {
    const gridStart = ELEMENT_HEADER_LENGTH;
    viewOf(data, gridStart + 16);
    let values = outputs;
    for (let input = 0; input < inputs; input++) values *= view.getUint8(gridStart + input);
    const table = cut(data, gridStart + 16 + 4 * values);
    table.fill(0, gridStart + inputs, gridStart + 16);
    return table;
  }
  if (type !== 'cvst') throw new TransformError('An element of its colour transform is of an unknown type.');
  viewOf(data, ELEMENT_HEADER_LENGTH + inputs * 8);
  const curves = collect(inputs, (input) =>
    segmentedCurve(at(data, view.getUint32(ELEMENT_HEADER_LENGTH + input * 8))),
  );
  return withPositions(cut(data, ELEMENT_HEADER_LENGTH), curves);
}

/** So many parts, as long as they do not grow too long together. */
function collect(count: number, read: (index: number) => Uint8Array | undefined): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let index = 0; index < count; index++) {
    const part = read(index);
    if (part === undefined) continue;
    length += part.length;
    if (length > MAX_LENGTH) throw new TransformError('A chain of its colour transform is too long.');
    parts.push(part);
  }
  return parts;
}

/** A curve of segments: their break points, then each as a formula or as samples (§10.16.2). */
function segmentedCurve(data: Uint8Array): Uint8Array {
  const view = viewOf(data, 12);
  if (fourCC(data, 0) !== 'curf') throw new TransformError('A curve of its colour transform is missing.');
  const count = view.getUint16(8);
  if (count < 1) throw new TransformError('A curve of its colour transform has no segments.');
  const breakPoints = cut(data, 12 + 4 * (count - 1));
  breakPoints.fill(0, 10, 12);
  const parts = [breakPoints];
  let start = breakPoints.length;
  for (let index = 0; index < count; index++) {
    const part = curveSegment(at(data, start));
    parts.push(part);
    start += part.length;
  }
  return concat(...parts);
}

function curveSegment(data: Uint8Array): Uint8Array {
  const view = viewOf(data, 12);
  const type = fourCC(data, 0);
  if (type === 'samf') return cut(data, 12 + 4 * view.getUint32(8));
  const parameters = type === 'parf' ? FORMULA_PARAMETERS[view.getUint16(8)] : undefined;
  if (parameters === undefined) {
    throw new TransformError('A curve of its colour transform has a segment of an unknown type.');
  }
  const formula = cut(data, 12 + 4 * parameters);
  formula.fill(0, 10, 12);
  return formula;
}

/** A header, the position and size of each part, counted from the header's start, and the parts. */
function withPositions(header: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const positions = new Uint8Array(parts.length * 8);
  const view = new DataView(positions.buffer);
  let start = header.length + positions.length;
  for (const [index, { length }] of parts.entries()) {
    view.setUint32(index * 8, start);
    view.setUint32(index * 8 + 4, length);
    start += length;
  }
  return concat(header, positions, ...parts);
}

/** The data from `start` on, which a part begins with. */
function at(data: Uint8Array, start: number): Uint8Array {
  if (start < ELEMENT_HEADER_LENGTH || start >= data.length) {
    throw new TransformError('A stage of its colour transform lies outside.');
  }
  return data.subarray(start);
}

/** A copy of exactly `length` bytes, with the reserved ones behind the type signature cleared. */
function cut(data: Uint8Array, length: number): Uint8Array {
  viewOf(data, length);
  const exact = data.slice(0, length);
  exact.fill(0, 4, 8);
  return exact;
}

/** A view of data that has at least `length` bytes. */
function viewOf(data: Uint8Array, length: number): DataView {
  if (data.length < length) throw new TransformError('A tag of its colour transform is cut off.');
  return new DataView(data.buffer, data.byteOffset, data.length);
}
