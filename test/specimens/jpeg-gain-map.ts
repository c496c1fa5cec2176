import sharp from 'sharp';
import {
  bodiesOf,
  containerXmp,
  gainMapXmp,
  isoSegment,
  isoVersion,
  mapByIndex,
  ONE_CHANNEL,
  ultraHdr,
} from '../builders/gain-map.ts';
import { APP, COM, encodeJpeg, exif, exifBlock, type Segment, segment, splitJpeg } from '../builders/jpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['make', 'tool', 'comment', 'map', 'trailer', 'gap'] as const;
/** Those of ISO 21496-1. */
const DEFINED_FLAGS = 0xcc;
const ISO = 'urn:iso:std:iso:ts:21496:-1\0';

async function pixelsOf(file: Uint8Array): Promise<unknown> {
  const { data, info } = await sharp(file).rotate().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, pixels: data.toString('base64') };
}

/** What decoders are told of how a map is applied, by the text of its XMP and the bytes of its metadata. */
function parametersOf(segments: readonly Segment[]): unknown {
  const xmp = bodiesOf(segments, APP(1), 'http://ns.adobe.com/xap/1.0/\0').map((body) => {
    const text = String.fromCharCode(...body);
    const attributes = [...text.matchAll(/hdrgm:(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      /^[\d.-]+$/.test(value ?? '') ? Number(value) : value,
    ]);
    const lists = [...text.matchAll(/<hdrgm:(\w+)><rdf:Seq>(.*?)<\/rdf:Seq>/g)].map(([, name, list = '']) => [
      name,
      [...list.matchAll(/<rdf:li>(.*?)<\/rdf:li>/g)].map(([, value]) => Number(value)),
    ]);
    return [...attributes, ...lists].sort();
  });
  // Behind the versions, up to the last field of one channel with denominators of its own, or of three with a common one.
  const iso = bodiesOf(segments, APP(2), ISO).map((body) => {
    const length = (body[4] ?? 0) & 8 ? 1 + 4 * (3 + 15) : 1 + 8 * 7;
    const flags = (body[4] ?? 0) & DEFINED_FLAGS;
    return [flags, Buffer.from(body.subarray(5, 4 + length)).toString('hex')];
  });
  return { xmp: xmp.filter((properties) => properties.length > 0), iso };
}

async function decode(file: Uint8Array): Promise<unknown> {
  const map = mapByIndex(file);
  return { picture: await pixelsOf(file), map: await pixelsOf(map.file), parameters: parametersOf(map.segments) };
}

/** Metadata of the picture, drawn from the seed. */
function planted(seed: number): Segment[] {
  const random = randomFrom(seed);
  return [
    exif(exifBlock({ 0x010f: { text: canary(seed, 'make') }, 0x0112: { short: 6 } }, { littleEndian: random() < 0.5 })),
    ...(random() < 0.7 ? [segment(COM, canary(seed, 'comment'))] : []),
  ];
}

/** Metadata of the map. */
function plantedInMap(seed: number): Segment[] {
  const random = randomFrom(seed + 3);
  return [
    ...(random() < 0.7 ? [exif(exifBlock({ 0x0112: { short: 3 }, 0x010f: { text: canary(seed, 'map') } }))] : []),
    ...(random() < 0.7 ? [segment(COM, canary(seed, 'comment'))] : []),
  ];
}

const around = (seed: number): { gap: string; trailer: string; index: { littleEndian: boolean } } => {
  const random = randomFrom(seed + 9);
  return {
    gap: random() < 0.5 ? canary(seed, 'gap') : '',
    trailer: random() < 0.5 ? canary(seed, 'trailer') : '',
    index: { littleEndian: random() < 0.5 },
  };
};

const rest = (seed: number): string =>
  `xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="${canary(seed, 'tool')}"`;

const grayMap = async (): Promise<Segment[]> => splitJpeg(await encodeJpeg({ colors: 'gray', width: 24, height: 16 }));

async function xmpAlone(seed: number): Promise<Uint8Array> {
  const properties = {
    Version: '1.0',
    GainMapMin: '0.0',
    GainMapMax: '3.5',
    Gamma: '1',
    HDRCapacityMax: '3.5',
    BaseRenditionIsHDR: 'False',
  };
  const order = seed % 2 === 0 ? Object.entries(properties) : Object.entries(properties).reverse();
  return ultraHdr({
    picture: splitJpeg(await encodeJpeg()),
    map: [...plantedInMap(seed), gainMapXmp(Object.fromEntries(order), rest(seed)), ...(await grayMap())],
    announcement: (length) => [...planted(seed), containerXmp(length + seed, rest(seed), canary(seed, 'tool'))],
    ...around(seed),
  });
}

async function isoAlone(seed: number): Promise<Uint8Array> {
  return ultraHdr({
    picture: splitJpeg(await encodeJpeg({ progressive: true })),
    map: [
      isoSegment({ fractions: ONE_CHANNEL, writerVersion: seed % 5 }, canary(seed, 'map')),
      ...plantedInMap(seed),
      ...(await grayMap()),
    ],
    announcement: () => [...planted(seed), isoVersion(0, seed % 7, canary(seed, 'tool'))],
    ...around(seed),
  });
}

async function both(seed: number): Promise<Uint8Array> {
  const channels = ONE_CHANNEL.slice(2);
  return ultraHdr({
    picture: splitJpeg(await encodeJpeg({ chromaSubsampling: '4:4:4' })),
    map: [
      gainMapXmp(
        { Version: '1.0', GainMapMax: ['1', '2.25', '-0.5'], HDRCapacityMax: '4', OffsetSDR: '.015625' },
        rest(seed),
      ),
      isoSegment({
        flags: 0x80 | 0x08 | (seed % 4),
        fractions: [...ONE_CHANNEL, ...channels, ...channels],
        commonDenominator: 64,
      }),
      ...plantedInMap(seed),
      ...splitJpeg(await encodeJpeg({ width: 16, height: 16 })),
    ],
    announcement: (length) => [isoVersion(), ...planted(seed), containerXmp(length, rest(seed))],
    ...around(seed),
  });
}

const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

/** Ultra HDR pictures with each kind of metadata that says how the gain map is applied. */
export const gainMapSpecimens: readonly Specimen[] = [
  { name: 'gain map by XMP, turned', make: xmpAlone, canaries, decode },
  { name: 'gain map by ISO 21496-1, progressive', make: isoAlone, canaries, decode },
  { name: 'gain map of three channels by both', make: both, canaries, decode },
];
