import { bigTone } from '../builders/aiff.ts';
import { auFile } from '../builders/au.ts';
import { number, tone } from '../builders/chunks.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const canaries = (seed: number): string[] => [canary(seed, 'annotation')];

function dress(seed: number, encoding: number, channels: number, samples: Uint8Array): Uint8Array {
  const random = randomFrom(seed);
  const padding = number(0, 8).subarray(0, Math.floor(random() * 8));
  const annotation = [canary(seed, 'annotation'), padding];
  return auFile({ annotation, encoding, channels, samples, ...(random() < 0.3 ? { size: 0xffffffff } : {}) });
}

export const structuralTags = new RegExp(`^${UNKNOWN_TO_EXIFTOOL}$`);

/** AU sound with an annotation. */
export const specimens: readonly Specimen[] = [
  { name: '16 bits, stereo', encoding: 3, channels: 2, samples: bigTone() },
  { name: 'µ-law', encoding: 1, channels: 1, samples: tone(1500, 1).map((byte) => byte | 0x80) },
].map(({ name, encoding, channels, samples }) => ({
  name,
  make: (seed) => dress(seed, encoding, channels, samples),
  canaries,
  decode: (file) => hashStreams(file, 'au'),
}));
