import { bend, curv, desc, iccProfile, text, xyz } from '../builders/icc.ts';
import { box, type Part } from '../builders/isobmff.ts';
import {
  com,
  enumerated,
  ihdr,
  opening,
  profiled,
  resolution,
  segment,
  splitCodestream,
  writeCodestream,
} from '../builders/jp2.ts';
import { join } from '../builders/jpeg.ts';
import { decodeJpeg2000, encodeJpeg2000 } from '../decoders/openjpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const [WIDTH, HEIGHT] = [40, 30];
const samples = (components: number): Uint8Array =>
  Uint8Array.from({ length: WIDTH * HEIGHT * components }, (_, at) => (at * 7 + (at >> 5) * 13) & 255);
const colored = splitCodestream(await encodeJpeg2000(samples(3), WIDTH, HEIGHT));
const gray = splitCodestream(await encodeJpeg2000(samples(1), WIDTH, HEIGHT, { isLossless: false }));

const words = ['com', 'tile', 'xml', 'uuid', 'label', 'unknown', 'trailer', 'url', 'icc'] as const;
type Word = (typeof words)[number];

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));

/** A box that tells something, drawn from the seed. */
function planted(seed: number, random: () => number): Uint8Array {
  const of = (word: Word): string => canary(seed, word);
  const boxes: (() => Uint8Array)[] = [
    () => box('xml ', `<x:xmpmeta exif:GPSLatitude="48,8N">${of('xml').repeat(5)}</x:xmpmeta>`),
    () => box('uuid', 'JpgTiffExif->JP2', 'MM', [0, 42, 0, 0, 0, 8, 0, 0], of('uuid')),
    () => box('uuid', hex('b14bf8bd083d4b43a5ae8cd7d5a6ce03'), of('uuid')),
    () => box('uuid', hex('be7acfcb97a942e89c71999491e3afac'), of('uuid')),
    () => box('uinf', box('url ', [0, 0, 0, 0], of('url'))),
    () => box('jp2i', of('xml')),
    () => box('asoc', box('lbl ', of('label')), box('nlst', [1, 0, 0, 0])),
    () => box('jplh', box('lbl ', of('label'))),
    () => box('abcd', of('unknown')),
  ];
  return boxes[Math.floor(random() * boxes.length)]?.() ?? new Uint8Array(0);
}

function some(seed: number, random: () => number): Part {
  return join(...Array.from({ length: Math.floor(random() * 4) }, () => planted(seed, random)));
}

function comments(seed: number, random: () => number, word: Word): Uint8Array[] {
  return Array.from({ length: Math.floor(random() * 3) }, () =>
    com(canary(seed, word).repeat(1 + Math.floor(random() * 4)), random() < 0.5 ? 1 : 0),
  );
}

/** A codestream with comments in its main header and in its tile-parts. */
function commented(
  seed: number,
  random: () => number,
  from: typeof colored,
  layout: Parameters<typeof writeCodestream>[1] = {},
): Uint8Array {
  const [size, ...others] = from.main;
  return writeCodestream(
    {
      main: [size ?? join(), ...comments(seed, random, 'com'), ...others, ...comments(seed, random, 'com')],
      tileParts: from.tileParts.map((part) => ({
        ...part,
        segments: [...comments(seed, random, 'tile'), ...part.segments, ...comments(seed, random, 'tile')],
      })),
    },
    layout,
  );
}

const curve = curv(...bend(16, 0xffff, 2));

function profile(seed: number): Uint8Array {
  const maker = canary(seed, 'icc');
  return iccProfile({
    tags: {
      desc: desc(maker),
      cprt: text(maker),
      wtpt: xyz(0.9642, 1, 0.8249),
      rXYZ: xyz(0.4, 0.2, 0.1),
      gXYZ: xyz(0.3, 0.7, 0.1),
      bXYZ: xyz(0.2, 0.1, 0.6),
      rTRC: curve,
      gTRC: curve,
      bTRC: curve,
    },
  });
}

type Make = (seed: number, random: () => number) => Uint8Array;

const withPacketLengths = {
  ...colored,
  tileParts: colored.tileParts.map((part) => {
    // One run that reaches to the end is as good as the lengths of packets.
    const { length } = part.data;
    const plt = segment(0xff58, [0], [0x80 | (length >> 7), length & 0x7f]);
    return { ...part, segments: [...part.segments, plt] };
  }),
};

const makers: Record<string, Make> = {
  'bare codestream, data behind it': (seed, random) =>
    join(commented(seed, random, colored), com(canary(seed, 'com')), canary(seed, 'trailer')),
  'enumerated colours': (seed, random) => {
    const header = box('jp2h', ihdr(HEIGHT, WIDTH, 3, seed & 1), enumerated(16), some(seed, random));
    const codestream = box('jp2c', commented(seed, random, colored));
    return join(opening(), some(seed, random), header, codestream, planted(seed, random), some(seed, random));
  },
  'grey, of other brands, with pixels that are not square': (seed, random) => {
    const scale = 1 + (seed % 50);
    const res = box('res ', resolution('resd', 300 * scale, 150 * scale), resolution('resc', 72 * scale, 72 * scale));
    const header = box('jp2h', ihdr(HEIGHT, WIDTH, 1), enumerated(17), res);
    const brands = random() < 0.5 ? opening('jpx ', 'jpx ', 'jp2 ', 'jpxb') : opening('jp2 ');
    const codestream = box('jp2c', commented(seed, random, gray), random() < 0.5 ? canary(seed, 'trailer') : '');
    return join(brands, box('rreq', [seed & 0xff]), header, some(seed, random), codestream);
  },
  'with a colour profile': (seed, random) => {
    const header = box('jp2h', ihdr(HEIGHT, WIDTH, 3), profiled(profile(seed)), planted(seed, random));
    return join(opening(), header, box('jp2c', commented(seed, random, colored)), some(seed, random));
  },
  'lengths told ahead': (seed, random) => {
    const header = box('jp2h', ihdr(HEIGHT, WIDTH, 3), enumerated(16));
    const codestream = commented(seed, random, withPacketLengths, { tileLengths: true });
    return join(opening(), planted(seed, random), header, box('jp2c', codestream), some(seed, random));
  },
  'last tile-part of open length, no EOC': (seed, random) =>
    commented(seed, random, gray, { isOpen: true, isUnended: true }),
};

export const structuralTags = /^(Jpeg2000|File|ICC[^:]*):|^ExifTool:/;

/** JPEG 2000 pictures with metadata in boxes, in their headers and in the codestream. */
export const specimens: readonly Specimen[] = Object.entries(makers).map(
  ([title, make]): Specimen => ({
    name: title,
    make: (seed) => make(seed, randomFrom(seed)),
    canaries: (seed) => words.map((word) => canary(seed, word)),
    decode: decodeJpeg2000,
  }),
);
