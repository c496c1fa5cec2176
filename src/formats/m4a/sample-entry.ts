// Sample entries of sound (ISO/IEC 14496-12 §12.2.3; 14496-14 §5.6; QTFF, "Sound Sample Descriptions"), rebuilt from an allowlist.
import { canonicalAudioConfig } from '../../containers/aac-config.ts';
import {
  type Box,
  type BoxReader,
  box,
  fullBox,
  type NewBox,
  printableType,
  u32,
} from '../../containers/isobmff/box.ts';
import { readDecoderConfig, writeAudioEsds } from '../../containers/isobmff/descriptor.ts';
import type { Packet } from '../../containers/isobmff/sample-chunks.ts';
import { malformed, ScrubError, unsupported } from '../../core/errors.ts';
import { codings, encryptedCodings } from './policy.ts';

/** How the samples of a track are coded. */
export interface SoundDescription {
  /** Canonical sample entries; samples name them from 1. */
  entries: NewBox[];
  /** Of the `stsd` box: 1 where entries are of the newer ISO kind. */
  version: number;
  /** Whether any samples are raw data blocks of AAC. */
  hasRawDataBlocks: boolean;
  /** How samples lie that each stand for a moment. */
  packet: Packet | undefined;
}

/** Object types that are AAC (14496-1 Table 5): MPEG-4, and MPEG-2 without settings of its own. */
const MPEG4_AUDIO = 0x40;
const MPEG2_AAC = [0x66, 0x67, 0x68];
/** Fields that every entry has, in front of those of QuickTime's versions 1 and 2. */
const FIELDS_LENGTH = 28;
/** More are in no file that plays. */
const MAX_ENTRIES = 1000;
const EXTRA_LENGTHS = [0, 16, 36];
/** Compression IDs of QuickTime: none, constant rate, variable rate. */
const COMPRESSION_IDS = [0, 0xffff, 0xfffe];
/** Bytes per sample of one channel; 0: as the entry says. */
const sampleWidths: ReadonlyMap<string, number> = new Map([
  ['raw ', 0],
  ['NONE', 0],
  ['sowt', 0],
  ['twos', 0],
  ['lpcm', 0],
  ['ulaw', 1],
  ['alaw', 1],
  ['in24', 3],
  ['in32', 4],
  ['fl32', 4],
  ['fl64', 8],
]);
/** Samples and bytes of one channel in a packet. */
const fixedPackets: ReadonlyMap<string, Packet> = new Map([
  ['ima4', { samples: 64, bytes: 34 }],
  ['MAC3', { samples: 6, bytes: 2 }],
  ['MAC6', { samples: 6, bytes: 1 }],
]);

/** Reads the sample entries of a sound track. */
export function readSoundDescription(reader: BoxReader, stsd: Box): SoundDescription {
  reader.demand(stsd, 8);
  const description: SoundDescription = {
    entries: [],
    version: reader.version(stsd) === 1 ? 1 : 0,
    hasRawDataBlocks: false,
    packet: undefined,
  };
  const entries = reader.children(stsd.bodyStart + 8, stsd.end, 'stsd');
  if (entries.length > MAX_ENTRIES)
    throw malformed('The sound is described in too many ways.', reader.fileStart + stsd.start, 'stsd');
  for (const entry of entries) readEntry(reader, entry, description);
  if (description.entries.length === 0)
    throw malformed('Nothing says how the sound is coded.', reader.fileStart + stsd.start, 'stsd');
  return description;
}

/** The error for sound that only its buyer's player can read. */
export function encrypted(offset: number, ...trail: string[]): ScrubError {
  return new ScrubError(
    'encrypted',
    "The file is protected (DRM), and what is encrypted in it can't be checked. Send a copy without protection.",
    { offset, trail },
  );
}

function readEntry(reader: BoxReader, entry: Box, description: SoundDescription): void {
  const { type } = entry;
  const place = reader.fileStart + entry.start;
  if (encryptedCodings.includes(type)) throw encrypted(place, 'stsd', type);
  if (!codings.includes(type)) {
    const name = printableType(type);
    throw unsupported(
      `The sound is coded as “${name}”, which is not known here. Convert it to AAC, ALAC, FLAC or Opus.`,
      place,
      'stsd',
      name,
    );
  }
  reader.demand(entry, FIELDS_LENGTH);
  const { view } = reader;
  const at = entry.bodyStart;
  const version = view.getUint16(at + 8);
  if (version > 2) throw malformed('The sound is described in a version that does not exist.', place, 'stsd', type);
  // Version 1 of an entry is QuickTime's in a box of version 0, ISO's in one of version 1 (§12.2.3.1).
  const length = FIELDS_LENGTH + (description.version === 1 ? 0 : (EXTRA_LENGTHS[version] ?? 0));
  reader.demand(entry, length);
  const fields = reader.bytes.slice(at, at + length);
  const out = new DataView(fields.buffer);
  fields.fill(0, 0, 6);
  // The one data reference there is; then version; revision and vendor tell the writer.
  out.setUint16(6, 1);
  fields.fill(0, 10, 16);
  if (!COMPRESSION_IDS.includes(out.getUint16(20))) out.setUint16(20, 0);
  out.setUint16(22, 0);
  description.packet ??= packetOf(type, version, out, length);
  const parts = readParts(reader, at + length, entry.end, entry, description);
  description.entries.push(box(type, fields, ...parts));
}

function packetOf(type: string, version: number, fields: DataView, length: number): Packet | undefined {
  const isLong = version === 2 && length > FIELDS_LENGTH;
  const channels = isLong ? fields.getUint32(40) : fields.getUint16(16);
  if (version === 1 && length > FIELDS_LENGTH && fixedPackets.has(type)) {
    const [samples, bytes] = [fields.getUint32(28), fields.getUint32(36)];
    if (samples > 0 && bytes > 0) return { samples, bytes };
  }
  const fixed = fixedPackets.get(type);
  if (fixed !== undefined) return { samples: fixed.samples, bytes: fixed.bytes * Math.max(1, channels) };
  const width = sampleWidths.get(type);
  if (width === undefined) return undefined;
  const bits = isLong ? fields.getUint32(48) : fields.getUint16(18);
  const bytes = (width === 0 ? Math.ceil(bits / 8) : width) * channels;
  return bytes > 0 ? { samples: 1, bytes } : undefined;
}

/** The boxes in an entry, or in its `wave` box. Decoders read them as far as they fit. */
function readParts(
  reader: BoxReader,
  start: number,
  end: number,
  parent: Box,
  description: SoundDescription,
): NewBox[] {
  const parts: NewBox[] = [];
  for (const child of reader.childrenThatFit(start, end)) {
    const { type } = child;
    if (type === 'sinf') throw encrypted(reader.fileStart + child.start, parent.type, 'sinf');
    if (type === 'wave' && parent.type !== 'wave') {
      const inner = readParts(reader, child.bodyStart, child.end, child, description);
      // QTFF: a terminator of type 0 ends the list.
      parts.push(box('wave', ...inner, u32(8), u32(0)));
    } else if (type === 'mp4a' && parent.type === 'wave') parts.push(box('mp4a', u32(0)));
    else if (type === 'esds') parts.push(readEsds(reader, child, description));
    else {
      const body = partReaders.get(type)?.(reader.body(child), parent.type);
      if (body !== undefined) parts.push(box(type, body));
    }
  }
  // Without settings, what is in the samples is told by the coding alone.
  if (parent.type === 'mp4a' && !parts.some(({ type }) => type === 'esds' || type === 'wave'))
    description.hasRawDataBlocks = true;
  return parts;
}

function readEsds(reader: BoxReader, esds: Box, description: SoundDescription): NewBox {
  const config = readDecoderConfig(reader, esds);
  const { objectType, specificInfo } = config;
  if (objectType !== MPEG4_AUDIO || specificInfo === undefined) {
    description.hasRawDataBlocks ||= objectType === MPEG4_AUDIO || MPEG2_AAC.includes(objectType);
    return writeAudioEsds(config);
  }
  const { bytes, hasRawDataBlocks } = canonicalAudioConfig(specificInfo);
  description.hasRawDataBlocks ||= hasRawDataBlocks;
  return writeAudioEsds({ ...config, specificInfo: bytes });
}

type PartReader = (body: Uint8Array, parent: string) => Uint8Array | undefined;

/** Takes a body whose length its coding fixes: what stands behind it is not read. */
function ofLength(...lengths: number[]): PartReader {
  return (body) => {
    const length = lengths.findLast((candidate) => candidate <= body.length);
    return length === undefined ? undefined : body.slice(0, length);
  };
}

const whole: PartReader = (body) => body;

/** Boxes that decoders need beside `esds`; all others are dropped. */
const partReaders: ReadonlyMap<string, PartReader> = new Map<string, PartReader>([
  // Apple Lossless: version and flags, settings, and perhaps a channel layout.
  ['alac', ofLength(28, 52)],
  ['dfLa', streamInfo],
  ['dOps', opusHead],
  // ETSI TS 102 366 annex F, TS 103 190-2 annex E, TS 102 114 annex E.
  ['dac3', ofLength(3)],
  ['dec3', whole],
  ['dac4', whole],
  ['ddts', ofLength(20)],
  ['damr', amrSettings],
  // ISO/IEC 23003-5; §12.2.4, §12.2.5.
  ['pcmC', ofLength(6)],
  ['chnl', whole],
  ['srat', ofLength(8)],
  // QTFF: format of what a `wave` box describes, byte order, channel layout.
  ['frma', (body, parent) => (parent === 'wave' && body.length >= 4 ? body.slice(0, 4) : undefined)],
  ['enda', ofLength(2)],
  ['chan', channelLayout],
]);

/** FLAC: the STREAMINFO block alone, marked as the last (Encapsulation of FLAC in ISOBMFF §3.3.2). */
function streamInfo(body: Uint8Array): Uint8Array | undefined {
  const STREAMINFO_LENGTH = 34;
  if (body.length < 8 + STREAMINFO_LENGTH) return undefined;
  const written = body.slice(0, 8 + STREAMINFO_LENGTH);
  written.fill(0, 0, 4);
  written.set(u32(0x80000000 + STREAMINFO_LENGTH), 4);
  return written;
}

/** Opus: its head, with a table of channels where the family is not 0 (Encapsulation of Opus in ISOBMFF §4.3.2). */
function opusHead(body: Uint8Array): Uint8Array | undefined {
  if (body.length < 11) return undefined;
  return body.slice(0, body[10] === 0 ? 11 : 13 + (body[1] ?? 0));
}

/** AMR: vendor and version of the coder become zero; modes and frames per sample stay (3GPP TS 26.244 §6.7). */
function amrSettings(body: Uint8Array): Uint8Array | undefined {
  if (body.length < 9) return undefined;
  return body.slice(0, 9).fill(0, 0, 5);
}

/** QuickTime's channel layout: tag, bitmap, and as many descriptions as it counts. */
function channelLayout(body: Uint8Array): Uint8Array | undefined {
  if (body.length < 16) return undefined;
  const count = new DataView(body.buffer, body.byteOffset).getUint32(12);
  return body.slice(0, 16 + count * 20);
}

/** The box of all sample entries. */
export function writeSoundDescription({ entries, version }: SoundDescription): NewBox {
  return fullBox('stsd', version, 0, u32(entries.length), ...entries);
}
