// Entropy coding of JPEG XL (ISO/IEC 18181-1:2022 §C.2, "Annex C"): numbers cut into tokens, coded by prefix codes or ANS by context,
// with repetitions (LZ77). Here it is read only where headers are coded that way.
import { ANS_FINAL_STATE, type AnsTable, readAnsTable } from './ans.ts';
import type { CodestreamBits } from './bits.ts';
import { type PrefixCode, readPrefixCode } from './prefix-code.ts';

/** How a token stands for a number (§C.2.3). */
interface NumberCoding {
  splitExponent: number;
  msb: number;
  lsb: number;
}

/** Repetitions (§C.2.4). */
interface Repetition {
  threshold: number;
  minLength: number;
  lengthCoding: NumberCoding;
  /** Which code the distances are in. */
  distanceCode: number;
}

/** Numbers that are read one by one, each in a context. */
export interface Code {
  /** The next number in a context. */
  read(context: number): number;
  /** Notes a problem unless the code ends as it must. */
  finish(): void;
}

const PREFIX_BITS = 15;
/** How far back a repetition reaches. */
const WINDOW = 1 << 20;
/** Context maps code maps by themselves no deeper than this in any file. */
const MAX_CODES = 256;

/** Stands for a code whose tables can't be read. */
const BROKEN: Code = { read: () => 0, finish: () => undefined };

/** Reads the tables of a code of so many contexts; the numbers follow in the same bits. */
export function readCode(bits: CodestreamBits, contexts: number, mayRepeat = true): Code {
  const repetition = bits.bool() ? readRepetition(bits) : undefined;
  if (repetition !== undefined && !mayRepeat) bits.reject('A map of contexts is coded in a way that is not allowed.');
  if (bits.isBroken) return BROKEN;
  const map = readContextMap(bits, repetition === undefined ? contexts : contexts + 1);
  if (repetition !== undefined) repetition.distanceCode = map.at(-1) ?? 0;
  const count = map.reduce((most, code) => Math.max(most, code), 0) + 1;
  const isPrefix = bits.bool();
  const logAlphabet = isPrefix ? PREFIX_BITS : bits.read(2) + 5;
  const codings = Array.from({ length: count }, () => readNumberCoding(bits, logAlphabet));
  if (bits.isBroken) return BROKEN;
  if (!isPrefix) {
    const tables = Array.from({ length: count }, () => readAnsTable(bits, logAlphabet));
    return new Numbers(bits, map, codings, repetition, ansReader(bits, tables));
  }
  const sizes = Array.from({ length: count }, () => bits.counted(4) + 1);
  if (sizes.some((size) => size > 1 << PREFIX_BITS)) bits.reject('A prefix code in a header has too many symbols.');
  const codes: PrefixCode[] = [];
  for (const size of sizes) if (!bits.isBroken) codes.push(readPrefixCode(bits, size));
  return new Numbers(bits, map, codings, repetition, prefixReader(bits, codes));
}

/** Reads tokens, and says whether the state at the end is the right one. */
interface Tokens {
  read(code: number): number;
  isFinished(): boolean;
}

function prefixReader(bits: CodestreamBits, codes: readonly PrefixCode[]): Tokens {
  return { read: (code) => codes[code]?.read(bits) ?? 0, isFinished: () => true };
}

function ansReader(bits: CodestreamBits, tables: readonly AnsTable[]): Tokens {
  let state = bits.read(32);
  return {
    read: (code) => {
      const table = tables[code];
      if (table === undefined) return 0;
      const { symbol, frequency, offset } = table.look(state & 0xfff);
      state = frequency * (state >>> 12) + offset;
      if (state < 0x10000) state = (state * 0x10000 + bits.read(16)) >>> 0;
      return symbol;
    },
    isFinished: () => state === ANS_FINAL_STATE,
  };
}

class Numbers implements Code {
  readonly #bits: CodestreamBits;
  readonly #map: readonly number[];
  readonly #codings: readonly NumberCoding[];
  readonly #repetition: Repetition | undefined;
  readonly #tokens: Tokens;
  readonly #read: number[] = [];
  #repeatFrom = 0;
  #repeatCount = 0;
  #count = 0;

  constructor(
    bits: CodestreamBits,
    map: readonly number[],
    codings: readonly NumberCoding[],
    repetition: Repetition | undefined,
    tokens: Tokens,
  ) {
    this.#bits = bits;
    this.#map = map;
    this.#codings = codings;
    this.#repetition = repetition;
    this.#tokens = tokens;
  }

  read(context: number): number {
    const repetition = this.#repetition;
    const code = this.#map[context] ?? 0;
    if (repetition === undefined) return this.#number(this.#codings[code], this.#tokens.read(code));
    if (this.#repeatCount === 0) {
      const token = this.#tokens.read(code);
      if (token < repetition.threshold) return this.#remember(this.#number(this.#codings[code], token));
      this.#repeatCount = this.#number(repetition.lengthCoding, token - repetition.threshold) + repetition.minLength;
      const { distanceCode } = repetition;
      const distance = this.#number(this.#codings[distanceCode], this.#tokens.read(distanceCode)) + 1;
      this.#repeatFrom = this.#count - Math.min(distance, this.#count, WINDOW);
    }
    this.#repeatCount--;
    return this.#remember(this.#read[this.#repeatFrom++ % WINDOW] ?? 0);
  }

  finish(): void {
    if (!this.#tokens.isFinished()) this.#bits.reject('A coded part of a header is damaged.');
  }

  #remember(value: number): number {
    this.#read[this.#count++ % WINDOW] = value;
    return value;
  }

  #number(coding: NumberCoding | undefined, token: number): number {
    if (coding === undefined) return 0;
    const { splitExponent, msb, lsb } = coding;
    const split = 2 ** splitExponent;
    if (token < split) return token;
    const count = splitExponent - msb - lsb + ((token - split) >> (msb + lsb));
    if (count > 32) {
      this.#bits.reject('A number in a header is too long.');
      return 0;
    }
    const high = (1 << msb) | ((token >> lsb) & ((1 << msb) - 1));
    const low = token & ((1 << lsb) - 1);
    return ((high * 2 ** count + this.#bits.read(count)) * 2 ** lsb + low) % 2 ** 32;
  }
}

function readRepetition(bits: CodestreamBits): Repetition {
  return {
    threshold: bits.u32([0, 224], [0, 512], [0, 4096], [15, 8]),
    minLength: bits.u32([0, 3], [0, 4], [2, 5], [8, 9]),
    lengthCoding: readNumberCoding(bits, 8),
    distanceCode: 0,
  };
}

function readNumberCoding(bits: CodestreamBits, logAlphabet: number): NumberCoding {
  const splitExponent = bits.read(ceilLog2(logAlphabet + 1));
  if (splitExponent === logAlphabet) return { splitExponent, msb: 0, lsb: 0 };
  const msb = bits.read(ceilLog2(splitExponent + 1));
  const lsb = msb > splitExponent ? 0 : bits.read(ceilLog2(splitExponent - msb + 1));
  if (msb + lsb > splitExponent) {
    bits.reject('The coding of numbers in a header is damaged.');
    return { splitExponent, msb: 0, lsb: 0 };
  }
  return { splitExponent, msb, lsb };
}

/** Smallest number of bits that tell `value` things apart. */
function ceilLog2(value: number): number {
  return 32 - Math.clz32(value - 1);
}

/** Which code each context uses (§C.2.2). */
function readContextMap(bits: CodestreamBits, contexts: number): number[] {
  if (contexts === 1) return [0];
  if (bits.bool()) {
    const count = bits.read(2);
    return Array.from({ length: contexts }, () => bits.read(count));
  }
  const isMovedToFront = bits.bool();
  const code = readCode(bits, 1, contexts > 2);
  const map: number[] = [];
  while (map.length < contexts && !bits.isBroken) {
    const value = code.read(0);
    if (value >= MAX_CODES) bits.reject('A map of contexts is damaged.');
    map.push(value);
  }
  if (!bits.isBroken) code.finish();
  return bits.isBroken ? [0] : isMovedToFront ? undoMoveToFront(map) : map;
}

function undoMoveToFront(map: readonly number[]): number[] {
  const order = Array.from({ length: MAX_CODES }, (_, index) => index);
  return map.map((index) => {
    const [value = 0] = order.splice(index, 1);
    order.unshift(value);
    return value;
  });
}
