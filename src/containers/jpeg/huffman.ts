// Huffman codes and the bits that are coded with them (ITU-T T.81 §C, §F.2.2).

/** Codes up to this length are looked up at once. */
const LOOKUP_BITS = 9;
const MAX_CODE_LENGTH = 16;

/** Decodes the codes of a table. */
export interface HuffmanDecoder {
  /** By the next {@link LOOKUP_BITS} bits: length of the code in the high byte, value in the low one; 0 where the code is longer. */
  lookup: Uint16Array;
  /** By length: behind the last code, and what leads from a code to its value's index. */
  limits: Int32Array;
  deltas: Int32Array;
  values: Uint8Array;
}

/** Makes a decoder of a table as DHT has it, its destination in front; nothing where codes run out (§C.2). */
export function readHuffmanTable(table: Uint8Array): HuffmanDecoder | undefined {
  const values = table.subarray(1 + MAX_CODE_LENGTH);
  const decoder: HuffmanDecoder = {
    lookup: new Uint16Array(1 << LOOKUP_BITS),
    limits: new Int32Array(MAX_CODE_LENGTH + 1),
    deltas: new Int32Array(MAX_CODE_LENGTH + 1),
    values,
  };
  let code = 0;
  let index = 0;
  for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
    const count = table[length] ?? 0;
    decoder.deltas[length] = index - code;
    for (let end = index + count; index < end; index++, code++) {
      if (length > LOOKUP_BITS) continue;
      const first = code << (LOOKUP_BITS - length);
      decoder.lookup.fill((length << 8) | (values[index] ?? 0), first, first + (1 << (LOOKUP_BITS - length)));
    }
    decoder.limits[length] = code;
    if (code > 1 << length) return undefined;
    code <<= 1;
  }
  return decoder;
}

/** Reads the bits of one run of entropy-coded data, up to the next marker; behind it there are zeros, which are counted. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** Index of the next byte. */
  #at: number;
  #bits = 0;
  #count = 0;
  /** How many of the bits are none of the data. */
  #missing = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  /** Whether more bits were read than there are. */
  get isOverrun(): boolean {
    return this.#count < this.#missing;
  }

  #fill(): void {
    while (this.#count <= 24) {
      let byte = 0;
      const at = this.#at;
      if (at >= this.#bytes.length) this.#missing += 8;
      else {
        byte = this.#bytes[at] as number;
        if (byte !== 0xff) this.#at = at + 1;
        else if (this.#bytes[at + 1] === 0) this.#at = at + 2;
        else {
          byte = 0;
          this.#missing += 8;
        }
      }
      this.#bits = (this.#bits << 8) | byte;
      this.#count += 8;
    }
  }

  /** The next value; -1 where there is no such code. */
  decode({ lookup, limits, deltas, values }: HuffmanDecoder): number {
    if (this.#count < MAX_CODE_LENGTH) this.#fill();
    const entry = lookup[(this.#bits >>> (this.#count - LOOKUP_BITS)) & ((1 << LOOKUP_BITS) - 1)] as number;
    if (entry !== 0) {
      this.#count -= entry >> 8;
      return entry & 0xff;
    }
    const next = (this.#bits >>> (this.#count - MAX_CODE_LENGTH)) & 0xffff;
    for (let length = LOOKUP_BITS + 1; length <= MAX_CODE_LENGTH; length++) {
      const code = next >> (MAX_CODE_LENGTH - length);
      if (code >= (limits[length] as number)) continue;
      this.#count -= length;
      return values[code + (deltas[length] as number)] as number;
    }
    return -1;
  }

  /** Passes over up to 16 bits. */
  skip(count: number): void {
    if (this.#count < count) this.#fill();
    this.#count -= count;
  }

  /** Reads up to 16 bits. */
  read(count: number): number {
    this.skip(count);
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  /** Where the data ends of which bits were read, and how many bits of its last byte were not. */
  get end(): { index: number; unused: number } {
    const left = this.#count - this.#missing;
    let index = this.#at;
    // Stuffed zeros (§F.1.2.3) stand behind FF alone, and FF in front of them alone.
    for (let bytes = left >> 3; bytes > 0; bytes--) {
      index -= this.#bytes[index - 1] === 0 && this.#bytes[index - 2] === 0xff ? 2 : 1;
    }
    return { index, unused: left & 7 };
  }
}
