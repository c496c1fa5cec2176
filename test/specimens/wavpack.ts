import { chunk, RIFF, tone } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { apeTag, id3v1, titleTag } from '../builders/tags.ts';
import { fmt, info, riffFile } from '../builders/wav.ts';
import { type Block, silentBlock, splitBlocks, subBlock, writeBlock } from '../builders/wavpack.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['artist', 'title', 'front', 'header', 'trailer', 'dummy', 'unknown', 'extension'] as const;
const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

function dress(seed: number, blocks: readonly Block[], checksumLength: 0 | 2 | 4): Uint8Array {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const some = <T>(...things: T[]): T[] => things.filter(() => random() < 0.7);
  const [first, ...rest] = blocks;
  const header = subBlock(0x21, riffFile([chunk(RIFF, 'JUNK', [of('header')]), chunk(RIFF, 'data', [])]));
  const planted = some(
    header,
    subBlock(0x23, 'DSD ', of('header')),
    subBlock(0x00, of('dummy')),
    subBlock(0x28, of('extension').slice(0, 7)),
    subBlock(0x3e, of('unknown')),
  );
  const trailer = silentBlock(subBlock(0x22, info({ INAM: of('trailer') })), subBlock(0x24, of('trailer')));
  const opened = first === undefined ? [] : [{ ...first, subBlocks: [...planted, ...first.subBlocks] }];
  const file = [...opened, ...rest, ...some(trailer)].map((block) => writeBlock(block, checksumLength));
  const tags = [apeTag({ Title: of('title'), Artist: of('artist') }), ...some(id3v1(of('title')))];
  return join(...some(titleTag(of('front'), Math.floor(random() * 600))), ...file, ...tags);
}

async function encode(samples: Uint8Array, description = fmt(), ...options: string[]): Promise<Block[]> {
  const source = riffFile([chunk(RIFF, 'fmt ', [description]), chunk(RIFF, 'data', [samples])]);
  return splitBlocks(await runFfmpeg(source, 'wav', ['-c:a', 'wavpack', ...options], 'out.wv'));
}

export const structuralTags = /^(?:RIFF|WavPack):/;

/** WavPack sound with everything that packers and taggers put around it. */
export const specimens: readonly Specimen[] = await Promise.all(
  [
    { name: '16 bits, stereo', blocks: () => encode(tone(9000)), checksumLength: 0 as const },
    { name: 'checksums', blocks: () => encode(tone(9000)), checksumLength: 4 as const },
    {
      name: 'short checksums, mono',
      blocks: () => encode(tone(5000, 1), fmt({ channels: 1 })),
      checksumLength: 2 as const,
    },
    { name: 'float', blocks: () => encode(tone(4000), fmt(), '-sample_fmt', 'fltp'), checksumLength: 0 as const },
  ].map(async ({ name, blocks, checksumLength }): Promise<Specimen> => {
    const made = await blocks();
    return {
      name,
      make: (seed) => dress(seed, made, checksumLength),
      canaries,
      decode: (file) => hashStreams(file, 'wv'),
    };
  }),
);
