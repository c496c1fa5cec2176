// PNG files in the words of the W3C specification: a list of chunks that can be taken apart, added to and put together, also in
// ways that no encoder would.
import { crc32, deflateSync } from 'node:zlib';
import { ascii } from './jpeg.ts';

/** A chunk; its CRC is the right one unless another is given. */
export interface Chunk {
  type: string;
  data: Uint8Array;
  crc?: number;
}

export const SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** §6.1. */
export const GRAY = 0;
export const RGB = 2;
export const INDEXED = 3;
export const GRAY_ALPHA = 4;
export const RGB_ALPHA = 6;

/** How many samples a pixel has. */
const samplesOf: Readonly<Record<number, number>> = {
  [GRAY]: 1,
  [RGB]: 3,
  [INDEXED]: 1,
  [GRAY_ALPHA]: 2,
  [RGB_ALPHA]: 4,
};

type Part = Uint8Array | readonly number[] | string;

/** Bytes one behind the other, also many. */
export function pack(...parts: readonly Part[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? ascii(part) : Uint8Array.from(part)))),
  );
}

/** A chunk with data made of parts. */
export function chunk(type: string, ...data: readonly Part[]): Chunk {
  return { type, data: pack(...data) };
}

/** Four bytes, big-endian. */
export function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function u16(value: number): number[] {
  return [value >> 8, value & 0xff];
}

/** A chunk as bytes; `length` overrules the true one. */
export function writeChunk({ type, data, crc }: Chunk, length: number = data.length): Uint8Array {
  const typed = Buffer.concat([ascii(type), data]);
  return Buffer.concat([Uint8Array.from(u32(length)), typed, Uint8Array.from(u32(crc ?? crc32(typed)))]);
}

/** A file of these chunks, with whatever bytes behind them. */
export function joinPng(chunks: readonly Chunk[], trailer: Uint8Array | string = ''): Uint8Array {
  const end = typeof trailer === 'string' ? ascii(trailer) : trailer;
  return new Uint8Array(Buffer.concat([SIGNATURE, ...chunks.map((each) => writeChunk(each)), end]));
}

/** The chunks of a file, up to IEND. */
export function splitPng(file: Uint8Array): Chunk[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; chunks.at(-1)?.type !== 'IEND'; ) {
    const end = at + 8 + view.getUint32(at);
    const type = Buffer.from(file.subarray(at + 4, at + 8)).toString('latin1');
    chunks.push({ type, data: file.slice(at + 8, end), crc: view.getUint32(end) });
    at = end + 4;
  }
  return chunks;
}

/** The types of a file's chunks, in order. */
export function typesOf(file: Uint8Array): string[] {
  return splitPng(file).map(({ type }) => type);
}

/** What {@link encode} codes. */
export interface Picture {
  width?: number;
  height?: number;
  bitDepth?: number;
  colorType?: number;
  /** Into how many IDAT chunks the data is cut. */
  cuts?: number;
  /** Which of many pictures it is: frames of an animation differ. */
  phase?: number;
}

/** An IHDR chunk. */
export function ihdr({ width = 40, height = 24, bitDepth = 8, colorType = RGB }: Picture = {}, interlace = 0): Chunk {
  return chunk('IHDR', u32(width), u32(height), [bitDepth, colorType, 0, 0, interlace]);
}

/** A picture's zlib stream: gradients and edges, other in each corner, with filter 0 in each row. */
export function codePicture({
  width = 40,
  height = 24,
  bitDepth = 8,
  colorType = RGB,
  phase = 0,
}: Picture): Uint8Array {
  const samples = samplesOf[colorType] ?? 1;
  const rowLength = 1 + Math.ceil((width * samples * bitDepth) / 8);
  const rows = new Uint8Array(rowLength * height);
  const max = 2 ** bitDepth - 1;
  for (let y = 0; y < height; y++) {
    for (let index = 0; index < width * samples; index++) {
      const [x, channel] = [Math.floor(index / samples), index % samples];
      const share = channel === 0 ? x / width : channel === 1 ? y / height : (((x >> 2) + (y >> 2) + phase) % 4) / 4;
      const value = Math.floor(((share + phase / 7) % 1) * (max + 1));
      const bit = index * bitDepth;
      const at = y * rowLength + 1 + (bit >> 3);
      if (bitDepth === 16) rows.set(u16(value), at);
      else rows[at] = (rows[at] ?? 0) | (value << (8 - bitDepth - (bit & 7)));
    }
  }
  return deflateSync(rows);
}

/** The chunks of a picture without metadata, from IHDR to IEND. */
export function encode(picture: Picture = {}, ...beforeImage: readonly Chunk[]): Chunk[] {
  const { cuts = 1, bitDepth = 8, colorType = RGB } = picture;
  const data = codePicture(picture);
  const length = Math.ceil(data.length / cuts);
  const image = Array.from({ length: cuts }, (_, index) =>
    chunk('IDAT', data.subarray(index * length, (index + 1) * length)),
  );
  const palette = colorType === INDEXED ? [plte(Math.min(256, 2 ** bitDepth))] : [];
  return [ihdr(picture), ...palette, ...beforeImage, ...image, chunk('IEND')];
}

/** Chunks put in front of the first of a type. */
export function putBefore(type: string, chunks: readonly Chunk[], ...added: readonly Chunk[]): Chunk[] {
  const at = chunks.findIndex((each) => each.type === type);
  return [...chunks.slice(0, at), ...added, ...chunks.slice(at)];
}

/** A palette with this many different entries. */
export function plte(entries: number): Chunk {
  return chunk(
    'PLTE',
    ...Array.from({ length: entries }, (_, index) => [(index * 37) & 0xff, 255 - index, (index * 91) & 0xff]),
  );
}

/** A tEXt chunk. */
export function text(keyword: string, content: Part): Chunk {
  return chunk('tEXt', keyword, [0], content);
}

/** A zTXt chunk. */
export function compressedText(keyword: string, content: Part): Chunk {
  return chunk('zTXt', keyword, [0, 0], deflateSync(pack(content)));
}

/** An iTXt chunk with UTF-8 text. */
export function internationalText(keyword: string, content: string, language = '', isCompressed = false): Chunk {
  const bytes = new TextEncoder().encode(content);
  return chunk(
    'iTXt',
    keyword,
    [0, isCompressed ? 1 : 0, 0],
    language,
    [0, 0],
    isCompressed ? deflateSync(bytes) : bytes,
  );
}

/** An Exif block in hexadecimal, as ImageMagick puts it into texts. */
export function rawProfile(block: Uint8Array, prefix = 'Exif\0\0'): string {
  const hexadecimal = Buffer.from(pack(prefix, block)).toString('hex').replace(/.{72}/g, '$&\n');
  return `\nexif\n${String(prefix.length + block.length).padStart(8)}\n${hexadecimal}\n`;
}

/** An iCCP chunk. */
export function iccp(profile: Uint8Array, name = 'ICC profile', level = 6): Chunk {
  return chunk('iCCP', name, [0, 0], deflateSync(profile, { level }));
}

/** A pHYs chunk. */
export function phys(x: number, y: number, unit: number): Chunk {
  return chunk('pHYs', u32(x), u32(y), [unit]);
}

/** A tIME chunk. */
export function time(year: number): Chunk {
  return chunk('tIME', u16(year), [2, 3, 10, 11, 12]);
}

/** An acTL chunk. */
export function actl(frames: number, plays = 0): Chunk {
  return chunk('acTL', u32(frames), u32(plays));
}

/** Place, size and time of a frame. */
export interface FrameControl {
  width?: number;
  height?: number;
  x?: number;
  y?: number;
  delay?: [number, number];
  dispose?: number;
  blend?: number;
}

/** An fcTL chunk. */
export function fctl(sequence: number, control: FrameControl = {}): Chunk {
  const { width = 40, height = 24, x = 0, y = 0, delay = [1, 10], dispose = 0, blend = 0 } = control;
  return chunk('fcTL', u32(sequence), u32(width), u32(height), u32(x), u32(y), u16(delay[0]), u16(delay[1]), [
    dispose,
    blend,
  ]);
}

/** An fdAT chunk. */
export function fdat(sequence: number, data: Uint8Array): Chunk {
  return chunk('fdAT', u32(sequence), data);
}

/** An animation of three frames: the picture is the first of them, or stands outside of it. */
export function animation(isPictureInside = true): Chunk[] {
  const colorType = RGB_ALPHA;
  const small = { width: 16, height: 8, colorType };
  const second = codePicture({ ...small, phase: 1 });
  const cut = second.length >> 1;
  const start = isPictureInside ? 1 : 2;
  const first = isPictureInside ? [] : [fctl(0, { blend: 1 }), fdat(1, codePicture({ colorType, phase: 3 }))];
  return [
    ihdr({ colorType }),
    actl(3, 2),
    ...(isPictureInside ? [fctl(0)] : []),
    chunk('IDAT', codePicture({ colorType })),
    ...first,
    fctl(start, { width: 16, height: 8, x: 8, y: 4, delay: [1, 5], dispose: 1 }),
    fdat(start + 1, second.subarray(0, cut)),
    fdat(start + 2, second.subarray(cut)),
    fctl(start + 3, { width: 16, height: 8, delay: [3, 10], blend: 1 }),
    fdat(start + 4, codePicture({ ...small, phase: 2 })),
    chunk('IEND'),
  ];
}
