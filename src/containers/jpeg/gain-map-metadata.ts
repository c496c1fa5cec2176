// How a gain map is applied: the binary metadata of ISO 21496-1, Annex C, of which every field means something to decoders.

/** What the body of the segment begins with. */
export const GAIN_MAP_IDENTIFIER = 'urn:iso:std:iso:ts:21496:-1\0';

/** Minimum version and the writer's own, two bytes each. */
const VERSION_LENGTH = 4;
const Flag = { isMultichannel: 0x80, usesBaseColorSpace: 0x40, hasCommonDenominator: 0x08, isBackward: 0x04 } as const;
const KNOWN_FLAGS = Flag.isMultichannel | Flag.usesBaseColorSpace | Flag.hasCommonDenominator | Flag.isBackward;
/** Headroom of base and alternate. */
const HEADROOMS = 2;
/** Minimum, maximum, gamma, offset of base and alternate. */
const CHANNEL_FIELDS = 5;

/** Whether a base picture's segment, which holds the versions alone, is of a version that decoders read. */
export function isReadVersion(metadata: Uint8Array): boolean {
  return metadata.length >= VERSION_LENGTH && metadata[0] === 0 && metadata[1] === 0;
}

/** The versions as a base picture has them; that of the writer is set to the minimum. */
export function writeVersion(): Uint8Array {
  return new Uint8Array(VERSION_LENGTH);
}

/** The metadata in canonical form, with nothing behind its last field; nothing where it can't be read whole. */
export function canonicalGainMapMetadata(metadata: Uint8Array): Uint8Array | undefined {
  const flags = metadata[VERSION_LENGTH];
  if (!isReadVersion(metadata) || flags === undefined) return undefined;
  const channels = flags & Flag.isMultichannel ? 3 : 1;
  const fractions = HEADROOMS + channels * CHANNEL_FIELDS;
  const isCommon = (flags & Flag.hasCommonDenominator) !== 0;
  const length = VERSION_LENGTH + 1 + 4 * (isCommon ? 1 + fractions : 2 * fractions);
  if (metadata.length < length) return undefined;
  const view = new DataView(metadata.buffer, metadata.byteOffset, length);
  for (let at = VERSION_LENGTH + 1 + (isCommon ? 0 : 4); at < length; at += isCommon ? length : 8) {
    if (view.getUint32(at) === 0) return undefined;
  }
  const canonical = new Uint8Array(length);
  canonical.set(metadata.subarray(VERSION_LENGTH, length), VERSION_LENGTH);
  canonical[VERSION_LENGTH] = flags & KNOWN_FLAGS;
  return canonical;
}
