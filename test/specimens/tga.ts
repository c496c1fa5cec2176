import { colorTable, join, samples, type Tga, tga, tgaAreas } from '../builders/bitmap.ts';
import { decodePicture } from '../decoders/picture.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['id', 'author', 'comment', 'software'] as const;

const makers: Record<string, Tga> = {
  'true-colour': { pixels: samples(105) },
  'true-colour with alpha and run lengths': {
    imageType: 10,
    depth: 32,
    descriptor: 0x28,
    pixels: [0x80 | 19, 1, 2, 3, 4, 14, ...samples(60)],
  },
  'colour-mapped': {
    imageType: 1,
    depth: 8,
    map: { first: 0, bits: 24, colors: join(colorTable(256)) },
    pixels: samples(35),
  },
  grey: { imageType: 3, depth: 8, pixels: samples(35) },
};

export const specimens: readonly Specimen[] = Object.entries(makers).map(([name, picture]) => ({
  name,
  make(seed) {
    const random = randomFrom(seed);
    const id = random() < 0.7 ? canary(seed, 'id') : '';
    const plain = tga({ ...picture, id, origin: [Math.floor(random() * 99), Math.floor(random() * 99)] });
    return join(
      plain,
      tgaAreas(plain.length, canary(seed, 'author'), canary(seed, 'comment'), canary(seed, 'software')),
    );
  },
  canaries: (seed) => words.map((word) => canary(seed, word).slice(0, 40)),
  decode: (file) => decodePicture(file, 'tga'),
}));

export const structuralTags: RegExp =
  /^File:(ImageWidth|ImageHeight|ColorMapType|ImageType|ImageOrigin[XY]|ColorMap\w*|PixelDepth|ImageDescriptor)=|^ExifTool:Error=unknown file type$/;
