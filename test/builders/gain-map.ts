// Ultra HDR files in the words of their specifications: a picture, a gain map behind it, and what says so (ISO 21496-1; Adobe,
// Gain map 1.0; Google GContainer; CIPA DC-007).
import { APP, exifBlock, join, joinJpeg, type Segment, segment, splitJpeg, xmp } from './jpeg.ts';

const RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"';
const HDRGM = 'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"';
const CONTAINER =
  'xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/"';

/** An XMP packet around what stands in the description. */
export function packet(attributes: string, elements = '', toolkit = 'XMP Core'): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="${toolkit}"><rdf:RDF ${RDF}><rdf:Description rdf:about="" ${attributes}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta>`;
}

/** The directory of a picture with a gain map of `length` bytes. */
export function directory(length: number, rest = ''): string {
  const item = (semantic: string, more: string): string =>
    `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="${semantic}" Item:Mime="image/jpeg"${more}/></rdf:li>`;
  return `<Container:Directory><rdf:Seq>${item('Primary', '')}${item('GainMap', ` Item:Length="${length}"`)}${rest}</rdf:Seq></Container:Directory>`;
}

/** The XMP of a picture with a gain map of `length` bytes. */
export function containerXmp(length: number, attributes = '', toolkit?: string): Segment {
  return xmp(packet(`${HDRGM} ${CONTAINER} hdrgm:Version="1.0" ${attributes}`, directory(length), toolkit));
}

/** The XMP of a gain map: its properties as attributes, or as elements where there are three values. */
export function gainMapXmp(properties: Record<string, string | readonly string[]>, rest = ''): Segment {
  const simple = Object.entries(properties).filter(([, value]) => typeof value === 'string');
  const lists = Object.entries(properties).filter(([, value]) => typeof value !== 'string') as [
    string,
    readonly string[],
  ][];
  const attributes = simple.map(([name, value]) => `hdrgm:${name}="${String(value)}"`).join(' ');
  const elements = lists
    .map(
      ([name, values]) =>
        `<hdrgm:${name}><rdf:Seq>${values.map((value) => `<rdf:li>${value}</rdf:li>`).join('')}</rdf:Seq></hdrgm:${name}>`,
    )
    .join('');
  return xmp(packet(`${HDRGM} ${attributes} ${rest}`, elements));
}

/** What ISO 21496-1 says: fractions of numerator and denominator. */
export interface IsoMetadata {
  flags?: number;
  minimumVersion?: number;
  writerVersion?: number;
  /** Headrooms of base and alternate, then for each channel minimum, maximum, gamma, offsets of base and alternate. */
  fractions?: readonly (readonly [number, number])[];
  /** Instead of denominators of their own. */
  commonDenominator?: number;
}

/** The segment of a gain map with binary metadata. */
export function isoSegment(
  { flags = 0x40, minimumVersion = 0, writerVersion = 0, fractions = [], commonDenominator }: IsoMetadata,
  rest: Uint8Array | string = '',
): Segment {
  const word = (value: number): number[] => [
    (value >>> 24) & 0xff,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  ];
  const numbers = fractions.flatMap(([numerator, denominator]) =>
    commonDenominator === undefined ? [...word(numerator), ...word(denominator)] : word(numerator),
  );
  const common = commonDenominator === undefined ? [] : word(commonDenominator);
  return segment(
    APP(2),
    'urn:iso:std:iso:ts:21496:-1\0',
    [0, minimumVersion, 0, writerVersion, flags, ...common, ...numbers],
    rest,
  );
}

/** The segment of a picture that says that its gain map has binary metadata. */
export function isoVersion(minimumVersion = 0, writerVersion = 0, rest = ''): Segment {
  return segment(APP(2), 'urn:iso:std:iso:ts:21496:-1\0', [0, minimumVersion, 0, writerVersion], rest);
}

/** One fraction for each field of a map of one channel. */
export const ONE_CHANNEL: readonly (readonly [number, number])[] = [
  [0, 1],
  [3, 1],
  [0, 1],
  [3, 1],
  [1, 1],
  [1, 64],
  [1, 64],
];

/** An MPF index of pictures by size and offset from the index's own TIFF header; 88 bytes for two. */
export function multiPicture(
  pictures: readonly (readonly [size: number, offset: number])[],
  littleEndian = false,
): Segment {
  const entries = new Uint8Array(16 * pictures.length);
  const view = new DataView(entries.buffer);
  for (const [index, [size, offset]] of pictures.entries()) {
    view.setUint32(index * 16, index === 0 ? 0x030000 : 0, littleEndian);
    view.setUint32(index * 16 + 4, size, littleEndian);
    view.setUint32(index * 16 + 8, offset, littleEndian);
  }
  const block = exifBlock(
    { 0xb000: { bytes: join('0100') }, 0xb001: { long: pictures.length }, 0xb002: { bytes: entries } },
    { littleEndian },
  );
  return segment(APP(2), 'MPF\0', block);
}

/** How the parts of an Ultra HDR file are put together. */
export interface UltraHdr {
  /** Segments of the picture, tables and scans included. */
  picture: readonly Segment[];
  /** Segments of the map, what says how to apply it included. */
  map: readonly Segment[];
  /** Segments in front of those of the picture, given the length of the map. */
  announcement: (mapLength: number) => readonly Segment[];
  /** Between the pictures, and behind the map. */
  gap?: Uint8Array | string;
  trailer?: Uint8Array | string;
  /** Whether there is an MPF index, and how far its offset is off. */
  index?: { littleEndian?: boolean; shift?: number } | undefined;
}

/** A file of a picture and a gain map, with offsets that are right unless told otherwise. */
export function ultraHdr({ picture, map, announcement, gap = '', trailer = '', index }: UltraHdr): Uint8Array {
  const mapFile = joinJpeg(map);
  const before = announcement(mapFile.length);
  const { littleEndian = false, shift = 0 } = index ?? {};
  const write = (pictures: readonly (readonly [number, number])[]): Uint8Array =>
    joinJpeg([...before, ...(index === undefined ? [] : [multiPicture(pictures, littleEndian)]), ...picture]);
  const { length } = write([
    [0, 0],
    [0, 0],
  ]);
  const indexStart = joinJpeg(before).length - 2;
  const offset = length + join(gap).length - (indexStart + 8) + shift;
  return join(
    write([
      [length, 0],
      [mapFile.length, offset],
    ]),
    gap,
    mapFile,
    trailer,
  );
}

/** A picture that was found in a file, read by the specifications alone. */
export interface FoundMap {
  start: number;
  file: Uint8Array;
  segments: Segment[];
}

/** The second picture of a file, by its MPF index. */
export function mapByIndex(file: Uint8Array): FoundMap {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let at = 2;
  for (;;) {
    const length = view.getUint16(at + 2);
    if (view.getUint16(at) === 0xffe2 && String.fromCharCode(...file.subarray(at + 4, at + 8)) === 'MPF\0') break;
    at += 2 + length;
  }
  const tiff = at + 8;
  const isLittle = view.getUint16(tiff) === 0x4949;
  const ifd = tiff + view.getUint32(tiff + 4, isLittle);
  for (let entry = ifd + 2; entry < ifd + 2 + view.getUint16(ifd, isLittle) * 12; entry += 12) {
    if (view.getUint16(entry, isLittle) !== 0xb002) continue;
    const second = tiff + view.getUint32(entry + 8, isLittle) + 16;
    const [size, offset] = [view.getUint32(second + 4, isLittle), view.getUint32(second + 8, isLittle)];
    const found = file.slice(tiff + offset, tiff + offset + size);
    return { start: tiff + offset, file: found, segments: splitJpeg(found) };
  }
  throw new Error('The index has no entries.');
}

/** The bodies of a file's segments that begin with an identifier, without it. */
export function bodiesOf(segments: readonly Segment[], marker: number, identifier: string): Uint8Array[] {
  return segments
    .filter(
      (part) =>
        part.marker === marker && String.fromCharCode(...part.body.subarray(0, identifier.length)) === identifier,
    )
    .map(({ body }) => body.subarray(identifier.length));
}
