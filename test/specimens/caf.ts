import { cafChunk, cafFile, data, desc, info } from '../builders/caf.ts';
import { CAF, chunk, number, RIFF, splitChunks, tone } from '../builders/chunks.ts';
import { fmt, riffFile } from '../builders/wav.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['title', 'artist', 'mark', 'uuid', 'free', 'unknown', 'trailer'] as const;
const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

interface Sound {
  /** Whole chunks in front of the packets. */
  headers: readonly Uint8Array[];
  packets: Uint8Array;
}

function dress(seed: number, { headers, packets }: Sound): Uint8Array {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const others = [
    info({ title: of('title'), artist: of('artist'), 'recorded date': `20${10 + (seed % 10)}-01-01` }),
    cafChunk('strg', [number(1, 4, false), of('mark')]),
    cafChunk('mark', [number(1, 4, false), of('mark')]),
    cafChunk('uuid', ['0123456789abcdef', of('uuid')]),
    cafChunk('peak', [number(seed, 4, false), new Uint8Array(16)]),
    cafChunk('umid', [new Uint8Array(64)]),
    cafChunk('free', [of('free'), new Uint8Array(Math.floor(random() * 900))]),
    cafChunk('zz9 ', [of('unknown')]),
  ].filter(() => random() < 0.7);
  const isLast = random() < 0.3;
  const sound = [...headers.slice(1), data(packets, seed & 0xffff)];
  if (random() < 0.5) sound.reverse();
  const chunks = [...sound];
  for (const other of others) chunks.splice(Math.floor(random() * (chunks.length + 1)), 0, other);
  const file = [...headers.slice(0, 1), info({ comments: of('title') }), ...chunks];
  // A recording that was never closed has no size.
  if (isLast && headers.length === 1) {
    const open = data(packets, seed & 0xffff, { size: 0xffff_ffff_ffff_ffffn });
    return cafFile([...headers.slice(0, 1), info({ comments: of('title') }), ...others, open]);
  }
  return cafFile(file, random() < 0.5 ? `\0\0\0${of('trailer').slice(0, 0)}` : []);
}

/** Sound coded by FFmpeg. */
async function encode(...codec: string[]): Promise<Sound> {
  const source = riffFile([chunk(RIFF, 'fmt ', [fmt()]), chunk(RIFF, 'data', [tone(9000)])]);
  const file = await runFfmpeg(source, 'wav', ['-fflags', '+bitexact', ...codec], 'out.caf');
  const found = splitChunks(CAF, file, 8);
  const kept = ['desc', 'chan', 'kuki', 'pakt'].flatMap((id) => found.filter((part) => part.id === id));
  const packets = found.find(({ id }) => id === 'data')?.body.subarray(4) ?? file;
  return { headers: kept.map(({ id, body }) => cafChunk(id, [body])), packets };
}

export const structuralTags = new RegExp(`^${UNKNOWN_TO_EXIFTOOL}$`);

/** CAF sound, plain and coded, with chunks of every kind around it. */
export const specimens: readonly Specimen[] = await Promise.all(
  [
    { name: '16 bits, stereo', sound: async (): Promise<Sound> => ({ headers: [desc()], packets: tone() }) },
    { name: 'Apple Lossless, with decoder settings and packet table', sound: () => encode('-c:a', 'alac') },
    { name: 'IMA ADPCM', sound: () => encode('-c:a', 'adpcm_ima_qt') },
  ].map(async ({ name, sound }): Promise<Specimen> => {
    const made = await sound();
    return { name, make: (seed) => dress(seed, made), canaries, decode: (file) => hashStreams(file, 'caf') };
  }),
);
