// Files of pictures in the words of ISO/IEC 23008-12: items, where they lie, what they have; also in ways that no writer would.
import sharp from 'sharp';
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { be16, be32, box, fullBox, type Part, readBoxes } from './isobmff.ts';
import { ascii, join } from './jpeg.ts';

/** An item as it is to be written; its number is its place in the list, from 1, unless it has one. */
export interface ItemLayout {
  id?: number;
  type: string;
  name?: string;
  contentType?: string;
  isHidden?: boolean;
  /** Numbers of properties, from 1; negative for essential ones. */
  properties?: number[];
  data: Uint8Array;
  /** Whether the data lies in `idat`. */
  isInline?: boolean;
  /** Lengths of the extents but the last, between which there are other bytes. */
  extents?: number[];
  /** Number of the data reference that says in which file the data lies; 0 for this one. */
  dataReference?: number;
  isProtected?: boolean;
}

/** A file as it is to be written. */
export interface HeifLayout {
  major?: string;
  compatible?: string;
  primary?: number;
  items: ItemLayout[];
  properties: Uint8Array[];
  references?: [type: string, from: number, ...to: number[]][];
  handlerName?: string;
  /** Boxes at the end of `meta`, in front of and behind `mdat`. */
  inMeta?: Part;
  before?: Part;
  behind?: Part;
  /** Bytes in front of each item's data. */
  gap?: () => Part;
}

/** A file of items, all in one `mdat`. */
export function writeHeif(layout: HeifLayout): Uint8Array {
  const { major = 'avif', compatible = 'avifmif1miaf', items, properties, references = [], primary = 1 } = layout;
  const { handlerName = '', inMeta = '', before = '', behind = '', gap = () => '' } = layout;
  const ids = items.map(({ id }, index) => id ?? index + 1);
  const media: Uint8Array[] = [];
  const inline: Uint8Array[] = [];
  const places: [start: number, length: number][][] = [];
  let length = 0;
  let inlineLength = 0;
  for (const { data, isInline, extents = [] } of items) {
    const own: [number, number][] = [];
    places.push(own);
    let at = 0;
    for (const size of [...extents, undefined]) {
      const part = data.subarray(at, size === undefined ? undefined : at + size);
      at += part.length;
      if (isInline) {
        own.push([inlineLength, part.length]);
        inline.push(part);
        inlineLength += part.length;
        continue;
      }
      const between = join(gap());
      own.push([length + between.length, part.length]);
      media.push(between, part);
      length += between.length + part.length;
    }
  }
  const version = items.some(({ isInline }) => isInline) ? 1 : 0;
  const ftyp = box('ftyp', major, be32(0), compatible);
  const metaAt = (base: number): Uint8Array =>
    fullBox(
      'meta',
      0,
      0,
      fullBox('hdlr', 0, 0, be32(0), 'pict', be32(0, 0, 0), `${handlerName}\0`),
      fullBox('pitm', 0, 0, be16(primary)),
      fullBox(
        'iloc',
        version,
        0,
        be16(0x4400),
        be16(items.length),
        ...items.map(({ isInline, dataReference = 0 }, index) => {
          const own = places[index] ?? [];
          return join(
            be16(ids[index] ?? 0),
            version === 0 ? '' : be16(isInline ? 1 : 0),
            be16(dataReference),
            be16(own.length),
            ...own.map(([start, size]) => be32((isInline ? 0 : base) + start, size)),
          );
        }),
      ),
      fullBox(
        'iinf',
        0,
        0,
        be16(items.length),
        ...items.map(({ type, name = '', contentType, isHidden, isProtected }, index) =>
          fullBox(
            'infe',
            2,
            isHidden ? 1 : 0,
            be16(ids[index] ?? 0),
            be16(isProtected ? 1 : 0),
            type,
            `${name}\0`,
            contentType === undefined ? '' : `${contentType}\0`,
          ),
        ),
      ),
      references.length === 0
        ? ''
        : fullBox(
            'iref',
            0,
            0,
            ...references.map(([type, from, ...to]) => box(type, be16(from), be16(to.length), ...to.map(be16))),
          ),
      box(
        'iprp',
        box('ipco', ...properties),
        fullBox(
          'ipma',
          0,
          0,
          be32(items.length),
          ...items.map(({ properties: own = [] }, index) =>
            join(
              be16(ids[index] ?? 0),
              [own.length],
              own.map((number) => (number < 0 ? 0x80 - number : number)),
            ),
          ),
        ),
      ),
      inline.length === 0 ? '' : box('idat', ...inline),
      inMeta,
    );
  const lead = ftyp.length + before.length;
  const meta = metaAt(lead + metaAt(0).length + 8);
  return join(ftyp, before, meta, box('mdat', ...media), behind);
}

/** A coded picture of AV1, with the boxes that describe it. */
export interface CodedPicture {
  data: Uint8Array;
  av1C: Uint8Array;
}

let coding: Promise<CodedPicture> | undefined;

/** A picture of 64 by 48 pixels, coded as AV1 and taken out of its file. */
export function codedPicture(): Promise<CodedPicture> {
  coding ??= encodePicture();
  return coding;
}

async function encodePicture(): Promise<CodedPicture> {
  const raw = Uint8Array.from({ length: 64 * 48 * 3 }, (_, index) => (index * 7 + (index >> 6) * 3) & 0xff);
  const file = await sharp(raw, { raw: { width: 64, height: 48, channels: 3 } })
    .avif({ quality: 40, effort: 1 })
    .toBuffer();
  const top = readBoxes(file);
  const mdat = top.find(({ type }) => type === 'mdat');
  const at = Buffer.from(file).indexOf('av1C') - 4;
  const length = new DataView(file.buffer, file.byteOffset).getUint32(at);
  if (mdat === undefined || at < 0) throw new Error('The coded picture can not be found.');
  return { data: mdat.body.slice(), av1C: new Uint8Array(file.subarray(at, at + length)) };
}

/** Properties: size, channels, turn. */
export const ispe = (width: number, height: number): Uint8Array => fullBox('ispe', 0, 0, be32(width, height));
export const pixi = (...bits: number[]): Uint8Array => fullBox('pixi', 0, 0, [bits.length, ...bits]);
export const irot = (turns: number): Uint8Array => box('irot', [turns]);

/** The block of an Exif item: where the TIFF header stands, then a header with a description. */
export function exifBlock(text: string): Uint8Array {
  const value = join(ascii(text), [0]);
  return join(be32(0), 'MM\0*', be32(8), be16(1), be16(0x010e), be16(2), be32(value.length, 26), be32(0), value);
}

let film: Promise<Uint8Array> | undefined;

/** Three pictures coded as AVC in an MP4 file, with the message that the encoder leaves in the first. */
export function codedFilm(): Promise<Uint8Array> {
  film ??= encodeFilm();
  return film;
}

async function encodeFilm(): Promise<Uint8Array> {
  const [width, height] = [64, 48];
  const frames = [0, 40, 80].map((lift) =>
    join(
      'FRAME\n',
      Uint8Array.from({ length: width * height * 1.5 }, (_, index) => (index * 7 + lift) & 0xff),
    ),
  );
  const raw = join(`YUV4MPEG2 W${width} H${height} F25:1 Ip A1:1 C420jpeg\n`, ...frames);
  return runFfmpeg(raw, 'y4m', ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-threads', '1', '-f', 'mp4']);
}

/** An image sequence as it is to be written. */
export interface SequenceLayout {
  /** Stands in place of the message of the encoder. */
  message?: string;
  /** Boxes at the end of `moov`. */
  inMovie?: Part;
  behind?: Part;
  /** Changes the bytes of `moov`. */
  edit?: (moov: Uint8Array) => Uint8Array;
}

/** An image sequence of AVC: the film, said to be a track of pictures. */
export async function writeSequence(layout: SequenceLayout = {}): Promise<Uint8Array> {
  const { message = '', inMovie = '', behind = '', edit = (moov) => moov } = layout;
  const coded = await codedFilm();
  const top = readBoxes(coded);
  const ftypLength = new DataView(coded.buffer, coded.byteOffset).getUint32(0);
  const moov = top.find(({ type }) => type === 'moov')?.body ?? new Uint8Array(0);
  const mdat = top.find(({ type }) => type === 'mdat');
  if (mdat === undefined) throw new Error('The film has no pictures.');
  const fileType = join(box('ftyp', 'avcs', be32(0), 'msf1avcsiso8iso6'));
  const lead = coded.slice(0, mdat.start + 8 + mdat.body.length);
  lead.set(fileType);
  if (ftypLength !== fileType.length) throw new Error('The film begins with other brands.');
  const at = Buffer.from(lead).indexOf('x264 - core');
  if (at < 0) throw new Error('The encoder left no message.');
  lead.set(ascii(message), at);
  const movie = moov.slice();
  movie.set(ascii('pict'), Buffer.from(movie).indexOf('vide'));
  return join(lead, box('moov', edit(movie), inMovie), behind);
}
