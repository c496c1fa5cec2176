import sharp from 'sharp';
import {
  application,
  COLORS,
  comment,
  extension,
  graphicControl,
  image,
  join,
  Label,
  plainText,
  screen,
  subBlocks,
  TRAILER,
  xmp,
} from '../builders/gif.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['comment', 'plain', 'xmp', 'c2pa', 'iptc', 'app', 'unknown', 'buffer', 'trailer'] as const;

function canaries(seed: number): string[] {
  return words.map((word) => canary(seed, word));
}

/** What FFmpeg shows: frames as they are composed, and their times. */
async function decodeFrames(file: Uint8Array): Promise<string> {
  return new TextDecoder().decode(await runFfmpeg(file, 'gif', ['-f', 'framemd5']));
}

/** What FFmpeg shows of one image: libvips refuses a file with junk, and FFmpeg guesses at how long that is shown. */
async function decodeStill(file: Uint8Array): Promise<unknown> {
  return (await decodeFrames(file)).split('\n').filter((line) => !line.startsWith('#tb'));
}

/** What two independent decoders show: also pixels, delays and loop count. */
async function decode(file: Uint8Array): Promise<unknown> {
  const animation = sharp(file, { animated: true });
  const { pages, delay, loop, width, pageHeight, height } = await animation.metadata();
  const pixels = (await animation.toColourspace('srgb').raw().toBuffer()).toString('base64');
  return { pages, delay, loop, width, pageHeight, height, pixels, frames: await decodeFrames(file) };
}

/** An extension that tells something, drawn from the seed. */
function planted(seed: number, random: () => number): Uint8Array {
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const extensions: (() => Uint8Array)[] = [
    () => comment(of('comment').repeat(1 + Math.floor(random() * 30))),
    () => join([0x21, Label.comment], subBlocks(join(of('comment')), 1 + Math.floor(random() * 9))),
    () => plainText(of('plain')),
    () => xmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/" exif:GPSLatitude="48,8N">${of('xmp')}</x:xmpmeta>`),
    () => application('C2PA_GIF\x01\0\0', of('c2pa')),
    () => application('MGKIPTC0000', of('iptc').repeat(12)),
    () => application(of('app').slice(6, 17).padEnd(11, '.'), of('app')),
    () => extension(Label.application, `NETSCAPE2.0${of('app')}`, [1, 9, 9]),
    () => extension(0xce, of('unknown')),
    () => extension(Label.comment),
  ];
  const make = extensions[Math.floor(random() * extensions.length)];
  return make === undefined ? join() : make();
}

/** Blocks with extensions strewn between them. */
function strew(seed: number, blocks: readonly Uint8Array[], random: () => number): Uint8Array {
  return join(...blocks.flatMap((block) => (random() < 0.6 ? [planted(seed, random), block] : [block])));
}

/** The fields that decoders do not read, drawn from the seed. */
function unread(random: () => number): {
  screen: { resolution: number; isSorted: boolean; aspect: number };
  control: { flags: number; unused: number };
  image: { flags: number };
} {
  const bits = (mask: number): number => Math.floor(random() * 256) & mask;
  return {
    screen: { resolution: bits(7), isSorted: random() < 0.5, aspect: random() < 0.5 ? 49 : 0 },
    control: { flags: bits(0xe2), unused: bits(0xff) },
    image: { flags: bits(0x38) },
  };
}

/** A loop extension, also with a sub-block that no decoder obeys, also under its other name. */
function loopOf(seed: number, count: number, random: () => number): Uint8Array {
  const sub = [1, count, 0];
  const buffering = random() < 0.5 ? [join([2], canary(seed, 'buffer'))] : [];
  return application(random() < 0.5 ? 'NETSCAPE2.0' : 'ANIMEXTS1.0', sub, ...buffering);
}

/** The trailer with something in front of it or behind it; libvips does not read a file that has both. */
function trailer(seed: number, random: () => number): Uint8Array {
  if (random() < 0.4) return join(planted(seed, random), TRAILER);
  return join(TRAILER, random() < 0.7 ? canary(seed, 'trailer') : [], new Uint8Array(Math.floor(random() * 40)));
}

const LOCAL = COLORS.toReversed();

const profile = (
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .withIccProfile('p3')
    .png()
    .toBuffer()
    .then((png) => sharp(png).metadata())
).icc;
if (profile === undefined) throw new Error('The encoder writes no profile.');

const JUNK = 'junk in place of a trailer';

type Make = (seed: number, random: () => number) => Uint8Array;

const makers: Record<string, Make> = {
  'still, transparent': (seed, random) => {
    const { screen: s, control, image: i } = unread(random);
    const blocks = [graphicControl({ transparent: 1, flags: control.flags }), image(i)];
    return join(screen({ ...s, background: 2 }), strew(seed, blocks, random), trailer(seed, random));
  },
  'still without extensions, local table': (seed, random) => {
    const { screen: s, image: i } = unread(random);
    return join(screen(s), strew(seed, [image({ ...i, table: LOCAL })], random), trailer(seed, random));
  },
  'animation with partial frames, disposal and loop count': (seed, random) => {
    const { screen: s, control, image: i } = unread(random);
    const frames = [
      graphicControl({ ...control, delay: 10, disposal: 1 }),
      image(i),
      graphicControl({ delay: 25, disposal: 2, transparent: 2, flags: control.flags }),
      image({ ...i, left: 4, top: 3, width: 9, height: 7, phase: 2, isInterlaced: true }),
      graphicControl({ ...control, delay: 40, disposal: 3 }),
      image({ ...i, left: 1, width: 12, phase: 5, table: LOCAL }),
    ];
    const loop = loopOf(seed, 3, random);
    const before = random() < 0.5;
    const blocks = before ? [loop, ...frames] : [...frames.slice(0, 2), loop, ...frames.slice(2)];
    return join(screen(s), strew(seed, blocks, random), trailer(seed, random));
  },
  'animation that plays once, image smaller than the screen first': (seed, random) => {
    const { screen: s, control, image: i } = unread(random);
    const frames = [
      graphicControl({ ...control, delay: 7 }),
      image({ ...i, left: 2, top: 2, width: 16, height: 8 }),
      graphicControl({ ...control, delay: 8, disposal: 2 }),
      image({ ...i, phase: 1 }),
    ];
    // ExifTool makes 89a of 87a.
    const version = random() < 0.5 ? '87a' : '89a';
    return join(screen({ ...s, version }), strew(seed, frames, random), trailer(seed, random));
  },
  'color profile': (seed, random) => {
    const { screen: s, image: i } = unread(random);
    const dated = new Uint8Array(profile);
    // ICC.1:2022 §7.2.8 and §7.2.12: date and device model.
    dated.set([7, 0xe8, 0, 1 + (seed % 12), 0, 1 + (seed % 28)], 24);
    dated.set([seed & 0xff, seed >> 8, 1, 2], 52);
    const blocks = [application('ICCRGBG1012', dated), image(i)];
    return join(screen(s), strew(seed, blocks, random), trailer(seed, random));
  },
  [JUNK]: (seed, random) => {
    const { screen: s, image: i } = unread(random);
    const junk = random() < 0.3 ? [] : join([0, 0], canary(seed, 'trailer'), [0x21, 0xfe, 3], 'xyz', [0]);
    return join(screen(s), strew(seed, [image(i)], random), junk);
  },
};

export const structuralTags =
  /^(GIF:(GIFVersion|ImageWidth|ImageHeight|HasColorMap|ColorResolutionDepth|BitsPerPixel|BackgroundColor|AnimationIterations|FrameCount|Duration|TransparentColor)=|ICC)/;

/** GIF pictures and animations with metadata in every place that a block may stand, and in every field that is not read. */
export const specimens: readonly Specimen[] = Object.entries(makers).map(
  ([name, make]): Specimen => ({
    name,
    make: (seed) => make(seed, randomFrom(seed)),
    canaries,
    decode: name === JUNK ? decodeStill : decode,
  }),
);
