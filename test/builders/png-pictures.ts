// Pictures that the tests of PNG share, and what they look at.

import { constants, crc32, inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { png } from '../../src/formats/png.ts';
import { createScrubber, type Report, type ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { exifBlock } from './jpeg.ts';
import { refusalOf } from './outcome.ts';
import { type Chunk, encode, joinPng, pack, splitPng, u32 } from './png.ts';

export const { scrub, inspect, scrubWithReport } = createScrubber([png]);

export const plain = joinPng(encode());

export const pixelsOf = async (file: Uint8Array): Promise<Buffer> => sharp(file).rotate().raw().toBuffer();

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** The plain picture with chunks put in front of its IDAT. */
export function withChunks(...chunks: Chunk[]): Uint8Array {
  return joinPng(encode({}, ...chunks));
}

/** The data of the first chunk of a type. */
export function dataOf(file: Uint8Array, type: string): number[] | undefined {
  const found = splitPng(file).find((each) => each.type === type);
  return found && [...found.data];
}

export function removed(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

export function damaged(each: Chunk): Chunk {
  return { ...each, crc: 0x12345678 };
}

export const refusal = (file: Uint8Array, options?: ScrubOptions): Promise<ScrubError> =>
  refusalOf(scrub(file, options));

export async function framesOf(file: Uint8Array): Promise<string[]> {
  const listing = await runFfmpeg(file, 'apng', ['-fps_mode', 'passthrough', '-f', 'framemd5']);
  return new TextDecoder()
    .decode(listing)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

export const turned = exifBlock({ 0x010f: { text: 'SECRET' }, 0x0112: { short: 6 } });

export async function wideGamut(): Promise<Uint8Array> {
  const file = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .withIccProfile('p3')
    .png()
    .toBuffer();
  return new Uint8Array((await sharp(file).metadata()).icc ?? new Uint8Array(0));
}

export const displayP3 = await wideGamut();

/** A profile lengthened by padding whose last four bytes give it this CRC-32. */
export function forge(profile: Uint8Array, length: number, target: number): Uint8Array {
  const forged = pack(profile, new Uint8Array(length - profile.length));
  forged.set(u32(length));
  // What the last word adds to the CRC does not depend on the rest: solve for it bit by bit.
  const difference = (crc32(forged) ^ target) >>> 0;
  const bare = crc32(new Uint8Array(4));
  const word = new Uint8Array(4);
  const rows = Array.from({ length: 32 }, (_, bit) => {
    const probe = new Uint8Array(4);
    probe[bit >> 3] = 1 << (bit & 7);
    return { effect: BigInt((crc32(probe) ^ bare) >>> 0), bits: 1n << BigInt(bit) };
  });
  let rest = { effect: BigInt(difference), bits: 0n };
  for (let column = 0n; column < 32n; column++) {
    const has = ({ effect }: { effect: bigint }): boolean => ((effect >> column) & 1n) === 1n;
    const at = rows.findIndex(has);
    const [pivot] = rows.splice(at, 1);
    if (pivot === undefined) throw new Error('CRC-32 has full rank.');
    const add = (row: typeof pivot): typeof pivot =>
      has(row) ? { effect: row.effect ^ pivot.effect, bits: row.bits ^ pivot.bits } : row;
    rows.splice(0, rows.length, ...rows.map(add));
    rest = add(rest);
  }
  for (let bit = 0; bit < 32; bit++)
    word[bit >> 3] = (word[bit >> 3] ?? 0) | (Number((rest.bits >> BigInt(bit)) & 1n) << (bit & 7));
  forged.set(word, length - 4);
  return forged;
}

/** How many bytes zlib makes of the beginning of a stream. */
export function inflatePart(data: Uint8Array): number {
  return inflateSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).length;
}
