import { concat } from '../../bytes/concat.ts';
import { crc32 } from '../../bytes/crc32.ts';
import { areEqual } from '../../bytes/equal.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import { ColorType, type ImageHeader } from '../../containers/png/image-header.ts';
import { readKeyword } from '../../containers/png/text.ts';
import { deflate, inflate } from '../../containers/zlib.ts';
import type { Context } from '../../core/context.ts';
import type { Walk } from '../../core/walk.ts';

/** libpng ignores profiles that are longer. */
const MAX_PROFILE_LENGTH = 8_000_000;

/** `icc`, its NUL, and method 0: deflate (§11.3.2.3). */
const CANONICAL_NAME = Uint8Array.of(0x69, 0x63, 0x63, 0, 0);

/**
 * The matrix profiles of sRGB in wide use by CRC-32, with their length and rendering intent. libpng and ImageMagick know them
 * by these, and take them for an sRGB chunk rather than convert by them.
 */
const standardProfiles: ReadonlyMap<number, { length: number; intent: number }> = new Map([
  // Hewlett-Packard and Microsoft 1998: perceptual, media-relative.
  [0x182ea552, { length: 3144, intent: 0 }],
  [0xf29e526d, { length: 3144, intent: 1 }],
  // sRGB_IEC61966-2-1: noBPC, black_scaled, no_black_scaling.
  [0x5d5129ce, { length: 3024, intent: 1 }],
  [0x3b8772b9, { length: 3048, intent: 0 }],
  [0x427ebb21, { length: 3052, intent: 1 }],
  // TINYsRGB and Argyll_sRGB.
  [0xd4938c39, { length: 524, intent: 0 }],
  [0x034af5a1, { length: 3212, intent: 0 }],
]);

/** What an iCCP chunk is carried over as: its data in canonical form, an intent for an sRGB chunk, or why decoders ignore it. */
export type CarriedProfile = { data: Uint8Array } | { intent: number } | { reason: string };

/** Rewrites the data of an iCCP chunk: a fixed name, the canonical profile, one way to compress it. */
export function* readProfile(context: Context, data: Uint8Array, image: ImageHeader): Walk<CarriedProfile> {
  const name = readKeyword(data);
  if (name === undefined) return { reason: 'It has no name.' };
  if (data[name.next] !== 0) return { reason: 'It is compressed by a method that PNG does not have.' };
  const { bytes } = yield* inflate(context, data.subarray(name.next + 1), MAX_PROFILE_LENGTH);
  if (bytes.length === 0) return { reason: 'It can not be unpacked.' };
  const profile = canonicalProfile(bytes);
  if (!profile.usable) return { reason: profile.reason };
  const isGray = image.colorType === ColorType.gray || image.colorType === ColorType.grayAlpha;
  if (profile.colorSpace !== (isGray ? 'GRAY' : 'RGB '))
    return { reason: 'It is not made for the colours of the picture.' };
  const standard = standardProfiles.get(crc32(bytes));
  if (standard?.length === bytes.length) return { intent: standard.intent };
  const canonical = concat(CANONICAL_NAME, yield* deflate(context, profile.bytes));
  return { data: areEqual(canonical, data) ? data : canonical };
}
