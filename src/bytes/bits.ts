/** Reads bytes bit by bit, the most significant bit first. Behind the end there are zeros. */
export class Bits {
  readonly bytes: Uint8Array;
  /** Where the next bit stands, counted from the first bit. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Bits up to the end; negative when more were read than there are. */
  get left(): number {
    return this.bytes.length * 8 - this.at;
  }

  /** The next `count` bits, up to 24, as a number. */
  read(count: number): number {
    const byte = this.at >> 3;
    const { bytes } = this;
    const word =
      ((bytes[byte] ?? 0) << 24) |
      ((bytes[byte + 1] ?? 0) << 16) |
      ((bytes[byte + 2] ?? 0) << 8) |
      (bytes[byte + 3] ?? 0);
    const value = (word << (this.at & 7)) >>> (32 - count);
    this.at += count;
    return value;
  }

  /** Goes on to the next whole byte. */
  align(): void {
    this.at = (this.at + 7) & ~7;
  }
}
