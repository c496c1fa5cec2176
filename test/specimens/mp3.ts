import { encode, encodeMp3, infoFrame, sideInfoLength, splitFrames, withCrc } from '../builders/mpeg-audio.ts';
import {
  apeTag,
  chapterFrame,
  enhancedTag,
  id3v1,
  id3v2,
  join,
  lyrics3v1,
  lyrics3v2,
  musicMatch,
  pictureFrame,
  textFrame,
  writeFrame,
} from '../builders/tags.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['title', 'artist', 'comment', 'private', 'ape', 'lyric', 'id1', 'encoder', 'junk', 'chapter'] as const;

function canaries(seed: number): string[] {
  return words.map((word) => canary(seed, word).slice(0, 28));
}

function of(seed: number, word: (typeof words)[number]): string {
  return canary(seed, word).slice(0, 28);
}

/** The sound without its tags, which FFmpeg would let decide where it ends. */
async function decode(file: Uint8Array): Promise<unknown> {
  return hashStreams(join(...splitFrames(file)), 'mp3');
}

/** An ID3v2 tag of any version and form. */
function front(seed: number): Uint8Array {
  const random = randomFrom(seed);
  const encoding = ([0, 1, 3] as const)[seed % 3] ?? 0;
  if (seed % 4 === 0) {
    const frames = [textFrame('TT2', of(seed, 'title'), 0), textFrame('TP1', of(seed, 'artist'), 0)];
    return id3v2(frames, { major: 2, padding: Math.floor(random() * 300) });
  }
  const picture = Uint8Array.from({ length: Math.floor(random() * 900) }, () => 0xf0 + Math.floor(random() * 16));
  const frames = [
    textFrame('TIT2', of(seed, 'title'), encoding),
    textFrame('TPE1', of(seed, 'artist'), encoding),
    { id: 'PRIV', data: join('WM/Provider', [0], of(seed, 'private')) },
    { id: 'COMM', data: join([0], 'eng', [0], of(seed, 'comment')) },
    chapterFrame('ch', 0, 1000 + seed, writeFrame(textFrame('TIT2', of(seed, 'chapter')), seed % 2 ? 3 : 4)),
    pictureFrame(picture, of(seed, 'comment')),
  ];
  return id3v2(frames.slice(0, 1 + (seed % 6)), {
    major: seed % 2 ? 3 : 4,
    padding: Math.floor(random() * 500),
    unsynchronised: random() < 0.3,
    extended: random() < 0.3,
    footer: seed % 2 === 0 && random() < 0.5,
  });
}

/** Tags behind the sound, in the order that the seed says. */
function back(seed: number): Uint8Array {
  const random = randomFrom(seed + 1);
  const version = random() < 0.5 ? 1000 : 2000;
  const ape = apeTag(
    { Title: of(seed, 'ape'), 'Cover Art (Front)': join('a.jpg', [0, 0xff, 0xfb, 0x90]) },
    { version },
  );
  const lyrics = random() < 0.5 ? lyrics3v1(of(seed, 'lyric')) : lyrics3v2({ IND: '00', LYR: of(seed, 'lyric') });
  const last = join(random() < 0.3 ? enhancedTag(of(seed, 'id1')) : [], id3v1(of(seed, 'id1'), of(seed, 'artist')));
  const footer = id3v2([textFrame('TIT2', of(seed, 'title'))], { footer: true });
  const orders = [
    [ape, lyrics, last],
    [lyrics, ape, last],
    [ape, footer],
    [last, footer],
    [last],
    [ape, new Uint8Array(40), last],
    [musicMatch(of(seed, 'ape'), join(of(seed, 'private')), random() < 0.5), last],
  ];
  return join(...(orders[seed % orders.length] ?? []));
}

/** Frames with the bits of their headers that mean nothing drawn from the seed. */
function withFreeBits(frames: readonly Uint8Array[], seed: number): Uint8Array[] {
  const random = randomFrom(seed + 2);
  // FFmpeg finds the first frame by what it has in common with the second, copyright and original among it.
  const rights = Math.floor(random() * 4) << 2;
  return frames.map((found) => {
    const frame = found.slice();
    const isLayer3 = ((frame[1] ?? 0) & 6) === 2;
    const isMono = (frame[3] ?? 0) >> 6 === 3;
    const isVersion1 = ((frame[1] ?? 0) & 8) !== 0;
    const mask = isVersion1 ? (isMono ? 0x7c : 0x70) : isMono ? 0x80 : 0xc0;
    const sideAt = ((frame[1] ?? 0) & 1) === 1 ? 5 : 7;
    frame[2] = ((frame[2] ?? 0) & ~1) | Math.floor(random() * 2);
    frame[3] = ((frame[3] ?? 0) & ~12) | rights;
    if (isLayer3) frame[sideAt] = ((frame[sideAt] ?? 0) & ~mask) | (Math.floor(random() * 256) & mask);
    return frame;
  });
}

function lameFrame(like: Uint8Array, count: number, bytes: number, seed: number): Uint8Array {
  const random = randomFrom(seed + 3);
  const toc = Uint8Array.from({ length: 100 }, () => Math.floor(random() * 256));
  const encoder = ['LAME3.99r', 'LAME3.100', 'Lavf58.29', 'Lavc60.31'][seed % 4] ?? '';
  const fields = {
    frames: count,
    bytes,
    ...(random() < 0.7 ? { toc } : {}),
    ...(random() < 0.7 ? { quality: seed % 100 } : {}),
  };
  return infoFrame(like, 'Info', fields, { encoder, delay: 576, padding: 1000, fill: seed % 256 });
}

const [stereo, low, layer2, loud] = await Promise.all([
  encodeMp3(['-b:a', '128k']),
  encodeMp3(['-q:a', '6'], { sampleRate: 22050, channels: 1 }),
  encode('output.mp2', ['-c:a', 'mp2', '-b:a', '384k'], { seconds: 0.1, sampleRate: 48000 }),
  encodeMp3(['-b:a', '320k', '-reservoir', '0'], { seconds: 0.1 }),
]).then((files) => files.map((file) => splitFrames(file)) as [Uint8Array[], Uint8Array[], Uint8Array[], Uint8Array[]]);

/** Of a file by LAME, the frames without its first one, which it leads by. */
const sound = stereo.slice(1);
const length = sound.reduce((sum, frame) => sum + frame.length, 0);

export const specimens: readonly Specimen[] = [
  {
    name: 'constant bit rate, information frame, tags in front and behind',
    make: (seed) => {
      const lead = lameFrame(stereo[0] ?? join(), sound.length, length + (stereo[0]?.length ?? 0), seed);
      return join(front(seed), ...withFreeBits([lead, ...sound], seed), back(seed));
    },
    canaries,
    decode,
  },
  {
    name: 'low sampling rate, one channel, variable bit rate, tags and junk in between',
    make: (seed) => {
      const frames = withFreeBits(low, seed);
      const junk = join(new Uint8Array(seed % 50), of(seed, 'junk'));
      const [first, second] = [frames.slice(0, 4), frames.slice(4)];
      return join(front(seed), new Uint8Array(seed % 40), ...first, front(seed + 1), junk, ...second, junk);
    },
    canaries,
    decode,
  },
  {
    name: 'layer II with checksums',
    make: (seed) => {
      const random = randomFrom(seed);
      const frames = withFreeBits(layer2, seed).map((frame) => withCrc(frame, Math.floor(random() * 65536)));
      return join(front(seed), ...frames, back(seed));
    },
    canaries,
    decode,
  },
  {
    name: 'layer III with checksums, two files joined',
    make: (seed) => {
      const random = randomFrom(seed);
      const plain = loud.slice(1);
      const frames = withFreeBits(plain, seed).map((frame) => withCrc(frame, Math.floor(random() * 65536)));
      const silent = join((plain[0] ?? join()).subarray(0, 4), new Uint8Array((plain[0]?.length ?? 4) - 4));
      const lead = infoFrame(
        silent,
        'Xing',
        { frames: 3 },
        { encoder: of(seed, 'encoder'), delay: 1, padding: 2, fill: seed % 256 },
      );
      return join(front(seed), ...frames, id3v1(of(seed, 'id1')), front(seed + 2), lead, ...frames, back(seed));
    },
    canaries,
    decode: async (file) => {
      // The information frame in the middle is silence, whatever it says.
      const frames = splitFrames(file).map((frame) =>
        isInfo(frame) ? join(frame.subarray(0, 4), new Uint8Array(frame.length - 4)) : frame,
      );
      return hashStreams(join(...frames), 'mp3');
    },
  },
];

function isInfo(frame: Uint8Array): boolean {
  return Buffer.from(frame.subarray(4 + sideInfoLength(frame))).toString('latin1', 0, 4) === 'Xing';
}

/** Of layer II, ExifTool knows nothing. */
export const structuralTags: RegExp = new RegExp(
  `^(MPEG:(?!Encoder=(?!Lavf$)|LameVBRQuality=(?!0$))|${UNKNOWN_TO_EXIFTOOL}$)`,
);
