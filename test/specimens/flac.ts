import {
  APPLICATION,
  apeTag,
  type Block,
  cueSheet,
  frame,
  id3v1,
  id3v2,
  joinFlac,
  PADDING,
  PICTURE,
  SEEKTABLE,
  splitFlac,
  streamInfo,
  VORBIS_COMMENT,
} from '../builders/flac.ts';
import { ascii, join } from '../builders/jpeg.ts';
import { tone } from '../builders/tone.ts';
import { comments, picture } from '../builders/vorbis-comment.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['vendor', 'title', 'artist', 'image', 'app', 'pad', 'isrc', 'reserved', 'id3', 'tail'] as const;

function canaries(seed: number): string[] {
  return words.map((word) => canary(seed, word));
}

/** Metadata blocks drawn from the seed: others, in another order, of other sizes in each twin. */
function planted(seed: number, essential: readonly string[]): Block[] {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const fields = [
    `TITLE=${of('title')}`,
    ...essential,
    `artist=${of('artist')}`,
    'REPLAYGAIN_TRACK_GAIN=-7.03 dB',
    `LOCATION=${seed}.5 N`,
    `METADATA_BLOCK_PICTURE=${Buffer.from(picture(ascii(of('image')))).toString('base64')}`,
  ];
  const list: Block = { type: VORBIS_COMMENT, content: comments(of('vendor'), fields) };
  const others: Block[] = [
    { type: PICTURE, content: picture(join([0xff, 0xd8], of('image')), { description: of('image'), type: seed % 20 }) },
    { type: APPLICATION, content: join('riff', of('app'), new Uint8Array(Math.floor(random() * 200))) },
    cueSheet(of('isrc').slice(0, 13), of('isrc').slice(0, 12)),
    { type: SEEKTABLE, content: new Uint8Array(18 * Math.floor(random() * 20)).fill(seed & 0xff) },
    { type: 9 + (seed % 90), content: ascii(of('reserved')) },
    { type: PADDING, content: join(new Uint8Array(Math.floor(random() * 500)), of('pad')) },
    { type: PADDING, content: new Uint8Array(Math.floor(random() * 3000)) },
  ].filter(() => random() < 0.7);
  const at = Math.floor(random() * (others.length + 1));
  const isNeeded = essential.length > 0 || random() < 0.8;
  return [...others.slice(0, at), ...(isNeeded ? [list] : []), ...others.slice(at)];
}

/** Tags and rests around a stream. */
function surroundings(seed: number): { before: Uint8Array; behind: Uint8Array } {
  const random = randomFrom(seed + 77);
  const sometimes = (bytes: Uint8Array): Uint8Array => (random() < 0.5 ? bytes : new Uint8Array(0));
  return {
    before: join(sometimes(id3v2(canary(seed, 'id3'), Math.floor(random() * 5000))), sometimes(id3v2('again'))),
    behind: join(
      sometimes(join([0xff, 0xf8, 0x69, 0x08], canary(seed, 'tail'))),
      sometimes(apeTag(canary(seed, 'tail'))),
      sometimes(id3v1(canary(seed, 'id3'))),
    ),
  };
}

function dress(seed: number, info: Block, frames: readonly Uint8Array[], essential: readonly string[]): Uint8Array {
  return joinFlac([info, ...planted(seed, essential)], frames, surroundings(seed));
}

async function encode(channels: number, samples: number): Promise<{ info: Block; frames: Uint8Array }> {
  const args = ['-c:a', 'flac', '-frame_size', '1024', '-bitexact'];
  const { blocks, frames } = splitFlac(await runFfmpeg(tone({ channels, samples }), 'wav', args, 'out.flac'));
  return { info: blocks[0] as Block, frames };
}

const stereo = await encode(2, 4000);
const surround = await encode(6, 1500);
const verbatim = [0, 1, 2, 3].map((number) => frame({ number }));
const variable = [0, 16, 46].map((number, index) =>
  frame({ number, variable: true, samples: Array.from({ length: 16 + 14 * index }, (_, at) => at * 99) }),
);

const decode = (file: Uint8Array): Promise<unknown> => hashStreams(file, 'flac');

export const structuralTags = /^FLAC:|^Vorbis:(Vendor=$|WaveformatextensibleChannelMask=0x3F$)/;

/** FLAC of several kinds, with metadata in every block and around the stream. */
export const specimens: readonly Specimen[] = [
  { name: 'stereo', make: (seed) => dress(seed, stereo.info, [stereo.frames], []), canaries, decode },
  {
    name: 'six channels with a mask',
    make: (seed) => {
      const mask = `WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x${seed % 2 ? '003F' : '3f'}`;
      return dress(seed, surround.info, [surround.frames], [mask]);
    },
    canaries,
    decode,
  },
  {
    name: 'verbatim samples, their count not known',
    make: (seed) => dress(seed, streamInfo(), verbatim, []),
    canaries,
    decode,
  },
  {
    name: 'variable block size',
    make: (seed) => dress(seed, streamInfo({ total: 90 }), variable, []),
    canaries,
    decode,
  },
];
