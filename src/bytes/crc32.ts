/** The polynomial, reflected (ISO 3309, ITU-T V.42): the highest bit is x^0. */
const POLYNOMIAL = 0xedb88320;

const table: Uint32Array = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = timesX(value);
  return value;
});

function timesX(value: number): number {
  return value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
}

/** CRC-32 as in PNG, gzip and ZIP (ISO 3309). */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let value = 0xffffffff;
  for (let at = start; at < end; at++) value = (value >>> 8) ^ (table[(value ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~value >>> 0;
}

/** x^0 and x^8 as polynomials modulo {@link POLYNOMIAL}. */
const ONE = 0x80000000;
const ONE_BYTE = 0x00800000;

/**
 * The CRC-32 of data in which a word was replaced, without reading the data: the CRC is linear.
 * @param crc of the data as it was, right or wrong
 * @param difference of the four bytes that were replaced, big-endian: the old word XOR the new one
 * @param following how many bytes stand behind the word
 */
export function patchCrc32(crc: number, difference: number, following: number): number {
  let moved = 0;
  for (let shift = 24; shift >= 0; shift -= 8) {
    moved = (moved >>> 8) ^ (table[(moved ^ (difference >>> shift)) & 0xff] ?? 0);
  }
  let power = ONE_BYTE;
  for (let rest = following; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) moved = multiply(moved, power);
    power = multiply(power, power);
  }
  return (crc ^ moved) >>> 0;
}

/** Product of two polynomials modulo {@link POLYNOMIAL}. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = ONE; bit > 0; bit >>>= 1) {
    if (a & bit) product ^= shifted;
    shifted = timesX(shifted);
  }
  return product;
}
