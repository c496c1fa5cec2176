// WebP files in the words of RFC 9649: chunks of a RIFF form that can be taken apart, added to and put together, also in ways
// that no encoder would.
import sharp from 'sharp';
import { join } from './gif.ts';
import { scene } from './jpeg.ts';

export { join } from './gif.ts';

type Part = Uint8Array | readonly number[] | string;

/** A chunk, without its size and pad byte. */
export interface Chunk {
  fourCC: string;
  data: Uint8Array;
}

const u16 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
const u24 = (value: number): number[] => [...u16(value), (value >> 16) & 0xff];
const u32 = (value: number): number[] => [...u24(value), (value >>> 24) & 0xff];

/** A chunk with data made of parts. */
export function chunk(fourCC: string, ...data: readonly Part[]): Chunk {
  return { fourCC, data: join(...data) };
}

/** The chunks of a run of bytes that holds nothing else. */
export function splitChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    const fourCC = String.fromCharCode(...bytes.subarray(at, at + 4));
    chunks.push({ fourCC, data: bytes.slice(at + 8, at + 8 + length) });
    at += 8 + length + (length & 1);
  }
  return chunks;
}

/** The chunks of a file. */
export function splitWebp(file: Uint8Array): Chunk[] {
  return splitChunks(file.subarray(12));
}

/** Chunks as bytes, with `pad` behind odd data. */
export function writeChunks(chunks: readonly Chunk[], pad = 0): Uint8Array {
  const parts = chunks.map(({ fourCC, data }) =>
    join(fourCC, u32(data.length), data, data.length % 2 === 1 ? [pad] : []),
  );
  return join(...parts);
}

/** A file of these chunks; `size` is the RIFF size where it is to lie. */
export function joinWebp(
  chunks: readonly Chunk[],
  options: { size?: number; trailer?: Part; pad?: number } = {},
): Uint8Array {
  const content = writeChunks(chunks, options.pad);
  return join('RIFF', u32(options.size ?? content.length + 4), 'WEBP', content, options.trailer ?? []);
}

export const Flag = { animation: 0x02, xmp: 0x04, exif: 0x08, alpha: 0x10, profile: 0x20 } as const;

/** §2.7: flags, reserved bits, canvas size. */
export function vp8x(flags: number, width: number, height: number, reserved = 0): Chunk {
  return chunk('VP8X', [flags], u24(reserved), u24(width - 1), u24(height - 1));
}

/** §2.7.1.1: background colour and loop count. */
export function anim(loop: number, background = 0xffffffff): Chunk {
  return chunk('ANIM', u32(background), u16(loop));
}

/** §2.7.1.1: a frame at even offsets. */
export interface Frame {
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  duration?: number;
  /** Reserved bits, blending, disposal. */
  flags?: number;
}

/** A frame with chunks in it. */
export function frame(
  { x = 0, y = 0, width = 24, height = 16, duration = 0, flags = 0 }: Frame,
  ...chunks: Chunk[]
): Chunk {
  const place = [u24(x / 2), u24(y / 2), u24(width - 1), u24(height - 1), u24(duration), [flags]];
  return chunk('ANMF', ...place, writeChunks(chunks));
}

/** How {@link encode} codes. */
export interface Coding {
  width?: number;
  height?: number;
  lossless?: boolean;
  alpha?: boolean;
  /** Turned upside down, so that pictures of a size differ. */
  flipped?: boolean;
}

/** The coded picture alone: VP8L, VP8, or ALPH and VP8. */
export async function encode({
  width = 24,
  height = 16,
  lossless = false,
  alpha = false,
  flipped = false,
}: Coding = {}): Promise<Chunk[]> {
  const channels = alpha ? 4 : 3;
  const file = await sharp(scene(width, height, channels), { raw: { width, height, channels } })
    .flip(flipped)
    .webp({ lossless, quality: 70 })
    .toBuffer();
  return splitWebp(new Uint8Array(file)).filter(({ fourCC }) => fourCC !== 'VP8X');
}
