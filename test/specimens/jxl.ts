import { box, largeBox, type Part } from '../builders/isobmff.ts';
import { join } from '../builders/jpeg.ts';
import { fromBits, name, number, OPENING, parts, toBits } from '../builders/jxl.ts';
import { decodeJxl, encodeJxl } from '../decoders/jxl.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const [WIDTH, HEIGHT] = [40, 30];
const pixels = Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, (_, at) =>
  at % 4 === 3 ? 255 : (at * 7 + (at >> 5) * 13) & 255,
);
const lossless = await encodeJxl(pixels, WIDTH, HEIGHT, { lossless: true });
const lossy = await encodeJxl(pixels, WIDTH, HEIGHT, { quality: 60, progressive: true });

const words = ['exif', 'xmp', 'jumb', 'brob', 'jbrd', 'unknown', 'trailer', 'layer', 'channel'] as const;

/** A box that tells something, drawn from the seed. */
function planted(seed: number, random: () => number): Uint8Array {
  const of = (word: (typeof words)[number]): string => canary(seed, word);
  const boxes: (() => Uint8Array)[] = [
    () => box('Exif', [0, 0, 0, 0], 'MM', [0, 42, 0, 0, 0, 8, 0, 0], of('exif')),
    () => box('xml ', `<x:xmpmeta exif:GPSLatitude="48,8N">${of('xmp').repeat(9)}</x:xmpmeta>`),
    () => box('jumb', of('jumb')),
    () => box('brob', 'Exif', of('brob')),
    () => box('jbrd', of('jbrd')),
    () => largeBox('abcd', of('unknown')),
    () => box('uuid', 'sixteen bytes are', of('unknown')),
    () => box('jxli', [1, 2, 3]),
  ];
  return boxes[Math.floor(random() * boxes.length)]?.() ?? new Uint8Array(0);
}

/** Some boxes that tell something. */
function some(seed: number, random: () => number): Part {
  return join(...Array.from({ length: Math.floor(random() * 4) }, () => planted(seed, random)));
}

/** Bits of the lossless codestream behind the signature and the size (§C.2): ImageMetadata from here, the frame from 17 on. */
const HEADER_START = 31;
const FRAME_START = HEADER_START + 17;

/** Extensions (§B.3) with 16 bits in the first. */
function extension(random: () => number): string {
  return random() < 0.5 ? '00' : `10${number(0, 4)}10${number(15, 4)}${number(Math.floor(random() * 65536), 16)}`;
}

function align(bits: string): string {
  return bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
}

/** The lossless codestream, turned, as an animation of one frame, with what encoders do not write in its headers. */
function detailed(seed: number, random: () => number): Uint8Array {
  const bits = toBits(lossless);
  const nameOf = (word: 'layer' | 'channel'): string => name(random() < 0.3 ? '' : canary(seed, word).slice(6, 21));
  const hasTimecode = random() < 0.5;
  // extra_fields, orientation, no intrinsic size, no preview, have_animation with 100 ticks a second, have_timecodes.
  const extra = `01${number(5, 3)}001000000${hasTimecode ? '1' : '0'}`;
  // 8 bits, modular_16_bit, one extra channel: alpha of 8 bits; not XYB, sRGB, default ToneMapping.
  const channel = `000110${'0000000'}0${nameOf('channel')}0`;
  const header = align(`${bits.slice(0, HEADER_START)}${extra}${channel}011${extension(random)}1`);
  // Up to the blending of the extra channel; one tick, timecode, is_last, name; loop filter.
  const timing = `10${hasTimecode ? number(Math.floor(random() * 2 ** 31), 32) : ''}1`;
  const filter = bits.slice(HEADER_START + 40, HEADER_START + 44);
  const frame = `${bits.slice(FRAME_START, HEADER_START + 37)}${timing}${nameOf('layer')}${filter}${extension(random)}${extension(random)}0`;
  return join(fromBits(header), fromBits(align(frame)), lossless.subarray((HEADER_START + 49) / 8));
}

/** The file without `jbrd`: the decoder refuses one that holds anything but a JPEG's segments. */
function withoutReconstruction(file: Uint8Array): Uint8Array {
  if (file[0] === 0xff) return file;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const kept: Uint8Array[] = [];
  for (let at = 0; at + 8 <= file.length; ) {
    const size = view.getUint32(at);
    const end = at + (size === 1 ? Number(view.getBigUint64(at + 8)) : size);
    if (end > file.length) break;
    if (String.fromCharCode(...file.subarray(at + 4, at + 8)) !== 'jbrd') kept.push(file.subarray(at, end));
    at = end;
  }
  return join(...kept);
}

type Make = (seed: number, random: () => number) => Uint8Array;

const trailer = (seed: number): Uint8Array => join(canary(seed, 'trailer'));

const makers: Record<string, Make> = {
  'bare codestream, data behind it': (seed) => join(lossless, trailer(seed)),
  'in one box': (seed, random) =>
    join(OPENING, some(seed, random), box('jxlc', lossy), some(seed, random), planted(seed, random)),
  'in parts': (seed, random) => {
    const lengths = Array.from({ length: 1 + Math.floor(random() * 5) }, () => 1 + Math.floor(random() * 90));
    return join(
      OPENING,
      parts(lossy, lengths, () => some(seed, random)),
      random() < 0.5 ? trailer(seed) : [],
    );
  },
  'of level 10': (seed, random) =>
    join(OPENING, box('jxll', [10]), planted(seed, random), box('jxlc', lossless), some(seed, random)),
  'turned, with names, timecodes and extensions': (seed, random) =>
    join(OPENING, some(seed, random), box('jxlc', detailed(seed, random)), planted(seed, random)),
};

export const structuralTags = /^(JXL|Jpeg2000|File):|^ExifTool:/;

/** JPEG XL pictures with metadata in boxes and in the headers of the codestream. */
export const specimens: readonly Specimen[] = Object.entries(makers).map(
  ([title, make]): Specimen => ({
    name: title,
    make: (seed) => make(seed, randomFrom(seed)),
    canaries: (seed) => words.map((word) => canary(seed, word)),
    decode: (file) => decodeJxl(withoutReconstruction(file)),
  }),
);
