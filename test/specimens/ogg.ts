import { PADDING, PICTURE, writeBlocks } from '../builders/flac.ts';
import { ascii, join } from '../builders/jpeg.ts';
import {
  joinOgg,
  type Page,
  packetsOf,
  pageOf,
  skeletonHead,
  speexHeader,
  speexPacket,
  splitOgg,
  withHeaders,
  writePage,
} from '../builders/ogg.ts';
import { be, film, tone } from '../builders/tone.ts';
import { comments, picture } from '../builders/vorbis-comment.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['vendor', 'title', 'artist', 'image', 'pad', 'version', 'extra', 'stream', 'junk', 'tail'] as const;

function canaries(seed: number): string[] {
  return words.map((word) => canary(seed, word));
}

/** Comments drawn from the seed, now and then so long that they take several pages. */
function planted(seed: number, vendor = canary(seed, 'vendor')): Uint8Array {
  const random = randomFrom(seed);
  const image = join([0xff, 0xd8], canary(seed, 'image'), new Uint8Array(random() < 0.3 ? 60_000 : 50));
  const fields = [
    `TITLE=${canary(seed, 'title')}`,
    `ARTIST=${canary(seed, 'artist')}`,
    'R128_TRACK_GAIN=-512',
    `DATE=20${10 + (seed % 15)}-01-02`,
    `METADATA_BLOCK_PICTURE=${Buffer.from(picture(image)).toString('base64')}`,
  ].filter(() => random() < 0.7);
  return comments(vendor, fields);
}

/** How header packets are laid into pages, and how streams and pages are numbered. */
function layout(seed: number): { serial: number; perPage: number; firstSequence: number } {
  const random = randomFrom(seed + 5);
  const perPage = [255, 255, 17, 100][Math.floor(random() * 4)] ?? 255;
  return { serial: Math.floor(random() * 2 ** 32), perPage, firstSequence: random() < 0.8 ? 0 : 7 };
}

/** Bytes around and between pages, which decoders skip. */
function scatter(seed: number, pages: readonly Page[]): Uint8Array {
  const random = randomFrom(seed + 9);
  const gap = 1 + Math.floor(random() * pages.length);
  const parts = pages.map(writePage);
  const junk = random() < 0.4 ? join(canary(seed, 'junk'), 'OggS', new Uint8Array(Math.floor(random() * 90))) : [];
  const tail = random() < 0.5 ? join('TAG', canary(seed, 'tail')) : [];
  return join(...parts.slice(0, gap), junk, ...parts.slice(gap), tail);
}

async function encode(codec: string, input: Uint8Array, extension: string, args: string[] = []): Promise<Page[]> {
  return splitOgg(await runFfmpeg(input, extension, ['-c', codec, ...args, '-bitexact', '-f', 'ogg'], 'out.ogg'));
}

const vorbis = await encode('libvorbis', tone({ samples: 12_000 }), 'wav');
const opus = await encode('libopus', tone({ samples: 12_000 }), 'wav', ['-page_duration', '100000']);
const flac = await encode('flac', tone({ samples: 3000 }), 'wav', ['-page_duration', '100000']);
const theora = await encode('libtheora', film(), 'y4m', ['-page_duration', '100000']);

/** How many pages hold the headers: those before the first that a data packet ends on. */
function headerPages(pages: readonly Page[], headers: number): number {
  for (let count = 1; ; count++) if (packetsOf(pages.slice(0, count)).length >= headers) return count;
}

function vorbisStream(seed: number, where = layout(seed)): Page[] {
  const [identification = ascii(''), , setup = ascii('')] = packetsOf(vorbis);
  const comment = join('\x03vorbis', planted(seed), [1]);
  return withHeaders(vorbis, headerPages(vorbis, 3), [identification, comment, setup], where);
}

function opusStream(seed: number): Page[] {
  const [head = ascii('')] = packetsOf(opus);
  const tags = join('OpusTags', planted(seed), seed % 2 ? join([1], canary(seed, 'pad')) : []);
  return withHeaders(opus, headerPages(opus, 2), [head, tags], layout(seed));
}

function flacStream(seed: number): Page[] {
  const random = randomFrom(seed + 3);
  const [first = ascii('')] = packetsOf(flac);
  const blocks = [
    { type: 4, content: planted(seed) },
    { type: PICTURE, content: picture(ascii(canary(seed, 'image'))) },
    { type: 2, content: join('test', canary(seed, 'extra')) },
    { type: PADDING, content: join(new Uint8Array(Math.floor(random() * 300)), canary(seed, 'pad')) },
  ].filter((_, index) => index === 0 || random() < 0.6);
  const packets = blocks.map((block, index) => {
    const written = writeBlocks([block]);
    if (index < blocks.length - 1) written[0] = block.type;
    return written;
  });
  const count = random() < 0.5 ? packets.length : 0;
  const identification = join(first.subarray(0, 7), be(count, 2), first.subarray(9));
  return withHeaders(flac, headerPages(flac, 2), [identification, ...packets], layout(seed));
}

function speexStream(seed: number): Page[] {
  const extra = seed % 3 === 0 ? [ascii(canary(seed, 'extra'))] : [];
  const header = speexHeader(canary(seed, 'version').slice(0, 20), extra.length, seed);
  const packets = Array.from({ length: 12 }, (_, index) => speexPacket(index));
  const data: Page[] = [0, 4, 8].map((from) =>
    pageOf(packets.slice(from, from + 4), { granule: BigInt((from + 4) * 160), flags: from === 8 ? 4 : 0 }),
  );
  return withHeaders(data, 0, [header, planted(seed), ...extra], layout(seed));
}

/** Film and sound, and streams of other kinds between their pages. */
function filmAndSound(seed: number): Page[] {
  const random = randomFrom(seed + 11);
  const [identification = ascii(''), , setup = ascii('')] = packetsOf(theora);
  const comment = join('\x81theora', planted(seed));
  const picture = withHeaders(theora, headerPages(theora, 3), [identification, comment, setup], {
    serial: 1000 + seed,
  });
  const sound = vorbisStream(seed, { serial: 70_000 + seed, perPage: 255, firstSequence: 0 });
  const other = (fields: Partial<Page>, ...packets: Uint8Array[]): Page[] =>
    random() < 0.6 ? [pageOf(packets, { serial: 5, ...fields })] : [];
  const isPresent = random() < 0.6;
  const skeleton = isPresent
    ? [pageOf([skeletonHead(`20${10 + (seed % 15)}0102T101112.000Z`)], { flags: 2, serial: 5 })]
    : [];
  const unknown = random() < 0.6 ? [pageOf([ascii(canary(seed, 'stream'))], { flags: 2, serial: 6 })] : [];
  const pictureHeaders = headerPages(picture, 3);
  const soundHeaders = headerPages(sound, 3);
  return [
    ...skeleton,
    ...picture.slice(0, 1),
    ...sound.slice(0, 1),
    ...unknown,
    ...picture.slice(1, pictureHeaders),
    ...sound.slice(1, soundHeaders),
    ...other({ sequence: 1, flags: 4 }, ascii(canary(seed, 'stream'))),
    ...picture.slice(pictureHeaders, pictureHeaders + 2),
    ...sound.slice(soundHeaders),
    ...other({ sequence: 2 }, ascii(canary(seed, 'stream'))),
    ...picture.slice(pictureHeaders + 2),
  ];
}

const decode = (file: Uint8Array): Promise<unknown> => hashStreams(file, 'ogg');

export const structuralTags =
  /^(Vorbis:(VorbisVersion|AudioChannels|SampleRate|(Maximum|Nominal|Minimum)Bitrate|Vendor=$)|Opus:(OpusVersion|AudioChannels|SampleRate|OutputGain)|Theora:(TheoraVersion|ImageWidth|ImageHeight|[XY]Offset|FrameRate|PixelAspectRatio|ColorSpace|NominalVideoBitrate|Quality|PixelFormat|Vendor=$)|FLAC:)/;

/** Ogg of each codec, chained and multiplexed, with metadata in every header and around the pages. */
export const specimens: readonly Specimen[] = [
  { name: 'Vorbis', make: (seed) => scatter(seed, vorbisStream(seed)), canaries, decode },
  { name: 'Opus', make: (seed) => scatter(seed, opusStream(seed)), canaries, decode },
  { name: 'FLAC', make: (seed) => scatter(seed, flacStream(seed)), canaries, decode },
  { name: 'Speex', make: (seed) => joinOgg(speexStream(seed)), canaries, decode },
  { name: 'Theora and Vorbis, Skeleton', make: (seed) => joinOgg(filmAndSound(seed)), canaries, decode },
  {
    name: 'two Vorbis streams in a chain',
    make: (seed) => joinOgg([...vorbisStream(seed), ...vorbisStream(seed + 1)]),
    canaries,
    decode,
  },
];
