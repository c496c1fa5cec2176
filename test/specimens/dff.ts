import { number } from '../builders/chunks.ts';
import { bits, dffFile, dsdiffChunk, properties } from '../builders/dsd.ts';
import { join } from '../builders/jpeg.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['comment', 'artist', 'maker', 'title', 'name', 'unknown', 'trailer'] as const;
const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

function dress(seed: number, channels: number, compression: string, sound: Uint8Array): Uint8Array {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const inside = random() < 0.5 ? [dsdiffChunk('ID3 ', [of('title')])] : [];
  const others = [
    dsdiffChunk('COMT', [
      [0, 1, 0x07, 0xe8, 1 + (seed % 12), 3, 4, 5],
      [0, 0, 0, 0],
      number(of('comment').length, 4, false),
      of('comment'),
    ]),
    dsdiffChunk('DIIN', [dsdiffChunk('DIAR', [number(of('artist').length, 4, false), of('artist')])]),
    dsdiffChunk('MANF', [of('maker')]),
    dsdiffChunk('ID3 ', [of('title')]),
    dsdiffChunk('zz9 ', [of('unknown')]),
  ].filter(() => random() < 0.7);
  const chunks = [properties(channels, compression, of('name'), ...inside), sound];
  for (const other of others) chunks.splice(Math.floor(random() * (chunks.length + 1)), 0, other);
  return dffFile(chunks, random() < 0.5 ? join([0, 0, 0, 0], of('trailer')) : []);
}

/** A DST frame may hold its samples as they are, behind a byte of zeros (ISO/IEC 14496-3 subpart 10). */
const FRAME_LENGTH = 4704;

function compressed(): Uint8Array {
  const frame = (length: number): Uint8Array => dsdiffChunk('DSTF', [[0], bits(length)]);
  return dsdiffChunk('DST ', [
    dsdiffChunk('FRTE', [number(2, 4, false), number(75, 2, false)]),
    frame(FRAME_LENGTH),
    frame(FRAME_LENGTH),
    dsdiffChunk('DSTC', [number(0x12345678, 4, false)]),
  ]);
}

/** FFmpeg decodes DST to other samples each time; what it decodes are the same packets. */
async function hashPackets(file: Uint8Array): Promise<string> {
  return new TextDecoder().decode(await runFfmpeg(file, 'dff', ['-c', 'copy', '-f', 'streamhash', '-hash', 'md5']));
}

export const structuralTags = new RegExp(`^${UNKNOWN_TO_EXIFTOOL}$`);

/** DSDIFF sound, plain and compressed, with chunks of every kind around it. */
export const specimens: readonly Specimen[] = [
  { name: 'stereo', channels: 2, compression: 'DSD ', sound: dsdiffChunk('DSD ', [bits(6000)]) },
  { name: 'compressed', channels: 1, compression: 'DST ', sound: compressed() },
].map(({ name, channels, compression, sound }) => ({
  name,
  make: (seed) => dress(seed, channels, compression, sound),
  canaries,
  decode: compression === 'DSD ' ? (file) => hashStreams(file, 'dff') : hashPackets,
}));
