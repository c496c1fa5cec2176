// What pictures that are made of others say: sizes and places, each cut to what its syntax has.
import type { Extents } from '../../containers/isobmff/extents.ts';

/** ISO 21496-1 §C.2: gain and offsets of a channel as ten numbers. */
const GAIN_CHANNEL_LENGTH = 40;
/** Version, two versions of the metadata, flags, two headrooms. */
const TONE_MAP_HEADER_LENGTH = 22;
/** No derivation of real files comes near it. */
export const MAX_DERIVATION_LENGTH = 0x10000;

/** Whether there may be so much to read. */
export function isReadable({ length }: Extents): boolean {
  return length <= MAX_DERIVATION_LENGTH;
}

/**
 * The data of a derived picture in canonical form.
 * @param inputs how many pictures it is made of
 * @returns nothing where the data does not have the type's form
 */
export function canonicalDerivation(type: string, data: Uint8Array, inputs: number): Uint8Array | undefined {
  if (type === 'iden') return inputs === 1 ? new Uint8Array(0) : undefined;
  if (type === 'grid') return canonicalGrid(data, inputs);
  if (type === 'iovl') return canonicalOverlay(data, inputs);
  if (type === 'tmap') return inputs === 2 ? canonicalToneMap(data) : undefined;
  return type === 'sato' ? canonicalTransform(data, inputs) : undefined;
}

/** 23008-12 §6.6.2.3: version, flags, rows and columns less one, width, height. */
function canonicalGrid(data: Uint8Array, inputs: number): Uint8Array | undefined {
  const isWide = ((data[1] ?? 0) & 1) === 1;
  const length = isWide ? 12 : 8;
  if (data.length < length || data[0] !== 0) return undefined;
  if (((data[2] ?? 0) + 1) * ((data[3] ?? 0) + 1) !== inputs) return undefined;
  const grid = data.slice(0, length);
  grid[1] = isWide ? 1 : 0;
  return grid;
}

/** 23008-12 §6.6.2.2: version, flags, a colour of four numbers, width, height, a place for each picture. */
function canonicalOverlay(data: Uint8Array, inputs: number): Uint8Array | undefined {
  const isWide = ((data[1] ?? 0) & 1) === 1;
  const length = 10 + (isWide ? 4 : 2) * (2 + 2 * inputs);
  if (data.length < length || data[0] !== 0) return undefined;
  const overlay = data.slice(0, length);
  overlay[1] = isWide ? 1 : 0;
  return overlay;
}

/** ISO 21496-1 §C.2. What its writer's version was does not matter to readers of the least version. */
function canonicalToneMap(data: Uint8Array): Uint8Array | undefined {
  const isMultichannel = ((data[5] ?? 0) & 0x80) !== 0;
  const length = TONE_MAP_HEADER_LENGTH + GAIN_CHANNEL_LENGTH * (isMultichannel ? 3 : 1);
  // Version and least version are 0.
  if (data.length < length || data[0] !== 0 || data[1] !== 0 || data[2] !== 0) return undefined;
  const map = data.slice(0, length);
  map.fill(0, 3, 5);
  map[5] = (map[5] ?? 0) & 0xc0;
  return map;
}

/** AVIF §4.2.3.3: depth, then tokens, of which those below 1 are followed by a number. */
function canonicalTransform(data: Uint8Array, inputs: number): Uint8Array | undefined {
  const [first = 0, count = 0] = data;
  if (first >> 6 !== 0) return undefined;
  const numberLength = 1 << (first & 3);
  let at = 2;
  for (let token = 0; token < count; token++) {
    const value = data[at] ?? 0;
    const isOperator = (value >= 64 && value <= 67) || (value >= 128 && value <= 137);
    if (value > inputs && !isOperator) return undefined;
    at += value === 0 ? 1 + numberLength : 1;
  }
  if (at > data.length) return undefined;
  const transform = data.slice(0, at);
  transform[0] = first & 3;
  return transform;
}
