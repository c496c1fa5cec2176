/** Table of a CRC that takes bits from the most significant one on, as Ogg and FLAC have it. */
export function crcTable(polynomial: number, bits: 8 | 16 | 32): Int32Array {
  const top = 1 << (bits - 1);
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  return Int32Array.from({ length: 256 }, (_, index) => {
    let value = index << (bits - 8);
    for (let bit = 0; bit < 8; bit++) value = value & top ? (value << 1) ^ polynomial : value << 1;
    return value & mask;
  });
}
