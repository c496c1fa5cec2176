// TGA: a header, an image ID, a colour map, pixels, in version 2 areas and a footer (Truevision TGA File Format, version 2.0, 1991).
// Header, colour map and pixels make the picture.
// Image ID, origin, developer area, extension area (author, comments, date, software, thumbnail) and footer are metadata.
import { type Format, lazily } from '../core/format.ts';

const HEADER_LENGTH = 18;
/** Bits a pixel by image type: colour-mapped, true-colour, grey; with run lengths 8 more. */
const depths: Readonly<Record<number, readonly number[]>> = { 1: [8, 16], 2: [15, 16, 24, 32], 3: [8, 16] };
const RUN_LENGTHS = 8;

/** Pictures of Truevision's Targa. */
export const tga: Format = {
  id: 'tga',
  name: 'TGA',
  mediaTypes: ['image/x-tga', 'image/x-targa'],
  extensions: ['tga', 'icb', 'vda', 'vst'],
  summary: 'Image ID, author, comments, dates, thumbnail and all areas behind the pixels go; pixels stay as they are.',
  matches: (head) => head.length > HEADER_LENGTH && isPlausible(head),
  walk: /* @__PURE__ */ lazily('TGA', async () => (await import('./tga/walk.ts')).walkTga),
};

/** The format has no signature in front: a file is one if no field of its header speaks against it. */
function isPlausible(head: Uint8Array): boolean {
  const u16 = (at: number): number => (head[at] ?? 0) | ((head[at + 1] ?? 0) << 8);
  const [, mapType = 0, imageType = 0] = head;
  const kind = imageType & ~RUN_LENGTHS;
  const hasMap = mapType === 1;
  const isMapRight = hasMap
    ? u16(5) > 0 && [15, 16, 24, 32].includes(head[7] ?? 0) && u16(3) + u16(5) <= 0x10000
    : mapType === 0 && kind !== 1 && u16(3) === 0 && u16(5) === 0 && [0, 15, 16, 24, 32].includes(head[7] ?? 0);
  const depth = head[16] ?? 0;
  const descriptor = head[17] ?? 0;
  const alphaBits = descriptor & 0x0f;
  // Bits 6 and 7 were for interleaving, which no file has.
  const isDescriptorRight = descriptor < 0x40 && alphaBits <= 8 && alphaBits < depth;
  const hasSize = u16(12) > 0 && u16(14) > 0;
  return isMapRight && (depths[kind]?.includes(depth) ?? false) && isDescriptorRight && hasSize;
}
