// JPEG 2000 in the words of ISO/IEC 15444-1: marker segments of a codestream, boxes around it.
import { be16, be32, box, type Part } from './isobmff.ts';
import { join } from './jpeg.ts';

/** A marker segment (§A.1). */
export function segment(marker: number, ...body: Part[]): Uint8Array {
  const bytes = join(...body);
  return join(be16(marker), be16(bytes.length + 2), bytes);
}

/** A comment (§A.9.2): text, or with 0 anything. */
export const com = (text: Part, registration = 1): Uint8Array => segment(0xff64, be16(registration), text);

/** A codestream taken apart. */
export interface Codestream {
  /** Segments of the main header, from SIZ on. */
  main: Uint8Array[];
  tileParts: { tile: number; index: number; count: number; segments: Uint8Array[]; data: Uint8Array }[];
}

/** Takes a codestream apart that an encoder wrote; without its comments. */
export function splitCodestream(bytes: Uint8Array): Codestream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const split: Codestream = { main: [], tileParts: [] };
  let at = 2;
  const segments = (): Uint8Array[] => {
    const list: Uint8Array[] = [];
    while (![0xff90, 0xff93].includes(view.getUint16(at))) {
      const end = at + 2 + view.getUint16(at + 2);
      if (view.getUint16(at) !== 0xff64) list.push(bytes.slice(at, end));
      at = end;
    }
    return list;
  };
  split.main = segments();
  while (view.getUint16(at) === 0xff90) {
    const end = at + view.getUint32(at + 6);
    const part = { tile: view.getUint16(at + 4), index: view.getUint8(at + 10), count: view.getUint8(at + 11) };
    at += 12;
    const own = segments();
    split.tileParts.push({ ...part, segments: own, data: bytes.slice(at + 2, end) });
    at = end;
  }
  return split;
}

/** How a codestream is put together. */
export interface Layout {
  /** TLM with 16-bit tile numbers and 32-bit lengths (§A.7.1). */
  tileLengths?: boolean;
  /** Psot of the last tile-part is 0. */
  isOpen?: boolean;
  /** No EOC. */
  isUnended?: boolean;
}

/** Puts a codestream together. */
export function writeCodestream({ main, tileParts }: Codestream, layout: Layout = {}): Uint8Array {
  const written = tileParts.map(({ tile, index, count, segments, data }, place) => {
    const rest = join(...segments, be16(0xff93), data);
    const isOpen = layout.isOpen === true && place === tileParts.length - 1;
    return join(be16(0xff90), be16(10), be16(tile), be32(isOpen ? 0 : rest.length + 12), [index, count], rest);
  });
  const lengths = written.map((part, place) => join(be16(tileParts[place]?.tile ?? 0), be32(part.length)));
  const tlm = layout.tileLengths ? segment(0xff55, [0, 0x60], ...lengths) : [];
  return join(be16(0xff4f), ...main, tlm, ...written, layout.isUnended ? [] : be16(0xffd9));
}

/** `ihdr` (§I.5.3.1). */
export function ihdr(height: number, width: number, components: number, ipr = 0): Uint8Array {
  return box('ihdr', be32(height, width), be16(components), [7, 7, 0, ipr]);
}

/** `colr` of an enumerated space: 16 for sRGB, 17 for grey (§I.5.3.3). */
export const enumerated = (space: number): Uint8Array => box('colr', [1, 0, 0], be32(space));
/** `colr` with a restricted ICC profile. */
export const profiled = (profile: Part): Uint8Array => box('colr', [2, 0, 0], profile);

/** `resc` or `resd` (§I.5.3.7): vertical and horizontal, each a numerator and an exponent. */
export function resolution(
  type: 'resc' | 'resd',
  vertical: number,
  horizontal: number,
  exponents = [0, 0],
): Uint8Array {
  return box(type, be16(vertical), be16(1), be16(horizontal), be16(1), exponents);
}

/** Signature and file type (§I.5.1, §I.5.2). */
export function opening(brand = 'jp2 ', ...compatible: string[]): Uint8Array {
  const list = compatible.length > 0 ? compatible : [brand];
  return join(box('jP  ', [0x0d, 0x0a, 0x87, 0x0a]), box('ftyp', brand, be32(0), ...list));
}
