// Decoder settings of AAC: AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1). Syntax only.

import { Bits } from '../bytes/bits.ts';
import { concat } from '../bytes/concat.ts';
import { skipProgramConfig } from './aac.ts';

/** Audio object types (§1.5.1, Table 1.1). */
const AudioObject = { main: 1, ltp: 4, sbr: 5, ps: 29, escape: 31 } as const;
/** Marks of an extension that older decoders do not see (§1.6.5). */
const SYNC_SBR = 0x2b7;
const SYNC_PS = 0x548;

/** Decoder settings in canonical form. */
export interface AudioConfig {
  bytes: Uint8Array;
  /** Whether samples are raw data blocks, with elements that begin with an id. */
  hasRawDataBlocks: boolean;
}

/** The settings without the comment of a program config element and without what stands behind them. */
export function canonicalAudioConfig(config: Uint8Array): AudioConfig {
  const bits = new Bits(config);
  let objectType = readObjectType(bits);
  skipFrequency(bits);
  const channels = bits.read(4);
  const isExplicit = objectType === AudioObject.sbr || objectType === AudioObject.ps;
  if (isExplicit) {
    skipFrequency(bits);
    objectType = readObjectType(bits);
  }
  const hasRawDataBlocks = objectType >= AudioObject.main && objectType <= AudioObject.ltp;
  if (!hasRawDataBlocks) return { bytes: config, hasRawDataBlocks };
  // GASpecificConfig (§4.4.1): frame length, core coder with a delay, extension.
  bits.at += 1;
  if (bits.read(1) === 1) bits.at += 14;
  const isExtended = bits.read(1) === 1;
  let bytes = config;
  if (channels === 0) {
    skipProgramConfig(bits);
    const at = bits.at >> 3;
    const comment = config[at] ?? 0;
    bytes = concat(config.subarray(0, at), Uint8Array.of(0), config.subarray(at + 1 + comment));
    bits.at += 8;
  }
  if (isExtended) bits.at += 1;
  const rest = new Bits(bytes, bits.at);
  if (rest.left < 0) return { bytes: config, hasRawDataBlocks };
  const end = isExplicit ? rest.at : extensionEnd(rest);
  const trimmed = bytes.slice(0, Math.ceil(end / 8));
  if (end % 8 > 0) trimmed[trimmed.length - 1] = (trimmed[trimmed.length - 1] ?? 0) & (0xff00 >> (end % 8));
  return { bytes: trimmed, hasRawDataBlocks };
}

/** Where the extension ends that decoders look for bit by bit; where the settings end, if there is none. */
function extensionEnd(bits: Bits): number {
  const settingsEnd = bits.at;
  for (; bits.left > 15; bits.at -= 10) {
    if (bits.read(11) !== SYNC_SBR) continue;
    if (readObjectType(bits) === AudioObject.sbr && bits.read(1) === 1) skipFrequency(bits);
    const end = bits.at;
    if (bits.left > 11 && bits.read(11) === SYNC_PS) return bits.at + 1;
    return end;
  }
  return settingsEnd;
}

function readObjectType(bits: Bits): number {
  const type = bits.read(5);
  return type === AudioObject.escape ? 32 + bits.read(6) : type;
}

function skipFrequency(bits: Bits): void {
  const OWN = 15;
  if (bits.read(4) === OWN) bits.at += 24;
}
