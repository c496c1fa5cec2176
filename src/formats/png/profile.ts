import { concat } from '../../bytes/concat.ts';
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

/** The data of an iCCP chunk in canonical form, or why decoders ignore it. */
export type CanonicalData = { data: Uint8Array } | { reason: string };

/** Rewrites the data of an iCCP chunk: a fixed name, the canonical profile, one way to compress it. */
export function* readProfile(context: Context, data: Uint8Array, image: ImageHeader): Walk<CanonicalData> {
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
  const canonical = concat(CANONICAL_NAME, yield* deflate(context, profile.bytes));
  return { data: areEqual(canonical, data) ? data : canonical };
}
