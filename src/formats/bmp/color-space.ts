// What the colours of a bitmap mean: BITMAPV4HEADER calibrates them, BITMAPV5HEADER may embed a profile or name a file that has one.
import { areEqual } from '../../bytes/equal.ts';
import { shown } from '../../bytes/printable.ts';
import { latin1 } from '../../bytes/text.ts';
import { ColorSpace, type DibHeader, HeaderSize } from '../../containers/dib/header.ts';
import { canonicalProfile } from '../../containers/icc.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const PROFILE = 'BITMAPV5HEADER › bV5ProfileData';

/** A profile that is kept. */
interface Profile {
  start: number;
  end: number;
  found: Uint8Array;
  canonical: Uint8Array;
}

/**
 * Decides on the colour space and writes the decision into the header.
 * @param headerStart offset of the DIB header, from which the place of a profile is counted
 * @param writtenStart where a profile is to stand in the output, counted likewise
 * @returns the profile that is kept
 */
export function* walkColorSpace(
  window: Window,
  plan: Plan,
  context: Context,
  header: DibHeader,
  headerStart: number,
  writtenStart: number,
): Walk<Profile | undefined> {
  const { colorSpace, size } = header;
  const start = headerStart + header.profileStart;
  const end = start + header.profileSize;
  header.profileStart = 0;
  header.profileSize = 0;
  if (size < HeaderSize.v4) return undefined;
  const keeps = context.keeps('colorProfile');
  if (colorSpace === ColorSpace.calibrated && keeps) return undefined;
  if (colorSpace === ColorSpace.windows) return undefined;
  header.colorSpace = ColorSpace.sRGB;
  if (size < HeaderSize.v5 || (colorSpace !== ColorSpace.embedded && colorSpace !== ColorSpace.linked))
    return undefined;
  const isInside = start < end && end <= window.size;
  const place = { where: PROFILE, action: 'removed', bytes: isInside ? end - start : 0, offset: start } as const;
  if (colorSpace === ColorSpace.linked) {
    yield* noteLink(window, plan, context, place);
    return undefined;
  }
  const profile = isInside && keeps ? yield* readProfile(window, context, start, end) : undefined;
  if (profile === undefined || typeof profile === 'string') {
    const note = profile ?? (keeps ? 'It lies outside the file.' : undefined);
    plan.found({ kind: 'color-profile', ...place, ...(note === undefined ? {} : { note }) });
    return undefined;
  }
  header.colorSpace = ColorSpace.embedded;
  header.profileStart = writtenStart;
  header.profileSize = profile.canonical.length;
  const action = areEqual(profile.found, profile.canonical) ? 'kept' : 'rewritten';
  plan.found({ kind: 'color-profile', ...place, action });
  plan.residual.add('Curves and tables of the colour profile, which may tell the device that they were measured on.');
  return profile;
}

/** @returns the profile, or why it is not kept */
function* readProfile(window: Window, context: Context, start: number, end: number): Walk<Profile | string> {
  if (end - start > context.options.limits.bufferedBytes)
    return 'It is too long; raise limits.bufferedBytes to keep it.';
  if (!window.has(start, end - start)) yield window.need(start, end - start, PROFILE);
  const found = window.view(start, end);
  const canonical = canonicalProfile(found);
  if (!canonical.usable) return `Decoders ignore it. ${canonical.reason}`;
  if (canonical.colorSpace !== 'RGB ') return 'Decoders ignore it. It is not made for RGB.';
  return { start, end, found, canonical: canonical.bytes };
}

/** A linked profile is a path on the computer that the picture was made on. */
function* noteLink(
  window: Window,
  plan: Plan,
  context: Context,
  place: { where: string; action: 'removed'; bytes: number; offset: number },
): Walk {
  if (!context.describes) return;
  const { offset, bytes } = place;
  const length = Math.min(bytes, 1024);
  if (!window.has(offset, length)) yield window.need(offset, length, PROFILE);
  const values = context.options.values
    ? { values: { path: shown(latin1(window.view(offset, offset + length))) } }
    : {};
  plan.found({ kind: 'identifier', ...place, note: 'It is the path of a file.', ...values });
}
