// WavPack files in the words of the WavPack 5 file format: blocks of metadata sub-blocks.
import { number, type Part } from './chunks.ts';
import { join } from './jpeg.ts';

export const HAS_CHECKSUM = 0x10000000;

/** A sub-block, by its id without the bits for size. */
export interface SubBlock {
  id: number;
  data: Uint8Array;
}

/** A block: the header from the version on, and sub-blocks. */
export interface Block {
  /** Version 2, upper bits 2, samples in all 4, index 4, samples 4, flags 4, CRC 4. */
  header: Uint8Array;
  subBlocks: SubBlock[];
}

/** A sub-block of an id and parts. */
export function subBlock(id: number, ...data: readonly Part[]): SubBlock {
  return { id, data: join(...data) };
}

/** A sub-block as bytes, with a pad byte behind odd data. */
export function writeSubBlock({ id, data }: SubBlock, padding = 0): Uint8Array {
  const words = Math.ceil(data.length / 2);
  const odd = data.length % 2;
  const size = words > 255 ? [words & 0xff, (words >> 8) & 0xff, words >> 16] : [words];
  return join([id | (odd ? 0x40 : 0) | (words > 255 ? 0x80 : 0)], size, data, odd ? [padding] : []);
}

/** A block as bytes; with a checksum of so many bytes, if any. */
export function writeBlock({ header, subBlocks }: Block, checksumLength: 0 | 2 | 4 = 0, padding = 0): Uint8Array {
  const body = join(...subBlocks.map((part) => writeSubBlock(part, padding)));
  const size = 24 + body.length + (checksumLength === 0 ? 0 : 2 + checksumLength);
  const block = join('wvpk', number(size, 4), header, body);
  if (checksumLength === 0) return block;
  const flags = new DataView(block.buffer).getUint32(24, true);
  block.set(number(flags | HAS_CHECKSUM, 4), 24);
  return join(
    block,
    [0x2f, checksumLength / 2],
    number(checksumOf(block, checksumLength), 4).subarray(0, checksumLength),
  );
}

/** The checksum over a block (WavPack 5 file format, "block checksum"). */
function checksumOf(block: Uint8Array, length: 2 | 4): number {
  let sum = 0xffffffffn;
  for (let at = 0; at < block.length; at += 2) {
    sum = (sum * 3n + BigInt((block[at] ?? 0) + 256 * (block[at + 1] ?? 0))) & 0xffffffffn;
  }
  return Number(length === 4 ? sum : (sum ^ (sum >> 16n)) & 0xffffn);
}

/** The blocks of a well-formed file. */
export function splitBlocks(file: Uint8Array): Block[] {
  const blocks: Block[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at + 32 <= file.length && file[at] === 0x77; ) {
    const end = at + 8 + view.getUint32(at + 4, true);
    const subBlocks: SubBlock[] = [];
    for (let part = at + 32; part < end; ) {
      const byte = file[part] ?? 0;
      const isLarge = byte >= 0x80;
      const words =
        (file[part + 1] ?? 0) | (isLarge ? ((file[part + 2] ?? 0) << 8) | ((file[part + 3] ?? 0) << 16) : 0);
      const start = part + (isLarge ? 4 : 2);
      subBlocks.push({ id: byte & 0x3f, data: file.slice(start, start + words * 2 - (byte & 0x40 ? 1 : 0)) });
      part = start + words * 2;
    }
    blocks.push({ header: file.slice(at + 8, at + 32), subBlocks });
    at = end;
  }
  return blocks;
}

/** A block that holds no sound. */
export function silentBlock(...subBlocks: SubBlock[]): Block {
  return {
    header: join(number(0x410, 2), [0, 0], number(0, 8), number(0, 4), number(0x1800, 4), number(0, 4)),
    subBlocks,
  };
}
