// Lengths of tile-parts and packets that a JPEG 2000 codestream tells ahead (ISO/IEC 15444-1:2019 §A.7).

/** A tile-part: the tile it belongs to, its length as found, and its length in the output. */
export interface TilePart {
  tile: number;
  found: number;
  written: number;
}

/** A TLM segment from its marker on, cut into its fields. */
export interface TileLengths {
  /** Ztlm: its place among the others. */
  order: number;
  /** How many bytes the number of a tile takes, and the length of a tile-part. */
  tileBytes: number;
  lengthBytes: number;
  /** The tile, where it is told, and the length. */
  entries: { tile: number | undefined; length: number }[];
}

const TLM_HEADER_LENGTH = 6;

/** Reads a TLM segment (§A.7.1); nothing where its fields do not fill it. */
export function readTileLengths(segment: Uint8Array): TileLengths | undefined {
  if (segment.length < TLM_HEADER_LENGTH) return undefined;
  const view = new DataView(segment.buffer, segment.byteOffset, segment.length);
  const sizes = view.getUint8(5);
  const tileBytes = (sizes >> 4) & 3;
  const lengthBytes = sizes & 0x40 ? 4 : 2;
  const entryLength = tileBytes + lengthBytes;
  if (tileBytes === 3 || (segment.length - TLM_HEADER_LENGTH) % entryLength !== 0) return undefined;
  const entries: TileLengths['entries'] = [];
  for (let at = TLM_HEADER_LENGTH; at < segment.length; at += entryLength) {
    const tile = tileBytes === 0 ? undefined : tileBytes === 1 ? view.getUint8(at) : view.getUint16(at);
    const lengthAt = at + tileBytes;
    entries.push({ tile, length: lengthBytes === 4 ? view.getUint32(lengthAt) : view.getUint16(lengthAt) });
  }
  return { order: view.getUint8(4), tileBytes, lengthBytes, entries };
}

/** Whether the segments, in order, tell the tile-parts that there are. */
export function tellsTileParts(segments: readonly TileLengths[], parts: readonly TilePart[]): boolean {
  const total = segments.reduce((sum, { entries }) => sum + entries.length, 0);
  if (total !== parts.length || segments.some(({ order }, index) => order !== index)) return false;
  let index = 0;
  for (const { entries } of segments) {
    for (const { tile = index, length } of entries) {
      const part = parts[index++];
      if (part?.tile !== tile || part.found !== length) return false;
    }
  }
  return true;
}

/** The segment with the lengths that some of the tile-parts are written with, from `first` on. */
export function writeTileLengths(segment: TileLengths, parts: readonly TilePart[], first: number): Uint8Array {
  const { order, tileBytes, lengthBytes, entries } = segment;
  const bytes = new Uint8Array(TLM_HEADER_LENGTH + entries.length * (tileBytes + lengthBytes));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xff55);
  view.setUint16(2, bytes.length - 2);
  view.setUint8(4, order);
  view.setUint8(5, (tileBytes << 4) | (lengthBytes === 4 ? 0x40 : 0));
  let at = TLM_HEADER_LENGTH;
  for (let index = first; index < first + entries.length; index++) {
    const { tile, written } = parts[index] ?? { tile: 0, written: 0 };
    if (tileBytes === 1) view.setUint8(at, tile);
    else if (tileBytes === 2) view.setUint16(at, tile);
    at += tileBytes;
    if (lengthBytes === 4) view.setUint32(at, written);
    else view.setUint16(at, written);
    at += lengthBytes;
  }
  return bytes;
}

const PLT_HEADER_LENGTH = 5;

/** Sum of the packet lengths in a PLT segment from its marker on (§A.7.3); nothing where they are not written as they should be. */
export function sumPacketLengths(segment: Uint8Array): number | undefined {
  let sum = 0;
  let value = 0;
  let isInside = false;
  for (let at = PLT_HEADER_LENGTH; at < segment.length; at++) {
    const byte = segment[at] ?? 0;
    // No packet is empty, and no length begins with a zero.
    if (!isInside && (byte === 0 || byte === 0x80)) return undefined;
    value = value * 128 + (byte & 0x7f);
    isInside = byte >= 0x80;
    if (isInside) continue;
    sum += value;
    value = 0;
  }
  return isInside ? undefined : sum;
}
