// Descriptors of MPEG-4 systems: tag, length in groups of seven bits, content (ISO/IEC 14496-1 §8.3.3). Syntax only.
import { concat } from '../../bytes/concat.ts';
import { malformed } from '../../core/errors.ts';
import { type Box, type BoxReader, fullBox, type NewBox } from './box.ts';

/** Tags of descriptors (§7.2.2.1). */
const Tag = { es: 3, decoderConfig: 4, decoderSpecificInfo: 5, slConfig: 6 } as const;
/** Object type, stream type, buffer size, two bit rates (§7.2.6.6). */
const DECODER_CONFIG_LENGTH = 13;
/** Stream type 5, audio; not upstream; the reserved bit set. */
const AUDIO_STREAM = 0x15;

/** How a stream is decoded. */
export interface DecoderConfig {
  /** What codes it (14496-1 Table 5). */
  objectType: number;
  /** Buffer size and bit rates. */
  rates: Uint8Array;
  /** Settings in the coding's own syntax, if it has any. */
  specificInfo: Uint8Array | undefined;
}

interface Descriptor {
  tag: number;
  start: number;
  end: number;
}

/** A descriptor; one that runs over the end of what it lies in ends there. */
function readDescriptor(bytes: Uint8Array, at: number, limit: number): Descriptor | undefined {
  let length = 0;
  let start = at + 1;
  for (let index = 0; index < 4 && start < limit; index++) {
    const byte = bytes[start++] ?? 0;
    length = (length << 7) | (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return start > limit ? undefined : { tag: bytes[at] ?? 0, start, end: Math.min(limit, start + length) };
}

/**
 * Reads how a stream is decoded from an `esds` box (14496-14 §5.6; §7.2.6.5).
 * @throws ScrubError `malformed` where that is not there
 */
export function readDecoderConfig(reader: BoxReader, esds: Box): DecoderConfig {
  const { bytes } = reader;
  const first = readDescriptor(bytes, esds.bodyStart + 4, esds.end);
  let config = first;
  if (first?.tag === Tag.es) {
    const flags = bytes[first.start + 2] ?? 0;
    let at = first.start + 3;
    if (flags & 0x80) at += 2;
    if (flags & 0x40) at += 1 + (bytes[at] ?? 0);
    if (flags & 0x20) at += 2;
    config = readDescriptor(bytes, at, esds.end);
  }
  if (config?.tag !== Tag.decoderConfig || config.end - config.start < DECODER_CONFIG_LENGTH)
    throw malformed('The settings of the decoder are damaged.', reader.fileStart + esds.start, 'stsd', 'esds');
  const info = readDescriptor(bytes, config.start + DECODER_CONFIG_LENGTH, config.end);
  return {
    objectType: bytes[config.start] ?? 0,
    rates: bytes.subarray(config.start + 2, config.start + DECODER_CONFIG_LENGTH),
    specificInfo: info?.tag === Tag.decoderSpecificInfo ? bytes.subarray(info.start, info.end) : undefined,
  };
}

/** An `esds` box for sound: stream number 0, no flags, the synchronisation layer that MP4 files have (14496-14 §3.1.2). */
export function writeAudioEsds({ objectType, rates, specificInfo }: DecoderConfig): NewBox {
  const info = specificInfo === undefined ? [] : [writeDescriptor(Tag.decoderSpecificInfo, specificInfo)];
  const config = writeDescriptor(Tag.decoderConfig, Uint8Array.of(objectType, AUDIO_STREAM), rates, ...info);
  const layer = writeDescriptor(Tag.slConfig, Uint8Array.of(2));
  return fullBox('esds', 0, 0, writeDescriptor(Tag.es, Uint8Array.of(0, 0, 0), config, layer));
}

function writeDescriptor(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const groups = [content.length & 0x7f];
  for (let rest = content.length >> 7; rest > 0; rest >>= 7) groups.unshift(0x80 | (rest & 0x7f));
  return concat(Uint8Array.of(tag, ...groups), content);
}
