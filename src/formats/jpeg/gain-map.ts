// A gain map: a second JPEG behind the picture that tells HDR displays how much brighter each part of it is (ISO 21496-1; Ultra HDR).
// It is carried over as a picture that is scrubbed itself, with what says how to apply it; all that points to it is written anew.
import { areEqual } from '../../bytes/equal.ts';
import { latin1Bytes, startsWith } from '../../bytes/text.ts';
import {
  canonicalGainMapMetadata,
  GAIN_MAP_IDENTIFIER,
  isReadVersion,
  writeVersion,
} from '../../containers/jpeg/gain-map-metadata.ts';
import { Marker, writeSegment } from '../../containers/jpeg/marker.ts';
import {
  MPF_IDENTIFIER,
  MULTI_PICTURE_LENGTH,
  readPictureOffsets,
  writeMultiPicture,
} from '../../containers/jpeg/multi-picture.ts';
import type { Context, Nested } from '../../core/context.ts';
import { ScrubError } from '../../core/errors.ts';
import { type Keepable, keepable } from '../../core/options.ts';
import { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import type { Announcement, Held } from './announcement.ts';
import { describeSegment, type Hints } from './describe.ts';
import { canonicalGainMapXmp, readContainerXmp, writeContainerXmp, XMP_IDENTIFIER } from './gain-map-xmp.ts';
import { nameSegment } from './policy.ts';

/** More places than this are not looked at: files name up to two. */
const MAX_PLACES = 8;
/** Marker and length of a segment. */
const SEGMENT_HEADER_LENGTH = 4;
const WHERE = ['after EOI', 'gain map'] as const;
/** Decoders obey nothing else of what a picture could say about itself where the picture is a gain map. */
const IGNORED = (Object.keys(keepable) as Keepable[]).filter((name) => name !== 'colorProfile');

/** Which kinds of metadata say how the map is applied. */
interface Forms {
  xmp: boolean;
  iso: boolean;
}

/** A segment of a gain map that says how it is applied: as it was found, and in canonical form. */
interface Parameter {
  start: number;
  found: Uint8Array;
  canonical: Uint8Array;
}

/** A gain map that can be carried over. */
interface GainMap {
  start: number;
  xmp: Parameter | undefined;
  iso: Parameter | undefined;
  nested: Nested;
}

/**
 * Puts the announced gain map behind the picture, which ended at `end`, and the segments that announce it in front of it.
 * @returns nothing, or why there is no gain map that could be kept
 */
export type GainMapWalk = (
  window: Window,
  plan: Plan,
  context: Context,
  announcement: Announcement,
  hints: Hints,
  end: number,
) => Walk<string | undefined>;

/** {@link GainMapWalk} */
export const carryGainMap: GainMapWalk = function* (window, plan, context, announcement, hints, end) {
  const { iso, place } = announcement;
  const container = yield* readContainer(context, announcement);
  const forms: Forms = {
    xmp: container !== undefined,
    iso: iso !== undefined && isReadVersion(contentOf(iso)),
  };
  if (place === undefined || !(forms.xmp || forms.iso)) return 'What announces it can not be read.';
  for (const start of placesOf(announcement, container?.distance, end)) {
    const map = yield* readGainMap(window, context, forms, start);
    if (map === undefined) continue;
    const written = writeGainMap(context, map);
    const xmp = map.xmp && writeContainerXmp(written.length);
    const version = map.iso && writeSegment(Marker.APP2, latin1Bytes(GAIN_MAP_IDENTIFIER), writeVersion());
    const before = place.start + (xmp?.length ?? 0) + (version?.length ?? 0);
    const length = plan.length + before - place.start + MULTI_PICTURE_LENGTH;
    const index = writeMultiPicture(before, length, written.length);
    announce(plan, place.slot.plan, context, hints, announcement.xmp, xmp);
    announce(plan, place.slot.plan, context, hints, iso, version);
    announce(plan, place.slot.plan, context, hints, announcement.index, index);
    if (start > end) {
      plan.found({ kind: 'trailing-data', where: WHERE[0], action: 'removed', bytes: start - end, offset: end });
    }
    plan.append(written, start, ...WHERE);
    plan.residual.add('The gain map, in which outlines may be seen that were covered up in the picture alone.');
    return undefined;
  }
  return 'It is not where the file says, or can not be read whole.';
};

function* readContainer(context: Context, { xmp }: Announcement): Walk<{ distance: number | undefined } | undefined> {
  return xmp === undefined ? undefined : yield* readContainerXmp(context, contentOf(xmp));
}

/** What stands behind a segment's identifier. */
function contentOf({ rule, segment }: Held): Uint8Array {
  return segment.subarray(SEGMENT_HEADER_LENGTH + rule.identifier.length);
}

/** Where the gain map may begin: as MPF says, as the list of pictures says, and right behind the picture, where all put it. */
function placesOf({ index }: Announcement, distance: number | undefined, end: number): number[] {
  const places: number[] = [];
  if (index !== undefined) {
    const origin = index.start + SEGMENT_HEADER_LENGTH + MPF_IDENTIFIER.length;
    for (const offset of readPictureOffsets(contentOf(index)).slice(0, MAX_PLACES)) places.push(origin + offset);
  }
  if (distance !== undefined) places.push(end + distance);
  places.push(end);
  return [...new Set(places)].filter((place) => place >= end);
}

/** Reads the gain map at `start`; nothing where there is none, or none that can be cleaned. */
function* readGainMap(window: Window, context: Context, forms: Forms, start: number): Walk<GainMap | undefined> {
  const { xmp, iso } = yield* readParameters(window, context, forms, start);
  if (xmp === undefined && iso === undefined) return undefined;
  try {
    const nested = yield* context.without(...IGNORED).nested(window, start, window.size);
    return nested.format.id === 'jpeg' ? { start, xmp, iso, nested } : undefined;
  } catch (error) {
    const isDamage = error instanceof ScrubError && (error.code === 'malformed' || error.code === 'unsupported');
    if (!isDamage) throw error;
    return undefined;
  }
}

/** Reads what the segments in front of the map's scan say about how it is applied. */
function* readParameters(
  window: Window,
  context: Context,
  forms: Forms,
  start: number,
): Walk<{ xmp: Parameter | undefined; iso: Parameter | undefined }> {
  let xmp: Parameter | undefined;
  let iso: Parameter | undefined;
  let at = start;
  if (!(yield* isMarker(window, at, Marker.SOI))) return { xmp, iso };
  at += 2;
  while (at + SEGMENT_HEADER_LENGTH <= window.size) {
    if (!window.has(at, SEGMENT_HEADER_LENGTH)) yield window.need(at, SEGMENT_HEADER_LENGTH, ...WHERE);
    const code = window.u8(at + 1);
    const end = at + 2 + window.u16be(at + 2);
    if (window.u8(at) !== 0xff || code < Marker.SOF0 || code === Marker.SOS || end < at + 4 || end > window.size) break;
    context.countStructures();
    if (code === Marker.APP1 || code === Marker.APP2) {
      if (!window.has(at, end - at)) yield window.need(at, end - at, ...WHERE);
      const found = window.view(at, end);
      const body = found.subarray(SEGMENT_HEADER_LENGTH);
      if (forms.xmp && xmp === undefined && startsWith(body, XMP_IDENTIFIER)) {
        const canonical = yield* canonicalGainMapXmp(context, body.subarray(XMP_IDENTIFIER.length));
        if (canonical !== undefined) xmp = { start: at, found, canonical };
      } else if (forms.iso && iso === undefined && startsWith(body, GAIN_MAP_IDENTIFIER)) {
        const metadata = canonicalGainMapMetadata(body.subarray(GAIN_MAP_IDENTIFIER.length));
        const canonical = metadata && writeSegment(Marker.APP2, latin1Bytes(GAIN_MAP_IDENTIFIER), metadata);
        if (canonical !== undefined) iso = { start: at, found, canonical };
      }
    }
    at = end;
  }
  return { xmp, iso };
}

function* isMarker(window: Window, at: number, code: number): Walk<boolean> {
  if (at + 2 > window.size) return false;
  if (!window.has(at, 2)) yield window.need(at, 2, ...WHERE);
  return window.u8(at) === 0xff && window.u8(at + 1) === code;
}

/** The clean map: the picture, with what says how it is applied right behind SOI. */
function writeGainMap(context: Context, { start, xmp, iso, nested }: GainMap): Plan {
  const written = new Plan(context.describes);
  const parameters = [xmp, iso].filter((parameter) => parameter !== undefined);
  written.keep(0, 2);
  for (const { canonical } of parameters) written.insert(canonical);
  const [head, ...rest] = nested.plan.flat();
  // Behind SOI, which stands in front of the parameters now.
  if (head !== undefined && 'end' in head) written.keep(2, head.end);
  for (const piece of rest) {
    if ('end' in piece) written.keep(piece.start, piece.end);
    else if (piece instanceof Uint8Array) written.insert(piece);
  }
  for (const finding of nested.plan.findings) {
    // To the walk of a picture alone, these segments are metadata.
    const same = parameters.find((parameter) => parameter.start - start === finding.offset);
    if (same === undefined) written.found(finding);
    else if (!areEqual(same.found, same.canonical)) written.found({ ...finding, action: 'rewritten' });
  }
  for (const residual of nested.plan.residual) written.residual.add(residual);
  written.found({ kind: 'other', where: 'picture', action: 'kept', bytes: written.length, offset: 0 });
  return written;
}

/** Writes a segment that announces the map, if it is needed, and notes what became of the one that was found. */
function announce(
  plan: Plan,
  place: Plan,
  context: Context,
  hints: Hints,
  found: Held | undefined,
  canonical: Uint8Array | undefined,
): void {
  if (canonical !== undefined) place.insert(canonical);
  if (!context.describes) return;
  if (found === undefined) {
    if (canonical === undefined) return;
    const note = 'It is added, because decoders look for the gain map there.';
    plan.found({ kind: 'structure', where: 'APP2 › MPF', action: 'rewritten', bytes: 0, note });
    return;
  }
  const { rule, segment, start } = found;
  const isSame = canonical !== undefined && areEqual(canonical, segment);
  if (!isSame) describeSegment(plan, context, hints, rule, segment, start);
  if (canonical === undefined) return;
  const action = isSame ? 'kept' : 'rewritten';
  plan.found({ kind: 'structure', where: nameSegment(rule), action, bytes: canonical.length, offset: start });
}
