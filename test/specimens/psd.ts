import type { ScrubOptions } from '../../src/core/options.ts';
import { join, samples, u16, u32 } from '../builders/bitmap.ts';
import { decodePicture } from '../decoders/picture.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['iptc', 'xmp', 'layer', 'trailer'] as const;
const big = (value: number): number[] => u32(value).reverse();
const big16 = (value: number): number[] => u16(value).reverse();

function resource(id: number, data: Uint8Array): Uint8Array {
  return join('8BIM', big16(id), [0, 0], big(data.length), data, data.length % 2 === 1 ? [0] : []);
}

/** The merged picture of 7 × 5 pixels, raw or packed. */
function merged(isPacked: boolean): Uint8Array {
  if (!isPacked) return join([0, 0], samples(105));
  const rows = Array.from({ length: 15 }, (_, row) => join([6], samples(7, 29 + row)));
  return join([0, 1], ...rows.map((row) => big16(row.length)), ...rows);
}

export const options: ScrubOptions = { psd: 'flatten' };

export const specimens: readonly Specimen[] = ['as it is', 'packed'].map((name) => ({
  name,
  make(seed) {
    const random = randomFrom(seed);
    const resources = join(
      resource(0x0404, join(canary(seed, 'iptc'))),
      random() < 0.7 ? resource(0x0424, join(`<x:xmpmeta>${canary(seed, 'xmp')}</x:xmpmeta>`)) : [],
    );
    const layers = join(canary(seed, 'layer'));
    return join(
      join('8BPS', big16(1), new Uint8Array(6), big16(3), big(5), big(7), big16(8), big16(3), big(0)),
      join(big(resources.length), resources, big(layers.length), layers),
      join(merged(name === 'packed'), canary(seed, 'trailer')),
    );
  },
  canaries: (seed) => words.map((word) => canary(seed, word)),
  decode: (file) => decodePicture(file, 'psd'),
}));

export const structuralTags: RegExp =
  /^(File:(NumChannels|ImageWidth|ImageHeight|BitDepth|ColorMode|Compression)|Photoshop:(HasRealMergedData|WriterName|ReaderName|Compression|NumChannels|ImageWidth|ImageHeight|BitDepth|ColorMode))=/;
