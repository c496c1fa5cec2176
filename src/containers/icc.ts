// ICC profiles: a header of 128 bytes, a tag table, tag data (ICC.1:2022, v4.4; ICC.1:2001-04, v2.4).
// What the colour transform reads is kept: version, class, spaces, intent, illuminant, curves, matrices, lookup tables.
// Names, dates, makers, creators, measurements, monitor calibrations and all private tags are metadata.
import { areEqual } from '../bytes/equal.ts';
import { fourCC } from '../bytes/text.ts';
import { isReader, readTag, type TagReader } from './icc/tag-types.ts';
import { TransformError } from './icc/transform-error.ts';

/** A profile in canonical form, or why decoders can't use it. */
export type CanonicalProfile =
  | {
      usable: true;
      /** The canonical profile. */
      bytes: Uint8Array;
      /** Data colour space as in the header: `RGB `, `GRAY`, `CMYK`. */
      colorSpace: string;
      /** Signatures of the tags that were left out. */
      droppedTags: string[];
    }
  | {
      usable: false;
      /** One sentence. */
      reason: string;
      /** Data colour space as in the header; nothing where it is no profile at all, which every decoder ignores. */
      colorSpace: string | undefined;
    };

const HEADER_LENGTH = 128;
const TAG_ENTRY_LENGTH = 12;
/** Type signature and four reserved bytes, which all tag data begins with. */
const TAG_HEADER_LENGTH = 8;
/** Real profiles have up to about 50; decoders stop at 100. */
const MAX_TAGS = 100;

/** Decoders read versions up to 4; before it, texts are of other types. */
const MAX_VERSION = 4;

/** Device classes whose profiles describe the colours of a picture (§7.2.5). */
const PICTURE_CLASSES = ['scnr', 'mntr', 'prtr', 'spac'];
const CONNECTION_SPACES = ['XYZ ', 'Lab '];

/** What a tag of the colour transform must be like. */
interface TagRule {
  types: readonly TagReader[];
  /** Where decoders find it unreadable they do without it, instead of without the whole profile. */
  isOptional: boolean;
}

const required = (types: readonly TagReader[]): TagRule => ({ types, isOptional: false });
const optional = (types: readonly TagReader[]): TagRule => ({ types, isOptional: true });

/**
 * Tags of the colour transform. All others are dropped, among them the tables of a named colour space and the names of
 * colorants (ncl2, clrt, clro), since such a profile never tells the colours of a picture, and the gamut, previews and
 * PostScript tables (gamt, pre0–2, ps2s…), which serve printing and proofing alone.
 */
const transformTags: ReadonlyMap<string, TagRule> = new Map<string, TagRule>([
  ...['rXYZ', 'gXYZ', 'bXYZ'].map((signature) => [signature, required(['XYZ '])] as const),
  ...['wtpt', 'bkpt'].map((signature) => [signature, optional(['XYZ '])] as const),
  ...['rTRC', 'gTRC', 'bTRC', 'kTRC'].map((signature) => [signature, required(['curv', 'para'])] as const),
  ...['A2B0', 'A2B1', 'A2B2'].map((signature) => [signature, required(['mft1', 'mft2', 'mAB '])] as const),
  ...['D2B0', 'D2B1', 'D2B2', 'D2B3'].map((signature) => [signature, required(['mpet'])] as const),
  // Into the device: asked for only where the profile is a destination.
  ...['B2A0', 'B2A1', 'B2A2'].map((signature) => [signature, optional(['mft1', 'mft2', 'mBA '])] as const),
  ...['B2D0', 'B2D1', 'B2D2', 'B2D3'].map((signature) => [signature, optional(['mpet'])] as const),
  ['chad', optional(['sf32'])],
  ['cicp', optional(['cicp'])],
]);

/** Tags that every profile has, and whose text is replaced. */
const TEXTS = ['desc', 'cprt'];

/** Without one of these sets of tags there is no transform (§8.3, §8.4, §8.5). */
const TRANSFORMS = [['A2B0'], ['A2B1'], ['A2B2'], ['D2B0'], ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC'], ['kTRC']];

/** 2000-01-01 00:00:00 as six words. */
const FIXED_DATE = [7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];

/**
 * Rebuilds a profile from what a colour transform reads of it. Two profiles of the same transform that differ in identity
 * alone give the same bytes, and a canonical profile gives itself.
 */
export function canonicalProfile(profile: Uint8Array): CanonicalProfile {
  if (profile.length < HEADER_LENGTH + 4) return unusable('It is shorter than its header.');
  if (fourCC(profile, 36) !== 'acsp') return unusable('It does not carry the signature of a profile.');
  const view = new DataView(profile.buffer, profile.byteOffset, profile.length);
  const size = view.getUint32(0);
  const version = view.getUint8(8);
  const colorSpace = fourCC(profile, 16);
  if (size > profile.length || size < HEADER_LENGTH + 4) return unusable('It is cut off.', colorSpace);
  if (version > MAX_VERSION) return unusable(`It is of version ${version}, which decoders do not read.`, colorSpace);
  if (!PICTURE_CLASSES.includes(fourCC(profile, 12))) return unusable('It is not made for pictures.', colorSpace);
  if (!CONNECTION_SPACES.includes(fourCC(profile, 20))) return unusable('Its connection space is none.', colorSpace);
  const count = view.getUint32(HEADER_LENGTH);
  if (count > MAX_TAGS || HEADER_LENGTH + 4 + count * TAG_ENTRY_LENGTH > size) {
    return unusable('Its tag table runs past its end.', colorSpace);
  }

  const tags = new Map<string, Uint8Array>();
  const droppedTags: string[] = [];
  for (let index = 0; index < count; index++) {
    const entry = HEADER_LENGTH + 4 + index * TAG_ENTRY_LENGTH;
    const signature = fourCC(profile, entry);
    const rule = transformTags.get(signature);
    const start = view.getUint32(entry + 4);
    const end = start + view.getUint32(entry + 8);
    const isInside = start >= HEADER_LENGTH && start + TAG_HEADER_LENGTH <= end && end <= size;
    if (rule === undefined || tags.has(signature) || !isInside) {
      if (!TEXTS.includes(signature)) droppedTags.push(signature.replace(/[^ -~]/g, '?'));
      continue;
    }
    const tag = readTransformTag(signature, rule, profile.subarray(start, end));
    if (tag instanceof Uint8Array) tags.set(signature, tag);
    else if (rule.isOptional) droppedTags.push(signature);
    else return unusable(tag.reason, colorSpace);
  }
  if (!TRANSFORMS.some((required) => required.every((signature) => tags.has(signature)))) {
    return unusable('It lacks the tags of a colour transform.', colorSpace);
  }
  const isMultiLocalized = version === MAX_VERSION;
  tags.set('desc', isMultiLocalized ? MULTI_LOCALIZED : TEXT_DESCRIPTION);
  tags.set('cprt', isMultiLocalized ? MULTI_LOCALIZED : TEXT);
  return { usable: true, bytes: writeProfile(profile, tags), colorSpace, droppedTags };
}

/** A tag in canonical form, or why it can't be read. */
function readTransformTag(signature: string, { types }: TagRule, data: Uint8Array): Uint8Array | { reason: string } {
  const type = fourCC(data, 0);
  if (!isReader(type) || !types.includes(type)) return { reason: `Its tag ${signature} has a type that does not fit.` };
  try {
    return readTag(type, data);
  } catch (error) {
    if (error instanceof TransformError) return { reason: error.message };
    throw error;
  }
}

function unusable(reason: string, colorSpace?: string): CanonicalProfile {
  return { usable: false, reason, colorSpace };
}

/** `textDescriptionType` of v2 (6.5.17) saying `x`: ASCII count 2, no Unicode, no ScriptCode in its 67 bytes. */
const TEXT_DESCRIPTION: Uint8Array = padded('desc', [0, 0, 0, 2, 0x78, 0], 92);
/** `textType` (10.24) saying `x`. */
const TEXT: Uint8Array = padded('text', [0x78, 0], 10);
/** `multiLocalizedUnicodeType` (10.15) saying `x`: one record of 12 bytes, `enUS`, 2 bytes at 28. */
const MULTI_LOCALIZED: Uint8Array = padded(
  'mluc',
  [0, 0, 0, 1, 0, 0, 0, 12, 0x65, 0x6e, 0x55, 0x53, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0x78],
  30,
);

function padded(type: string, content: readonly number[], length: number): Uint8Array {
  const tag = new Uint8Array(length);
  tag.set([...type].map((character) => character.charCodeAt(0)));
  tag.set(content, 8);
  return tag;
}

/** Header, tag table in the order of signatures, tag data on 4-byte boundaries, equal data stored once (§7.2, §7.3). */
function writeProfile(profile: Uint8Array, tags: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
  const stored: { data: Uint8Array; start: number }[] = [];
  let end = HEADER_LENGTH + 4 + sorted.length * TAG_ENTRY_LENGTH;
  const entries = sorted.map(([signature, data]) => {
    let place = stored.find((other) => areEqual(other.data, data));
    if (place === undefined) {
      place = { data, start: end };
      stored.push(place);
      end = (end + data.length + 3) & ~3;
    }
    return { signature, ...place };
  });

  const output = new Uint8Array(end);
  const view = new DataView(output.buffer);
  view.setUint32(0, end);
  // Version, without the reserved bytes; class, data colour space, connection space.
  output.set(profile.subarray(8, 10), 8);
  output.set(profile.subarray(12, 24), 12);
  output.set(FIXED_DATE, 24);
  output.set(profile.subarray(36, 40), 36);
  // Rendering intent, one of four; illuminant.
  output[67] = (profile[67] ?? 0) & 3;
  output.set(profile.subarray(68, 80), 68);
  view.setUint32(HEADER_LENGTH, entries.length);
  for (const [index, { signature, data, start }] of entries.entries()) {
    const entry = HEADER_LENGTH + 4 + index * TAG_ENTRY_LENGTH;
    for (let at = 0; at < 4; at++) output[entry + at] = signature.charCodeAt(at);
    view.setUint32(entry + 4, start);
    view.setUint32(entry + 8, data.length);
  }
  for (const { data, start } of stored) output.set(data, start);
  return output;
}
