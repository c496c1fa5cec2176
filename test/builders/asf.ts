// ASF files in the words of Microsoft's Advanced Systems Format Specification: a header of objects, packets, indexes; also ones
// that no writer would make.
import type { Part } from './isobmff.ts';
import { join } from './jpeg.ts';
import { encodeTone } from './sound.ts';

export const le16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, (value >> 8) & 0xff);
export const le32 = (...values: number[]): Uint8Array =>
  join(...values.map((value) => join(le16(value & 0xffff), le16(value >>> 16))));
export const le64 = (value: number): Uint8Array => le32(value % 2 ** 32, Math.floor(value / 2 ** 32));

/** UTF-16, little-endian, with a terminator. */
export function wide(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`${text}\0`, 'utf16le'));
}

/** A GUID as it is stored (§2.2). */
export function guid(text: string): Uint8Array {
  const [a = '', b = '', c = '', d = '', e = ''] = text.split('-').map((part) => Buffer.from(part, 'hex'));
  return join(
    ...[a, b, c].map((part) => new Uint8Array(part as Buffer).reverse()),
    new Uint8Array(d as Buffer),
    new Uint8Array(e as Buffer),
  );
}

export const HEADER = '75b22630-668e-11cf-a6d9-00aa0062ce6c';
export const DATA = '75b22636-668e-11cf-a6d9-00aa0062ce6c';
export const FILE_PROPERTIES = '8cabdca1-a947-11cf-8ee4-00c00c205365';
export const STREAM_PROPERTIES = 'b7dc0791-a9b7-11cf-8ee6-00c00c205365';
export const HEADER_EXTENSION = '5fbf03b5-a92e-11cf-8ee3-00c00c205365';
export const CONTENT_DESCRIPTION = '75b22633-668e-11cf-a6d9-00aa0062ce6c';
export const EXTENDED_CONTENT_DESCRIPTION = 'd2d0a440-e307-11d2-97f0-00a0c95ea850';
export const METADATA_LIBRARY = '44231c94-9498-49d1-a141-1d134e457054';
export const CODEC_LIST = '86d15240-311d-11d0-a3a4-00a0c90348f6';
export const SCRIPT_COMMAND = '1efb1a30-0b62-11d0-a39b-00a0c90348f6';
export const MARKER = 'f487cd01-a951-11cf-8ee6-00c00c205365';
export const PADDING = '1806d474-cadf-4509-a4ba-9aabcb96aae8';
export const CONTENT_ENCRYPTION = '2211b3fb-bd23-11d2-b4b7-00a0c955fc6e';
export const SIMPLE_INDEX = '33000890-e5b1-11cf-89f4-00a0c90349cb';
export const COMMAND_MEDIA = '59dacfc0-59e6-11d0-a3ac-00a0c90348f6';
export const VIDEO_MEDIA = 'bc19efc0-5b4d-11cf-a8fd-00805f5c442b';
export const NO_ERROR_CORRECTION = '20fb5700-5b55-11cf-a8fd-00805f5c442b';

/** An object (§2.1). */
export function object(id: string, ...parts: Part[]): Uint8Array {
  const data = join(...parts);
  return join(guid(id), le64(data.length + 24), data);
}

/** The parts of a file. */
export interface AsfParts {
  fileProperties: Uint8Array;
  streamProperties: Uint8Array;
  packets: Uint8Array[];
}

/** The parts of a file that FFmpeg writes of a tone. */
export async function wmaParts(codec = 'wmav2'): Promise<AsfParts> {
  return splitAsf(await encodeTone('wma', '-c:a', codec, '-b:a', '48k'));
}

/** Takes a file apart. */
export function splitAsf(file: Uint8Array): AsfParts {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const objects = new Map<string, Uint8Array>();
  const take = (start: number, end: number): void => {
    for (let at = start; at + 24 <= end; ) {
      const size = Number(view.getBigUint64(at + 16, true));
      objects.set(Buffer.from(file.subarray(at, at + 16)).toString('hex'), file.slice(at, at + size));
      at += size;
    }
  };
  const headerLength = Number(view.getBigUint64(16, true));
  take(30, headerLength);
  take(headerLength, file.length);
  const of = (id: string): Uint8Array => {
    const found = objects.get(Buffer.from(guid(id)).toString('hex'));
    if (found === undefined) throw new Error(`There is no ${id} object.`);
    return found;
  };
  const fileProperties = of(FILE_PROPERTIES);
  const packetSize = new DataView(fileProperties.buffer).getUint32(92, true);
  const data = of(DATA);
  const packets: Uint8Array[] = [];
  for (let at = 50; at + packetSize <= data.length; at += packetSize) packets.push(data.slice(at, at + packetSize));
  return { fileProperties, streamProperties: of(STREAM_PROPERTIES), packets };
}

/** How a file is put together. */
export interface AsfLayout {
  fileId?: Part;
  /** In units of 100 ns since 1601. */
  created?: number;
  /** Objects in front of and behind the two that must be there, in the header's extension, and behind the packets. */
  before?: Part[];
  behind?: Part[];
  inExtension?: Part[];
  atEnd?: Part;
  /** Size in the head of the Data Object. */
  dataSize?: number;
}

/** Puts a file together. */
export function joinAsf({ fileProperties, streamProperties, packets }: AsfParts, layout: AsfLayout = {}): Uint8Array {
  const { fileId = new Uint8Array(16), created = 0, before = [], behind = [], inExtension = [], atEnd = '' } = layout;
  const properties = fileProperties.slice();
  properties.set(join(fileId), 24);
  properties.set(le64(created), 48);
  const extended = join(...inExtension);
  const extension = object(
    HEADER_EXTENSION,
    guid('abd3d211-a9ba-11cf-8ee6-00c00c205365'),
    le16(6),
    le32(extended.length),
    extended,
  );
  const children = [...before, properties, extension, streamProperties, ...behind];
  const header = object(HEADER, le32(children.length), [1, 2], ...children);
  const data = join(fileId, le64(packets.length), [1, 1], ...packets);
  return join(header, guid(DATA), le64(layout.dataSize ?? data.length + 24), data, atEnd);
}

/** Title, author, copyright, description, rating (§3.10). */
export function contentDescription(...texts: string[]): Uint8Array {
  const all = texts.map(wide);
  return object(CONTENT_DESCRIPTION, ...all.map(({ length }) => le16(length)), ...all);
}

/** Names with values of text (§3.11). */
export function extendedDescription(...entries: [string, string][]): Uint8Array {
  const one = ([name, value]: [string, string]): Uint8Array =>
    join(le16(wide(name).length), wide(name), le16(0), le16(wide(value).length), wide(value));
  return object(EXTENDED_CONTENT_DESCRIPTION, le16(entries.length), ...entries.map(one));
}

/** A Stream Properties Object without settings (§3.3). */
export function streamProperties(type: string, number: number, settings: Part = ''): Uint8Array {
  return object(
    STREAM_PROPERTIES,
    guid(type),
    guid(NO_ERROR_CORRECTION),
    le64(0),
    le32(settings.length, 0),
    le16(number),
    le32(0),
    settings,
  );
}

/** Where the padding of a packet begins that FFmpeg wrote, by its Padding Length field of 8 or 16 bits (§5.2.2). */
export function paddingOf(packet: Uint8Array): number {
  const flags = packet[3] ?? 0;
  const at = 5 + ([0, 1, 2, 4][(flags >> 5) & 3] ?? 0);
  const width = [0, 1, 2, 4][(flags >> 3) & 3] ?? 0;
  const length = width === 0 ? 0 : width === 1 ? (packet[at] ?? 0) : (packet[at] ?? 0) | ((packet[at + 1] ?? 0) << 8);
  return packet.length - length;
}

/** A stream with a name and an extension of its payloads, described in the header's extension alone (§4.1). */
export function extendedStreamProperties(name: string, stream: Uint8Array): Uint8Array {
  const named = join(le16(0), le16(wide(name).length), wide(name));
  const extension = join(new Uint8Array(16), le16(2), le32(3), 'abc');
  return object('14e6a5cb-c672-4332-8399-a96952065b5a', new Uint8Array(60), le16(1), le16(1), named, extension, stream);
}
