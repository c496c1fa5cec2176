import { crcTable } from '../../bytes/crc-table.ts';

/** RFC 9639 §9.1.8: x⁸ + x² + x + 1. */
const crc8Table = crcTable(0x07, 8);
/** RFC 9639 §9.3: x¹⁶ + x¹⁵ + x² + 1. */
const crc16Table = crcTable(0x8005, 16);

/** CRC-8 of a frame header. */
export function crc8(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = crc8Table[value ^ (bytes[at] ?? 0)] ?? 0;
  return value;
}

/** CRC-16 of a frame: 0 over a whole one, its own CRC included. */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    value = ((value << 8) & 0xffff) ^ (crc16Table[(value >> 8) ^ (bytes[at] ?? 0)] ?? 0);
  }
  return value;
}
