/** CRC-32 table for the reflected polynomial 0xEDB88320 (ISO 3309, ITU-T V.42). */
const table: Uint32Array = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in PNG, gzip and ZIP (ISO 3309). */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let value = 0xffffffff;
  for (let at = start; at < end; at++) value = (value >>> 8) ^ (table[(value ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~value >>> 0;
}
