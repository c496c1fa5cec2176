// ICC profiles in the words of ICC.1:2022: a header and tags whose data is given as bytes, laid out as asked for.
import { ascii, join } from './jpeg.ts';

/** A profile to be built; what is left out is as in a display profile for RGB of version 2. */
export interface Profile {
  version?: number;
  deviceClass?: string;
  colorSpace?: string;
  connectionSpace?: string;
  /** Tag data by signature, in the order of the table. */
  tags: Record<string, Uint8Array>;
  /** What identifies the maker and the making, at the places of the header that hold it (§7.2). */
  identity?: { date: number[]; maker: string; id: Uint8Array };
  /** Bytes in front of each tag's data, and behind it inside the tag. */
  gap?: Uint8Array;
  tail?: Uint8Array;
}

/** A number in 1, 2 or 4 bytes. */
function bytes(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => Math.floor(value / 2 ** (8 * (length - 1 - index))) & 0xff);
}

/** `s15Fixed16Number`s. */
function fixed(...values: number[]): number[] {
  return values.flatMap((value) => bytes((Math.round(value * 65536) + 2 ** 32) % 2 ** 32, 4));
}

/** `float32Number`s. */
function floats(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value);
  return new Uint8Array(view.buffer);
}

/** A profile as bytes. */
export function iccProfile(profile: Profile): Uint8Array {
  const { version = 2, deviceClass = 'mntr', colorSpace = 'RGB ', connectionSpace = 'XYZ ', tags } = profile;
  const { identity, gap = new Uint8Array(0), tail = new Uint8Array(0) } = profile;
  const entries = Object.entries(tags);
  const parts: Uint8Array[] = [];
  const table: number[] = [...bytes(entries.length, 4)];
  let at = 128 + 4 + entries.length * 12;
  for (const [signature, data] of entries) {
    const stored = join(gap, data, tail);
    table.push(...ascii(signature), ...bytes(at + gap.length, 4), ...bytes(data.length + tail.length, 4));
    const padded = join(stored, new Array<number>(-stored.length & 3).fill(0));
    parts.push(padded);
    at += padded.length;
  }
  const header = new Uint8Array(128);
  header.set(bytes(at, 4), 0);
  header.set([version, 0x10], 8);
  header.set(ascii(`${deviceClass}${colorSpace}${connectionSpace}`), 12);
  header.set(ascii('acsp'), 36);
  header.set(fixed(0.9642, 1, 0.8249), 68);
  if (identity !== undefined) {
    header.set(
      identity.date.flatMap((word) => bytes(word, 2)),
      24,
    );
    for (const place of [4, 40, 48, 52, 80]) header.set(ascii(identity.maker), place);
    header.set(identity.id, 84);
  }
  return join(header, table, ...parts);
}

/** `XYZType`. */
export const xyz = (...values: [number, number, number]): Uint8Array => join('XYZ ', [0, 0, 0, 0], fixed(...values));
/** `curveType` of 16-bit samples. */
export const curv = (...samples: number[]): Uint8Array =>
  join(
    'curv',
    [0, 0, 0, 0],
    bytes(samples.length, 4),
    samples.flatMap((sample) => bytes(sample, 2)),
  );
/** `parametricCurveType`. */
export const para = (type: number, ...parameters: number[]): Uint8Array =>
  join('para', [0, 0, 0, 0], bytes(type, 2), [0, 0], fixed(...parameters));
/** `s15Fixed16ArrayType`. */
export const sf32 = (...values: number[]): Uint8Array => join('sf32', [0, 0, 0, 0], fixed(...values));
/** `textType`. */
export const text = (content: string): Uint8Array => join('text', [0, 0, 0, 0], content, [0]);
/** `textDescriptionType`. */
export const desc = (content: string): Uint8Array =>
  join('desc', [0, 0, 0, 0], bytes(content.length + 1, 4), content, [0], new Uint8Array(4 + 4 + 2 + 1 + 67));
/** `multiLocalizedUnicodeType` with one record. */
export const mluc = (content: string): Uint8Array =>
  join(
    'mluc',
    [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12],
    'enUS',
    bytes(content.length * 2, 4),
    bytes(28, 4),
    [...content].flatMap((character) => bytes(character.charCodeAt(0), 2)),
  );

/** A curve that bends upwards or downwards, of `count` samples up to `max`. */
export function bend(count: number, max: number, power: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.round(max * (index / (count - 1)) ** power));
}

/** Values for a table of `points` a side that mixes its inputs differently for each output. */
export function mix(inputs: number, outputs: number, points: number, max: number): number[] {
  return Array.from({ length: points ** inputs * outputs }, (_, index) => {
    const position = Math.floor(index / outputs);
    let sum = 0;
    for (let input = 0; input < inputs; input++) {
      const step = Math.floor(position / points ** (inputs - 1 - input)) % points;
      sum += (step / (points - 1)) * (1 + ((input + index) % outputs));
    }
    return Math.round((max * sum) / (inputs * outputs));
  });
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** `lut8Type`. */
export const mft1 = (inputs: number, outputs: number, points: number): Uint8Array =>
  join(
    'mft1',
    [0, 0, 0, 0, inputs, outputs, points, 0],
    fixed(...IDENTITY),
    Array.from({ length: inputs }, (_, input) => bend(256, 255, 1 + input / 8)).flat(),
    mix(inputs, outputs, points, 255),
    Array.from({ length: outputs }, () => bend(256, 255, 1.1)).flat(),
  );

/** `lut16Type`. */
export const mft2 = (inputs: number, outputs: number, points: number): Uint8Array =>
  join(
    'mft2',
    [0, 0, 0, 0, inputs, outputs, points, 0],
    fixed(...IDENTITY),
    [0, 5, 0, 7],
    [
      ...Array.from({ length: inputs }, (_, input) => bend(5, 0xffff, 1 + input / 8)).flat(),
      ...mix(inputs, outputs, points, 0xff00),
      ...Array.from({ length: outputs }, () => bend(7, 0xffff, 1.1)).flat(),
    ].flatMap((value) => bytes(value, 2)),
  );

/** `lutAToBType` of three channels with all five stages in the order of the figure, or with gaps between them. */
export function mAB(gap: Uint8Array = new Uint8Array(0), type = 'mAB '): Uint8Array {
  const padding = new Uint8Array(-gap.length & 3);
  const curves = join(para(0, 1.2), para(0, 1), curv(...bend(3, 0xffff, 1.3)), [0, 0]);
  const stages: Uint8Array[] = [
    curves,
    Uint8Array.from(fixed(0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8, 0.01, 0.02, 0.03)),
    curves,
    join(
      [3, 3, 3],
      new Uint8Array(13),
      [2, 0, 0, 0],
      mix(3, 3, 3, 0xffff).flatMap((value) => bytes(value, 2)),
      [0, 0],
    ),
    curves,
  ];
  const parts: Uint8Array[] = [];
  const offsets: number[] = [];
  let at = 32;
  for (const stage of stages) {
    const part = join(gap, padding, stage);
    offsets.push(at + gap.length + padding.length);
    parts.push(part);
    at += part.length;
  }
  return join(
    type,
    [0, 0, 0, 0, 3, 3, 0, 0],
    offsets.flatMap((offset) => bytes(offset, 4)),
    ...parts,
  );
}

/** `multiProcessElementsType` of three channels: curves of formula and samples, a matrix and a table. */
export function mpet(gap: Uint8Array = new Uint8Array(0)): Uint8Array {
  const formula = join('parf', [0, 0, 0, 0, 0, 0, 0, 0], floats(1.8, 1, 0, 0));
  const samples = join('samf', [0, 0, 0, 0, 0, 0, 0, 3], floats(0.4, 0.8, 1.1));
  const curve = join('curf', [0, 0, 0, 0, 0, 3, 0, 0], floats(0, 1), formula, samples, formula);
  const curveStart = 12 + 3 * 8 + gap.length;
  const position = [...bytes(curveStart, 4), ...bytes(curve.length, 4)];
  const cvst = join('cvst', [0, 0, 0, 0, 0, 3, 0, 3], position, position, position, gap, curve);
  const matf = join('matf', [0, 0, 0, 0, 0, 3, 0, 3], floats(0.4, 0.3, 0.1, 0.2, 0.6, 0.1, 0, 0.1, 0.7, 0, 0.01, 0));
  const clut = join(
    'clut',
    [0, 0, 0, 0, 0, 3, 0, 3, 2, 2, 2],
    new Uint8Array(13),
    floats(...mix(3, 3, 2, 1000).map((value) => value / 1000)),
  );
  const mark = join('bACS', [0, 0, 0, 0, 0, 3, 0, 3], 'made');
  const elements = gap.length > 0 ? [cvst, mark, clut, matf] : [cvst, clut, matf];
  const positions: number[] = [];
  let at = 16 + elements.length * 8;
  for (const element of elements) {
    positions.push(...bytes(at + gap.length, 4), ...bytes(element.length, 4));
    at += gap.length + element.length;
  }
  return join(
    'mpet',
    [0, 0, 0, 0, 0, 3, 0, 3],
    bytes(elements.length, 4),
    positions,
    ...elements.flatMap((element) => [gap, element]),
  );
}
