import { BLOCK_LENGTH, bits, dsfFile } from '../builders/dsd.ts';
import { join } from '../builders/jpeg.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const canaries = (seed: number): string[] => [canary(seed, 'title'), canary(seed, 'filler')];

/** @param used bytes of the last block of each channel that are sound */
function dress(seed: number, channels: number, used: number): Uint8Array {
  const random = randomFrom(seed);
  const blocks = bits(BLOCK_LENGTH * channels * 2);
  for (let channel = 0; channel < channels; channel++) {
    const end = BLOCK_LENGTH * (channels + channel + 1);
    blocks.fill(0, end - BLOCK_LENGTH + used, end);
    // Writers leave there what was in memory.
    if (used < BLOCK_LENGTH - 100) blocks.set(join(canary(seed, 'filler')), end - 60);
  }
  const title = canary(seed, 'title');
  const metadata = join(`ID3\x03\0\0\0\0\x01\0TIT2\0\0\0\x16\0\0\0`, title, new Uint8Array(Math.floor(random() * 500)));
  return dsfFile({ channels, blocks, samples: (BLOCK_LENGTH + used) * 8, reserved: seed, metadata });
}

export const structuralTags = /^DSF:/;

/** DSF sound with an ID3v2 tag. */
export const specimens: readonly Specimen[] = [
  { name: 'stereo, filler in the last blocks', channels: 2, used: 1000 },
  { name: 'mono, whole blocks', channels: 1, used: BLOCK_LENGTH },
].map(({ name, channels, used }) => ({
  name,
  make: (seed) => dress(seed, channels, used),
  canaries: (seed) => (used < BLOCK_LENGTH ? canaries(seed) : [canary(seed, 'title')]),
  decode: (file) => hashStreams(file, 'dsf'),
}));
