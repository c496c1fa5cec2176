import { apeFile, noise } from '../builders/ape.ts';
import { chunk, RIFF } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { apeTag, id3v1, titleTag } from '../builders/tags.ts';
import { fmt, info, riffFile } from '../builders/wav.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['artist', 'front', 'header', 'trailer'] as const;
const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

const frames = [noise(1), noise(2), noise(3)];

function dress(seed: number, channels: number): Uint8Array {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const some = <T>(...things: T[]): T[] => things.filter(() => random() < 0.7);
  const wav = riffFile([
    chunk(RIFF, 'JUNK', [of('header')]),
    chunk(RIFF, 'fmt ', [fmt({ channels })]),
    chunk(RIFF, 'data', []),
  ]);
  const [headerData = join()] = some(wav);
  const file = apeFile({
    frames,
    channels,
    blocksPerFrame: 1000,
    flags: headerData.length > 0 ? 0 : 0x20,
    headerData,
    terminatingData: join(...some(info({ IART: of('trailer') }))),
    padding: seed & 0xffff,
  });
  const tags = [apeTag({ Artist: of('artist') }), ...some(id3v1(of('artist')))];
  return join(...some(titleTag(of('front'), Math.floor(random() * 500))), file, ...tags);
}

export const structuralTags =
  /^MAC:(CompressionLevel|BlocksPerFrame|FinalFrameBlocks|TotalFrames|BitsPerSample|Channels|SampleRate)=/;

/** Monkey's Audio sound with everything that packers and taggers put around it. */
export const specimens: readonly Specimen[] = [
  { name: 'stereo', channels: 2 },
  { name: 'mono', channels: 1 },
].map(({ name, channels }) => ({
  name,
  make: (seed) => dress(seed, channels),
  canaries,
  decode: (file) => hashStreams(file, 'ape'),
}));
