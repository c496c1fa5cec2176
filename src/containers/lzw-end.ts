// Where the LZW code of a GIF image ends (GIF89a Appendix F): codes are followed, but no pixel is made.

const MAX_CODE_SIZE = 12;
const MAX_CODES = 1 << MAX_CODE_SIZE;

/** The end of an image's codes. */
export interface LzwEnd {
  /** Behind the last byte that has a bit of them. */
  end: number;
  /** That byte as it must be: its other bits zero, the end code put in where something else stood behind the last pixel. */
  tail: Uint8Array;
  /** How many bytes of the data the tail stands for, from `end - replaced` on. */
  replaced: number;
}

/**
 * Finds the end of the codes that `data` begins with.
 * @param minimumSize bits of a pixel; codes begin with one more
 * @param pixels how many the image has
 * @returns nothing where the codes are wrong, or fewer pixels come out
 */
export function findLzwEnd(data: Uint8Array, minimumSize: number, pixels: number): LzwEnd | undefined {
  if (minimumSize < 1 || minimumSize >= MAX_CODE_SIZE || pixels === 0) return undefined;
  const clear = 1 << minimumSize;
  const end = clear + 1;
  /** How many pixels each code stands for. */
  const lengths = new Uint32Array(MAX_CODES).fill(1, 0, clear);
  let size = minimumSize + 1;
  let next = end + 1;
  let before = -1;
  let made = 0;
  let bit = 0;
  for (;;) {
    const isThere = bit + size <= data.length * 8;
    if (!isThere && made < pixels) return undefined;
    const code = isThere ? readBits(data, bit, size) : -1;
    if (code === end) return made < pixels ? undefined : endAt(data, bit + size);
    if (made >= pixels) return isThere ? putEnd(data, bit, size, end) : endAt(data, bit);
    bit += size;
    if (code === clear) {
      size = minimumSize + 1;
      next = end + 1;
      before = -1;
      continue;
    }
    if (code > next || (code === next && (before < 0 || next === MAX_CODES)) || (code > end && before < 0))
      return undefined;
    const grown = before < 0 ? 0 : (lengths[before] as number) + 1;
    made += code === next ? grown : (lengths[code] as number);
    if (before >= 0 && next < MAX_CODES) {
      lengths[next++] = grown;
      if (next === 1 << size && size < MAX_CODE_SIZE) size++;
    }
    before = code;
  }
}

function readBits(data: Uint8Array, bit: number, size: number): number {
  const at = bit >> 3;
  const word = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16);
  return (word >> (bit & 7)) & ((1 << size) - 1);
}

/** The codes end at a bit. */
function endAt(data: Uint8Array, bit: number): LzwEnd {
  const end = Math.ceil(bit / 8);
  const tail = data.slice(end - 1, end);
  if (bit % 8 !== 0) tail[0] = (tail[0] ?? 0) & ((1 << (bit % 8)) - 1);
  return { end, tail, replaced: 1 };
}

/** Behind the last pixel, which ends at a bit, the end code is put in. */
function putEnd(data: Uint8Array, bit: number, size: number, code: number): LzwEnd {
  const start = bit >> 3;
  const end = Math.ceil((bit + size) / 8);
  const tail = new Uint8Array(end - start);
  const kept = (data[start] ?? 0) & ((1 << (bit & 7)) - 1);
  const word = kept | (code << (bit & 7));
  for (let index = 0; index < tail.length; index++) tail[index] = word >> (8 * index);
  return { end, tail, replaced: tail.length };
}
