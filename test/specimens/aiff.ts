import { bigTone, type Common, comm, form, iffChunk, marks, ssnd, text } from '../builders/aiff.ts';
import { number, tone } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['name', 'author', 'copyright', 'comment', 'mark', 'coding', 'app', 'unknown', 'trailer'] as const;
const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

interface Sound {
  common: Common;
  /** The coding of AIFF-C. */
  coding?: string;
  data: Uint8Array;
  /** Whole chunks that belong to the sound. */
  channels?: Uint8Array;
}

function dress(seed: number, { common, coding, data, channels }: Sound): Uint8Array {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const date = number(0xd0000000 + seed, 4, false);
  const comments = iffChunk('COMT', [[0, 1], date, [0, 0], number(of('comment').length, 2, false), of('comment')]);
  const others = [
    text('NAME', of('name')),
    text('AUTH', of('author')),
    text('(c) ', of('copyright')),
    text('ANNO', of('comment')),
    comments,
    marks([[7, 100, of('mark')]]),
    iffChunk('INST', [new Uint8Array(20)]),
    iffChunk('APPL', ['stoc', of('app')]),
    iffChunk('ID3 ', [`ID3\x03\0\0\0\0\0\x20TIT2\0\0\0\x16\0\0\0${of('name')}`]),
    iffChunk('zz9 ', [of('unknown')]),
    iffChunk('FLLR', ['\0'.repeat(Math.floor(random() * 900)), of('unknown')]),
  ].filter(() => random() < 0.7);
  const sound = [
    ...(coding === undefined ? [] : [iffChunk('FVER', [[0xa2, 0x80, 0x51, 0x40]])]),
    comm(coding === undefined ? common : { ...common, coding: [coding, of('coding')] }),
    ...(channels === undefined ? [] : [channels]),
    ssnd(data, random() < 0.5 ? of('unknown') : [], Math.floor(random() * 512)),
    // There is always one behind the sound, too.
    text('ANNO', of('comment')),
  ];
  if (random() < 0.5) sound.reverse();
  for (const other of others) sound.splice(Math.floor(random() * (sound.length + 1)), 0, other);
  return form(
    coding === undefined ? 'AIFF' : 'AIFC',
    sound,
    random() < 0.5 ? join([0, 0, 0, 0, 0, 0, 0, 0], of('trailer')) : [],
  );
}

const channels = iffChunk('CHAN', [number((101 << 16) | 2, 4, false), new Uint8Array(8)]);
const mulaw = tone(1500, 1).map((byte) => byte | 0x80);

const sounds: { name: string; sound: Sound }[] = [
  { name: '16 bits, stereo', sound: { common: {}, data: bigTone() } },
  {
    name: '8 bits, odd length',
    sound: { common: { channels: 1, bits: 8, frames: 777 }, data: bigTone().subarray(0, 777) },
  },
  { name: 'little-endian, with channel layout', sound: { common: {}, coding: 'sowt', data: tone(), channels } },
  { name: 'µ-law', sound: { common: { channels: 1, frames: 3000 }, coding: 'ulaw', data: mulaw } },
];

export const structuralTags =
  /^AIFF:(NumChannels|NumSampleFrames|SampleSize|SampleRate|CompressionType|CompressorName|FormatVersionTime)=/;

/** AIFF and AIFF-C sound with chunks of every kind around it. */
export const specimens: readonly Specimen[] = sounds.map(({ name, sound }) => ({
  name,
  make: (seed) => dress(seed, sound),
  canaries,
  decode: (file) => hashStreams(file, 'aiff'),
}));
