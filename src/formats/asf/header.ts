// The Header Object: what streams there are and how they are decoded (ASF Specification §3), rebuilt from an allowlist.
import { concat } from '../../bytes/concat.ts';
import { type AudioConfig, canonicalAudioConfig } from '../../containers/aac-config.ts';
import {
  type AsfObject,
  Guid,
  guidBytes,
  OBJECT_HEADER_LENGTH,
  readGuid,
  readHiddenStream,
  readObjects,
  u16le,
  u32le,
  u64le,
  writeObject,
} from '../../containers/asf.ts';
import type { Context } from '../../core/context.ts';
import { malformed, ScrubError, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import { dropped, encryption, formatTags } from './policy.ts';

/** What a file says of itself (§3.2). */
interface FileProperties {
  playDuration: Uint8Array;
  sendDuration: Uint8Array;
  preroll: Uint8Array;
  flags: number;
  packetSize: number;
  maximumBitrate: number;
}

/** What is kept of a header. */
export interface Header {
  file: FileProperties;
  /** Stream Properties Objects in canonical form. */
  streams: Uint8Array[];
  /** Numbers of the streams whose payloads are kept. */
  numbers: Set<number>;
  /** Those of them whose media objects are raw data blocks of AAC. */
  aac: Set<number>;
  /** A Content Description Object, if any of it is kept. */
  description: Uint8Array | undefined;
}

type KeptStreams = Pick<Header, 'streams' | 'numbers' | 'aac'>;

/** Number of objects and two reserved bytes stand in front of the header's objects. */
const HEADER_FIELDS_LENGTH = 6;
/** Reserved GUID, reserved number and length stand in front of the extension's objects. */
const EXTENSION_FIELDS_LENGTH = 22;
/** WAVEFORMATEX without the bytes behind it that it counts. */
const WAVE_FORMAT_LENGTH = 18;
const BROADCAST_AND_SEEKABLE = 3;
const ENCRYPTED_FLAG = 0x8000;
const FIELD_NAMES = ['title', 'author', 'copyright'] as const;

/** Reads the Header Object, which is in memory from its start on. */
export function readHeader(found: Uint8Array, plan: Plan, context: Context): Header {
  // Of a Buffer, slices would be views of the input.
  const bytes = new Uint8Array(found.buffer, found.byteOffset, found.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let file: FileProperties | undefined;
  const kept: KeptStreams = { streams: [], numbers: new Set(), aac: new Set() };
  let description: Uint8Array | undefined;
  const objects = readObjects(bytes, OBJECT_HEADER_LENGTH + HEADER_FIELDS_LENGTH, bytes.length);
  context.countStructures(objects.length);
  for (const object of objects) {
    const { guid, dataStart, end } = object;
    throwIfEncrypted(object);
    if (guid === Guid.fileProperties && file === undefined) file = readFileProperties(view, object);
    else if (guid === Guid.streamProperties) readStream(bytes, view, object, kept, plan);
    else if (guid === Guid.headerExtension) {
      const inner = readObjects(bytes, dataStart + EXTENSION_FIELDS_LENGTH, end);
      context.countStructures(inner.length);
      for (const child of inner) {
        throwIfEncrypted(child);
        note(plan, child, 'Header Extension Object › ');
        const hidden = child.guid === Guid.extendedStreamProperties ? readHiddenStream(bytes, child) : undefined;
        if (hidden !== undefined) readStream(bytes, view, hidden, kept, plan);
      }
    } else {
      if (guid === Guid.contentDescription) description ??= keepDescription(bytes.subarray(dataStart, end), context);
      note(plan, object);
    }
  }
  if (file === undefined)
    throw malformed(
      'The file does not say how its packets are laid out.',
      0,
      'Header Object',
      'File Properties Object',
    );
  if (kept.streams.length === 0)
    throw unsupported('The file has no sound: there would be nothing left of it.', 0, 'Header Object');
  return { file, ...kept, description };
}

function throwIfEncrypted({ guid, start }: AsfObject): void {
  const name = encryption.get(guid);
  if (name !== undefined) throw encryptedAt(start, name);
}

function encryptedAt(offset: number, name: string): ScrubError {
  return new ScrubError(
    'encrypted',
    "The file is protected (DRM), and what is encrypted in it can't be checked. Send a copy without protection.",
    { offset, trail: ['Header Object', name] },
  );
}

function note(plan: Plan, { guid, start, end }: AsfObject, trail = ''): void {
  const { name, kind } = dropped.get(guid) ?? { name: guid, kind: 'other' as const };
  plan.found({ kind, where: `Header Object › ${trail}${name}`, action: 'removed', bytes: end - start, offset: start });
}

function readFileProperties(view: DataView, { start, dataStart, end }: AsfObject): FileProperties {
  const LENGTH = 80;
  const trail = ['Header Object', 'File Properties Object'];
  if (end - dataStart < LENGTH) throw malformed('The File Properties Object is too short.', start, ...trail);
  const eight = (at: number): Uint8Array => new Uint8Array(view.buffer, view.byteOffset + dataStart + at, 8);
  const packetSize = view.getUint32(dataStart + 68, true);
  if (packetSize === 0 || packetSize !== view.getUint32(dataStart + 72, true))
    throw malformed('Packets have no fixed size.', start, ...trail);
  return {
    playDuration: eight(40),
    sendDuration: eight(48),
    preroll: eight(56),
    flags: view.getUint32(dataStart + 64, true) & BROADCAST_AND_SEEKABLE,
    packetSize,
    maximumBitrate: view.getUint32(dataStart + 76, true),
  };
}

function readStream(
  bytes: Uint8Array,
  view: DataView,
  { start, dataStart, end }: AsfObject,
  { streams, numbers, aac }: KeptStreams,
  plan: Plan,
): void {
  const FIELDS_LENGTH = 54;
  const trail = ['Header Object', 'Stream Properties Object'];
  if (end - dataStart < FIELDS_LENGTH) throw malformed('A Stream Properties Object is too short.', start, ...trail);
  const flags = view.getUint16(dataStart + 48, true);
  const type = readGuid(bytes, dataStart);
  if (flags & ENCRYPTED_FLAG) throw encryptedAt(start, 'Stream Properties Object');
  if (type === Guid.videoMedia) {
    throw unsupported(
      'The file is a video, and of such files only those with sound alone can be cleaned. Export the sound, or send the video knowing that its metadata stays.',
      start,
      ...trail,
    );
  }
  if (type !== Guid.audioMedia) {
    const bytesOfObject = end - start;
    plan.found({ kind: 'other', where: trail.join(' › '), action: 'removed', bytes: bytesOfObject, offset: start });
    return;
  }
  const settingsLength = view.getUint32(dataStart + 40, true);
  const correctionLength = view.getUint32(dataStart + 44, true);
  const settingsStart = dataStart + FIELDS_LENGTH;
  const correctionStart = settingsStart + settingsLength;
  if (correctionStart + correctionLength > end)
    throw malformed('The settings of the decoder do not fit.', start, ...trail);
  const found = waveFormat(bytes.subarray(settingsStart, correctionStart), start, trail);
  const config = readAacConfig(found);
  const settings =
    config === undefined ? found : concat(found.subarray(0, 16), u16le(config.bytes.length), config.bytes);
  const isSpread = readGuid(bytes, dataStart + 16) === Guid.audioSpread;
  const correction = isSpread ? bytes.subarray(correctionStart, correctionStart + correctionLength) : new Uint8Array(0);
  const number = flags & 0x7f;
  if (numbers.has(number)) return;
  numbers.add(number);
  if (config?.hasRawDataBlocks) aac.add(number);
  streams.push(
    writeObject(
      Guid.streamProperties,
      guidBytes(Guid.audioMedia),
      guidBytes(isSpread ? Guid.audioSpread : Guid.noErrorCorrection),
      bytes.subarray(dataStart + 32, dataStart + 40),
      u32le(settings.length),
      u32le(correction.length),
      u16le(number),
      u32le(0),
      settings,
      correction,
    ),
  );
}

/** The AudioSpecificConfig behind the settings in canonical form; nothing where they are not of AAC or have none. */
function readAacConfig(settings: Uint8Array): AudioConfig | undefined {
  const AAC = 0xff;
  const config = settings.subarray(WAVE_FORMAT_LENGTH);
  const tag = (settings[0] ?? 0) | ((settings[1] ?? 0) << 8);
  return tag === AAC && config.length >= 2 ? canonicalAudioConfig(config) : undefined;
}

/** WAVEFORMATEX with the extra bytes it counts, and none behind them. */
function waveFormat(settings: Uint8Array, offset: number, trail: readonly string[]): Uint8Array {
  const [low = 0, high = 0] = settings;
  const tag = low | (high << 8);
  if (settings.length < 16 || !formatTags.includes(tag)) {
    throw unsupported(
      `The sound is coded in a way that is not known here (format tag ${tag}). Convert it to another format.`,
      offset,
      ...trail,
    );
  }
  const extra = (settings[16] ?? 0) | ((settings[17] ?? 0) << 8);
  return settings.slice(0, settings.length < 18 ? 16 : 18 + extra);
}

/** Title, author and copyright as the options say; description and rating never (§3.10). */
function keepDescription(data: Uint8Array, context: Context): Uint8Array | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const LENGTHS = 10;
  if (data.length < LENGTHS || !FIELD_NAMES.some((name) => context.keeps(name))) return undefined;
  let at = LENGTHS;
  const texts = FIELD_NAMES.map((name, index) => {
    const length = view.getUint16(index * 2, true);
    const text = new TextDecoder('utf-16le').decode(data.subarray(at, at + length)).replace(/\0.*$/s, '');
    at += length;
    return context.keeps(name) && text !== '' ? utf16(`${text.replace(/\p{Cc}+/gu, ' ')}\0`) : new Uint8Array(0);
  });
  if (texts.every(({ length }) => length === 0)) return undefined;
  const lengths = texts.map(({ length }) => u16le(length));
  return writeObject(Guid.contentDescription, ...lengths, u32le(0), ...texts);
}

function utf16(text: string): Uint8Array {
  return concat(...Array.from({ length: text.length }, (_, index) => u16le(text.charCodeAt(index))));
}

/** The header in canonical form, for `packetCount` packets. */
export function writeHeader({ file, streams, description }: Header, packetCount: number): Uint8Array {
  const FILE_PROPERTIES_LENGTH = OBJECT_HEADER_LENGTH + 80;
  const extension = writeObject(Guid.headerExtension, guidBytes(Guid.reserved1), u16le(6), u32le(0));
  const others = concat(...streams, extension, description ?? new Uint8Array(0));
  const length = OBJECT_HEADER_LENGTH + HEADER_FIELDS_LENGTH + FILE_PROPERTIES_LENGTH + others.length;
  const properties = writeObject(
    Guid.fileProperties,
    // File ID 0, size, creation date 0.
    new Uint8Array(16),
    u64le(length + DATA_HEADER_LENGTH + packetCount * file.packetSize),
    new Uint8Array(8),
    u64le(packetCount),
    file.playDuration,
    file.sendDuration,
    file.preroll,
    u32le(file.flags),
    u32le(file.packetSize),
    u32le(file.packetSize),
    u32le(file.maximumBitrate),
  );
  const count = streams.length + 2 + (description === undefined ? 0 : 1);
  return writeObject(Guid.header, u32le(count), Uint8Array.of(1, 2), properties, others);
}

/** Head, file id, number of packets, reserved (§5.1). */
export const DATA_HEADER_LENGTH = 50;

/** The head of a Data Object in canonical form. */
export function writeDataHeader(packetSize: number, packetCount: number): Uint8Array {
  return concat(
    guidBytes(Guid.data),
    u64le(DATA_HEADER_LENGTH + packetCount * packetSize),
    new Uint8Array(16),
    u64le(packetCount),
    Uint8Array.of(1, 1),
  );
}
