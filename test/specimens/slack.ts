// Files whose coded pictures have data behind their ends, which no decoder reads: it differs from seed to seed.
import sharp from 'sharp';
import * as gif from '../builders/gif.ts';
import {
  DHT,
  DQT,
  DRI,
  encodeJpeg,
  encodeRestarted,
  join,
  joinJpeg,
  type Segment,
  SOF0,
  SOS,
  segment,
  splitJpeg,
} from '../builders/jpeg.ts';
import * as png from '../builders/png.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { canary, randomFrom } from './specimen.ts';

/** A file whose slack is drawn from a seed. */
export interface Slack {
  name: string;
  make(seed: number): Uint8Array | Promise<Uint8Array>;
  /** What an independent decoder shows. */
  decode(file: Uint8Array): Promise<unknown>;
}

const pixels = async (file: Uint8Array): Promise<unknown> =>
  (await sharp(file, { failOn: 'none', animated: true }).raw().toBuffer()).toString('base64');

/** Data without markers, as long as the seed says; none for the first one. */
function slackOf(seed: number): Uint8Array {
  return seed === 1 ? new Uint8Array(0) : join(canary(seed, 'slack').repeat(1 + (seed % 3)), [0xff, 0, 7]);
}

/** A gray picture of `blocks` gray blocks, each of the two codes 0 (no difference, end of block), with padding of `padding`. */
function plainScan(blocks: number, padding: number): Uint8Array {
  const bits = '00'.repeat(blocks);
  const unused = (8 - (bits.length % 8)) % 8;
  const padded =
    bits +
    padding
      .toString(2)
      .padStart(8, '0')
      .slice(8 - unused, 8);
  return Uint8Array.from({ length: padded.length / 8 }, (_, at) =>
    Number.parseInt(padded.slice(at * 8, at * 8 + 8), 2),
  );
}

function plainPicture(blocks: number, interval: number, scan: Uint8Array): Segment[] {
  const table = [1, ...new Array<number>(15).fill(0), 0];
  return [
    segment(DQT, [0, ...new Array<number>(64).fill(1)]),
    segment(SOF0, [8, 0, 8, 0, 8 * blocks, 1, 1, 0x11, 0]),
    segment(DHT, [0x00, ...table]),
    segment(DHT, [0x10, ...table]),
    ...(interval === 0 ? [] : [segment(DRI, [0, interval])]),
    { ...segment(SOS, [1, 1, 0x00, 0, 63, 0]), scan },
  ];
}

/** Slack behind each interval, fill bytes in front of its restart marker, and a restart marker behind the last one. */
function putBehindIntervals(scan: Uint8Array, seed: number): Uint8Array {
  const random = randomFrom(seed);
  const parts: (Uint8Array | readonly number[])[] = [];
  let from = 0;
  for (let at = 0; at < scan.length; at++) {
    if (scan[at] !== 0xff || (scan[at + 1] ?? 0) < 0xd0) continue;
    parts.push(
      scan.subarray(from, at),
      slackOf(random() < 0.5 ? 1 : seed),
      new Array<number>(Math.floor(random() * 4)).fill(0xff),
    );
    from = at;
  }
  parts.push(scan.subarray(from), slackOf(seed), random() < 0.5 && seed > 1 ? [0xff, 0xd0 + (seed % 8)] : []);
  return join(...parts);
}

function behindScans(picture: readonly Segment[], seed: number): Uint8Array {
  return joinJpeg(
    picture.map((part, index) =>
      part.scan === undefined ? part : { ...part, scan: putBehindIntervals(part.scan, seed === 1 ? 1 : seed + index) },
    ),
  );
}

/** A zlib stream with data behind it, cut into chunks, and its checksum perhaps wrong. */
function behindStream(stream: Uint8Array, seed: number): Uint8Array[] {
  const cut = Math.floor(stream.length / 2);
  const whole = png.pack(stream, slackOf(seed));
  const random = randomFrom(seed);
  const rest = png.pack(whole.subarray(cut), seed > 1 && random() < 0.5 ? canary(seed, 'rest') : '');
  const more = seed > 1 && random() < 0.5 ? [png.pack(canary(seed, 'more'))] : [];
  return [whole.subarray(0, cut), rest, ...more];
}

const noise = async (): Promise<Buffer> => {
  const random = randomFrom(5);
  return sharp(
    Uint8Array.from({ length: 64 * 64 * 3 }, () => random() * 256),
    { raw: { width: 64, height: 64, channels: 3 } },
  )
    .gif()
    .toBuffer();
};

/** The file of an encoder with data behind the code of its only image. */
async function behindCode(seed: number): Promise<Uint8Array> {
  const file = new Uint8Array(await noise());
  const end = file.length - 2;
  return gif.join(
    file.subarray(0, end),
    seed === 1 ? '' : gif.subBlocks(slackOf(seed), 9 + (seed % 200)).subarray(0, -1),
    file.subarray(end),
  );
}

/** Files in which slack differs. */
export const slack: readonly Slack[] = [
  { name: 'jpeg: baseline', make: async (seed) => behindScans(splitJpeg(await encodeJpeg()), seed), decode: pixels },
  {
    name: 'jpeg: progressive',
    make: async (seed) => behindScans(splitJpeg(await encodeJpeg({ progressive: true, quality: 95 })), seed),
    decode: pixels,
  },
  { name: 'jpeg: restart intervals', make: async (seed) => behindScans(await encodeRestarted(), seed), decode: pixels },
  {
    name: 'jpeg: padding of zeros, ones or something else',
    make: (seed) => joinJpeg(plainPicture(3, 0, plainScan(3, seed & 0xff))),
    decode: pixels,
  },
  {
    name: 'jpeg: padding in front of restart markers',
    make: (seed) =>
      joinJpeg(plainPicture(6, 3, join(plainScan(3, seed & 0xff), [0xff, 0xd0], plainScan(3, (seed >> 2) & 0xff)))),
    decode: pixels,
  },
  {
    name: 'png: behind the picture',
    make: (seed) =>
      png.joinPng([
        png.ihdr(),
        ...behindStream(png.codePicture({}), seed).map((data) => png.chunk('IDAT', data)),
        png.chunk('IEND'),
      ]),
    decode: pixels,
  },
  {
    name: 'apng: behind each frame',
    make: (seed) => {
      const frames = [1, 2].map((phase) => behindStream(png.codePicture({ phase }), seed + (seed > 1 ? phase : 0)));
      let sequence = 0;
      return png.joinPng([
        png.ihdr(),
        png.actl(2),
        ...behindStream(png.codePicture({}), seed).map((data) => png.chunk('IDAT', data)),
        ...frames.flatMap((parts) => [png.fctl(sequence++), ...parts.map((data) => png.fdat(sequence++, data))]),
        png.chunk('IEND'),
      ]);
    },
    decode: (file) => hashStreams(file, 'png'),
  },
  {
    name: 'gif: behind the end code',
    make: (seed) => gif.join(gif.screen(), gif.image({ slack: seed === 1 ? '' : canary(seed, 'slack') }), gif.TRAILER),
    decode: pixels,
  },
  { name: 'gif: behind codes that grow and start anew', make: behindCode, decode: pixels },
];
