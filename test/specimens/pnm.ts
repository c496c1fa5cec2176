import { join, samples } from '../builders/bitmap.ts';
import { decodePicture } from '../decoders/picture.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['first', 'second', 'trailer'] as const;

interface Planted {
  /** Space, or a comment on a line of its own, between words. */
  space(name: (typeof words)[number]): string;
  padding: number;
  trailer: string;
}

/** Numbers as text, with space between them: FFmpeg takes the digits of a comment for samples. */
function plain(numbers: readonly number[], { padding }: Planted): string {
  return numbers.map((number, index) => `${number}${(padding >> (index % 8)) & 1 ? '\n' : '  '}`).join('');
}

const bits = Array.from({ length: 35 }, (_, index) => (index * 5) & 1);

type Make = (planted: Planted) => { extension: string; file: Uint8Array };

const makers: Record<string, Make> = {
  'PBM as text': (planted) => ({
    extension: 'pbm',
    file: join(`P1${planted.space('first')}7 5\n`, plain(bits, planted), planted.trailer),
  }),
  'PPM as text': (planted) => ({
    extension: 'ppm',
    file: join(
      `P3${planted.space('first')}7${planted.space('second')}5 255\n`,
      plain(samples(105), planted),
      planted.trailer,
    ),
  }),
  'PBM as bytes': (planted) => ({
    extension: 'pbm',
    file: join(
      `P4${planted.space('first')}7 5\n`,
      samples(5).map((byte) => (byte & 0xfe) | (planted.padding & 1)),
      planted.trailer,
    ),
  }),
  'PGM of 16 bits': (planted) => ({
    extension: 'pgm',
    file: join(`P5${planted.space('first')}7 5${planted.space('second')}65535\n`, samples(70), planted.trailer),
  }),
  'PPM as bytes': (planted) => ({
    extension: 'ppm',
    file: join(`P6${planted.space('first')}7 5${planted.space('second')}255\n`, samples(105), planted.trailer),
  }),
  PAM: (planted) => ({
    extension: 'pam',
    file: join(
      `P7\n${planted.space('first').trimStart()}DEPTH 4\nHEIGHT  5\nWIDTH 7\n${planted.space('second').trimStart()}`,
      'MAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n',
      samples(140),
      planted.trailer,
    ),
  }),
  PFM: (planted) => ({
    extension: 'pfm',
    file: join(
      'PF\n7 5\n-1.0000\n',
      samples(420).map((byte, at) => (at % 4 === 3 ? 0x3f : byte)),
      planted.trailer,
    ),
  }),
};

export const specimens: readonly Specimen[] = Object.entries(makers).map(([name, make]) => ({
  name,
  make(seed) {
    const random = randomFrom(seed);
    const space = (word: (typeof words)[number]): string =>
      random() < 0.6 ? `\n# ${canary(seed, word)}\n` : ([' ', '\n', ' \t ', '\n\n'][Math.floor(random() * 4)] ?? ' ');
    const trailer = `\n# ${canary(seed, 'trailer')}`;
    return make({ space, padding: Math.floor(random() * 256), trailer }).file;
  },
  canaries: (seed) => words.map((word) => canary(seed, word)),
  decode: (file) => decodePicture(file, make({ space: () => ' ', padding: 0, trailer: '' }).extension),
}));

export const structuralTags: RegExp =
  /^File:(ImageWidth|ImageHeight|MaxVal|ColorSpace|Depth|TupleType|ByteOrder|Scale)=|^ExifTool:Error=unknown file type$/;
