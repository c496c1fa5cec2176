import { chunk, RIFF, tone } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { apeTag, id3v1, titleTag } from '../builders/tags.ts';
import { fmt, riffFile } from '../builders/wav.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['artist', 'front'] as const;
const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

function dress(seed: number, sound: Uint8Array): Uint8Array {
  const random = randomFrom(seed);
  const front = random() < 0.5 ? [titleTag(canary(seed, 'front'), Math.floor(random() * 500))] : [];
  const tags = [apeTag({ Artist: canary(seed, 'artist') }), id3v1(canary(seed, 'artist'))];
  return join(...front, sound, ...tags.slice(Math.floor(random() * 2)));
}

async function encode(channels: number): Promise<Uint8Array> {
  const source = riffFile([
    chunk(RIFF, 'fmt ', [fmt({ channels, rate: 8000 })]),
    chunk(RIFF, 'data', [tone(20000, channels)]),
  ]);
  return runFfmpeg(source, 'wav', ['-c:a', 'tta', '-fflags', '+bitexact'], 'out.tta');
}

export const structuralTags = new RegExp(`^${UNKNOWN_TO_EXIFTOOL}$`);

/** TTA sound with tags around it. */
export const specimens: readonly Specimen[] = await Promise.all(
  [
    { name: 'stereo', channels: 2 },
    { name: 'mono', channels: 1 },
  ].map(async ({ name, channels }): Promise<Specimen> => {
    const sound = await encode(channels);
    return { name, make: (seed) => dress(seed, sound), canaries, decode: (file) => hashStreams(file, 'tta') };
  }),
);
