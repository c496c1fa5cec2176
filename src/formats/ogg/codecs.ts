// The header packets of each codec: what they begin with, where the comments stand, and their canonical form.
import { concat } from '../../bytes/concat.ts';
import { latin1Bytes, startsWith } from '../../bytes/text.ts';
import { type Comment, type CommentList, readComments, writeComments } from '../../containers/vorbis-comment.ts';
import type { Field } from '../../containers/vorbis-comment-fields.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';

/** How a codec is laid into pages. */
export interface Codec {
  /** As findings name it. */
  name: string;
  /** What the packet with comments is called in its specification. */
  commentHeader: string;
  /** Extension and media type of a file of it alone. */
  extension: string;
  mediaType?: string;
  /** Whether these header packets, the last of which has just come, are all; nothing where that one is none. */
  isComplete(packets: readonly Uint8Array[]): boolean | undefined;
  /** Whether a packet that begins with this byte is no header, where that can be told. */
  isData?(first: number): boolean;
  /** The list of comments, if there is one. */
  comments(packets: readonly Uint8Array[]): CommentList | undefined;
  /** Fields besides those that options keep, that decoders obey. */
  essentials?(packets: readonly Uint8Array[], comments: readonly Comment[]): Field[];
  /** The header packets in canonical form. What is left out, apart from comments, is noted. */
  write(packets: readonly Uint8Array[], fields: readonly Field[], plan: Plan): Uint8Array[];
}

/** The packet at `index`; header packets are there when they are written. */
export function packetAt(packets: readonly Uint8Array[], index: number): Uint8Array {
  return packets[index] ?? new Uint8Array(0);
}

/** A packet cut to its length; what stands behind is noted. */
function cut(packet: Uint8Array, length: number, where: string, plan: Plan): Uint8Array {
  if (packet.length < length) throw malformed('A header is too short.', undefined, where);
  const bytes = packet.length - length;
  if (bytes > 0) plan.found({ kind: 'other', where: `${where} › behind the end`, action: 'removed', bytes });
  return packet.slice(0, length);
}

/** Codecs whose header packets begin with fixed signatures. */
function isCompleteBy(...signatures: readonly string[]): Codec['isComplete'] {
  return (packets) => {
    const index = packets.length - 1;
    const isHeader = startsWith(packetAt(packets, index), signatures[index] ?? '');
    return isHeader ? packets.length === signatures.length : undefined;
  };
}

function commentsBehind(signature: string): (packets: readonly Uint8Array[]) => CommentList {
  return (packets) => readComments(packetAt(packets, 1).subarray(signature.length));
}

const VORBIS_COMMENT = '\x03vorbis';
/** Vorbis I §4.2.2: the last bit says that the packet is whole. */
const VORBIS_IDENTIFICATION_LENGTH = 30;
const FRAMING = Uint8Array.of(1);

/** Vorbis I: identification, comment and setup header. */
export const vorbisCodec: Codec = {
  name: 'Vorbis',
  commentHeader: 'comment header',
  extension: 'ogg',
  isComplete: isCompleteBy('\x01vorbis', VORBIS_COMMENT, '\x05vorbis'),
  comments: commentsBehind(VORBIS_COMMENT),
  write: (packets, fields, plan) => {
    const identification = cut(
      packetAt(packets, 0),
      VORBIS_IDENTIFICATION_LENGTH,
      'Vorbis › identification header',
      plan,
    );
    identification[VORBIS_IDENTIFICATION_LENGTH - 1] = 1;
    return [identification, concat(latin1Bytes(VORBIS_COMMENT), writeComments(fields), FRAMING), packetAt(packets, 2)];
  },
};

const OPUS_TAGS = 'OpusTags';
/** RFC 7845 §5.1: the channel mapping family. */
const MAPPING_FAMILY_AT = 18;

/** Opus: identification and comment header (RFC 7845 §5). */
export const opusCodec: Codec = {
  name: 'Opus',
  commentHeader: OPUS_TAGS,
  extension: 'opus',
  isComplete: isCompleteBy('OpusHead', OPUS_TAGS),
  comments: commentsBehind(OPUS_TAGS),
  write: (packets, fields, plan) => {
    const head = packetAt(packets, 0);
    return [
      cut(head, opusHeadLength(head), 'Opus › OpusHead', plan),
      concat(latin1Bytes(OPUS_TAGS), writeComments(fields)),
    ];
  },
};

/** RFC 7845 §5.1.1, RFC 8486 §3. */
function opusHeadLength(head: Uint8Array): number {
  const channels = head[9] ?? 0;
  const family = head[MAPPING_FAMILY_AT] ?? 0;
  const withoutTable = MAPPING_FAMILY_AT + 1;
  if (family === 0) return withoutTable;
  const streams = (head[withoutTable] ?? 0) + (head[withoutTable + 1] ?? 0);
  return withoutTable + 2 + (family === 3 ? 2 * streams * channels : channels);
}

const SPEEX_HEADER_LENGTH = 80;
const SPEEX_VERSION_AT = 8;
const SPEEX_VERSION_LENGTH = 20;
const SPEEX_HEADER_SIZE_AT = 32;
const SPEEX_EXTRA_HEADERS_AT = 68;
const SPEEX_RESERVED_AT = 72;
/** The version is text for people; the version id beside it is what decoders go by. */
const SPEEX_VERSION = '1.2';
/** More extra headers than this are not believed: nothing is known to write any. */
const MAX_EXTRA_HEADERS = 255;

/** Speex: a header of fixed length, comments, and perhaps further headers that nothing reads. */
export const speexCodec: Codec = {
  name: 'Speex',
  commentHeader: 'comment header',
  extension: 'spx',
  isComplete: (packets) => packets.length >= 2 + extraHeaders(packetAt(packets, 0)),
  comments: (packets) => readComments(packetAt(packets, 1)),
  write: (packets, fields, plan) => {
    const found = packetAt(packets, 0);
    const header = cut(found, SPEEX_HEADER_LENGTH, 'Speex › header', plan);
    const view = new DataView(header.buffer);
    header.fill(0, SPEEX_VERSION_AT, SPEEX_VERSION_AT + SPEEX_VERSION_LENGTH);
    header.set(latin1Bytes(SPEEX_VERSION), SPEEX_VERSION_AT);
    view.setUint32(SPEEX_HEADER_SIZE_AT, SPEEX_HEADER_LENGTH, true);
    view.setUint32(SPEEX_EXTRA_HEADERS_AT, 0, true);
    header.fill(0, SPEEX_RESERVED_AT);
    if (header.some((byte, index) => byte !== found[index])) {
      const bytes = SPEEX_VERSION_LENGTH;
      plan.found({ kind: 'software', where: 'Speex › header › speex_version', action: 'rewritten', bytes });
    }
    for (const { length } of packets.slice(2)) {
      plan.found({ kind: 'other', where: 'Speex › extra header', action: 'removed', bytes: length });
    }
    return [header, writeComments(fields)];
  },
};

function extraHeaders(header: Uint8Array): number {
  if (header.length < SPEEX_HEADER_LENGTH) return 0;
  const count = new DataView(header.buffer, header.byteOffset).getUint32(SPEEX_EXTRA_HEADERS_AT, true);
  return count > MAX_EXTRA_HEADERS ? 0 : count;
}

const THEORA_COMMENT = '\x81theora';
const THEORA_IDENTIFICATION_LENGTH = 42;
/** Theora Specification §6.2: the last three bits are reserved. */
const THEORA_LAST_BYTE = 0xf8;

/** Theora: identification, comment and setup header. */
export const theoraCodec: Codec = {
  name: 'Theora',
  commentHeader: 'comment header',
  extension: 'ogv',
  mediaType: 'video/ogg',
  isComplete: isCompleteBy('\x80theora', THEORA_COMMENT, '\x82theora'),
  comments: commentsBehind(THEORA_COMMENT),
  write: (packets, fields, plan) => {
    const identification = cut(
      packetAt(packets, 0),
      THEORA_IDENTIFICATION_LENGTH,
      'Theora › identification header',
      plan,
    );
    const last = THEORA_IDENTIFICATION_LENGTH - 1;
    identification[last] = (identification[last] ?? 0) & THEORA_LAST_BYTE;
    return [identification, concat(latin1Bytes(THEORA_COMMENT), writeComments(fields)), packetAt(packets, 2)];
  },
};
