// Bitmaps without signature chunks, in the words of their specifications: DIB, BMP, ICO, TGA, QOI, portable maps.

type Part = Uint8Array | readonly number[] | string;

/** Bytes one behind the other; text is one byte a character. */
export function join(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (char) => char.charCodeAt(0)) : [...part])),
  );
}

export const u16 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
export const u32 = (value: number): number[] => [...u16(value), ...u16(value >> 16)];

/** So many bytes that look like a picture, always the same. */
export function samples(length: number, step = 37): number[] {
  return Array.from({ length }, (_, index) => (index * step + (index >> 4)) & 0xff);
}

/** What a DIB header says; what is not given is 0. */
export interface Dib {
  size?: number;
  width?: number;
  height?: number;
  planes?: number;
  bits?: number;
  compression?: number;
  imageSize?: number;
  density?: readonly [number, number];
  colorsUsed?: number;
  colorsImportant?: number;
  /** What stands behind biClrImportant, cut or filled to the size. */
  rest?: readonly number[];
}

/** A DIB header of any size. */
export function dibHeader(dib: Dib = {}): Uint8Array {
  const { size = 40, width = 7, height = 5, planes = 1, bits = 24, compression = 0, imageSize = 0 } = dib;
  const { density = [0, 0], colorsUsed = 0, colorsImportant = 0, rest = [] } = dib;
  if (size === 12) return join(u32(size), u16(width), u16(height), u16(planes), u16(bits));
  const fields = [width, height].flatMap(u32).concat(u16(planes), u16(bits));
  const more = [compression, imageSize, ...density, colorsUsed, colorsImportant].flatMap(u32);
  const header = new Uint8Array(size);
  header.set(join(u32(size), fields, more, rest).subarray(0, size));
  return header;
}

/** Rows of so many bits, padded to 32 bits with `padding`. */
export function rows(width: number, height: number, bits: number, padding = 0): Uint8Array {
  const used = Math.ceil((width * bits) / 8);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const spare = used * 8 - width * bits;
  return join(
    ...Array.from({ length: height }, (_, row) => {
      const line = new Uint8Array(stride).fill(padding);
      line.set(samples(used, 29 + row));
      const last = (line[used - 1] ?? 0) & (0xff << spare);
      line[used - 1] = last | (padding & ((1 << spare) - 1));
      return line;
    }),
  );
}

/** Colours of a table, each with `reserved` behind it. */
export function colorTable(count: number, reserved?: number): number[] {
  const colors = Array.from({ length: count }, (_, index) => [(index * 53) & 0xff, (index * 7) & 0xff, 255 - index]);
  return colors.flatMap((color) => (reserved === undefined ? color : [...color, reserved]));
}

/** A BMP file. */
export interface Bmp {
  dib: Uint8Array;
  masks?: readonly number[];
  colors?: readonly number[];
  gap?: Part;
  pixels: Uint8Array;
  behind?: Part;
  fileSize?: number;
  reserved?: number;
}

/** A BMP file of these parts. */
export function bmp({ dib, masks = [], colors = [], gap = [], pixels, behind = [], ...wrong }: Bmp): Uint8Array {
  const front = join(dib, masks, colors, gap);
  const start = 14 + front.length;
  const size = wrong.fileSize ?? start + pixels.length + behind.length;
  return join('BM', u32(size), u32(wrong.reserved ?? 0), u32(start), front, pixels, behind);
}

/** A picture of an icon. */
export interface IconPicture {
  data: Uint8Array;
  width?: number;
  height?: number;
  /** Colours, reserved byte, planes and bits, or hotspot. */
  fields?: readonly [number, number, number, number];
  size?: number;
  gap?: Part;
}

/** An icon (1) or cursor (2) file. */
export function ico(type: 1 | 2, pictures: readonly IconPicture[], behind: Part = []): Uint8Array {
  let at = 6 + 16 * pictures.length;
  const entries: Uint8Array[] = [];
  const data: Uint8Array[] = [];
  for (const { data: picture, width = 7, height = 5, fields = [0, 0, 1, 0], size, gap = [] } of pictures) {
    at += gap.length;
    const [colors, reserved, planes, bits] = fields;
    entries.push(join([width, height, colors, reserved], u16(planes), u16(bits), u32(size ?? picture.length), u32(at)));
    data.push(join(gap, picture));
    at += picture.length;
  }
  return join(u16(0), u16(type), u16(pictures.length), ...entries, ...data, behind);
}

/** What a TGA file says. */
export interface Tga {
  id?: string;
  imageType?: number;
  map?: { first: number; bits: number; colors: Uint8Array };
  origin?: readonly [number, number];
  width?: number;
  height?: number;
  depth?: number;
  descriptor?: number;
  pixels: Part;
  behind?: Part;
}

/** A TGA file. */
export function tga(file: Tga): Uint8Array {
  const { id = '', imageType = 2, map, origin = [0, 0], width = 7, height = 5, depth = 24, descriptor = 0x20 } = file;
  const length = map === undefined ? 0 : map.colors.length / Math.ceil(map.bits / 8);
  return join(
    [id.length, map === undefined ? 0 : 1, imageType],
    u16(map?.first ?? 0),
    u16(length),
    [map?.bits ?? 0],
    u16(origin[0]),
    u16(origin[1]),
    u16(width),
    u16(height),
    [depth, descriptor],
    id,
    map?.colors ?? [],
    file.pixels,
    file.behind ?? [],
  );
}

/** Extension area (§C.6) with an author, comments and software, and the footer that points to it. */
export function tgaAreas(at: number, author: string, comment: string, software: string): Uint8Array {
  const area = new Uint8Array(495);
  area.set(u16(495));
  area.set(join(author.slice(0, 40)), 2);
  area.set(join(comment.slice(0, 80)), 43);
  area.set(join(software.slice(0, 40)), 426);
  return join(area, u32(at), u32(0), 'TRUEVISION-XFILE.', [0]);
}

/** The header of a QOI file. */
export function qoiHeader(width: number, height: number, channels = 4, colorSpace = 0): Uint8Array {
  const big = (value: number): number[] => u32(value).reverse();
  return join('qoif', big(width), big(height), [channels, colorSpace]);
}

export const QOI_END: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 1];
