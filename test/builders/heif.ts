// Files of pictures in the words of ISO/IEC 23008-12: items, where they lie, what they have; also in ways that no writer would.
import sharp from 'sharp';
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
  const starts: number[] = [];
  let length = 0;
  for (const { data } of items) {
    const between = join(gap());
    starts.push(length + between.length);
    media.push(between, data);
    length += between.length + data.length;
  }
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
        0,
        0,
        be16(0x4400),
        be16(items.length),
        ...items.map(({ data }, index) =>
          join(be16(ids[index] ?? 0), be16(0), be16(1), be32(base + (starts[index] ?? 0), data.length)),
        ),
      ),
      fullBox(
        'iinf',
        0,
        0,
        be16(items.length),
        ...items.map(({ type, name = '', contentType, isHidden }, index) =>
          fullBox(
            'infe',
            2,
            isHidden ? 1 : 0,
            be16(ids[index] ?? 0),
            be16(0),
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
