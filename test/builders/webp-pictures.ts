import sharp from 'sharp';
import { webp } from '../../src/formats/webp.ts';
import { createScrubber, type ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import { exifBlock } from './jpeg.ts';
import { expectBytes, refusalOf } from './outcome.ts';
import { anim, type Chunk, chunk, encode, Flag, frame, joinWebp, splitWebp, vp8x } from './webp.ts';

export const { scrub, inspect, scrubWithReport } = createScrubber([webp]);

export const lossy = await encode();

export const lossless = await encode({ lossless: true });

export const lossyAlpha = await encode({ alpha: true });

export const losslessAlpha = await encode({ lossless: true, alpha: true });

export const odd = await findOdd();

export const simple = joinWebp(lossy);

export const frames = [
  frame({ duration: 70 }, ...losslessAlpha),
  frame(
    { x: 4, y: 2, width: 9, height: 7, duration: 30, flags: 1 },
    ...(await encode({ width: 9, height: 7, lossless: true })),
  ),
  frame(
    { x: 10, y: 6, width: 10, height: 8, duration: 50, flags: 2 },
    ...(await encode({ width: 10, height: 8, alpha: true })),
  ),
];

export const animation = joinWebp([vp8x(Flag.animation | Flag.alpha, 24, 16), anim(3), ...frames]);

/** The canonical Exif block of orientation 6. */
export const TURNED = '4d4d002a00000008000101120003000000010006000000000000';

/** A lossless picture whose chunk has a pad byte. */
export async function findOdd(): Promise<Chunk[]> {
  for (let width = 24; width < 60; width++) {
    const picture = await encode({ width, lossless: true });
    if ((picture[0]?.data.length ?? 0) % 2 === 1) return picture;
  }
  throw new Error('The encoder writes no odd chunk.');
}

/** An extended file with chunks behind the picture. */
export function extended(flags: number, picture: readonly Chunk[], ...behind: Chunk[]): Uint8Array {
  return joinWebp([vp8x(flags, 24, 16), ...picture, ...behind]);
}

export function exif(orientation: number, text = 'SECRET', prefix = ''): Chunk {
  return chunk('EXIF', prefix, exifBlock({ 0x010f: { text }, 0x0112: { short: orientation } }));
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function names(file: Uint8Array): string[] {
  return splitWebp(file).map(({ fourCC }) => fourCC);
}

export function flagsOf(file: Uint8Array): number | undefined {
  const [first] = splitWebp(file);
  return first?.fourCC === 'VP8X' ? first.data[0] : undefined;
}

export async function expectSame(given: Uint8Array, expected: Uint8Array, options?: ScrubOptions): Promise<void> {
  await expectBytes(scrub(given, options), expected);
}

export async function pixels(file: Uint8Array): Promise<string> {
  const { data, info } = await sharp(file, { animated: true }).raw().toBuffer({ resolveWithObject: true });
  return `${info.width}×${info.height}×${info.channels}: ${data.toString('base64')}`;
}

export const refusal = (given: Uint8Array, options?: ScrubOptions): Promise<ScrubError> =>
  refusalOf(scrub(given, options));
