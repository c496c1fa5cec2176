import sharp from 'sharp';
import { bend, curv, desc, iccProfile, text, xyz } from '../builders/icc.ts';
import {
  APP,
  adobe,
  ascii,
  COM,
  DHT,
  type Directory,
  DQT,
  encodeJpeg,
  encodeRestarted,
  exif,
  exifBlock,
  icc,
  jfxx,
  join,
  joinJpeg,
  mpf,
  photoshop,
  type Segment,
  SOF0,
  SOS,
  scene,
  segment,
  splitJpeg,
  widenTables,
  xmp,
  xmpThumbnail,
} from '../builders/jpeg.ts';
import { gainMapSpecimens } from './jpeg-gain-map.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const ORIENTATION = 6;
const words = [
  'make',
  'artist',
  'user',
  'serial',
  'xmp',
  'byline',
  'comment',
  'app',
  'trailer',
  'unknown',
  'note',
  'profile',
] as const;

/** What an independent decoder shows: the upright pixels in sRGB, through the profile. */
async function decode(file: Uint8Array): Promise<unknown> {
  const { data, info } = await sharp(file, { failOn: 'none' })
    .rotate()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, pixels: data.toString('base64') };
}

function canaries(seed: number): string[] {
  return words.map((word) => canary(seed, word));
}

/** Segments that tell something, drawn from the seed: each twin has others, in another order, of other sizes. */
function planted(seed: number, orientation: number, thumbnail: Uint8Array): Segment[] {
  const random = randomFrom(seed);
  const of = (name: (typeof words)[number]): string => canary(seed, name);
  const ifd0: Directory = {
    0x010f: { text: of('make') },
    0x0112: { short: orientation },
    0x013b: { text: of('artist') },
    0x8769: {
      ifd: {
        0x9003: { text: `2024:02:0${1 + (seed % 9)} 10:11:12` },
        0x927c: { bytes: join('Maker\0', of('note'), new Uint8Array(Math.floor(random() * 500))) },
        0x9286: { bytes: join('ASCII\0\0\0', of('user')) },
        0xa431: { text: of('serial') },
      },
    },
    0x8825: {
      ifd: {
        1: { text: 'N' },
        2: {
          rationals: [
            [48 + (seed % 40), 1],
            [8, 1],
            [seed, 100],
          ],
        },
      },
    },
  };
  const littleEndian = random() < 0.5;
  const first = exif(
    exifBlock(ifd0, random() < 0.7 ? { littleEndian, ifd1: { 0x0103: { short: 6 } }, thumbnail } : { littleEndian }),
  );
  const others: Segment[] = [
    xmp(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:li exif:GPSLatitude="48,8N">${of('xmp')}</rdf:li></x:xmpmeta>${' '.repeat(Math.floor(random() * 2000))}`,
    ),
    segment(APP(1), 'http://ns.adobe.com/xmp/extension/\0', 'G'.repeat(32), [0, 0, 0, 9, 0, 0, 0, 0], of('xmp')),
    photoshop(of('byline'), thumbnail),
    segment(COM, of('comment')),
    mpf(1 + Math.floor(random() * 3)),
    jfxx(0x10, thumbnail),
    xmpThumbnail(thumbnail),
    segment(APP(1), 'FLIR\0', of('app')),
    segment(APP(2), 'urn:iso:std:iso:ts:21496:-1\0', of('app')),
    segment(APP(11), 'JP\0\x01', of('app')),
    segment(APP(3 + Math.floor(random() * 8)), of('unknown')),
    segment(APP(15), new Uint8Array(Math.floor(random() * 300)).fill(seed & 0xff), of('unknown')),
  ].filter(() => random() < 0.8);
  for (let at = others.length - 1; at > 0; at--) {
    const to = Math.floor(random() * (at + 1));
    [others[at], others[to]] = [others[to] as Segment, others[at] as Segment];
  }
  // Only the first Exif segment counts, so it stands in front; where, among the others, does not matter.
  const before = Math.floor(random() * (others.length + 1));
  return [
    ...others.slice(0, before),
    first,
    ...others.slice(before),
    exif(exifBlock({ 0x0112: { short: 3 }, 0x010f: { text: of('make') } })),
  ];
}

async function marked(color: string): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp({ create: { width: 16, height: 16, channels: 3, background: color } })
      .jpeg()
      .toBuffer(),
  );
}

/** Puts metadata in front of the tables, and a trailer behind EOI. */
async function dress(seed: number, picture: readonly Segment[], orientation = ORIENTATION): Promise<Uint8Array> {
  const random = randomFrom(seed + 1000);
  const thumbnail = await marked('magenta');
  const lead = picture[0]?.marker === APP(0) ? 1 : 0;
  const isTrailed = random() < 0.7;
  const trailer = isTrailed ? join(random() < 0.5 ? thumbnail : [0, 0, 0, 8], 'ftypmp42', canary(seed, 'trailer')) : '';
  return joinJpeg(
    [...picture.slice(0, lead), ...planted(seed, orientation, thumbnail), ...picture.slice(lead)],
    trailer,
  );
}

/** Three components in three scans of their own, all with the same tables (T.81 §A.2.2). */
async function noninterleaved(): Promise<Segment[]> {
  const planes = await Promise.all(
    ([0, 1, 2] as const).map(async (channel) => {
      const plane = await sharp(scene(), { raw: { width: 48, height: 32, channels: 3 } })
        .extractChannel(channel)
        .jpeg({ quality: 80 })
        .toBuffer();
      return splitJpeg(new Uint8Array(plane));
    }),
  );
  const [first = []] = planes;
  const tables = first.filter(({ marker }) => marker === DQT || marker === DHT);
  const frame = segment(SOF0, [8, 0, 32, 0, 48, 3], [1, 0x11, 0], [2, 0x11, 0], [3, 0x11, 0]);
  const scans = planes.map((plane, index): Segment => {
    const scan = plane.find(({ marker }) => marker === SOS)?.scan ?? new Uint8Array(0);
    return { ...segment(SOS, [1, index + 1, 0x00, 0, 63, 0]), scan };
  });
  return [frame, ...tables, ...scans];
}

/** The component ids of frame and scans replaced, which tells decoders another colour model. */
function renameComponents(picture: readonly Segment[], ids: readonly number[]): Segment[] {
  return picture.map(({ marker, body, scan }) => {
    const renamed = body.slice();
    if (marker === SOF0) for (const [index, id] of ids.entries()) renamed[6 + index * 3] = id;
    if (marker === SOS) for (const [index, id] of ids.entries()) renamed[1 + index * 2] = id;
    return { marker, body: renamed, ...(scan === undefined ? {} : { scan }) };
  });
}

const withoutApplication = (picture: readonly Segment[]): Segment[] =>
  picture.filter(({ marker }) => marker < APP(0) || marker > APP(15));

/** A profile whose maker, date, texts and measurements are drawn from the seed. */
function profileOf(seed: number): Uint8Array {
  const name = canary(seed, 'profile');
  const curve = curv(...bend(16, 0xffff, 1.7));
  return iccProfile({
    identity: { date: [2000 + (seed % 20), 1, 2, 3, 4, 5], maker: name.slice(-4), id: ascii(name.slice(0, 16)) },
    tags: {
      desc: desc(name),
      cprt: text(name),
      targ: text(name.repeat(1 + (seed % 40))),
      mmod: join('mmod', [0, 0, 0, 0], name),
      rXYZ: xyz(0.61, 0.31, 0.02),
      gXYZ: xyz(0.21, 0.63, 0.07),
      bXYZ: xyz(0.15, 0.06, 0.74),
      rTRC: curve,
      gTRC: curve,
      bTRC: curve,
      wtpt: xyz(0.9642, 1, 0.8249),
    },
  });
}

const bothProfiles = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  .withIccProfile('p3')
  .jpeg()
  .toBuffer();

const encodings: { name: string; picture: (seed: number) => Promise<Segment[]>; orientation?: number }[] = [
  { name: 'baseline 4:2:0, turned', picture: async () => splitJpeg(await encodeJpeg()) },
  {
    name: 'baseline 4:4:4, upright',
    picture: async () => splitJpeg(await encodeJpeg({ chromaSubsampling: '4:4:4' })),
    orientation: 1,
  },
  {
    name: 'progressive, mirrored',
    picture: async () => splitJpeg(await encodeJpeg({ progressive: true })),
    orientation: 5,
  },
  { name: 'gray', picture: async () => splitJpeg(await encodeJpeg({ colors: 'gray' })) },
  { name: 'CMYK with Adobe segment', picture: async () => splitJpeg(await encodeJpeg({ colors: 'cmyk' })) },
  {
    name: 'RGB told by component ids',
    picture: async () =>
      renameComponents(
        withoutApplication(splitJpeg(await encodeJpeg({ chromaSubsampling: '4:4:4' }))),
        [0x52, 0x47, 0x42],
      ),
  },
  {
    name: 'RGB told by Adobe transform 0',
    picture: async () => [
      adobe(0, 101),
      ...withoutApplication(splitJpeg(await encodeJpeg({ chromaSubsampling: '4:4:4' }))),
    ],
  },
  { name: 'three scans, one for each component', picture: noninterleaved },
  { name: 'restart intervals', picture: () => encodeRestarted() },
  { name: '16-bit quantization tables', picture: async () => widenTables(splitJpeg(await encodeJpeg())) },
  {
    name: 'profile of the own monitor, in parts',
    picture: async (seed) => [...icc(profileOf(seed), 300 + (seed % 500)), ...splitJpeg(await encodeJpeg())],
  },
  { name: 'Display P3 profile', picture: async () => [...splitJpeg(new Uint8Array(bothProfiles))] },
];

/** Metadata where encoders do not put it: between scans, with fill bytes and junk, in a second frame of mind. */
async function scattered(seed: number): Promise<Uint8Array> {
  const random = randomFrom(seed + 5);
  const picture = splitJpeg(await encodeJpeg({ progressive: true }));
  const segments = picture.flatMap((part, index) => {
    if (index === 0)
      return [part, exif(exifBlock({ 0x0112: { short: ORIENTATION }, 0x010f: { text: canary(seed, 'make') } }))];
    if (random() < 0.5) return [part];
    return [random() < 0.5 ? segment(COM, canary(seed, 'comment')) : segment(APP(1), canary(seed, 'app')), part];
  });
  const file = joinJpeg(segments, random() < 0.5 ? canary(seed, 'trailer') : '');
  // Behind the first segment, fill bytes (§B.1.1.2) and junk.
  const behind = 4 + (segments[0]?.body.length ?? 0) + 2;
  const fill = [...new Array<number>(Math.floor(random() * 9)).fill(0xff)];
  const junk = random() < 0.5 ? [...ascii(canary(seed, 'unknown')), 0xff, 0x00] : [];
  return join(file.subarray(0, behind), junk, fill, file.subarray(behind));
}

export const structuralTags =
  /^(JFIF:|ICC|Adobe:|IFD0:Orientation=|MPF0:|MPImage[12]:|XMP-hdrgm:|XMP-GContainer:ContainerDirectory|APP2:UniformResourceName=urn:iso:std:iso:ts:21496:-1$)/;

/** JPEG pictures of every kind that decoders show, with metadata in every place that writers use. */
export const specimens: readonly Specimen[] = [
  ...encodings.map(
    ({ name, picture, orientation }): Specimen => ({
      name,
      make: async (seed) => dress(seed, await picture(seed), orientation),
      canaries,
      decode,
    }),
  ),
  { name: 'segments between scans, fill bytes, junk', make: scattered, canaries, decode },
  ...gainMapSpecimens,
];
