// Monkey's Audio files in the words of its SDK: descriptor, header, seek table, header data, frames, terminating data.
import { createHash } from 'node:crypto';
import { randomFrom } from '../specimens/specimen.ts';
import { number, type Part } from './chunks.ts';
import { join } from './jpeg.ts';

/** What is in a file; what its descriptor and header say is true but for what is given here. */
export interface ApeContent {
  version?: number;
  flags?: number;
  blocksPerFrame?: number;
  lastBlocks?: number;
  channels?: number;
  frames: readonly Uint8Array[];
  headerData?: Part;
  terminatingData?: Part;
  /** Bytes behind the fields of descriptor and header, and entries behind those of frames. */
  descriptorSlack?: Part;
  headerSlack?: Part;
  spareEntries?: number;
  frameBytes?: number;
  terminatingBytes?: number;
  padding?: number;
}

/** A file with its MD5. */
export function apeFile(content: ApeContent): Uint8Array {
  const { version = 3990, flags = 0, blocksPerFrame = 73728, lastBlocks = 900, channels = 2, frames } = content;
  const { headerData = [], terminatingData = [], descriptorSlack = [], headerSlack = [], spareEntries = 0 } = content;
  const [before, sound, behind] = [join(headerData), join(...frames), join(terminatingData)];
  const { frameBytes = sound.length, terminatingBytes = behind.length, padding = 0 } = content;
  const u32 = (...values: number[]): Uint8Array => join(...values.map((value) => number(value, 4)));
  const u16 = (...values: number[]): Uint8Array => join(...values.map((value) => number(value, 2)));
  const counts = u32(blocksPerFrame, lastBlocks, frames.length);
  const header = join(u16(1000, flags), counts, u16(16, channels), u32(44100), headerSlack);
  const descriptorLength = 52 + descriptorSlack.length;
  const tableLength = (frames.length + spareEntries) * 4;
  let at = descriptorLength + header.length + tableLength + before.length;
  const entries: number[] = [];
  for (const frame of frames) {
    entries.push(at);
    at += frame.length;
  }
  const table = join(u32(...entries), new Uint8Array(spareEntries * 4).fill(0x53));
  const digest = createHash('md5').update(before).update(sound).update(behind).update(header).update(table).digest();
  const lengths = u32(descriptorLength, header.length, tableLength, before.length, frameBytes, 0, terminatingBytes);
  return join('MAC ', u16(version, padding), lengths, digest, descriptorSlack, header, table, before, sound, behind);
}

/** A frame that decodes to noise: a checksum without flags, and more random bytes than its blocks need. */
export function noise(seed: number, length = 6000): Uint8Array {
  const random = randomFrom(seed);
  // Decoders take words of 32 bits, last byte first.
  return Uint8Array.from({ length }, (_, at) => (at === 3 ? 0x12 : Math.floor(random() * 256)));
}
