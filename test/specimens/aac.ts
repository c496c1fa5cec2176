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

/** Fill elements in front of a raw data block: seven empty ones, so that what follows is where it was in its byte, and one with text. */
function fill(text: string): Uint8Array {
  const payload = Buffer.from(text, 'latin1');
  const bits = `${'1100000'.repeat(7)}110${payload.length.toString(2).padStart(4, '0')}`;
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  return join(bytes, payload);
}

/** A data stream element, aligned. */
function dataStream(text: string): Uint8Array {
  const bits = `10000001${text.length.toString(2).padStart(8, '0')}`;
  return join(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [], text);
}

/** A frame with elements put in front of its sound, free bits set, and perhaps a CRC. */
function rewrite(found: Uint8Array, elements: Uint8Array, bits: number, crc?: number): Uint8Array {
  const checksum = crc === undefined ? [] : [crc >> 8, crc & 255];
  const frame = join(found.subarray(0, 7), checksum, elements, found.subarray(7));
  frame[1] = ((frame[1] ?? 0) & ~1) | (crc === undefined ? 1 : 0);
  frame[2] = ((frame[2] ?? 0) & ~2) | ((bits & 1) << 1);
  frame[3] = ((frame[3] ?? 0) & 0xc0) | ((bits & 0x1e) << 1) | (frame.length >> 11);
  frame[4] = (frame.length >> 3) & 255;
  frame[5] = ((frame[5] ?? 0) & 0x1f) | ((frame.length & 7) << 5);
  return frame;
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
        return rewrite(frame, elements, Math.floor(random() * 32));
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
        rewrite(frame, join(), Math.floor(random() * 32), isProtected ? Math.floor(random() * 65536) : undefined),
      );
      return around(seed, ...frames);
    },
    canaries,
    decode,
  },
];

export const structuralTags: RegExp = /^AAC:(ProfileType|SampleRate|Channels)=/;
