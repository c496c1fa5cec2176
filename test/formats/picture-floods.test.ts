// Pictures made to cost as much as they can: each ends in a result or a ScrubError, thoroughly cleaned or not, before the test's time is over.
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gif } from '../../src/formats/gif.ts';
import { jpeg } from '../../src/formats/jpeg.ts';
import { png } from '../../src/formats/png.ts';
import { webp } from '../../src/formats/webp.ts';
import { createScrubber, ScrubError } from '../../src/scrub.ts';
import * as gifs from '../builders/gif.ts';
import { iccProfile } from '../builders/icc.ts';
import {
  DHT,
  DQT,
  DRI,
  encodeJpeg,
  exif,
  exifBlock,
  icc,
  joinJpeg,
  type Segment,
  SOS,
  segment,
  splitJpeg,
} from '../builders/jpeg.ts';
import * as pngs from '../builders/png.ts';
import { anim, encode, Flag, frame, joinWebp, vp8x } from '../builders/webp.ts';

const { scrub } = createScrubber([jpeg, png, gif, webp]);

const MANY = 1_000_000;
const picture = splitJpeg(await encodeJpeg());
const lossy = await encode();
const zeros = deflateSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });

/** The same bytes many times. */
function repeat(bytes: Uint8Array | readonly number[], count: number): Uint8Array {
  return new Uint8Array(Buffer.alloc(bytes.length * count, Uint8Array.from(bytes)));
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A GIF of these blocks. */
const gifOf = (...blocks: Uint8Array[]): Uint8Array => concat(gifs.screen(), ...blocks, gifs.TRAILER);

/** An image of one pixel: clear code, colour 0, end code. */
const dot = gifs.join([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0]);

/** A profile of which a hundred tags are the same megabyte. */
function overlapping(): Uint8Array {
  const names = ['A2B0', 'A2B1', 'A2B2', 'B2A0', 'B2A1', 'B2A2', 'desc', 'cprt', 'wtpt', 'rXYZ'];
  const signatures = Array.from({ length: 100 }, (_, index) => names[index] ?? `T${String(index).padStart(3, '0')}`);
  const start = 128 + 4 + signatures.length * 12;
  const profile = new Uint8Array(start + 1024 * 1024);
  const view = new DataView(profile.buffer);
  profile.set(iccProfile({ tags: {} }).subarray(0, 128));
  view.setUint32(0, profile.length);
  view.setUint32(128, signatures.length);
  for (const [index, signature] of signatures.entries()) {
    const at = 132 + index * 12;
    profile.set(gifs.join(signature), at);
    view.setUint32(at + 4, start);
    view.setUint32(at + 8, 1024 * 1024);
  }
  profile.set(gifs.join('mft2', [0, 0, 0, 0, 3, 3, 2, 0]), start);
  return profile;
}

/** A progressive frame as large as can be, of one component, with scans that say in a byte that it has no coefficients. */
function emptyScans(count: number, approximation: number): Uint8Array {
  const table = (number: number, value: number): Segment =>
    segment(DHT, [number, 1, ...new Array<number>(15).fill(0), value]);
  // EOB14: 16384 blocks and as many as 14 bits say; one code of one bit, then 14 bits.
  const scan = repeat([0x7f, 0xff & 0xfe], 400);
  return joinJpeg([
    segment(DQT, [0, ...new Array<number>(64).fill(1)]),
    segment(0xc2, [8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0]),
    table(0x10, 0xe0),
    ...Array.from({ length: count }, (): Segment => ({ ...segment(SOS, [1, 1, 0, 1, 63, approximation]), scan })),
  ]);
}

/** Tables anew in front of each of many scans. */
function manyScans(count: number): Uint8Array {
  const tables = picture.filter(({ marker }) => marker === DHT);
  const scan = picture.at(-1) as Segment;
  return joinJpeg([
    ...picture,
    ...Array.from({ length: count }, (_, index) => [...tables, { ...scan, scan: Uint8Array.of(index & 0x7f) }]).flat(),
  ]);
}

/** Exif directories that point at one another. */
function looping(): Segment {
  const block = exifBlock({ 0x8769: { long: 8 }, 0x8825: { long: 8 }, 0xa005: { long: 8 } });
  new DataView(block.buffer).setUint32(8 + 2 + 3 * 12, 8);
  return exif(block);
}

const floods: readonly (readonly [string, () => Uint8Array | Promise<Uint8Array>])[] = [
  [
    'a GIF of a million sub-blocks',
    () => gifOf(concat(gifs.image().subarray(0, 11), repeat([1, 0x44], MANY), Uint8Array.of(0))),
  ],
  ['a GIF of a million comments', () => gifOf(repeat(gifs.comment('x'), MANY), gifs.image())],
  [
    'a GIF of a million graphic control extensions',
    () => gifOf(repeat(gifs.graphicControl({ delay: 1 }), MANY), gifs.image()),
  ],
  ['a GIF of a million loop counts', () => gifOf(repeat(gifs.loop(2), MANY), gifs.image(), gifs.image())],
  ['a GIF of a hundred thousand images', () => gifOf(repeat(dot, MANY / 10))],
  [
    'a GIF image of four billion pixels',
    () => gifOf(gifs.join([0x2c, 0, 0, 0, 0, 255, 255, 255, 255, 0, 11], gifs.subBlocks(new Uint8Array(5000)))),
  ],
  [
    'a PNG of a million chunks',
    () => {
      const file = pngs.joinPng(pngs.encode());
      return concat(file.subarray(0, 33), repeat(pngs.writeChunk(pngs.chunk('prVt')), MANY), file.subarray(33));
    },
  ],
  [
    'a PNG of a million IDAT chunks',
    () => {
      const coded = pngs.codePicture({});
      const idat = repeat(pngs.writeChunk(pngs.chunk('IDAT', [0])), MANY);
      return concat(pngs.joinPng([pngs.ihdr(), pngs.chunk('IDAT', coded)]), idat, pngs.writeChunk(pngs.chunk('IEND')));
    },
  ],
  [
    'an APNG of many frame headers',
    () => {
      const control = pngs.writeChunk(pngs.fctl(0));
      return concat(
        pngs.joinPng([pngs.ihdr(), pngs.actl(2)]),
        repeat(control, 200_000),
        pngs.joinPng(pngs.encode()).subarray(33),
      );
    },
  ],
  [
    'an APNG of many frames',
    () => {
      const small = { width: 1, height: 1 };
      const data = pngs.codePicture(small);
      const frames = Array.from({ length: 30_000 }, (_, index) => [
        pngs.fctl(index * 2, small),
        pngs.fdat(index * 2 + 1, data),
      ]).flat();
      return pngs.joinPng([
        pngs.ihdr(small),
        pngs.actl(frames.length / 2),
        pngs.chunk('IDAT', data),
        ...frames,
        pngs.chunk('IEND'),
      ]);
    },
  ],
  [
    'a PNG whose picture is a bomb',
    () => pngs.joinPng([pngs.ihdr({ width: 2 ** 30, height: 2 ** 30 }), pngs.chunk('IDAT', zeros), pngs.chunk('IEND')]),
  ],
  [
    'a small PNG whose picture is a bomb',
    () => pngs.joinPng([pngs.ihdr(), pngs.chunk('IDAT', zeros), pngs.chunk('IEND')]),
  ],
  ...(['zTXt', 'iTXt', 'iCCP'] as const).map(
    (type) =>
      [
        `a PNG with bombs in ${type} chunks`,
        () => {
          const head = type === 'iTXt' ? 'Title\0\x01\0\0\0' : type === 'zTXt' ? 'Raw profile type exif\0\0' : 'x\0\0';
          const bombs = Array.from({ length: 20 }, () => pngs.chunk(type, head, zeros));
          return pngs.joinPng(pngs.putBefore('IDAT', pngs.encode(), ...bombs));
        },
      ] as const,
  ),
  [
    'a WebP of many chunks in many frames',
    () => {
      const frames = Array.from({ length: 20_000 }, () => frame({}, ...lossy));
      return joinWebp([vp8x(Flag.animation, 24, 16), anim(0), ...frames]);
    },
  ],
  ['a JPEG whose Exif directories point at one another', () => joinJpeg([looping(), ...picture])],
  ['a JPEG whose profile has a hundred tags of the same megabyte', () => joinJpeg([...icc(overlapping()), ...picture])],
  ['a JPEG as large as can be without coefficients', () => emptyScans(200, 0x01)],
  ['a JPEG as large as can be without coefficients to refine', () => emptyScans(200, 0x10)],
  ['a JPEG of many scans with tables anew', () => manyScans(5000)],
  [
    'a JPEG of an interval for each block',
    () =>
      joinJpeg([
        ...picture.slice(0, -1),
        segment(DRI, [0, 1]),
        { ...(picture.at(-1) as Segment), scan: repeat([0x2a, 0xff, 0xd0], MANY) },
      ]),
  ],
];

describe.each([
  ['plainly', false],
  ['thoroughly', true],
] as const)('cleaned %s', (_, thorough) => {
  it.each(floods)('%s', async (_name, make) => {
    const output = await scrub(await make(), { thorough, keep: ['title'] }).catch((error: unknown) => error);
    if (output instanceof Uint8Array) expect(Buffer.compare(await scrub(output, { thorough }), output)).toBe(0);
    else expect(output).toBeInstanceOf(ScrubError);
  });
});
