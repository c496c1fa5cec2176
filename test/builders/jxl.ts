// JPEG XL in the words of ISO/IEC 18181-2: boxes around a codestream, and bits of its headers.
import { be32, box, type Part } from './isobmff.ts';
import { join } from './jpeg.ts';

/** Signature and brand, which a file of boxes begins with (§9.1, §9.2). */
export const OPENING: Uint8Array = join(box('JXL ', [0x0d, 0x0a, 0x87, 0x0a]), box('ftyp', 'jxl ', be32(0), 'jxl '));

/** The codestream in `jxlp` boxes of the given lengths and one with the rest, with something in front of each (§9.10). */
export function parts(
  codestream: Uint8Array,
  lengths: readonly number[],
  between: (index: number) => Part,
): Uint8Array {
  const written: Part[] = [];
  let at = 0;
  for (const [index, length] of [...lengths, codestream.length].entries()) {
    const isLast = index === lengths.length;
    const part = codestream.subarray(at, isLast ? codestream.length : at + length);
    written.push(between(index), box('jxlp', be32(index + (isLast ? 0x80000000 : 0)), part));
    at += length;
  }
  return join(...written);
}

/** Bits as a string of `0` and `1`, the first one read first. */
export function toBits(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => [...byte.toString(2).padStart(8, '0')].reverse().join('')).join('');
}

/** Bits as bytes, filled up with zeros. */
export function fromBits(bits: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let at = 0; at < bits.length; at++)
    if (bits[at] === '1') bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  return bytes;
}

/** A number in so many bits. */
export function number(value: number, count: number): string {
  return [...value.toString(2).padStart(count, '0')].reverse().join('');
}

/** A name (§C.9, §F.2) of up to 15 bytes. */
export function name(text: string): string {
  return text === '' ? '00' : `10${number(text.length, 4)}${toBits(join(text))}`;
}

/** Extensions (§B.3): none, or 16 bits in the first. */
export function extension(value?: number): string {
  return value === undefined ? '00' : `10${number(0, 4)}10${number(15, 4)}${number(value, 16)}`;
}

/** Bits filled up to a whole byte. */
export function align(bits: string): string {
  return bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
}
