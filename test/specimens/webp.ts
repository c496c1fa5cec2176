import sharp from 'sharp';
import { exifBlock } from '../builders/jpeg.ts';
import { anim, type Chunk, chunk, encode, Flag, frame, join, joinWebp, vp8x } from '../builders/webp.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const WIDTH = 24;
const HEIGHT = 16;
const words = ['make', 'serial', 'xmp', 'c2pa', 'resources', 'info', 'unknown', 'frame', 'trailer'] as const;
type Random = () => number;

function canaries(seed: number): string[] {
  return words.map((word) => canary(seed, word));
}

/** What an independent decoder shows: pixels of every frame, upright and in sRGB through the profile; times and loop count. */
async function decode(file: Uint8Array): Promise<unknown> {
  const { pages, delay, loop, orientation, hasAlpha } = await sharp(file, { animated: true }).metadata();
  const picture = sharp(file, { animated: true });
  if ((pages ?? 1) === 1) picture.rotate();
  const { data, info } = await picture.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return {
    pages,
    delay,
    loop,
    orientation: orientation ?? 1,
    hasAlpha,
    width,
    height,
    pixels: data.toString('base64'),
  };
}

/** An Exif block with this orientation, drawn from the seed, in either byte order, with or without the identifier of JPEG. */
function exif(seed: number, orientation: number, random: Random): Chunk {
  const block = exifBlock(
    {
      0x010f: { text: canary(seed, 'make') },
      0x0112: { short: orientation },
      0x8769: { ifd: { 0x9003: { text: '2024:02:03 10:11:12' }, 0xa431: { text: canary(seed, 'serial') } } },
      0x8825: { ifd: { 1: { text: 'N' }, 2: { rationals: [[48 + (seed % 40), 1]] } } },
    },
    { littleEndian: random() < 0.5 },
  );
  return chunk('EXIF', random() < 0.3 ? 'Exif\0\0' : '', block);
}

/** Chunks that decoders skip, drawn from the seed. */
function planted(seed: number, random: Random): Chunk[] {
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const spaces = ' '.repeat(Math.floor(random() * 400));
  return [
    chunk('XMP ', `<x:xmpmeta exif:GPSLatitude="48,8N">${of('xmp')}</x:xmpmeta>${spaces}`),
    chunk('XMP\0', of('xmp')),
    chunk('C2PA', of('c2pa')),
    chunk('PSAI', '8BIM', [4, 4, 0, 0, 0, 0, 0, of('resources').length], of('resources')),
    chunk('LIST', 'INFOIART', [of('info').length, 0, 0, 0], of('info')),
    chunk('INAM', of('info')),
    chunk('ABCD', of('unknown')),
    chunk('ICCP', of('unknown')),
  ].filter(() => random() < 0.5);
}

/** Runs of chunks in their order with others strewn between them, behind the first one. */
function strew(runs: readonly (readonly Chunk[])[], others: readonly Chunk[], random: Random): Chunk[] {
  const all = [...runs];
  for (const other of others) all.splice(1 + Math.floor(random() * all.length), 0, [other]);
  return all.flat();
}

/** The file with pad bytes that are not 0 and data behind the RIFF chunk. */
function dress(seed: number, chunks: readonly Chunk[], random: Random): Uint8Array {
  const trailer = random() < 0.7 ? join(canary(seed, 'trailer'), new Uint8Array(Math.floor(random() * 9))) : '';
  return joinWebp(chunks, { pad: Math.floor(random() * 256), trailer });
}

/** Bits that are reserved, and the flag of XMP, which is dropped. */
const reserved = (random: Random): number => (random() < 0.5 ? Flag.xmp : 0);

const lossy = await encode();
const lossless = await encode({ lossless: true });
const lossyAlpha = await encode({ alpha: true });
const losslessAlpha = await encode({ lossless: true, alpha: true });
const small = await encode({ width: 9, height: 7, lossless: true, alpha: true, flipped: true });
const smallLossy = await encode({ width: 10, height: 8, alpha: true, flipped: true });
const profile = (
  await sharp(
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .withIccProfile('p3')
      .webp()
      .toBuffer(),
  ).metadata()
).icc;
if (profile === undefined) throw new Error('The encoder writes no profile.');

/** A still picture, as a simple file or an extended one. */
function still(picture: readonly Chunk[], flags: number, orientation: number) {
  return (seed: number, random: Random): Uint8Array => {
    // RFC 9649 §2.5: a simple file holds nothing else, but what stands behind its picture is not read.
    if (flags === 0 && orientation === 1 && random() < 0.4) {
      return dress(seed, [...picture, ...planted(seed, random)], random);
    }
    const header = vp8x(flags | Flag.exif | reserved(random), WIDTH, HEIGHT, random() < 0.5 ? seed & 0xffffff : 0);
    // Between the alpha plane and its picture libwebp looks for nothing else.
    const runs = [[header], picture, [exif(seed, orientation, random)], [exif(seed, 3, random)]];
    return dress(seed, strew(runs, planted(seed, random), random), random);
  };
}

const makers: Record<string, (seed: number, random: Random) => Uint8Array> = {
  'lossy, upright': still(lossy, 0, 1),
  'lossy, turned': still(lossy, 0, 6),
  'lossless, upright': still(lossless, 0, 1),
  'lossless with alpha, mirrored': still(losslessAlpha, Flag.alpha, 5),
  'lossy with alpha, upright': still(lossyAlpha, Flag.alpha, 1),
  'lossy with profile, turned': (seed, random) => {
    const dated = new Uint8Array(profile);
    // ICC.1:2022 §7.2.8: when the profile was made.
    dated.set([7, 0xe8, 0, 1 + (seed % 12), 0, 1 + (seed % 28)], 24);
    const flags = Flag.profile | Flag.exif | reserved(random);
    const runs = [[vp8x(flags, WIDTH, HEIGHT), chunk('ICCP', dated)], lossy, [exif(seed, 8, random)]];
    return dress(seed, strew(runs, planted(seed, random), random), random);
  },
  animation: (seed, random) => {
    const extra = (): Chunk[] => (random() < 0.5 ? [chunk('FRAM', canary(seed, 'frame'))] : []);
    const bits = (): number => Math.floor(random() * 64) << 2;
    const frames = [
      frame({ duration: 70, flags: bits() }, ...losslessAlpha, ...extra()),
      frame({ x: 4, y: 2, width: 9, height: 7, duration: 30, flags: 1 | bits() }, ...small, ...extra()),
      frame({ x: 10, y: 6, width: 10, height: 8, duration: 50, flags: 2 | bits() }, ...smallLossy, ...extra()),
    ];
    const flags = Flag.animation | Flag.alpha | Flag.exif | reserved(random);
    const runs = [[vp8x(flags, WIDTH, HEIGHT)], [anim(3, 0x00102030)], ...frames.map((one) => [one])];
    return dress(seed, strew([...runs, [exif(seed, 1, random)]], planted(seed, random), random), random);
  },
};

export const structuralTags =
  /^(RIFF:(ImageWidth|ImageHeight|HorizontalScale|VerticalScale|WebP_Flags|AlphaPreprocessing|AlphaFiltering|AlphaCompression|AlphaIsUsed|VP8Version|AnimationLoopCount|BackgroundColor|FrameCount|Duration)=|ICC|IFD0:Orientation=)/;

/** WebP pictures of every kind with metadata in every place that a chunk may stand, and in every field that is not read. */
export const specimens: readonly Specimen[] = Object.entries(makers).map(
  ([name, make]): Specimen => ({ name, make: (seed) => make(seed, randomFrom(seed)), canaries, decode }),
);
