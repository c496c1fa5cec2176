// Types of ICC tag data, each rebuilt from its parsed elements, so that gaps and tails stay behind (ICC.1:2022 §10).
import { concat } from '../../bytes/concat.ts';
import { fourCC } from '../../bytes/text.ts';
import { processElements } from './process-elements.ts';
import { TransformError } from './transform-error.ts';

/** Types that are read. */
export type TagReader = 'XYZ ' | 'curv' | 'para' | 'sf32' | 'cicp' | 'mft1' | 'mft2' | 'mAB ' | 'mBA ' | 'mpet';

const readers: Readonly<Record<TagReader, (data: Uint8Array) => Uint8Array>> = {
  'XYZ ': (data) => fixed(data, 20),
  curv: (data) => curve(data, 'curv'),
  para: (data) => curve(data, 'para'),
  // A 3 × 3 matrix.
  sf32: (data) => fixed(data, 8 + 36),
  cicp: (data) => fixed(data, 12),
  mft1: (data) => lookupTable(data, 1),
  mft2: (data) => lookupTable(data, 2),
  'mAB ': multiStage,
  'mBA ': multiStage,
  mpet: processElements,
};

/** Parameters of each function of a parametric curve (§10.18, Table 68). */
const PARAMETER_COUNTS = [1, 3, 4, 5, 7];
/** Decoders refuse longer curves. */
const MAX_CURVE_ENTRIES = 0x7fff;
const MAX_CHANNELS = 16;

/** Whether a type signature is one that is read. */
export function isReader(type: string): type is TagReader {
  return Object.hasOwn(readers, type);
}

/**
 * Tag data in canonical form.
 * @throws TransformError
 */
export function readTag(type: TagReader, data: Uint8Array): Uint8Array {
  const tag = readers[type](data).slice();
  // Reserved bytes behind the type signature.
  tag.fill(0, 4, 8);
  return tag;
}

function fixed(data: Uint8Array, length: number): Uint8Array {
  if (data.length < length) throw new TransformError('A tag of its colour transform is cut off.');
  return data.subarray(0, length);
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.length);
}

/** A curve of either type, exactly as long as its count says. */
function curve(data: Uint8Array, type: string): Uint8Array {
  const view = viewOf(fixed(data, 12));
  if (type === 'curv') {
    const count = view.getUint32(8);
    if (count > MAX_CURVE_ENTRIES) throw new TransformError('A curve of its colour transform is too long.');
    return fixed(data, 12 + count * 2);
  }
  const count = PARAMETER_COUNTS[view.getUint16(8)];
  if (count === undefined) throw new TransformError('A curve of its colour transform is of an unknown function.');
  const exact = fixed(data, 12 + count * 4).slice();
  exact.fill(0, 10, 12);
  return exact;
}

/** A lookup table of 8- or 16-bit entries (§10.10, §10.11). */
function lookupTable(data: Uint8Array, bytesPerEntry: number): Uint8Array {
  const isWide = bytesPerEntry === 2;
  const view = viewOf(fixed(data, isWide ? 52 : 48));
  const inputs = channels(view.getUint8(8));
  const outputs = channels(view.getUint8(9));
  const inputEntries = isWide ? view.getUint16(48) : 256;
  const outputEntries = isWide ? view.getUint16(50) : 256;
  const grid = Array.from({ length: inputs }, () => view.getUint8(10));
  const entries = inputs * inputEntries + gridLength(grid, outputs) + outputs * outputEntries;
  const exact = fixed(data, (isWide ? 52 : 48) + entries * bytesPerEntry).slice();
  exact[11] = 0;
  return exact;
}

function channels(count: number): number {
  if (count < 1 || count > MAX_CHANNELS)
    throw new TransformError('A lookup table has a number of channels that can not be.');
  return count;
}

function gridLength(grid: readonly number[], outputs: number): number {
  // A product past any file's length is as good as one exactly known.
  return grid.reduce((product, points) => product * points, outputs);
}

/** Curves, matrix, curves, grid, curves (§10.12, §10.13), put one behind the other in the order of their offset fields. */
function multiStage(data: Uint8Array): Uint8Array {
  const view = viewOf(fixed(data, 32));
  const inputs = channels(view.getUint8(8));
  const outputs = channels(view.getUint8(9));
  const isToConnection = fourCC(data, 0) === 'mAB ';
  // A curves stand at the device side, B curves at the connection side, and so do the matrix and M curves.
  const deviceChannels = isToConnection ? inputs : outputs;
  const connectionChannels = isToConnection ? outputs : inputs;
  const header = new Uint8Array(32);
  header.set(data.subarray(0, 10));
  const headerView = viewOf(header);
  const parts: Uint8Array[] = [header];
  let end = header.length;
  const append = (field: number, read: (part: Uint8Array) => Uint8Array): void => {
    const start = view.getUint32(field);
    if (start === 0) return;
    if (start < 32 || start >= data.length) throw new TransformError('A stage of its colour transform lies outside.');
    const part = aligned(read(data.subarray(start)));
    headerView.setUint32(field, end);
    parts.push(part);
    end += part.length;
  };
  append(12, (part) => curves(part, connectionChannels));
  append(16, (part) => fixed(part, 48));
  append(20, (part) => curves(part, connectionChannels));
  append(24, (part) => colorGrid(part, inputs, outputs));
  append(28, (part) => curves(part, deviceChannels));
  return concat(...parts);
}

/** A number of curves, each padded to a multiple of four bytes. */
function curves(data: Uint8Array, count: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const rest = data.subarray(at);
    const type = fourCC(rest, 0);
    if (type !== 'curv' && type !== 'para') throw new TransformError('A curve of its colour transform is missing.');
    const part = aligned(curve(rest, type));
    part.fill(0, 4, 8);
    parts.push(part);
    at += part.length;
  }
  return concat(...parts);
}

/** A grid: points for each input in 16 bytes, bytes per entry, padding, entries. */
function colorGrid(data: Uint8Array, inputs: number, outputs: number): Uint8Array {
  const view = viewOf(fixed(data, 20));
  const bytesPerEntry = view.getUint8(16);
  if (bytesPerEntry !== 1 && bytesPerEntry !== 2)
    throw new TransformError('A lookup table has entries of no known size.');
  const grid = Array.from({ length: inputs }, (_, index) => view.getUint8(index));
  const exact = fixed(data, 20 + gridLength(grid, outputs) * bytesPerEntry).slice();
  exact.fill(0, inputs, 16);
  exact.fill(0, 17, 20);
  return exact;
}

function aligned(data: Uint8Array): Uint8Array {
  const whole = new Uint8Array((data.length + 3) & ~3);
  whole.set(data);
  return whole;
}
