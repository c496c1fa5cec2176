// JPEG files in the words of ITU-T T.81: a list of segments and scans that can be taken apart, added to and put together,
// also in ways that no encoder would.
import sharp, { type JpegOptions } from 'sharp';

/** A marker segment, or with `scan` the entropy-coded data behind an SOS. */
export interface Segment {
  marker: number;
  body: Uint8Array;
  scan?: Uint8Array;
}

export const APP = (number: number): number => 0xe0 + number;
export const COM = 0xfe;
export const DQT = 0xdb;
export const DHT = 0xc4;
export const DRI = 0xdd;
export const SOF0 = 0xc0;
export const SOF1 = 0xc1;
export const SOS = 0xda;
export const SOI: Uint8Array = Uint8Array.of(0xff, 0xd8);
export const EOI: Uint8Array = Uint8Array.of(0xff, 0xd9);

/** Text as bytes, one a character. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Bytes one behind the other. */
export function join(...parts: readonly (Uint8Array | readonly number[] | string)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...ascii(part)] : [...part])));
}

/** A segment with a body made of parts. */
export function segment(marker: number, ...body: readonly (Uint8Array | readonly number[] | string)[]): Segment {
  return { marker, body: join(...body) };
}

/** The segments between SOI and EOI of a file without fill bytes or junk. */
export function splitJpeg(file: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let at = 2;
  while (view.getUint16(at) !== 0xffd9) {
    const marker = view.getUint8(at + 1);
    const end = at + 2 + view.getUint16(at + 2);
    const body = file.slice(at + 4, end);
    at = end;
    if (marker !== SOS) {
      segments.push({ marker, body });
      continue;
    }
    while (!(file[at] === 0xff && file[at + 1] !== 0 && !((file[at + 1] ?? 0) >= 0xd0 && (file[at + 1] ?? 0) <= 0xd7)))
      at++;
    segments.push({ marker, body, scan: file.slice(end, at) });
  }
  return segments;
}

/** One segment as bytes. */
export function writeSegment({ marker, body, scan }: Segment): Uint8Array {
  return join([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff], body, scan ?? []);
}

/** A file of these segments, with whatever bytes behind EOI. */
export function joinJpeg(segments: readonly Segment[], trailer: Uint8Array | string = ''): Uint8Array {
  const parts = [SOI, ...segments.map(writeSegment), EOI, typeof trailer === 'string' ? ascii(trailer) : trailer];
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** A picture with gradients and edges, a different colour in each corner, so that no turn or mirroring looks like another. */
export function scene(width = 48, height = 32, channels: 1 | 3 | 4 = 3): Buffer {
  const pixels = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const gradient = channel === 0 ? x / width : channel === 1 ? y / height : ((x >> 3) + (y >> 3)) & 1;
        pixels[(y * width + x) * channels + channel] = channel === 3 ? 255 - x : Math.round(30 + 200 * gradient);
      }
    }
  }
  return pixels;
}

/** How {@link encodeJpeg} codes. */
export interface Encoding extends JpegOptions {
  width?: number;
  height?: number;
  colors?: 'gray' | 'rgb' | 'cmyk';
}

/** A coded picture without metadata. */
export async function encodeJpeg({
  width = 48,
  height = 32,
  colors = 'rgb',
  ...options
}: Encoding = {}): Promise<Uint8Array> {
  const channels = colors === 'gray' ? 1 : 3;
  const picture = sharp(scene(width, height, channels), { raw: { width, height, channels } });
  if (colors === 'gray') picture.toColourspace('b-w');
  if (colors === 'cmyk') picture.toColourspace('cmyk');
  return new Uint8Array(await picture.jpeg({ quality: 85, ...options }).toBuffer());
}

/** A gray picture of one row of blocks, each an interval of its own between restart markers (T.81 §E.1.4). */
export async function encodeRestarted(blocks = 10): Promise<Segment[]> {
  const intervals = await Promise.all(
    Array.from({ length: blocks }, (_, index) => {
      const pixels = Uint8Array.from({ length: 64 }, (_, at) => (index * 24 + (at % 8) * (index + 1)) & 0xff);
      return sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
        .toColourspace('b-w')
        .jpeg({ quality: 85, optimizeCoding: false })
        .toBuffer();
    }),
  );
  const [first = [], ...others] = intervals.map((file) => splitJpeg(new Uint8Array(file)));
  return first.flatMap((part): Segment[] => {
    if (part.marker === SOF0)
      return [{ ...part, body: join(part.body.slice(0, 3), [0, 8 * blocks], part.body.slice(5)) }];
    if (part.marker !== SOS) return [part];
    const rest = others.map((other) => other.at(-1)?.scan ?? new Uint8Array(0));
    const scan = join(part.scan ?? [], ...rest.map((data, index) => join([0xff, 0xd0 + (index % 8)], data)));
    return [segment(DRI, [0, 1]), { ...part, scan }];
  });
}

/** The same picture with 16 bits for each quantization step, which the extended process allows (T.81 §B.2.4.1). */
export function widenTables(picture: readonly Segment[]): Segment[] {
  return picture.map((part) => {
    if (part.marker === SOF0) return { ...part, marker: SOF1 };
    if (part.marker !== DQT) return part;
    const tables: Uint8Array[] = [];
    for (let at = 0; at < part.body.length; at += 65) {
      const steps = [...part.body.subarray(at + 1, at + 65)].flatMap((step) => [0, step]);
      tables.push(join([0x10 | (part.body[at] ?? 0)], steps));
    }
    return { ...part, body: join(...tables) };
  });
}

/** A TIFF field of an Exif block: SHORT, LONG, RATIONALs, ASCII, bytes of type UNDEFINED, or a directory that is pointed to. */
export type Field =
  | { short: number }
  | { long: number }
  | { rationals: [number, number][] }
  | { text: string }
  | { bytes: Uint8Array }
  | { ifd: Directory };

/** Fields by tag number. */
export type Directory = Record<number, Field>;

/** An Exif block from its TIFF header on: IFD0, and IFD1 if given with the thumbnail behind it. */
export function exifBlock(
  ifd0: Directory,
  options: { littleEndian?: boolean; ifd1?: Directory; thumbnail?: Uint8Array } = {},
): Uint8Array {
  const { littleEndian = false, ifd1, thumbnail = new Uint8Array(0) } = options;
  const out: number[] = littleEndian ? [0x49, 0x49, 42, 0, 8, 0, 0, 0] : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const put = (at: number, value: number, length: number): void => {
    for (let index = 0; index < length; index++) {
      const shift = 8 * (littleEndian ? index : length - 1 - index);
      out[at + index] = Math.floor(value / 2 ** shift) & 0xff;
    }
  };
  const writeDirectory = (directory: Directory): number => {
    const tags = Object.keys(directory)
      .map(Number)
      .sort((a, b) => a - b);
    const start = out.length;
    out.push(...new Array<number>(2 + tags.length * 12 + 4).fill(0));
    put(start, tags.length, 2);
    for (const [index, tag] of tags.entries()) {
      const field = directory[tag] as Field;
      const at = start + 2 + index * 12;
      const outOfLine = (type: number, count: number, bytes: number[]): void => {
        put(at + 2, type, 2);
        put(at + 4, count, 4);
        if (bytes.length <= 4) for (const [offset, byte] of bytes.entries()) out[at + 8 + offset] = byte;
        else {
          put(at + 8, out.length, 4);
          out.push(...bytes);
          if (out.length % 2 === 1) out.push(0);
        }
      };
      put(at, tag, 2);
      if ('short' in field) {
        put(at + 2, 3, 2);
        put(at + 4, 1, 4);
        put(at + 8, field.short, 2);
      } else if ('long' in field) {
        put(at + 2, 4, 2);
        put(at + 4, 1, 4);
        put(at + 8, field.long, 4);
      } else if ('text' in field) outOfLine(2, field.text.length + 1, [...ascii(field.text), 0]);
      else if ('bytes' in field) outOfLine(7, field.bytes.length, [...field.bytes]);
      else if ('rationals' in field) {
        const bytes = field.rationals.flat().flatMap((number) => {
          const word = [number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff];
          return littleEndian ? word.reverse() : word;
        });
        outOfLine(5, field.rationals.length, bytes);
      } else {
        put(at + 2, 4, 2);
        put(at + 4, 1, 4);
        put(at + 8, writeDirectory(field.ifd), 4);
      }
    }
    return start;
  };
  const first = writeDirectory(ifd0);
  if (ifd1 !== undefined) {
    const second = writeDirectory({ ...ifd1, 0x0201: { long: 0 }, 0x0202: { long: thumbnail.length } });
    put(first + 2 + Object.keys(ifd0).length * 12, second, 4);
    // The thumbnail's offset is known only now: 0x0201 is the tag before the last.
    const index = Object.keys({ ...ifd1, 0x0201: 0, 0x0202: 0 })
      .map(Number)
      .sort((a, b) => a - b)
      .indexOf(0x0201);
    put(second + 2 + index * 12 + 8, out.length, 4);
    out.push(...thumbnail);
  }
  return Uint8Array.from(out);
}

/** An APP1 segment with an Exif block. */
export function exif(block: Uint8Array): Segment {
  return segment(APP(1), 'Exif\0\0', block);
}

/** An APP1 segment with an XMP packet. */
export function xmp(packet: string): Segment {
  return segment(APP(1), 'http://ns.adobe.com/xap/1.0/\0', packet);
}

/** An XMP packet with a thumbnail, as Photoshop and Bridge write them. */
export function xmpThumbnail(thumbnail: Uint8Array): Segment {
  const image = Buffer.from(thumbnail).toString('base64');
  return xmp(
    `<xmp:Thumbnails><rdf:Alt><rdf:li><xmpGImg:format>JPEG</xmpGImg:format><xmpGImg:image>${image}</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>`,
  );
}

/** A JFIF extension segment with a thumbnail: a JPEG stream, a palette of RGB triplets with indices, or RGB triplets. */
export function jfxx(code: 0x10 | 0x11 | 0x13, data: Uint8Array): Segment {
  return segment(APP(0), 'JFXX\0', [code], data);
}

/** An MPF index of two pictures, the second behind EOI. */
export function mpf(pictures = 2): Segment {
  const entries = new Uint8Array(16 * pictures);
  const index = exifBlock({ 0xb000: { bytes: ascii('0100') }, 0xb001: { long: pictures }, 0xb002: { bytes: entries } });
  return segment(APP(2), 'MPF\0', index);
}

/** An APP13 segment with Photoshop image resources: the IPTC record with a by-line, and a thumbnail. */
export function photoshop(byLine: string, thumbnail: Uint8Array = new Uint8Array(0)): Segment {
  const iptc = join([0x1c, 2, 80, byLine.length >> 8, byLine.length & 0xff], byLine);
  const resource = (id: number, data: Uint8Array): Uint8Array =>
    join(
      '8BIM',
      [id >> 8, id & 0xff, 0, 0, 0, 0, data.length >> 8, data.length & 0xff],
      data,
      data.length % 2 === 1 ? [0] : [],
    );
  return segment(APP(13), 'Photoshop 3.0\0', resource(0x0404, iptc), resource(0x040c, thumbnail));
}

/** APP2 segments with an ICC profile in parts of `partLength` bytes. */
export function icc(profile: Uint8Array, partLength = 65519): Segment[] {
  const count = Math.ceil(profile.length / partLength);
  return Array.from({ length: count }, (_, index) =>
    segment(
      APP(2),
      'ICC_PROFILE\0',
      [index + 1, count],
      profile.subarray(index * partLength, (index + 1) * partLength),
    ),
  );
}

/** A JFIF segment. */
export function jfif(units = 0, x = 1, y = 1, thumbnail?: { width: number; height: number; rgb: Uint8Array }): Segment {
  const { width = 0, height = 0, rgb = new Uint8Array(0) } = thumbnail ?? {};
  return segment(APP(0), 'JFIF\0', [1, 2, units, x >> 8, x & 0xff, y >> 8, y & 0xff, width, height], rgb);
}

/** An Adobe segment with the colour transform. */
export function adobe(transform: number, version = 100): Segment {
  return segment(APP(14), 'Adobe', [0, version, 0, 0, 0, 0, transform]);
}
