// Tags around a sound in the words of their specifications; free to be wrong.

/** Bytes one behind the other: text as Latin-1, numbers as single bytes. */
export function join(...parts: (Uint8Array | string | readonly number[])[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)))),
  );
}

export function u32be(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

export function u32le(value: number): number[] {
  return u32be(value).reverse();
}

export function syncsafe(value: number): number[] {
  return [21, 14, 7, 0].map((shift) => (value >>> shift) & 127);
}

/** An ID3v2 frame; of ID3v2.2 if its id has three letters. */
export interface Id3FrameSpec {
  id: string;
  data: Uint8Array;
  flags?: readonly [number, number];
}

export function textFrame(id: string, text: string, encoding: 0 | 1 | 3 = 3): Id3FrameSpec {
  const coded = encoding === 0 ? Buffer.from(text, 'latin1') : encoding === 3 ? Buffer.from(text) : undefined;
  return { id, data: join([encoding], coded ?? join([0xff, 0xfe], Buffer.from(text, 'utf16le'))) };
}

export function pictureFrame(picture: Uint8Array, description = '', mediaType = 'image/jpeg', type = 3): Id3FrameSpec {
  return { id: 'APIC', data: join([0], mediaType, [0, type], description, [0], picture) };
}

export function chapterFrame(id: string, start: number, end: number, ...frames: Uint8Array[]): Id3FrameSpec {
  return { id: 'CHAP', data: join(id, [0], u32be(start), u32be(end), u32be(0xffffffff), u32be(0xffffffff), ...frames) };
}

export function writeFrame({ id, data, flags = [0, 0] }: Id3FrameSpec, major: 2 | 3 | 4): Uint8Array {
  if (major === 2) return join(id, u32be(data.length).slice(1), data);
  return join(id, major === 4 ? syncsafe(data.length) : u32be(data.length), flags, data);
}

/** How an ID3v2 tag is written. */
export interface Id3Options {
  major?: 2 | 3 | 4;
  padding?: number;
  /** Puts a zero behind each 0xFF. */
  unsynchronised?: boolean;
  footer?: boolean;
  /** An extended header. */
  extended?: boolean;
  /** Instead of the true size. */
  size?: readonly number[];
}

export function id3v2(frames: readonly Id3FrameSpec[], options: Id3Options = {}): Uint8Array {
  const { major = 4, padding = 0, unsynchronised = false, footer = false, extended = false, size } = options;
  const head = extended ? (major === 4 ? [0, 0, 0, 6, 1, 0] : [0, 0, 0, 6, 0, 0, 0, 0, 0, 0]) : [];
  const plain = join(head, ...frames.map((frame) => writeFrame(frame, major)), new Uint8Array(padding));
  const body = unsynchronised ? join(...Array.from(plain, (byte) => (byte === 0xff ? [0xff, 0] : [byte]))) : plain;
  const flags = (unsynchronised ? 0x80 : 0) | (extended ? 0x40 : 0) | (footer ? 0x10 : 0);
  const rest = [major, 0, flags, ...(size ?? syncsafe(body.length))];
  return join('ID3', rest, body, footer ? join('3DI', rest) : []);
}

export function id3v1(title: string, artist = '', comment = ''): Uint8Array {
  const field = (text: string, length: number): string => text.slice(0, length).padEnd(length, '\0');
  return join('TAG', field(title, 30), field(artist, 30), field('', 30), '1999', field(comment, 30), [17]);
}

/** The tag in front of an ID3v1 tag that goes on where it ends. */
export function enhancedTag(title: string): Uint8Array {
  return join('TAG+', title.slice(0, 60).padEnd(223, '\0'));
}

export interface ApeOptions {
  version?: 1000 | 2000;
  header?: boolean;
  /** Instead of the true size. */
  size?: number;
}

export function apeTag(items: Readonly<Record<string, string | Uint8Array>>, options: ApeOptions = {}): Uint8Array {
  const { version = 2000, header = version === 2000 } = options;
  const body = join(
    ...Object.entries(items).map(([key, value]) => {
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return join(u32le(bytes.length), u32le(typeof value === 'string' ? 0 : 2), key, [0], bytes);
    }),
  );
  const end = (flags: number): Uint8Array =>
    join(
      'APETAGEX',
      u32le(version),
      u32le(options.size ?? body.length + 32),
      u32le(Object.keys(items).length),
      u32le(flags),
      new Uint8Array(8),
    );
  const flags = header ? 0x80000000 : 0;
  return join(header ? end(0xa0000000) : [], body, end(flags));
}

export function lyrics3v1(text: string): Uint8Array {
  return join('LYRICSBEGIN', text, 'LYRICSEND');
}

export function lyrics3v2(fields: Readonly<Record<string, string>>): Uint8Array {
  const body = join(
    'LYRICSBEGIN',
    ...Object.entries(fields).map(([id, text]) => `${id}${String(text.length).padStart(5, '0')}${text}`),
  );
  return join(body, String(body.length).padStart(6, '0'), 'LYRICS200');
}

/** A MusicMatch tag, with or without its optional header. */
export function musicMatch(text: string, picture: Uint8Array, header = true): Uint8Array {
  const section = (): Uint8Array => join('18273645', ' '.repeat(248));
  const image = join('.jpg', u32le(picture.length), picture, new Uint8Array(4));
  const data = join(text, ' '.repeat(8132 - text.length));
  const offsets = [0, 4, image.length - 4, image.length, image.length + 256].flatMap((at) => u32le(at + 256));
  return join(
    header ? section() : [],
    image,
    section(),
    data,
    offsets,
    'Brava Software Inc.             2.51            ',
  );
}

/** An ID3v2.3 tag with a title, and padding. */
export function titleTag(title: string, padding = 0): Uint8Array {
  return id3v2([textFrame('TIT2', title, 0)], { major: 3, padding });
}
