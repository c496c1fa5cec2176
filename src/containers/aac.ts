// AAC raw data blocks: elements of a 3-bit id (ISO/IEC 14496-3 §4.4.2.1). Fill, data stream and program config elements in
// front of the sound carry what an encoder likes, its name above all; decoders read past them.
import { Bits } from '../bytes/bits.ts';

const Element = { DSE: 4, PCE: 5, FIL: 6 } as const;
/** A bit for each of these ids. */
const WITHOUT_SOUND = (1 << Element.DSE) | (1 << Element.PCE) | (1 << Element.FIL);
/** Extension payloads that decoders use: dynamic range, spatial audio, spectral band replication (§4.5.2.8). */
const DECODED_EXTENSIONS = [11, 12, 13, 14];
/** `EXT_FILL`, type 0, whose bits are free: readers take the bytes of `EXT_FILL_DATA` for an encoder's name. */
const FILL_BYTE = 0;
/** FFmpeg takes a priming of 1024 samples as said where `EXT_FILL` names this encoder, 17 bits in; its version may be any. */
const FAAC = /^libfaac\s*[+-]?\d+\.\s*[+-]?\d/;
const FAAC_BITS = 17;
const CANONICAL_FAAC = 'libfaac 0.0';

/** Whether a raw data block that begins with this byte begins with an element that is no sound: told by three bits. */
export function beginsWithoutSound(firstByte: number): boolean {
  return ((WITHOUT_SOUND >> (firstByte >> 5)) & 1) === 1;
}

/**
 * Makes the content of the elements in front of the sound canonical, at the same length.
 * @param block a raw data block
 * @returns the block's first bytes anew, as far as its leading elements go; nothing where they are canonical already
 */
export function neutralizeLeadingElements(block: Uint8Array): Uint8Array | undefined {
  const bits = new Bits(block);
  let output: Uint8Array | undefined;
  /** Writes a byte that may begin at any bit. */
  const write = (at: number, value: number): void => {
    if (peek(output ?? block, at) === value) return;
    output ??= new Uint8Array(block);
    const byte = at >> 3;
    const shift = at & 7;
    output[byte] = ((output[byte] ?? 0) & ~(0xff >> shift)) | (value >> shift);
    if (shift > 0 && byte + 1 < output.length)
      output[byte + 1] = ((output[byte + 1] ?? 0) & (0xff >> shift)) | ((value << (8 - shift)) & 0xff);
  };
  let end = 0;
  while (bits.left >= 7) {
    const id = bits.read(3);
    if (id === Element.FIL) {
      let count = bits.read(4);
      if (count === 15) count += bits.read(8) - 1;
      const start = bits.at;
      const limit = Math.min(start + count * 8, block.length * 8);
      const type = count > 0 ? bits.read(4) : 0;
      // A count that runs over the block's end is no sound either.
      if (type === 0 && namesFaac(block, start, limit)) {
        for (let at = start; at < limit; at += 8) write(at, canonicalFaacByte(at - start));
      } else if (!DECODED_EXTENSIONS.includes(type)) {
        for (let at = start; at < limit; at += 8) write(at, FILL_BYTE);
      }
      bits.at = start + count * 8;
    } else if (id === Element.DSE) {
      // Instance tag 4, alignment flag 1, count 8 and, if that is full, 8 more (§4.4.2.1, Table 4.10).
      const isAligned = (bits.read(5) & 1) === 1;
      let count = bits.read(8);
      if (count === 255) count += bits.read(8);
      if (isAligned) bits.align();
      for (; count > 0 && bits.left > 0; count--, bits.at += 8) write(bits.at, 0);
    } else if (id === Element.PCE) {
      skipProgramConfig(bits);
      for (let count = bits.read(8); count > 0 && bits.left > 0; count--, bits.at += 8) write(bits.at, 0);
    } else break;
    end = bits.at;
  }
  return output?.subarray(0, Math.min(block.length, Math.ceil(end / 8)));
}

function peek(bytes: Uint8Array, at: number): number {
  const byte = at >> 3;
  return ((((bytes[byte] ?? 0) << 8) | (bytes[byte + 1] ?? 0)) >> (8 - (at & 7))) & 0xff;
}

function namesFaac(block: Uint8Array, start: number, limit: number): boolean {
  const LONGEST = 40;
  let text = '';
  for (let at = start + FAAC_BITS; at + 8 <= limit && text.length < LONGEST; at += 8)
    text += String.fromCharCode(peek(block, at));
  return FAAC.test(text);
}

/** The byte at a bit of a fill element that says the encoder's name and nothing else. */
function canonicalFaacByte(at: number): number {
  const shift = FAAC_BITS % 8;
  const index = (at - (FAAC_BITS - shift)) / 8;
  const code = (place: number): number => (place < 0 ? 0 : CANONICAL_FAAC.charCodeAt(place) || 0);
  return ((code(index - 1) << (8 - shift)) | (code(index) >> shift)) & 0xff;
}

/** Reads a program config element up to the length of its comment (§4.4.1.1, Table 4.2). */
export function skipProgramConfig(bits: Bits): void {
  // Instance tag, profile, sampling frequency.
  bits.at += 10;
  const [front, side, back] = [bits.read(4), bits.read(4), bits.read(4)];
  const [lfe, associated, coupling] = [bits.read(2), bits.read(3), bits.read(4)];
  for (const width of [4, 4, 3]) if (bits.read(1) === 1) bits.at += width;
  bits.at += (front + side + back + coupling) * 5 + (lfe + associated) * 4;
  bits.align();
}
