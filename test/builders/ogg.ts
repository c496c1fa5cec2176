// Ogg files in the words of RFC 3533: pages that can be taken apart, added to and put together, also in ways no muxer would.
import { ascii, join } from './jpeg.ts';
import { le } from './tone.ts';

/** A page. */
export interface Page {
  /** 1 continued, 2 first, 4 last. */
  flags: number;
  granule: bigint;
  serial: number;
  sequence: number;
  /** The segment table. */
  segments: number[];
  body: Uint8Array;
  version?: number;
  /** In place of the right checksum. */
  crc?: number;
}

/** CRC-32 of polynomial 0x04C11DB7, bit by bit. */
export function checksum(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  }
  return value >>> 0;
}

/** A page as bytes. */
export function writePage({ flags, granule, serial, sequence, segments, body, version = 0, crc }: Page): Uint8Array {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigInt64(0, granule, true);
  const write = (sum: number): Uint8Array =>
    join('OggS', [version, flags], time, le(serial, 4), le(sequence, 4), le(sum, 4), [segments.length], segments, body);
  return write(crc ?? checksum(write(0)));
}

/** Pages one behind the other. */
export function joinOgg(pages: readonly Page[]): Uint8Array {
  return join(...pages.map(writePage));
}

/** The pages of a file without gaps. */
export function splitOgg(file: Uint8Array): Page[] {
  const pages: Page[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at < file.length; ) {
    const table = at + 27 + view.getUint8(at + 26);
    const segments = [...file.subarray(at + 27, table)];
    const end = table + segments.reduce((sum, length) => sum + length, 0);
    pages.push({
      flags: view.getUint8(at + 5),
      granule: view.getBigInt64(at + 6, true),
      serial: view.getUint32(at + 14, true),
      sequence: view.getUint32(at + 18, true),
      segments,
      body: file.slice(table, end),
    });
    at = end;
  }
  return pages;
}

/** Whether every page of a file has the right checksum. */
export function hasRightChecksums(file: Uint8Array): boolean {
  return Buffer.compare(joinOgg(splitOgg(file)), file) === 0;
}

/** Segment table of packets. */
export function lacing(...packets: readonly Uint8Array[]): number[] {
  return packets.flatMap(({ length }) => [...new Array<number>(Math.floor(length / 255)).fill(255), length % 255]);
}

/** A page that holds these packets whole. */
export function pageOf(packets: readonly Uint8Array[], fields: Partial<Page> = {}): Page {
  return {
    flags: 0,
    granule: 0n,
    serial: 1,
    sequence: 0,
    segments: lacing(...packets),
    body: join(...packets),
    ...fields,
  };
}

/** The packets of a stream. */
export function packetsOf(pages: readonly Page[], serial?: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  for (const page of pages) {
    if (serial !== undefined && page.serial !== serial) continue;
    let at = 0;
    for (const length of page.segments) {
      parts.push(page.body.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      packets.push(join(...parts));
      parts = [];
    }
  }
  return packets;
}

/** How {@link withHeaders} lays header packets into pages. */
export interface Layout {
  serial?: number;
  /** Most segments on a page. */
  perPage?: number;
  firstSequence?: number;
}

/** A stream whose header packets are replaced by others, paged anew, in front of its own data pages. */
export function withHeaders(
  stream: readonly Page[],
  headerPages: number,
  packets: readonly Uint8Array[],
  { serial = 1, perPage = 255, firstSequence = 0 }: Layout = {},
): Page[] {
  const [first = new Uint8Array(0), ...others] = packets;
  const pages: Page[] = [pageOf([first], { flags: 2, serial, sequence: firstSequence })];
  const table = lacing(...others);
  const body = join(...others);
  let at = 0;
  for (let start = 0; start < table.length; start += perPage) {
    const segments = table.slice(start, start + perPage);
    const length = segments.reduce((sum, segment) => sum + segment, 0);
    const flags = table[start - 1] === 255 ? 1 : 0;
    const granule = segments.some((segment) => segment < 255) ? 0n : -1n;
    const sequence = firstSequence + pages.length;
    pages.push({ flags, granule, serial, sequence, segments, body: body.subarray(at, at + length) });
    at += length;
  }
  const data = stream.slice(headerPages);
  return [
    ...pages,
    ...data.map((page, index) => ({ ...page, serial, sequence: firstSequence + pages.length + index })),
  ];
}

/** An `OpusHead` packet (RFC 7845 §5.1). */
export function opusHead({ channels = 1, preSkip = 312, gain = 0 } = {}): Uint8Array {
  return join('OpusHead', [1, channels], le(preSkip, 2), le(16000, 4), le(gain & 0xffff, 2), [0]);
}

/** The first packet of a Speex stream (The Speex Manual, "Ogg file format"): narrow band, one channel. */
export function speexHeader(version: string, extraHeaders = 0, reserved = 0): Uint8Array {
  const numbers = [1, 80, 8000, 0, 4, 1, -1, 160, 0, 1, extraHeaders, reserved, reserved];
  return join('Speex   ', ascii(version.padEnd(20, '\0')), ...numbers.map((number) => le(number >>> 0, 4)));
}

/** A Speex packet: narrow band mode 3, 160 bits (The Speex Manual, table 9.2), which any bits make a sound. */
export function speexPacket(seed: number): Uint8Array {
  const bytes = Uint8Array.from({ length: 20 }, (_, index) => (seed * 37 + index * 91) & 0xff);
  bytes[0] = 0x18 | ((bytes[0] ?? 0) & 7);
  return bytes;
}

/** The first packet of a Skeleton stream (Ogg Skeleton 3.0): with a date. */
export function skeletonHead(utc: string): Uint8Array {
  return join('fishead\0', [3, 0, 0, 0], new Uint8Array(32), ascii(utc.padEnd(20, '\0')));
}
