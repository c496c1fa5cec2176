import { chunk, number, RIFF, splitChunks, tone } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import {
  chunking,
  type Description,
  ds64,
  extensible,
  type Family,
  fmt,
  info,
  labels,
  riffFile,
} from '../builders/wav.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['artist', 'title', 'bext', 'xml', 'label', 'unknown', 'trailer', 'pad'] as const;
const canaries = (seed: number): string[] => words.filter((word) => word !== 'pad').map((word) => canary(seed, word));

/** What makes the sound: bodies of chunks. */
interface Sound {
  family?: Family;
  fmt: Uint8Array;
  fact?: Uint8Array;
  data: Uint8Array;
}

/** Puts chunks around the sound: others for each seed, in another order, with other sizes. */
function dress(seed: number, { family = 'RIFF', fmt: description, fact, data }: Sound): Uint8Array {
  const random = randomFrom(seed);
  const how = chunking(family);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  // A pad byte is there for a body of odd length, and says nothing.
  const any = (id: string, text: string): Uint8Array => {
    const odd = how.alignment === 2 && text.length % 2 === 1;
    return chunk(how, id, [text], odd ? { padding: [1 + Math.floor(random() * 30)] } : {});
  };
  const candidates = [
    chunk(how, 'LIST', ['INFO', chunk(how, 'IART', [of('artist')]), chunk(how, 'INAM', [of('title')])]),
    any('bext', of('bext') + '\0'.repeat(Math.floor(random() * 600))),
    any('iXML', `<BWFXML>${of('xml')}</BWFXML>`),
    any('axml', of('xml')),
    any('_PMX', `<x:xmpmeta>${of('xml')}</x:xmpmeta>`),
    any('id3 ', `ID3\x03\0\0\0\0\0\x20TIT2\0\0\0\x16\0\0\0${of('title')}`),
    any('DISP', `\x01\0\0\0${of('title')}`),
    any('cue ', '\x01\0\0\0\x05\0\0\0\0\0\0\0data\0\0\0\0\0\0\0\0\x09\0\0\0'),
    any('smpl', of('unknown')),
    any('PEAK', `\x01\0\0\0${of('unknown').slice(0, 4)}\0\0\0\0\0\0\0\0`),
    any('JUNK', of('unknown')),
    any('zz9 ', of('unknown')),
    ...(how === RIFF ? [labels([[5, of('label')]]), info({ ISFT: of('artist') })] : []),
  ].filter(() => random() < 0.7);
  const before = Math.floor(random() * (candidates.length + 1));
  const sizes = family === 'RF64' ? [ds64(0, data.length, data.length / 4)] : [];
  const dataSize = family === 'RF64' ? { size: 0xffffffff } : {};
  const chunks = [
    ...sizes,
    ...candidates.slice(0, Math.floor(before / 2)),
    chunk(how, 'fmt ', [description]),
    ...(fact === undefined ? [] : [chunk(how, 'fact', [fact])]),
    ...candidates.slice(Math.floor(before / 2), before),
    chunk(how, 'data', [data], dataSize),
    ...candidates.slice(before),
    any('JUNK', of('unknown')),
  ];
  const trailer = random() < 0.5 ? join([0, 0, 0, 0, 0, 0, 0, 0], of('trailer')) : [];
  return riffFile(chunks, { family, trailer, ...(random() < 0.3 && family !== 'W64' ? { size: 0xffffffff } : {}) });
}

const plain = (description: Description, frames = 1500): Uint8Array => tone(frames, description.channels ?? 2);

/** Sound coded by FFmpeg. */
async function encode(...codec: string[]): Promise<Sound> {
  const source = riffFile([chunk(RIFF, 'fmt ', [fmt({ rate: 22050 })]), chunk(RIFF, 'data', [tone(4000)])]);
  const file = await runFfmpeg(source, 'wav', ['-fflags', '+bitexact', ...codec], 'out.wav');
  const body = (id: string): Uint8Array | undefined =>
    splitChunks(RIFF, file, 12).find((found) => found.id === id)?.body;
  const fact = body('fact');
  return { fmt: body('fmt ') ?? file, data: body('data') ?? file, ...(fact && { fact }) };
}

const surround: Description = { tag: 0xfffe, channels: 6, bits: 24, extension: extensible(24, 0x3f) };

const sounds: { name: string; sound: () => Sound | Promise<Sound> }[] = [
  { name: '16 bits, stereo', sound: () => ({ fmt: fmt(), data: tone() }) },
  {
    name: '8 bits, mono, odd length',
    sound: () => ({ fmt: fmt({ channels: 1, bits: 8 }), data: tone().subarray(0, 777) }),
  },
  { name: 'RF64', sound: () => ({ family: 'RF64', fmt: fmt(), data: tone() }) },
  { name: 'RIFX', sound: () => ({ family: 'RIFX', fmt: fmt({}, false), data: tone() }) },
  { name: 'W64', sound: () => ({ family: 'W64', fmt: fmt(), data: tone() }) },
  {
    name: 'float with fact',
    sound: () => ({ fmt: fmt({ tag: 3, bits: 32, extension: [0, 0] }), fact: number(750, 4), data: plain({}) }),
  },
  {
    name: 'six channels of 24 bits',
    sound: () => ({ fmt: fmt(surround), data: plain(surround, 900).subarray(0, 9000) }),
  },
  { name: 'µ-law', sound: () => encode('-c:a', 'pcm_mulaw') },
  { name: 'IMA ADPCM', sound: () => encode('-c:a', 'adpcm_ima_wav') },
  { name: 'Microsoft ADPCM', sound: () => encode('-c:a', 'adpcm_ms') },
  { name: 'MPEG layer 3', sound: () => encode('-c:a', 'libmp3lame', '-b:a', '32k') },
];

export const structuralTags = new RegExp(
  `^(RIFF:(Encoding|NumChannels|SampleRate|AvgBytesPerSec|BitsPerSample|NumberOfSamples)=|${UNKNOWN_TO_EXIFTOOL}$)`,
);

/** WAV sound of every dialect and several codings, with chunks of every kind around it. */
export const specimens: readonly Specimen[] = await Promise.all(
  sounds.map(async ({ name, sound }): Promise<Specimen> => {
    const made = await sound();
    const extension = made.family === 'W64' ? 'w64' : 'wav';
    return { name, make: (seed) => dress(seed, made), canaries, decode: (file) => hashStreams(file, extension) };
  }),
);
