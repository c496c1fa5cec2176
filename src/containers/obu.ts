// Open bitstream units of AV1 (AV1 Bitstream & Decoding Process Specification §5.3). Syntax only.

/** Types of units (§6.2.2). */
export const ObuType = {
  sequenceHeader: 1,
  temporalDelimiter: 2,
  frameHeader: 3,
  tileGroup: 4,
  metadata: 5,
  frame: 6,
  redundantFrameHeader: 7,
  tileList: 8,
  padding: 15,
} as const;

/** The longest header: its byte, an extension, a size of eight bytes. */
export const MAX_OBU_HEADER_LENGTH = 10;

/** A unit, its offsets counted from its first byte. */
export interface Obu {
  type: number;
  headerLength: number;
  /** Length with its header; that of all that is left where it does not say. */
  length: number;
}

/**
 * Reads the header of a unit.
 * @param header its first bytes, as many as the longest header or all there are
 * @param left how many bytes there are in all
 * @returns nothing where no unit fits
 */
export function readObu(header: Uint8Array, left: number): Obu | undefined {
  const [first = 0] = header;
  if (header.length === 0 || first >= 0x80) return undefined;
  const sizeAt = first & 4 ? 2 : 1;
  const obu = { type: (first >> 3) & 15 };
  if ((first & 2) === 0) return sizeAt > left ? undefined : { ...obu, headerLength: sizeAt, length: left };
  const size = readLeb128(header, sizeAt);
  if (size === undefined) return undefined;
  const headerLength = sizeAt + size.length;
  const length = headerLength + size.value;
  return length > left ? undefined : { ...obu, headerLength, length };
}

/** A number in groups of seven bits, the least significant first (§4.10.5). */
export function readLeb128(bytes: Uint8Array, at: number): { value: number; length: number } | undefined {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, length: index + 1 };
  }
  return undefined;
}

/** The unit's header without reserved bits, and with its size in as few bytes as it takes. */
export function canonicalObuHeader(header: Uint8Array, { headerLength, length }: Obu): Uint8Array {
  const [first = 0, extension = 0] = header;
  const size: number[] = [];
  let left = length - headerLength;
  do {
    size.push((left % 128) + (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Uint8Array.of((first & 0xfc) | 2, ...(first & 4 ? [extension & 0xf8] : []), ...size);
}
