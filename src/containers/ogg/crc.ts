// The checksum of Ogg pages (RFC 3533 §6, field 7): CRC-32 of polynomial 0x04C11DB7, starting from 0, neither reflected nor inverted.
import { crcTable } from '../../bytes/crc-table.ts';

const table = crcTable(0x04c11db7, 32);

/** The checksum of bytes that follow those whose checksum is `crc`. */
export function pageCrc(bytes: Uint8Array, start = 0, end: number = bytes.length, crc = 0): number {
  let value = crc;
  for (let at = start; at < end; at++) value = (value << 8) ^ (table[(value >>> 24) ^ (bytes[at] ?? 0)] ?? 0);
  return value >>> 0;
}

/** A page holds up to 27 + 255 + 255·255 bytes: sixteen bits count them. */
const LENGTH_BITS = 16;
/** A linear map of 32 bits as four tables, one for each byte. */
const MAP_SIZE = 4 * 256;

/**
 * Works out how a change early in a page changes its checksum, without looking at what stands behind the change.
 * The checksum is linear over GF(2): that of the difference of two pages is the difference of their checksums, and bytes that
 * do not differ are zeros to it, which multiply it by x⁸ each. For runs of 1, 2, 4, … 32768 of them the map is worked out here.
 */
export class CrcPatch {
  readonly #maps: Int32Array = new Int32Array(LENGTH_BITS * MAP_SIZE);

  constructor() {
    let columns = Array.from({ length: 32 }, (_, bit) => {
      const value = 1 << bit;
      return (value << 8) ^ (table[value >>> 24] ?? 0);
    });
    for (let power = 0; power < LENGTH_BITS; power++) {
      const start = power * MAP_SIZE;
      for (let byte = 0; byte < 4; byte++) {
        for (let value = 1; value < 256; value++) {
          const lowest = 31 - Math.clz32(value & -value);
          const rest = this.#maps[start + byte * 256 + (value & (value - 1))] ?? 0;
          this.#maps[start + byte * 256 + value] = rest ^ (columns[byte * 8 + lowest] ?? 0);
        }
      }
      columns = columns.map((column) => this.#apply(start, column));
    }
  }

  /**
   * The change of a checksum.
   * @param difference checksum of the differing bytes, exclusive-ored, alone
   * @param length how many bytes follow them in the page
   */
  shift(difference: number, length: number): number {
    let value = difference;
    for (let rest = length, start = 0; rest > 0; rest >>= 1, start += MAP_SIZE) {
      if (rest & 1) value = this.#apply(start, value);
    }
    return value;
  }

  #apply(start: number, value: number): number {
    const maps = this.#maps;
    return (
      (maps[start + (value & 0xff)] as number) ^
      (maps[start + 256 + ((value >>> 8) & 0xff)] as number) ^
      (maps[start + 512 + ((value >>> 16) & 0xff)] as number) ^
      (maps[start + 768 + (value >>> 24)] as number)
    );
  }
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
