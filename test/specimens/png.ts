import sharp from 'sharp';
import { exifBlock } from '../builders/jpeg.ts';
import {
  animation,
  type Chunk,
  chunk,
  compressedText,
  encode,
  GRAY,
  GRAY_ALPHA,
  INDEXED,
  iccp,
  internationalText,
  joinPng,
  phys,
  RGB_ALPHA,
  rawProfile,
  splitPng,
  text,
  time,
} from '../builders/png.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { readTags } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = [
  'make',
  'author',
  'comment',
  'xmp',
  'iptc',
  'private',
  'unknown',
  'palette',
  'trailer',
  'profile',
] as const;

function canaries(seed: number): string[] {
  return words.map((word) => canary(seed, word));
}

/** What an independent decoder shows: the upright pixels, as many bits as there are, in sRGB through the profile. */
async function decode(file: Uint8Array): Promise<unknown> {
  const { depth } = await sharp(file).metadata();
  const isWide = depth === 'ushort';
  const { data, info } = await sharp(file)
    .rotate()
    .toColourspace(isWide ? 'rgb16' : 'srgb')
    .raw({ depth: isWide ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { depth, width: info.width, channels: info.channels, pixels: data.toString('base64') };
}

/** The pixels and the orientation, which sharp does not find in every place. */
async function decodeAnywhere(file: Uint8Array): Promise<unknown> {
  const pixels = await sharp(file).raw().toBuffer();
  const tags = await readTags(file, 'png');
  return { pixels, orientations: new Set(tags.filter((tag) => tag.startsWith('IFD0:Orientation='))) };
}

/** Each frame's time and pixels. */
async function decodeFrames(file: Uint8Array): Promise<unknown> {
  const listing = await runFfmpeg(file, 'apng', ['-fps_mode', 'passthrough', '-f', 'framemd5']);
  const lines = new TextDecoder().decode(listing).split('\n');
  return { frames: lines.filter((line) => line.startsWith('#tb') || !line.startsWith('#')), first: await decode(file) };
}

/** An Exif block with the orientation and more. */
function block(seed: number, orientation: number): Uint8Array {
  const littleEndian = randomFrom(seed + 1)() < 0.5;
  return exifBlock(
    { 0x010f: { text: canary(seed, 'make') }, 0x0112: { short: orientation } },
    littleEndian ? { littleEndian, ifd1: { 0x0103: { short: 6 } }, thumbnail: new Uint8Array(seed % 50) } : {},
  );
}

/** The orientation in a chunk where some writer puts it: which, depends on the seed. */
function anyExif(seed: number, orientation: number): Chunk {
  const exif = block(seed, orientation);
  const forms = [
    chunk('eXIf', 'Exif\0\0', exif),
    compressedText('Raw profile type exif', rawProfile(exif)),
    text('Raw profile type APP1', rawProfile(exif)),
    internationalText('Raw profile type exif', rawProfile(exif), 'x-default', true),
    chunk('eXIf', exif),
  ];
  return forms[seed % forms.length] as Chunk;
}

/** Chunks that tell something, drawn from the seed. */
function planted(seed: number): Chunk[] {
  const random = randomFrom(seed + 2);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const all = [
    text('Author', of('author')),
    text('Raw profile type iptc', of('iptc')),
    compressedText('Comment', of('comment').repeat(1 + (seed % 9))),
    internationalText(
      'XML:com.adobe.xmp',
      `<x:xmpmeta exif:GPSLatitude="48,8N">${of('xmp')}</x:xmpmeta>${' '.repeat(seed % 700)}`,
    ),
    time(2000 + (seed % 30)),
    phys(2835 + (seed % 9), 2835 + (seed % 9), 1),
    chunk('sBIT', [8, 8, 8]),
    chunk('sPLT', of('palette'), [0, 8]),
    chunk('prVt', of('private')),
    chunk('caBX', of('unknown')),
    chunk('iDOT', new Uint8Array(28).fill(seed & 0xff)),
    chunk('oFFs', [0, 0, 0, seed & 0x7f, 0, 0, 0, 1, 0]),
  ].filter(() => random() < 0.7);
  for (let at = all.length - 1; at > 0; at--) {
    const to = Math.floor(random() * (at + 1));
    [all[at], all[to]] = [all[to] as Chunk, all[at] as Chunk];
  }
  return all;
}

/** Metadata put between the chunks of a picture, and behind its end. */
function dress(seed: number, picture: readonly Chunk[], ...exif: readonly Chunk[]): Uint8Array {
  const random = randomFrom(seed + 3);
  const chunks = [...picture];
  for (const each of [...planted(seed), ...exif]) {
    // Decoders want IDAT chunks together, and FFmpeg the data of a frame behind its header.
    const places = chunks.flatMap(({ type }, index) => {
      const last = chunks[index - 1]?.type;
      return last === undefined || last === 'fcTL' || type === 'fdAT' || (type === 'IDAT' && last === type)
        ? []
        : [index];
    });
    chunks.splice(places[Math.floor(random() * places.length)] ?? 1, 0, each);
  }
  if (random() < 0.5) chunks.splice(chunks.findIndex(({ type }) => type === 'IDAT') + 1, 0, chunk('IDAT'));
  const trailer = random() < 0.6 ? `${canary(seed, 'trailer')}${'\0'.repeat(seed % 99)}` : '';
  return joinPng(chunks, trailer);
}

/** Like {@link dress}, with an eXIf in front, where all decoders see it. */
function turn(seed: number, [header, ...rest]: readonly Chunk[], orientation: number): Uint8Array {
  return dress(seed, [header as Chunk, chunk('eXIf', block(seed, orientation)), ...rest]);
}

const wideGamut = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  .withIccProfile('p3')
  .png()
  .toBuffer();
const profile = new Uint8Array((await sharp(wideGamut).metadata()).icc ?? new Uint8Array(0));

/** The profile with another date, creator and name: the same colours. */
function dated(seed: number): Chunk {
  const twin = profile.slice();
  twin.set([7, 208 + (seed % 20), 0, 1 + (seed % 12)], 24);
  twin.set([65, 66, 67, 65 + (seed % 26)], 80);
  return iccp(twin, canary(seed, 'profile').slice(0, 79), seed % 10);
}

/** An interlaced picture. */
async function interlaced(channels: 3 | 4): Promise<Chunk[]> {
  const plain = joinPng(encode(channels === 4 ? { colorType: RGB_ALPHA } : {}));
  const file = await sharp(plain).png({ progressive: true, adaptiveFiltering: true }).toBuffer();
  return splitPng(new Uint8Array(file)).filter(({ type }) => ['IHDR', 'IDAT', 'IEND'].includes(type));
}

const sRgb = [chunk('gAMA', [0, 0, 0xb1, 0x8f]), chunk('sRGB', [1])];

const still: { name: string; picture: (seed: number) => Chunk[] | Promise<Chunk[]>; orientation?: number }[] = [
  { name: 'true colour in several IDAT, turned', picture: () => encode({ cuts: 3 }, ...sRgb), orientation: 6 },
  {
    name: 'true colour with alpha, mirrored',
    picture: () => encode({ colorType: RGB_ALPHA, cuts: 2 }),
    orientation: 5,
  },
  { name: 'gray', picture: () => encode({ colorType: GRAY }, chunk('tRNS', [0, 0x40])), orientation: 3 },
  {
    name: 'gray with alpha, 16 bits',
    picture: () => encode({ colorType: GRAY_ALPHA, bitDepth: 16 }, chunk('bKGD', [1, 2])),
  },
  { name: 'true colour, 16 bits', picture: () => encode({ bitDepth: 16 }) },
  {
    name: 'palette of 16 with transparency',
    picture: () => encode({ colorType: INDEXED, bitDepth: 4 }, chunk('tRNS', [0, 128, 200]), chunk('bKGD', [3])),
  },
  { name: 'one bit', picture: () => encode({ colorType: GRAY, bitDepth: 1 }) },
  { name: 'interlaced', picture: () => interlaced(3), orientation: 8 },
  {
    name: 'interlaced, with a profile that is dated by the writer',
    picture: async (seed) => {
      const [header, ...rest] = await interlaced(4);
      return [header as Chunk, dated(seed), ...rest];
    },
  },
];

export const structuralTags =
  /^(PNG:(ImageWidth|ImageHeight|BitDepth|ColorType|Compression|Filter|Interlace|Palette|Transparency|BackgroundColor|Gamma|SRGBRendering|Animation\w+|ProfileName=icc)|ICC|IFD0:Orientation=)/;

/** PNG pictures of every colour type and APNG animations, with metadata between their chunks. */
export const specimens: readonly Specimen[] = [
  ...still.map(
    ({ name, picture, orientation }): Specimen => ({
      name,
      make: async (seed) => turn(seed, await picture(seed), orientation ?? 1),
      canaries,
      decode,
    }),
  ),
  {
    name: 'turned by Exif in whatever chunk',
    make: (seed) => dress(seed, encode({ cuts: 2 }), anyExif(seed, 7)),
    canaries,
    decode: decodeAnywhere,
  },
  {
    name: 'animation that begins with the picture, turned',
    make: (seed) => turn(seed, animation(true), 6),
    canaries,
    decode: decodeFrames,
  },
  {
    name: 'animation beside the picture',
    make: (seed) => dress(seed, animation(false)),
    canaries,
    decode: decodeFrames,
  },
];
