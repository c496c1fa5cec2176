// GIF files in the words of the GIF89a specification: a screen, then blocks; also such as no encoder would write.

type Part = Uint8Array | readonly number[] | string;

/** Bytes one behind the other; text is one byte a character. */
export function join(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (char) => char.charCodeAt(0)) : [...part])),
  );
}

export const TRAILER: Uint8Array = Uint8Array.of(0x3b);
export const Label = { plainText: 0x01, graphicControl: 0xf9, comment: 0xfe, application: 0xff } as const;

const u16 = (value: number): number[] => [value & 0xff, value >> 8];

/** Four colours that no turn of their order makes alike. */
export const COLORS: readonly number[] = [0xe0, 0x20, 0x20, 0x20, 0xc0, 0x40, 0x30, 0x40, 0xe0, 0xff, 0xf0, 0x80];

/** §18. */
export interface Screen {
  version?: '87a' | '89a';
  width?: number;
  height?: number;
  /** Global colour table; its length must be that of 2, 4, 8 … colours. */
  table?: readonly number[];
  /** The three bits of colour resolution. */
  resolution?: number;
  isSorted?: boolean;
  background?: number;
  aspect?: number;
}

/** Header, logical screen descriptor and global colour table. */
export function screen(options: Screen = {}): Uint8Array {
  const {
    version = '89a',
    width = 20,
    height = 12,
    table = COLORS,
    resolution = 1,
    background = 0,
    aspect = 0,
  } = options;
  const packed = tableBits(table) | (resolution << 4) | (options.isSorted ? 8 : 0);
  return join(`GIF${version}`, u16(width), u16(height), [packed, background, aspect], table);
}

function tableBits(table: readonly number[]): number {
  return table.length === 0 ? 0 : 0x80 | (Math.log2(table.length / 3) - 1);
}

/** §15: data in sub-blocks of up to `size` bytes, with the zero that ends them. */
export function subBlocks(data: Uint8Array, size = 255): Uint8Array {
  const blocks = new Uint8Array(data.length + Math.ceil(data.length / size) + 1);
  for (let at = 0, to = 0; at < data.length; at += size) {
    const block = data.subarray(at, at + size);
    blocks[to] = block.length;
    blocks.set(block, to + 1);
    to += block.length + 1;
  }
  return blocks;
}

/** An extension: each part in sub-blocks that begin anew. */
export function extension(label: number, ...parts: readonly Part[]): Uint8Array {
  return join([0x21, label], ...parts.map((part) => subBlocks(join(part)).subarray(0, -1)), [0]);
}

/** §26: identifier with authentication code, 11 characters, then data. */
export function application(identifier: string, ...parts: readonly Part[]): Uint8Array {
  return extension(Label.application, identifier, ...parts);
}

/** How often an animation is repeated; 0 is for ever. */
export function loop(count: number, identifier = 'NETSCAPE2.0'): Uint8Array {
  return application(identifier, [1, ...u16(count)]);
}

export const comment = (text: string): Uint8Array => extension(Label.comment, text);

/** §25: a grid of 8 × 8 cells of 1 × 1 pixel, colours 0 and 1, and the text. */
export const plainText = (text: string): Uint8Array =>
  extension(Label.plainText, [0, 0, 0, 0, 8, 0, 8, 0, 1, 1, 0, 1], text);

/** XMP as Adobe puts it: the packet outside of sub-blocks, then 258 bytes by which a walk from any of its bytes finds the end. */
export function xmp(packet: string): Uint8Array {
  const magic = Array.from({ length: 256 }, (_, index) => 255 - index);
  return join([0x21, Label.application, 11], 'XMP DataXMP', packet, [1], magic, [0]);
}

/** §23. */
export interface Control {
  disposal?: number;
  /** Hundredths of a second. */
  delay?: number;
  transparent?: number;
  /** Reserved bits and user input flag. */
  flags?: number;
  /** The transparent colour index where there is no transparent colour. */
  unused?: number;
}

export function graphicControl({ disposal = 0, delay = 0, transparent, flags = 0, unused = 0 }: Control): Uint8Array {
  const packed = flags | (disposal << 2) | (transparent === undefined ? 0 : 1);
  return extension(Label.graphicControl, [packed, ...u16(delay), transparent ?? unused]);
}

/** §20 and §22. */
export interface Image {
  left?: number;
  top?: number;
  width?: number;
  height?: number;
  table?: readonly number[];
  isInterlaced?: boolean;
  /** Sort flag and reserved bits. */
  flags?: number;
  /** Shifts the pattern. */
  phase?: number;
  /** Length of the sub-blocks. */
  size?: number;
  /** Data behind the end of the LZW code. */
  slack?: string;
}

/** An image of stripes and a square in the first four colours. */
export function image(options: Image = {}): Uint8Array {
  const { left = 0, top = 0, width = 20, height = 12, table = [], flags = 0, phase = 0, size, slack = '' } = options;
  const indices = Array.from({ length: width * height }, (_, at) => {
    const x = at % width;
    const y = Math.floor(at / width);
    return x < 5 && y < 5 ? 3 : ((x + phase) >> 2) % 3;
  });
  const packed = tableBits(table) | (options.isInterlaced ? 0x40 : 0) | flags;
  const data = subBlocks(join(codeLzw(indices, 2), slack), size);
  return join([0x2c], u16(left), u16(top), u16(width), u16(height), [packed], table, [2], data);
}

/** Appendix F, with a clear code before the codes would grow. */
function codeLzw(indices: readonly number[], minimumCodeSize: number): Uint8Array {
  const clear = 1 << minimumCodeSize;
  const codes = [clear];
  for (const [at, index] of indices.entries()) {
    if (at > 0 && at % (clear - 2) === 0) codes.push(clear);
    codes.push(index);
  }
  codes.push(clear + 1);
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const code of codes) {
    held |= code << bits;
    bits += minimumCodeSize + 1;
    for (; bits >= 8; bits -= 8) {
      bytes.push(held & 0xff);
      held >>= 8;
    }
  }
  if (bits > 0) bytes.push(held);
  return Uint8Array.from(bytes);
}
