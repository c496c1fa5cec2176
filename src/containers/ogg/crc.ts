// The checksum of Ogg pages (RFC 3533 §6, field 7): CRC-32 of polynomial 0x04C11DB7, starting from 0, neither reflected nor inverted.
import { crcTable } from '../../bytes/crc-table.ts';

const POLYNOMIAL = 0x04c11db7;
const table = crcTable(POLYNOMIAL, 32);

/** The checksum of bytes that follow those whose checksum is `crc`. */
export function pageCrc(bytes: Uint8Array, start = 0, end: number = bytes.length, crc = 0): number {
  let value = crc;
  for (let at = start; at < end; at++) value = (value << 8) ^ (table[(value >>> 24) ^ (bytes[at] ?? 0)] ?? 0);
  return value >>> 0;
}

/** The length of a page has two bytes (RFC 3533 §6). */
const BYTE_VALUES = 256;

/**
 * Works out how a change early in a page changes its checksum, without looking at what stands behind the change.
 * The checksum is linear over GF(2): that of the difference of two pages is the difference of their checksums, and bytes that
 * do not differ are zeros to it, each of which multiplies it by x⁸ modulo the polynomial.
 */
export class CrcPatch {
  /** x⁸ⁿ modulo the polynomial for the low byte of n, and for its high byte. */
  readonly #low: Int32Array = new Int32Array(BYTE_VALUES);
  readonly #high: Int32Array = new Int32Array(BYTE_VALUES);

  constructor() {
    let power = 1;
    for (let low = 0; low < BYTE_VALUES; low++) {
      this.#low[low] = power;
      power = (power << 8) ^ (table[power >>> 24] as number);
    }
    // By now it is x⁸ⁿ for n = 256.
    let product = 1;
    for (let high = 0; high < BYTE_VALUES; high++) {
      this.#high[high] = product;
      product = multiply(product, power);
    }
  }

  /**
   * The change of a checksum.
   * @param difference checksum of the differing bytes, exclusive-ored, alone
   * @param length how many bytes follow them in the page
   */
  shift(difference: number, length: number): number {
    const shifted = multiply(difference, this.#low[length & 0xff] as number);
    return multiply(shifted, this.#high[length >> 8] as number);
  }
}

/** The product of two polynomials modulo the checksum's, four bits of the first at a time. */
function multiply(a: number, b: number): number {
  const b2 = (b << 1) ^ ((b >> 31) & POLYNOMIAL);
  const b4 = (b2 << 1) ^ ((b2 >> 31) & POLYNOMIAL);
  const b8 = (b4 << 1) ^ ((b4 >> 31) & POLYNOMIAL);
  let product = 0;
  for (let shift = 28; shift >= 0; shift -= 4) {
    const bits = a >>> shift;
    product = (product << 4) ^ (table[product >>> 28] as number);
    product ^= (-(bits & 1) & b) ^ (-((bits >> 1) & 1) & b2) ^ (-((bits >> 2) & 1) & b4) ^ (-((bits >> 3) & 1) & b8);
  }
  return product;
}

/** Checksum of a flag byte and the eight bytes of zeros that follow it. */
export function flagsCrc(flags: number): number {
  return flags === 0 ? 0 : pageCrc(Uint8Array.of(flags, 0, 0, 0, 0, 0, 0, 0, 0));
}

/** Checksum of two 32-bit little-endian numbers that follow bytes whose checksum is `crc`. */
export function numbersCrc(first: number, second: number, crc: number): number {
  return wordCrc(second, wordCrc(first, crc));
}

function wordCrc(word: number, crc: number): number {
  let value = crc;
  for (let shift = 0; shift < 32; shift += 8) {
    value = (value << 8) ^ (table[(value >>> 24) ^ ((word >>> shift) & 0xff)] as number);
  }
  return value;
}
