import { dataStream, fill, rewriteAdts } from '../builders/adts.ts';
import { adtsLengthAt, encode, splitFrames } from '../builders/mpeg-audio.ts';
import { apeTag, id3v1, id3v2, join, textFrame } from '../builders/tags.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['title', 'private', 'ape', 'fill', 'stream', 'junk'] as const;

function of(seed: number, word: (typeof words)[number]): string {
  return canary(seed, word).slice(0, 24);
}

function canaries(seed: number): string[] {
  return words.map((word) => of(seed, word));
}

async function decode(file: Uint8Array): Promise<unknown> {
  return hashStreams(join(...splitFrames(file, adtsLengthAt)), 'aac');
}

const coded = splitFrames(
  await encode('output.aac', ['-c:a', 'aac', '-b:a', '64k', '-f', 'adts'], { seconds: 0.25, channels: 1 }),
  adtsLengthAt,
);

function around(seed: number, ...frames: Uint8Array[]): Uint8Array {
  const random = randomFrom(seed + 9);
  const tag = id3v2(
    [textFrame('TIT2', of(seed, 'title')), { id: 'PRIV', data: join('com.apple.streaming', [0], of(seed, 'private')) }],
    {
      padding: Math.floor(random() * 5000),
    },
  );
  const end = [id3v1(of(seed, 'title')), apeTag({ Title: of(seed, 'ape') }), join()][seed % 3] ?? join();
  return join(tag, ...frames.slice(0, 4), seed % 2 ? tag : join(of(seed, 'junk')), ...frames.slice(4), end);
}

export const specimens: readonly Specimen[] = [
  {
    name: 'fill and data stream elements, copyright identification, tags',
    make: (seed) => {
      const random = randomFrom(seed);
      const length = 14;
      const frames = coded.map((frame) => {
        const text = of(seed, 'fill').slice(0, length).padEnd(length, '\0');
        const elements = join(fill(text), dataStream(of(seed, 'stream').slice(0, 9).padEnd(9, '.')));
        return rewriteAdts(frame, elements, Math.floor(random() * 32));
      });
      return around(seed, ...frames);
    },
    canaries: (seed) => canaries(seed).map((word) => word.slice(0, 9)),
    decode,
  },
  {
    name: 'checksums',
    make: (seed) => {
      const random = randomFrom(seed);
      const isProtected = random() < 0.8;
      const frames = coded.map((frame) =>
        rewriteAdts(frame, join(), Math.floor(random() * 32), isProtected ? Math.floor(random() * 65536) : undefined),
      );
      return around(seed, ...frames);
    },
    canaries,
    decode,
  },
];

export const structuralTags: RegExp = /^AAC:(ProfileType|SampleRate|Channels)=/;
