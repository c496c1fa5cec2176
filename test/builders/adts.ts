// ADTS frames in the words of ISO/IEC 14496-3; free to be wrong.
import { join } from './tags.ts';

/** Fill elements in front of a raw data block: seven empty ones, so that what follows is where it was in its byte, and one with text. */
export function fill(text: string | Uint8Array): Uint8Array {
  const payload = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const bits = `${'1100000'.repeat(7)}110${payload.length.toString(2).padStart(4, '0')}`;
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  return join(bytes, payload);
}

/** A data stream element, aligned. */
export function dataStream(text: string): Uint8Array {
  const bits = `10000001${text.length.toString(2).padStart(8, '0')}`;
  return join(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [], text);
}

/** A frame with elements put in front of its sound, free bits set, and perhaps a CRC. */
export function rewriteAdts(found: Uint8Array, elements: Uint8Array, bits: number, crc?: number): Uint8Array {
  const checksum = crc === undefined ? [] : [crc >> 8, crc & 255];
  const frame = join(found.subarray(0, 7), checksum, elements, found.subarray(7));
  frame[1] = ((frame[1] ?? 0) & ~1) | (crc === undefined ? 1 : 0);
  frame[2] = ((frame[2] ?? 0) & ~2) | ((bits & 1) << 1);
  frame[3] = ((frame[3] ?? 0) & 0xc0) | ((bits & 0x1e) << 1) | (frame.length >> 11);
  frame[4] = (frame.length >> 3) & 255;
  frame[5] = ((frame[5] ?? 0) & 0x1f) | ((frame.length & 7) << 5);
  return frame;
}
