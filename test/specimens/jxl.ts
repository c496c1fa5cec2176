import { brotliCompressSync } from 'node:zlib';
import { box, largeBox, type Part } from '../builders/isobmff.ts';
import { join } from '../builders/jpeg.ts';
import { OPENING, parts } from '../builders/jxl.ts';
import { detailed, lossless, lossy, other } from '../builders/jxl-pictures.ts';
import { decodeJxl } from '../decoders/jxl.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['exif', 'xmp', 'jumb', 'brob', 'jbrd', 'unknown', 'trailer', 'layer', 'channel'] as const;

/** A box that tells something, drawn from the seed. */
function planted(seed: number, random: () => number): Uint8Array {
  const of = (word: (typeof words)[number]): string => canary(seed, word);
  const boxes: (() => Uint8Array)[] = [
    () => box('Exif', [0, 0, 0, 0], 'MM', [0, 42, 0, 0, 0, 8, 0, 0], of('exif')),
    () => box('xml ', `<x:xmpmeta exif:GPSLatitude="48,8N">${of('xmp').repeat(9)}</x:xmpmeta>`),
    () => box('jumb', of('jumb')),
    () => box('brob', 'Exif', brotliCompressSync(join([0, 0, 0, 0], of('brob')))),
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

/** The lossless codestream, turned, as an animation, with what encoders do not write in its headers. */
function drawn(seed: number, random: () => number): Uint8Array {
  const nameOf = (word: 'layer' | 'channel'): string => (random() < 0.3 ? '' : canary(seed, word).slice(6, 21));
  const numberOf = (): number | undefined => (random() < 0.5 ? undefined : Math.floor(random() * 65536));
  return detailed({
    orientation: 6,
    channelName: nameOf('channel'),
    extension: numberOf(),
    hasTimecodes: random() < 0.5,
    hasPreview: random() < 0.5,
    frames: [lossless, other].map((picture) => ({
      picture,
      name: nameOf('layer'),
      timecode: Math.floor(random() * 2 ** 31),
      extensions: [numberOf(), numberOf()],
    })),
  });
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
    join(OPENING, some(seed, random), box('jxlc', drawn(seed, random)), planted(seed, random)),
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
