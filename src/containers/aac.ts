// AAC raw data blocks: elements of a 3-bit id (ISO/IEC 14496-3 §4.4.2.1). Fill and data stream elements in front of the sound, and
// comments of program config elements, carry what an encoder likes, its name above all; decoders read past them.

const ID_DSE = 4;
const ID_PCE = 5;
const ID_FIL = 6;
/** Extension payloads that decoders use: dynamic range, spatial audio, spectral band replication (§4.5.2.8). */
const DECODED_EXTENSIONS = [11, 12, 13, 14];

/** `EXT_FILL`, whose bits are free. What is written is zeros: readers take the bytes of `EXT_FILL_DATA` for an encoder's name. */
const EXT_FILL = 0;
/**
 * FFmpeg leaves out the first 1024 samples where `EXT_FILL`, type and 13 bits, goes on with `libfaac` and two numbers. This is the
 * shortest text that it takes for that.
 */
const FAAC_NAME = 'libfaac1.0';
const FAAC_PATTERN = /^libfaac\s*[+-]?\d+\.\s*[+-]?\d/;
const FAAC_BITS = 4 + 13;
/** What may stand in front of the second number's first digit. */
const FAAC_LOOKED = 64;

/** No run of leading elements is longer: fifteen bytes and 255 more, a few times over. */
export const MAX_LEADING_BYTES = 2048;

/**
 * A raw data block with the content of its leading fill and data stream elements made canonical, at the same length.
 * @param block the block's beginning, up to {@link MAX_LEADING_BYTES}, or all of it
 * @param bitStart where the block begins, in bits
 * @returns the new bytes; nothing where there is nothing to change
 */
export function neutralizeFill(block: Uint8Array, bitStart = 0): Uint8Array | undefined {
  // Most blocks begin with sound, and that is told by three bits.
  const first = ((((block[bitStart >> 3] ?? 0) << 8) | (block[(bitStart >> 3) + 1] ?? 0)) >> (13 - (bitStart & 7))) & 7;
  if (first !== ID_FIL && first !== ID_DSE && first !== ID_PCE) return undefined;
  const output = block.slice();
  const limit = block.length * 8;
  let at = bitStart;
  let isChanged = false;
  const read = (bits: number): number => {
    let value = 0;
    for (let index = 0; index < bits; index++, at++)
      value = (value << 1) | (((output[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  const write = (start: number, value: number, bits: number): void => {
    for (let index = 0; index < bits; index++) {
      const bit = (value >> (bits - 1 - index)) & 1;
      const mask = 0x80 >> ((start + index) & 7);
      const byte = output[(start + index) >> 3] ?? 0;
      const changed = bit ? byte | mask : byte & ~mask;
      if (changed !== byte) isChanged = true;
      output[(start + index) >> 3] = changed;
    }
  };
  while (at + 15 <= limit) {
    const id = read(3);
    if (id === ID_FIL) {
      let count = read(4);
      if (count === 15) count += read(8) - 1;
      const end = at + count * 8;
      if (end > limit) break;
      const start = end - count * 8;
      const type = count > 0 ? read(4) : EXT_FILL;
      if (type === EXT_FILL && isFaac(read, count)) {
        write(start, 0, FAAC_BITS);
        at = start + FAAC_BITS;
        for (let index = 0; index < FAAC_NAME.length; index++, at += 8) write(at, FAAC_NAME.charCodeAt(index), 8);
        for (; at < end; at++) write(at, 0, 1);
      } else if (count > 0 && !DECODED_EXTENSIONS.includes(type)) {
        for (let index = 0; index < count; index++) write(start + index * 8, 0, 8);
      }
      at = end;
    } else if (id === ID_DSE) {
      // Instance tag 4, alignment flag 1, count 8 and, if that is full, 8 more.
      const isAligned = (read(5) & 1) === 1;
      let count = read(8);
      if (count === 255) count += read(8);
      if (isAligned) at = bitStart + Math.ceil((at - bitStart) / 8) * 8;
      if (at + count * 8 > limit) break;
      for (let index = 0; index < count; index++, at += 8) write(at, 0, 8);
    } else if (id === ID_PCE) {
      skipProgramConfig(read);
      // Aligned as the block is (§4.4.1.1); then the comment's length and the comment.
      at = bitStart + Math.ceil((at - bitStart) / 8) * 8;
      const count = read(8);
      if (at + count * 8 > limit) break;
      for (let index = 0; index < count; index++, at += 8) write(at, 0, 8);
    } else break;
  }
  return isChanged ? output : undefined;
}

/** Whether a fill element of `count` bytes, read up to its type, names this encoder. */
function isFaac(read: (bits: number) => number, count: number): boolean {
  const length = Math.floor((count * 8 - FAAC_BITS) / 8);
  if (length < FAAC_NAME.length) return false;
  read(FAAC_BITS - 4);
  let text = '';
  for (let index = 0; index < Math.min(length, FAAC_LOOKED); index++) text += String.fromCharCode(read(8));
  return FAAC_PATTERN.test(text);
}

/** Reads over a program config element up to its alignment (§4.4.1.1, table 4.2). */
function skipProgramConfig(read: (bits: number) => number): void {
  // Instance tag 4, object type 2, sampling frequency index 4.
  read(10);
  const elements = [read(4), read(4), read(4)].reduce((sum, count) => sum + count, 0);
  const lowFrequency = read(2);
  const associated = read(3);
  const coupling = read(4);
  // Mono and stereo mixdown element numbers, matrix mixdown index.
  for (const bits of [4, 4, 3]) if (read(1) === 1) read(bits);
  for (let index = 0; index < elements + coupling; index++) read(5);
  for (let index = 0; index < lowFrequency + associated; index++) read(4);
}
