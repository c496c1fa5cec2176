// How decoders are set up: hvcC, avcC, av1C, with parameter sets and nothing else in them (ISO/IEC 14496-15 §5.3.3, §8.3.3; AV1-ISOBMFF §2.3).
import { concat, concatAll } from '../../bytes/concat.ts';
import type { BoxReader } from '../../containers/isobmff/box.ts';
import { type Box, box, type NewBox, u16 } from '../../containers/isobmff/box.ts';
import { canonicalObuHeader, ObuType, readObu } from '../../containers/obu.ts';
import { malformed } from '../../core/errors.ts';
import { canonicalMetadata, filterSei } from './filter.ts';
import { avcRules, hevcRules, type NalRules } from './policy.ts';

/** The setting of a decoder. */
export interface Configuration {
  box: NewBox;
  /** Length of the lengths in front of NAL units; 0 where there are none. */
  lengthSize: number;
}

const MAX_PARAMETER_SETS = 1000;

/** Reads the units of a list, each behind its length of two bytes. */
function readUnits(bytes: Uint8Array, start: number, count: number): { units: Uint8Array[]; end: number } | undefined {
  const units: Uint8Array[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (at + 2 + length > bytes.length) return undefined;
    units.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return { units, end: at };
}

/** Those of the units that decoders need. */
function filterUnits(units: readonly Uint8Array[], rules: NalRules, type: number): Uint8Array[] {
  const { coding } = rules;
  return units.flatMap((unit) => {
    if (unit.length < coding.headerLength || coding.typeOf(unit[0] ?? 0, unit[1] ?? 0) !== type) return [];
    if (rules.kept.has(type)) return [unit];
    const kept = rules.sei.has(type) ? filterSei(unit, rules) : undefined;
    return kept === undefined ? [] : [kept];
  });
}

function writeUnits(units: readonly Uint8Array[]): Uint8Array {
  return concatAll(units.flatMap((unit) => [u16(unit.length), unit]));
}

function damaged(reader: BoxReader, { type, start }: Box): Error {
  return malformed('The settings of the decoder are damaged.', reader.fileStart + start, type);
}

/** 14496-15 §8.3.3.1.2: 22 bytes, then arrays of parameter sets by type. */
export function readHvcC(reader: BoxReader, hvcC: Box): Configuration {
  const HEADER_LENGTH = 22;
  reader.demand(hvcC, HEADER_LENGTH + 1);
  const bytes = reader.body(hvcC);
  const header = bytes.slice(0, HEADER_LENGTH);
  header[0] = 1;
  // Reserved bits are set.
  for (const [at, bits] of [
    [13, 0xf0],
    [15, 0xfc],
    [16, 0xfc],
    [17, 0xf8],
    [18, 0xf8],
  ] as const)
    header[at] = (header[at] ?? 0) | bits;
  const arrays: Uint8Array[] = [];
  let at = HEADER_LENGTH + 1;
  for (let left = bytes[HEADER_LENGTH] ?? 0; left > 0; left--) {
    const [first = 0, high = 0, low = 0] = bytes.subarray(at, at + 3);
    const count = high * 256 + low;
    const read = at + 3 > bytes.length || count > MAX_PARAMETER_SETS ? undefined : readUnits(bytes, at + 3, count);
    if (read === undefined) throw damaged(reader, hvcC);
    at = read.end;
    const units = filterUnits(read.units, hevcRules, first & 0x3f);
    if (units.length > 0) arrays.push(concat(Uint8Array.of(first & 0xbf), u16(units.length), writeUnits(units)));
  }
  const lengthSize = ((header[21] ?? 0) & 3) + 1;
  return { box: box('hvcC', header, Uint8Array.of(arrays.length), concatAll(arrays)), lengthSize };
}

/** 14496-15 §5.3.3.1.2: profile, sequence and picture parameter sets, and for high profiles the format of samples. */
export function readAvcC(reader: BoxReader, avcC: Box): Configuration {
  const HEADER_LENGTH = 5;
  const [SPS, PPS, SPS_EXTENSION] = [7, 8, 13] as const;
  reader.demand(avcC, HEADER_LENGTH + 2);
  const bytes = reader.body(avcC);
  const sps = readUnits(bytes, HEADER_LENGTH + 1, (bytes[HEADER_LENGTH] ?? 0) & 31);
  const pps = sps === undefined ? undefined : readUnits(bytes, sps.end + 1, bytes[sps.end] ?? 0);
  if (sps === undefined || pps === undefined) throw damaged(reader, avcC);
  const header = bytes.slice(0, HEADER_LENGTH);
  header[0] = 1;
  header[4] = (header[4] ?? 0) | 0xfc;
  const parts: Uint8Array[] = [header];
  const put = (units: Uint8Array[], bits: number): void => {
    parts.push(Uint8Array.of(bits | units.length), writeUnits(units));
  };
  put(filterUnits(sps.units, avcRules, SPS), 0xe0);
  put(filterUnits(pps.units, avcRules, PPS), 0);
  const isHigh = [100, 110, 122, 144, 244].includes(header[1] ?? 0);
  if (isHigh && pps.end + 4 <= bytes.length) {
    const [chroma = 0, luma = 0, depth = 0, count = 0] = bytes.subarray(pps.end);
    parts.push(Uint8Array.of(chroma | 0xfc, luma | 0xf8, depth | 0xf8));
    put(filterUnits(readUnits(bytes, pps.end + 4, count)?.units ?? [], avcRules, SPS_EXTENSION), 0);
  }
  return { box: box('avcC', ...parts), lengthSize: ((header[4] ?? 0) & 3) + 1 };
}

/** AV1-ISOBMFF §2.3.3: four bytes, then units, of which sequence headers and what decoders obey are kept. */
export function readAv1C(reader: BoxReader, av1C: Box): Configuration {
  const HEADER_LENGTH = 4;
  reader.demand(av1C, HEADER_LENGTH);
  const bytes = reader.body(av1C);
  const header = bytes.slice(0, HEADER_LENGTH);
  const delay = header[3] ?? 0;
  header[3] = delay & 0x10 ? delay & 0x1f : 0;
  const parts: Uint8Array[] = [header];
  for (let at = HEADER_LENGTH; at < bytes.length; ) {
    const unit = bytes.subarray(at);
    const obu = readObu(unit.subarray(0, 10), unit.length);
    if (obu === undefined) break;
    const { type, length, headerLength } = obu;
    const content = unit.subarray(headerLength, length);
    if (type === ObuType.sequenceHeader && length < 512) parts.push(canonicalObuHeader(unit, obu), content);
    else if (type === ObuType.metadata)
      parts.push(canonicalMetadata(unit.subarray(0, length), headerLength) ?? new Uint8Array(0));
    at += length;
  }
  return { box: box('av1C', ...parts), lengthSize: 0 };
}
