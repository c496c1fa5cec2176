import {
  CODEC_LIST,
  COMMAND_MEDIA,
  contentDescription,
  extendedDescription,
  joinAsf,
  le16,
  le32,
  le64,
  MARKER,
  METADATA_LIBRARY,
  object,
  PADDING,
  paddingOf,
  SCRIPT_COMMAND,
  SIMPLE_INDEX,
  streamProperties,
  wide,
  wmaParts,
} from '../builders/asf.ts';
import { join } from '../builders/jpeg.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const names = [
  'title',
  'author',
  'library',
  'codec',
  'script',
  'marker',
  'padding',
  'packet',
  'index',
  'trailer',
] as const;

async function make(seed: number, codec: string): Promise<Uint8Array> {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const some = (...parts: Uint8Array[]): Uint8Array[] => parts.filter(() => random() < 0.7);
  const word = (name: (typeof names)[number]): string => canary(seed, name);
  const parts = await wmaParts(codec);
  const packets = parts.packets.map((packet) => {
    const padded = packet.slice();
    const start = paddingOf(packet);
    if (random() < 0.6) padded.set(join(word('packet')).subarray(0, packet.length - start), start);
    return padded;
  });
  const library = object(METADATA_LIBRARY, le16(1), le16(0), le16(0), le16(4), le16(0), le32(0), wide(word('library')));
  return joinAsf(
    { ...parts, packets },
    {
      fileId: Uint8Array.from({ length: 16 }, () => below(256)),
      created: 132_000_000_000_000_000 + below(2 ** 40),
      before: some(contentDescription(word('title'), word('author'), 'c', 'd', 'r'), object(PADDING, word('padding'))),
      behind: some(
        extendedDescription(['WM/AlbumTitle', word('title')], ['WM/EncodingTime', String(below(1e9))]),
        object(CODEC_LIST, new Uint8Array(16), le32(1), le16(2), le16(6), wide(word('codec'))),
        object(SCRIPT_COMMAND, new Uint8Array(16), le16(1), le16(1), wide(`https://${word('script')}`)),
        object(MARKER, new Uint8Array(16), le32(1), le16(0), wide(word('marker'))),
        streamProperties(COMMAND_MEDIA, 9, word('script')),
        object('00112233-4455-6677-8899-aabbccddeeff', word('title')),
      ),
      inExtension: some(library, object(PADDING, new Uint8Array(below(500)))),
      atEnd: join(...some(object(SIMPLE_INDEX, word('index'), le64(0)), join(word('trailer')))),
    },
  );
}

/** Structure as ExifTool names it, and values of nothing. */
export const structuralTags: RegExp =
  /^ASF:(FileID=0{8}-|FileLength|CreationDate=1601:01:01|DataPackets|Duration|SendDuration|Preroll|Flags|M(in|ax)PacketSize|MaxBitrate|StreamType|ErrorCorrectionType|TimeOffset|StreamNumber|Audio)/;

/** Windows Media Audio with metadata in every object that writers use. */
export const specimens: readonly Specimen[] = ['wmav1', 'wmav2'].map((codec) => ({
  name: `${codec}, padding, markers, scripts`,
  make: (seed) => make(seed, codec),
  canaries: (seed) => names.map((name) => canary(seed, name)),
  decode: (file) => hashStreams(file, 'wma'),
}));
