import { join, QOI_END, qoiHeader } from '../builders/bitmap.ts';
import { decodePicture } from '../decoders/picture.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

/** Each kind of chunk: 1 + 1 + 1 + 1 + 1 + 30 pixels. */
const CHUNKS = [0xfe, 200, 10, 40, 0xff, 9, 8, 7, 128, 0x05, 0x6a, 0xa3, 0x79, 0xc0 + 29];

export const specimens: readonly Specimen[] = [
  {
    name: 'all kinds of chunks',
    make(seed) {
      const trailer = canary(seed, 'trailer').repeat(1 + Math.floor(randomFrom(seed)() * 9));
      return join(qoiHeader(7, 5), CHUNKS, QOI_END, trailer);
    },
    canaries: (seed) => [canary(seed, 'trailer')],
    decode: (file) => decodePicture(file, 'qoi'),
  },
];

export const structuralTags: RegExp =
  /^(File|QOI):(ImageWidth|ImageHeight|Channels|ColorSpace)=|^ExifTool:Error=unknown file type$/;
