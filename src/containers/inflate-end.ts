// Where a zlib stream or bare deflate data end (RFC 1950, RFC 1951): they are unpacked, but nothing of it is kept.

const ZLIB_HEADER_LENGTH = 2;
const MAX_BITS = 15;
const END_OF_BLOCK = 256;
const WINDOW = 32 * 1024;
const ADLER_PRIME = 65521;
/** As many bytes can be added up before the sums must be reduced (zlib's NMAX). */
const ADLER_RUN = 5552;
/** RFC 1951 §3.2.5: bases and extra bits of the length codes 257–285 and of the distance codes. */
const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthExtras = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const distanceExtras = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** §3.2.7: in this order the lengths of the code length codes stand. */
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The end of a zlib stream. */
export interface StreamEnd {
  /** Behind the deflate data, where the checksum begins. */
  dataEnd: number;
  /** How many bits of its last byte are none of the data. */
  unusedBits: number;
  /** How many bytes it unpacks to. */
  length: number;
  /** Adler-32 of what it unpacks to. */
  checksum: number;
}

/** A stream that can't be unpacked. */
class Damage extends Error {}

/**
 * Finds the end of the zlib stream that `bytes` begin with; nothing where it is damaged, cut off, or unpacks to more than
 * `limit` bytes.
 */
export function findStreamEnd(bytes: Uint8Array, limit: number): StreamEnd | undefined {
  const [method = 0, flags = 0] = bytes;
  if ((method & 15) !== 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 !== 0 || (flags & 0x20) !== 0)
    return undefined;
  return findDeflateEnd(bytes, ZLIB_HEADER_LENGTH, limit);
}

/**
 * Like {@link findStreamEnd}, for deflate data that begin at `start` without a header.
 * @param tooLong makes the error for data that unpack to more than `limit` bytes
 */
export function findDeflateEnd(
  bytes: Uint8Array,
  start: number,
  limit: number,
  tooLong: () => Error = () => new Damage(),
): StreamEnd | undefined {
  try {
    return new Inflation(bytes, start, limit, tooLong).run();
  } catch (error) {
    if (error instanceof Damage) return undefined;
    throw error;
  }
}

/** Codes by their bits as they stand in the stream: length in the low four bits, symbol above. */
interface Codes {
  table: Uint16Array;
  bits: number;
}

class Inflation {
  readonly #bytes: Uint8Array;
  readonly #limit: number;
  readonly #window: Uint8Array = new Uint8Array(WINDOW);
  readonly #tooLong: () => Error;
  #at: number;
  #hold = 0;
  #count = 0;
  #length = 0;
  #low = 1;
  #high = 0;
  /** How much of what came out is added up. */
  #summed = 0;

  constructor(bytes: Uint8Array, start: number, limit: number, tooLong: () => Error) {
    this.#tooLong = tooLong;
    this.#bytes = bytes;
    this.#at = start;
    this.#limit = limit;
  }

  run(): StreamEnd {
    for (let isLast = false; !isLast; ) {
      isLast = this.#bits(1) === 1;
      const type = this.#bits(2);
      if (type === 0) this.#store();
      else if (type === 1) this.#unpack(fixed.literals, fixed.distances);
      else if (type === 2) this.#unpackDynamic();
      else throw new Damage();
    }
    this.#sum();
    const unread = this.#count >> 3;
    const checksum = ((this.#high << 16) | this.#low) >>> 0;
    return { dataEnd: this.#at - unread, unusedBits: this.#count & 7, length: this.#length, checksum };
  }

  #fill(count: number): void {
    while (this.#count < count) {
      if (this.#at >= this.#bytes.length) throw new Damage();
      this.#hold |= (this.#bytes[this.#at++] as number) << this.#count;
      this.#count += 8;
    }
  }

  /** Up to 16 bits. */
  #bits(count: number): number {
    this.#fill(count);
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#count -= count;
    return value;
  }

  #decode({ table, bits }: Codes): number {
    while (this.#count < bits && this.#at < this.#bytes.length) {
      this.#hold |= (this.#bytes[this.#at++] as number) << this.#count;
      this.#count += 8;
    }
    const entry = table[this.#hold & ((1 << bits) - 1)] as number;
    const length = entry & 15;
    if (length === 0 || length > this.#count) throw new Damage();
    this.#hold >>>= length;
    this.#count -= length;
    return entry >> 4;
  }

  #store(): void {
    this.#hold >>>= this.#count & 7;
    this.#count &= ~7;
    const length = this.#bits(16);
    if (this.#bits(16) !== (length ^ 0xffff)) throw new Damage();
    for (let left = length; left > 0; left--) this.#put(this.#bits(8));
  }

  #unpackDynamic(): void {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const lengthCodes = this.#bits(4) + 4;
    const lengths = new Uint8Array(19);
    for (const symbol of codeLengthOrder.slice(0, lengthCodes)) lengths[symbol] = this.#bits(3);
    const codes = makeCodes(lengths);
    const all = new Uint8Array(literals + distances);
    for (let index = 0; index < all.length; ) {
      const symbol = this.#decode(codes);
      if (symbol < 16) {
        all[index++] = symbol;
        continue;
      }
      if (symbol === 16 && index === 0) throw new Damage();
      const value = symbol === 16 ? (all[index - 1] ?? 0) : 0;
      const run = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      if (index + run > all.length) throw new Damage();
      all.fill(value, index, index + run);
      index += run;
    }
    this.#unpack(makeCodes(all.subarray(0, literals)), makeCodes(all.subarray(literals)));
  }

  #unpack(literals: Codes, distances: Codes): void {
    for (;;) {
      const symbol = this.#decode(literals);
      if (symbol < END_OF_BLOCK) {
        this.#put(symbol);
        continue;
      }
      if (symbol === END_OF_BLOCK) return;
      const lengthBase = lengthBases[symbol - 257];
      if (lengthBase === undefined) throw new Damage();
      const length = lengthBase + this.#bits(lengthExtras[symbol - 257] ?? 0);
      const code = this.#decode(distances);
      const distanceBase = distanceBases[code];
      if (distanceBase === undefined) throw new Damage();
      const distance = distanceBase + this.#bits(distanceExtras[code] ?? 0);
      if (distance > this.#length) throw new Damage();
      const window = this.#window;
      for (let left = length; left > 0; left--) this.#put(window[(this.#length - distance) & (WINDOW - 1)] as number);
    }
  }

  #put(byte: number): void {
    this.#window[this.#length & (WINDOW - 1)] = byte;
    this.#length++;
    if ((this.#length & (WINDOW - 1)) === 0) this.#sum();
  }

  /** Adds up what came out since the last time, which still stands in the window. */
  #sum(): void {
    if (this.#length > this.#limit) throw this.#tooLong();
    let low = this.#low;
    let high = this.#high;
    while (this.#summed < this.#length) {
      const end = Math.min(this.#length, this.#summed + ADLER_RUN);
      for (let at = this.#summed; at < end; at++) {
        low += this.#window[at & (WINDOW - 1)] as number;
        high += low;
      }
      low %= ADLER_PRIME;
      high %= ADLER_PRIME;
      this.#summed = end;
    }
    this.#low = low;
    this.#high = high;
  }
}

/** §3.2.2: the codes of these lengths, in one table that is as wide as the longest. */
function makeCodes(lengths: Uint8Array): Codes {
  const counts = new Uint16Array(MAX_BITS + 2);
  let bits = 1;
  for (const length of lengths) {
    counts[length] = (counts[length] ?? 0) + 1;
    bits = Math.max(bits, length);
  }
  counts[0] = 0;
  const next = new Uint32Array(MAX_BITS + 2);
  for (let length = 1; length <= MAX_BITS; length++) {
    next[length] = ((next[length - 1] ?? 0) + (counts[length - 1] ?? 0)) << 1;
    if ((next[length] ?? 0) + (counts[length] ?? 0) > 1 << length) throw new Damage();
  }
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    let code = next[length] ?? 0;
    next[length] = code + 1;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++, code >>= 1) reversed = (reversed << 1) | (code & 1);
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  }
  return { table, bits };
}

/** §3.2.6. */
const fixed: { literals: Codes; distances: Codes } = {
  literals: makeCodes(
    Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
  ),
  distances: makeCodes(new Uint8Array(30).fill(5)),
};
