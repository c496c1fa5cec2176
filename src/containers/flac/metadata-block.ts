// Metadata blocks (RFC 9639 §8.1): a flag for the last one, a type, a 24-bit length, the content.

/** Length of a block's header. */
export const BLOCK_HEADER_LENGTH = 4;
const LAST = 0x80;
/** Longest content of a block. */
export const MAX_BLOCK_LENGTH = 0xffffff;

/** Types of blocks; 7 to 126 are reserved, 127 is forbidden. */
export const BlockType = {
  streamInfo: 0,
  padding: 1,
  application: 2,
  seekTable: 3,
  vorbisComment: 4,
  cueSheet: 5,
  picture: 6,
  forbidden: 127,
} as const;

/** A block's header. */
export interface BlockHeader {
  isLast: boolean;
  type: number;
  length: number;
}

/** Reads the header of which the first byte and the length are given. */
export function readBlockHeader(first: number, length: number): BlockHeader {
  return { isLast: (first & LAST) !== 0, type: first & ~LAST, length };
}

/** A block to be written. */
export interface Block {
  type: number;
  content: Uint8Array;
}

/** Blocks one behind the other, the last one flagged; those that are too long to be one are left out. */
export function writeBlocks(blocks: readonly Block[]): Uint8Array<ArrayBuffer> {
  const written = blocks.filter(({ content }) => content.length <= MAX_BLOCK_LENGTH);
  const bytes = new Uint8Array(written.reduce((sum, { content }) => sum + BLOCK_HEADER_LENGTH + content.length, 0));
  let at = 0;
  for (const [index, { type, content }] of written.entries()) {
    const isLast = index === written.length - 1;
    new DataView(bytes.buffer).setUint32(at, content.length);
    bytes[at] = type | (isLast ? LAST : 0);
    bytes.set(content, at + BLOCK_HEADER_LENGTH);
    at += BLOCK_HEADER_LENGTH + content.length;
  }
  return bytes;
}
