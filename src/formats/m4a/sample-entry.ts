// Sample entries of sound (ISO/IEC 14496-12 §12.2.3; 14496-14 §5.6; QTFF, "Sound Sample Descriptions"), rebuilt from an allowlist.
import { concat } from '../../bytes/concat.ts';
import { type Box, type BoxReader, u16, u32, writeBox, writeFullBox } from '../../containers/isobmff/box.ts';
import { malformed, unsupported } from '../../core/errors.ts';

/** Codings that decoders play; others could carry anything. */
const CODINGS = [
  ...['mp4a', 'alac', 'fLaC', 'Opus', 'ac-3', 'ec-3', 'ac-4', 'samr', 'sawb', 'lpcm', 'ipcm', 'fpcm', 'sowt', 'twos'],
  ...[
    'raw ',
    'in24',
    'in32',
    'fl32',
    'fl64',
    'ulaw',
    'alaw',
    '.mp3',
    'mp3 ',
    'ima4',
    'dtsc',
    'dtsh',
    'dtsl',
    'dtse',
    'ms\0U',
  ],
];
const ENCRYPTED = ['enca', 'drms', 'aavd'];

/** Boxes in a sample entry that describe the coding; the rest is dropped. `dfLa` and `esds` are rebuilt. */
const KEPT_BOXES = [
  'alac',
  'dac3',
  'dec3',
  'dac4',
  'dOps',
  'damr',
  'pcmC',
  'chnl',
  'chan',
  'btrt',
  'frma',
  'ddts',
  'enda',
  'srat',
];

/** Tags of descriptors (ISO/IEC 14496-1 §7.2.2.1). */
const Descriptor = { es: 3, decoderConfig: 4, decoderSpecificInfo: 5, slConfig: 6 } as const;
/** Object types that are AAC (14496-1 Table 5). */
const AAC_OBJECT_TYPES = [0x40, 0x66, 0x67, 0x68];

/** Reads the sample entries of a sound track in canonical form. */
export function readSampleEntries(reader: BoxReader, stsd: Box): { entries: Uint8Array[]; isAac: boolean } {
  reader.demand(stsd, 8);
  let isAac = false;
  const entries = reader.children(stsd.bodyStart + 8, stsd.end, 'stsd').map((entry) => {
    const place = reader.fileStart + entry.start;
    if (ENCRYPTED.includes(entry.type)) throw unsupported('The sound is encrypted (DRM).', place, 'stsd', entry.type);
    if (!CODINGS.includes(entry.type)) {
      throw unsupported(
        'The sound is coded in a way that is not known.',
        place,
        'stsd',
        entry.type.replace(/[^ -~]/g, '?'),
      );
    }
    const { bytes, hasAac } = readEntry(reader, entry);
    isAac ||= hasAac;
    return bytes;
  });
  if (entries.length === 0) throw malformed('The sound is not described.', reader.fileStart + stsd.start, 'stsd');
  return { entries, isAac };
}

function readEntry(reader: BoxReader, entry: Box): { bytes: Uint8Array; hasAac: boolean } {
  reader.demand(entry, 28);
  const { view } = reader;
  const version = view.getUint16(entry.bodyStart + 8);
  // QuickTime: version 1 has four more words, version 2 has nine.
  const extra = version === 1 ? 16 : version === 2 ? 36 : 0;
  reader.demand(entry, 28 + extra);
  const fields = reader.body(entry).slice(0, 28 + extra);
  fields.fill(0, 0, 6);
  // The data reference is the only one there is; revision and vendor tell the writer.
  fields.set(u16(1), 6);
  fields.fill(0, 10, 16);
  const { parts, hasAac } = readEntryBoxes(reader, entry.bodyStart + fields.length, entry.end, entry.type);
  return { bytes: writeBox(entry.type, fields, ...parts), hasAac };
}

function readEntryBoxes(
  reader: BoxReader,
  start: number,
  end: number,
  parent: string,
): { parts: Uint8Array[]; hasAac: boolean } {
  const parts: Uint8Array[] = [];
  let hasAac = false;
  for (const box of reader.children(start, end, parent)) {
    if (box.type === 'sinf')
      throw unsupported('The sound is encrypted (DRM).', reader.fileStart + box.start, parent, 'sinf');
    if (box.type === 'wave') {
      const inner = readEntryBoxes(reader, box.bodyStart, box.end, 'wave');
      hasAac ||= inner.hasAac;
      // QTFF: a terminator atom of type 0 ends the list.
      parts.push(writeBox('wave', ...inner.parts, u32(8), u32(0)));
    } else if (box.type === 'mp4a' && parent === 'wave') {
      parts.push(writeBox('mp4a', u32(0)));
    } else if (box.type === 'esds') {
      const esds = readEsds(reader, box);
      hasAac ||= esds.isAac;
      parts.push(esds.bytes);
    } else if (box.type === 'dfLa') parts.push(readDfLa(reader, box));
    else if (box.type === 'damr') parts.push(readDamr(reader, box));
    else if (KEPT_BOXES.includes(box.type)) parts.push(reader.bytes.slice(box.start, box.end));
  }
  return { parts, hasAac };
}

/** FLAC: the STREAMINFO block alone, marked as the last (Encapsulation of FLAC in ISOBMFF §3.3.2). */
function readDfLa(reader: BoxReader, box: Box): Uint8Array {
  const STREAMINFO_LENGTH = 34;
  reader.demand(box, 8 + STREAMINFO_LENGTH);
  const at = box.bodyStart + 8;
  const streamInfo = reader.bytes.slice(at, at + STREAMINFO_LENGTH);
  return writeFullBox('dfLa', 0, 0, u32(0x80000000 + STREAMINFO_LENGTH), streamInfo);
}

/** AMR: the vendor in front of decoder version, modes and frames becomes zero (3GPP TS 26.244 §6.7). */
function readDamr(reader: BoxReader, box: Box): Uint8Array {
  reader.demand(box, 9);
  const body = reader.body(box).slice(0, 9);
  body.fill(0, 0, 5);
  return writeBox('damr', body);
}

/** A descriptor's content, and where the next begins. */
function readDescriptor(
  bytes: Uint8Array,
  at: number,
  end: number,
): { tag: number; start: number; end: number } | undefined {
  const tag = bytes[at];
  let length = 0;
  let start = at + 1;
  for (let index = 0; index < 4; index++, start++) {
    const byte = bytes[start];
    if (byte === undefined || start >= end) return undefined;
    length = (length << 7) | (byte & 0x7f);
    if (byte < 0x80) {
      start++;
      break;
    }
  }
  return tag === undefined || start + length > end ? undefined : { tag, start, end: start + length };
}

/** The elementary stream descriptor with coding and decoder settings alone (14496-1 §7.2.6.5, §7.2.6.6). */
function readEsds(reader: BoxReader, box: Box): { bytes: Uint8Array; isAac: boolean } {
  const { bytes } = reader;
  const fail = (): never => {
    throw malformed('The decoder settings are damaged.', reader.fileStart + box.start, 'stsd', 'esds');
  };
  const es = readDescriptor(bytes, box.bodyStart + 4, box.end) ?? fail();
  if (es.tag !== Descriptor.es || es.end - es.start < 3) fail();
  const flags = bytes[es.start + 2] ?? 0;
  let at = es.start + 3;
  if (flags & 0x80) at += 2;
  if (flags & 0x40) at += 1 + (bytes[at] ?? 0);
  if (flags & 0x20) at += 2;
  const config = readDescriptor(bytes, at, es.end) ?? fail();
  if (config.tag !== Descriptor.decoderConfig || config.end - config.start < 13) fail();
  const info = readDescriptor(bytes, config.start + 13, config.end);
  const hasInfo = info?.tag === Descriptor.decoderSpecificInfo;
  const settings = concat(
    bytes.subarray(config.start, config.start + 13),
    hasInfo ? writeDescriptor(Descriptor.decoderSpecificInfo, bytes.subarray(info.start, info.end)) : new Uint8Array(0),
  );
  // Stream number 0, no flags; the synchronisation layer as MP4 files have it (14496-14 §3.1.2).
  const content = concat(
    Uint8Array.of(0, 0, 0),
    writeDescriptor(Descriptor.decoderConfig, settings),
    writeDescriptor(Descriptor.slConfig, Uint8Array.of(2)),
  );
  return {
    bytes: writeFullBox('esds', 0, 0, writeDescriptor(Descriptor.es, content)),
    isAac: AAC_OBJECT_TYPES.includes(bytes[config.start] ?? 0),
  };
}

function writeDescriptor(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x80 | (length >> 7), length & 0x7f];
  if (length >= 0x4000) throw malformed('The decoder settings are too long.', undefined, 'stsd', 'esds');
  return concat(Uint8Array.of(tag, ...size), content);
}
