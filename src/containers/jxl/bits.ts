// Bits of a JPEG XL codestream: the least significant bit of a byte first (ISO/IEC 18181-1:2022 §B.2), and changes to them.

/** How one of four choices codes a number: so many bits, added to an offset. */
export type Distribution = readonly [bits: number, offset: number];

/** A run of bits that is replaced by others. */
export interface BitEdit {
  /** First bit and end, counted from the first bit of the bytes they are read from. */
  start: number;
  end: number;
  /** What takes their place, bits from the least significant one of each byte on. */
  bytes: Uint8Array;
  length: number;
}

/**
 * Reads bit by bit. Behind the end there are zeros and `isOverrun` is set; what the specification forbids is noted in `problem`:
 * it counts only if nothing was overrun, and a reader that loops asks `isBroken`.
 */
export class CodestreamBits {
  readonly bytes: Uint8Array;
  /** Where the next bit stands. */
  at = 0;
  #contentEnd: number | undefined;
  /** What is wrong, one sentence. */
  problem: string | undefined;
  /** What is to be written in another way. */
  readonly edits: BitEdit[] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Where the content in front of the first whole byte ends. */
  get contentEnd(): number {
    return this.#contentEnd ?? this.at;
  }

  get isOverrun(): boolean {
    return this.at > this.bytes.length * 8;
  }

  /** Whether reading on makes no sense. */
  get isBroken(): boolean {
    return this.problem !== undefined || this.isOverrun;
  }

  /** Notes what is wrong; the first counts. */
  reject(problem: string): void {
    this.problem ??= problem;
  }

  /** The next `count` bits, up to 32, as a number. */
  read(count: number): number {
    const value = this.peek(count);
    this.at += count;
    return value;
  }

  /** The next `count` bits, up to 32, without going on. */
  peek(count: number): number {
    if (count > 24) return (this.#peek(this.at, 24) | (this.#peek(this.at + 24, count - 24) << 24)) >>> 0;
    return this.#peek(this.at, count);
  }

  #peek(at: number, count: number): number {
    const byte = at >>> 3;
    const { bytes } = this;
    const word =
      (bytes[byte] ?? 0) |
      ((bytes[byte + 1] ?? 0) << 8) |
      ((bytes[byte + 2] ?? 0) << 16) |
      ((bytes[byte + 3] ?? 0) << 24);
    return (word >>> (at & 7)) & ((1 << count) - 1);
  }

  bool(): boolean {
    return this.read(1) === 1;
  }

  /** `U32` (§B.2.2): two bits choose among four distributions. */
  u32(...choices: readonly [Distribution, Distribution, Distribution, Distribution]): number {
    const [bits, offset] = choices[this.read(2)] ?? choices[0];
    return this.read(bits) + offset;
  }

  /** `Enum` (§B.2.6). */
  enumeration(): number {
    return this.u32([0, 0], [0, 1], [4, 2], [6, 18]);
  }

  /** `U64` (§B.2.4). */
  u64(): bigint {
    const choice = this.read(2);
    if (choice === 0) return 0n;
    if (choice === 1) return BigInt(1 + this.read(4));
    if (choice === 2) return BigInt(17 + this.read(8));
    let value = BigInt(this.read(12));
    for (let shift = 12n; this.bool(); shift += 8n) {
      if (shift === 60n) return value | (BigInt(this.read(4)) << shift);
      value |= BigInt(this.read(8)) << shift;
    }
    return value;
  }

  /** A number with a count of its bits in front of it (§C.2.5). */
  counted(countBits: number): number {
    if (!this.bool()) return 0;
    const count = this.read(countBits);
    return this.read(count) + 2 ** count;
  }

  /** Passes over numbers of 16-bit floating point. */
  skipF16(count: number): void {
    this.at += 16 * count;
  }

  /** Goes on to the next whole byte; what fills up to it must be zeros (§B.2.7). */
  align(): void {
    this.#contentEnd ??= this.at;
    if (this.read(-this.at & 7) !== 0) this.reject('The bits that fill up to a whole byte are not zeros.');
  }

  /** Writes the bits from `start` to here as `length` others, up to 16: those of `value`, the least significant one first. */
  replace(start: number, length: number, value = 0): void {
    this.edits.push({ start, end: this.at, bytes: Uint8Array.of(value & 0xff, value >> 8), length });
  }

  /** A text (`name`, §C.4 and §F.2), which is written as the empty one. @returns its length in bytes */
  skipName(): number {
    const start = this.at;
    const length = this.u32([0, 0], [4, 0], [5, 16], [10, 48]);
    this.at += 8 * length;
    if (length > 0) this.replace(start, 2);
    return length;
  }

  /** Extensions (§B.3), which no decoder knows any of: they are written as none. @returns their length in bits */
  skipExtensions(): number {
    const start = this.at;
    let present = this.u64();
    if (present === 0n) return 0;
    let length = 0n;
    for (; present > 0n; present >>= 1n) if (present & 1n) length += this.u64();
    this.at += Number(length);
    this.replace(start, 2);
    return this.at - start;
  }
}

/** The bits up to the first whole byte with the edits made, which are in order, filled up to whole bytes. */
export function rewrite(bits: CodestreamBits): Uint8Array {
  const end = bits.contentEnd;
  const length = bits.edits.reduce((sum, edit) => sum + edit.length - (edit.end - edit.start), end);
  const output = new Uint8Array(Math.ceil(length / 8));
  let written = 0;
  let from = 0;
  const copy = (source: CodestreamBits, start: number, stop: number): void => {
    source.at = start;
    while (source.at < stop) {
      const count = Math.min(8 - (written & 7), stop - source.at);
      output[written >> 3] = (output[written >> 3] ?? 0) | (source.read(count) << (written & 7));
      written += count;
    }
  };
  for (const edit of bits.edits) {
    copy(bits, from, edit.start);
    copy(new CodestreamBits(edit.bytes), 0, edit.length);
    from = edit.end;
  }
  copy(bits, from, end);
  return output;
}
