// Distributions of asymmetric numeral systems in JPEG XL, and their alias tables (ISO/IEC 18181-1:2022 §C.2.5 and §C.2.6).
import type { CodestreamBits } from './bits.ts';

/** What a decoder's state must be at the end. */
export const ANS_FINAL_STATE = 0x130000;
const LOG_RANGE = 12;
const RANGE = 1 << LOG_RANGE;

/** What stands at a place of a table. */
export interface AnsEntry {
  symbol: number;
  frequency: number;
  offset: number;
}

/** A distribution that is looked into by the low bits of the state. */
export interface AnsTable {
  look(index: number): AnsEntry;
}

/** Logarithms of counts plus one by the next 7 bits (Table C.6): their length, their value. 13 stands for a repetition. */
function readLogCount(bits: CodestreamBits): number {
  const next = bits.peek(7);
  const [length, value] = logCountOf(next);
  bits.at += length;
  return value;
}

const REPEAT = 13;
const SHORT = [10, -1, 7, -1, 6, 8, 9, -1];

function logCountOf(next: number): readonly [number, number] {
  const short = SHORT[next & 7] ?? -1;
  if (short >= 0) return [3, short];
  if ((next & 15) === 3) return [4, 3];
  if ((next & 15) === 7) return [4, 5];
  if ((next & 15) === 9) return [4, 4];
  if ((next & 15) === 11) return [4, 1];
  if ((next & 15) === 15) return [4, 2];
  if ((next & 31) === 17) return [5, 0];
  if ((next & 63) === 33) return [6, 11];
  return [7, next === 1 ? 12 : REPEAT];
}

/** Reads a distribution over at most 2^`logAlphabet` symbols. */
export function readAnsTable(bits: CodestreamBits, logAlphabet: number): AnsTable {
  const counts = readCounts(bits);
  while (counts.length > 1 && counts.at(-1) === 0) counts.pop();
  if (counts.length > 1 << logAlphabet) bits.reject('A distribution in a header has too many symbols.');
  return bits.isBroken ? { look: () => ({ symbol: 0, frequency: 0, offset: 0 }) } : aliasTable(counts, logAlphabet);
}

/** How often each symbol comes, of 4096 times in all. */
function readCounts(bits: CodestreamBits): number[] {
  if (bits.bool()) return readFew(bits);
  if (!bits.bool()) return readMany(bits);
  const size = bits.counted(3) + 1;
  return Array.from({ length: size }, (_, symbol) => Math.floor(RANGE / size) + (symbol < RANGE % size ? 1 : 0));
}

/** One symbol or two. */
function readFew(bits: CodestreamBits): number[] {
  const isTwo = bits.bool();
  const first = bits.counted(3);
  const counts = new Array<number>(256).fill(0);
  if (!isTwo) {
    counts[first] = RANGE;
    return counts;
  }
  const second = bits.counted(3);
  if (first === second) bits.reject('A distribution in a header is damaged.');
  const count = bits.read(LOG_RANGE);
  counts[first] = count;
  counts[second] = RANGE - count;
  return counts;
}

function readMany(bits: CodestreamBits): number[] {
  let log = 0;
  while (log < 3 && bits.bool()) log++;
  const shift = (bits.read(log) | (1 << log)) - 1;
  if (shift > LOG_RANGE + 1) bits.reject('A distribution in a header is damaged.');
  const size = bits.counted(3) + 3;
  const logs = new Array<number>(size).fill(0);
  const repeats = new Array<number>(size).fill(0);
  let largest = -1;
  for (let symbol = 0; symbol < size && !bits.isBroken; symbol++) {
    const value = readLogCount(bits);
    if (value === REPEAT) {
      const length = bits.counted(3);
      repeats[symbol] = length + 4;
      symbol += length + 3;
      continue;
    }
    logs[symbol] = value;
    if (largest < 0 || value > (logs[largest] ?? 0)) largest = symbol;
  }
  if (largest < 0 || (repeats[largest + 1] ?? 0) > 0) {
    bits.reject('A distribution in a header is damaged.');
    return [RANGE];
  }
  return readPrecisions(bits, { logs, repeats, largest, shift });
}

interface Logs {
  logs: readonly number[];
  repeats: readonly number[];
  /** The symbol that takes what the others leave. */
  largest: number;
  shift: number;
}

function readPrecisions(bits: CodestreamBits, { logs, repeats, largest, shift }: Logs): number[] {
  const counts = new Array<number>(logs.length).fill(0);
  let total = 0;
  let repeated = 0;
  let left = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    if ((repeats[symbol] ?? 0) > 0) {
      left = repeats[symbol] ?? 0;
      repeated = counts[symbol - 1] ?? 0;
    }
    const log = (logs[symbol] ?? 0) - 1;
    let count = 0;
    if (left > 0) {
      left--;
      count = repeated;
    } else if (symbol === largest) continue;
    else if (log === 0) count = 1;
    else if (log > 0) {
      const precision = Math.max(0, Math.min(log, shift - ((LOG_RANGE - log) >> 1)));
      count = (1 << log) + (bits.read(precision) << (log - precision));
    }
    counts[symbol] = count;
    total += count;
  }
  counts[largest] = RANGE - total;
  if (total >= RANGE) bits.reject('A distribution in a header is damaged.');
  return counts;
}

/** Buckets of equal size, each of up to two symbols. */
function aliasTable(counts: readonly number[], logAlphabet: number): AnsTable {
  const size = 1 << logAlphabet;
  const logBucket = LOG_RANGE - logAlphabet;
  const bucket = 1 << logBucket;
  const single = counts.indexOf(RANGE);
  if (single >= 0) return { look: (index) => ({ symbol: single, frequency: RANGE, offset: index }) };
  const cutoffs = new Int32Array(size);
  const symbols = new Int32Array(size);
  const offsets = new Int32Array(size);
  const over: number[] = [];
  const under: number[] = [];
  for (let index = 0; index < size; index++) {
    const cutoff = counts[index] ?? 0;
    cutoffs[index] = cutoff;
    if (cutoff > bucket) over.push(index);
    else if (cutoff < bucket) under.push(index);
  }
  for (let from = over.pop(), to = under.pop(); from !== undefined && to !== undefined; ) {
    const left = (cutoffs[from] ?? 0) - (bucket - (cutoffs[to] ?? 0));
    cutoffs[from] = left;
    symbols[to] = from;
    offsets[to] = left;
    if (left < bucket) under.push(from);
    else if (left > bucket) over.push(from);
    from = over.pop();
    if (from !== undefined) to = under.pop();
  }
  return {
    look: (index) => {
      const place = index >> logBucket;
      const position = index & (bucket - 1);
      const cutoff = cutoffs[place] ?? 0;
      if (position < cutoff || cutoff === bucket) {
        return { symbol: place, frequency: counts[place] ?? 0, offset: position };
      }
      const symbol = symbols[place] ?? 0;
      return { symbol, frequency: counts[symbol] ?? 0, offset: (offsets[place] ?? 0) - cutoff + position };
    },
  };
}
