// What a file of pictures holds, and what becomes of it. Whatever is in none of these tables is dropped where readers skip it,
// and refused where they must not.
import type { NalCoding } from '../../containers/nal.ts';
import { avcNal, hevcNal } from '../../containers/nal.ts';
import { ObuType } from '../../containers/obu.ts';
import type { FindingKind } from '../../core/report.ts';

/** How pictures are coded; each has another filter. */
export type Coding = 'hevc' | 'avc' | 'av1' | 'jpeg' | 'raw';

/** How items that are pictures are coded. */
export const codedItems: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ['hvc1', 'hevc'],
  ['avc1', 'avc'],
  ['av01', 'av1'],
  ['jpeg', 'jpeg'],
  // ISO/IEC 23001-17: pixels as they are.
  ['unci', 'raw'],
]);

/** How tracks of pictures are coded, by their sample entries. */
export const sampleCodings: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ['hvc1', 'hevc'],
  ['hev1', 'hevc'],
  ['avc1', 'avc'],
  ['avc3', 'avc'],
  ['av01', 'av1'],
]);

/** Pictures made of other pictures (23008-12 §6.6; ISO 21496-1; AVIF §4.2.3). */
export const derivedItems: readonly string[] = ['grid', 'iovl', 'iden', 'tmap', 'sato'];

/** Codings and derivations that readers show and that can't be cleaned here. */
export const refusedItems: readonly string[] = ['vvc1', 'vvs1', 'evc1', 'lhv1', 'hvt1', 'hvc2', 'j2k1', 'mski', 'pred'];

/** Items that tell something about others, and what. */
export const metadataItems: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['Exif', 'other'],
  ['mime', 'history'],
  ['uri ', 'other'],
  ['fnch', 'comment'],
]);

/** Planes of transparency (23008-12 §6.5.8; H.265 Table F.2 in HEIF annex B.2). */
export const alphaTypes: readonly string[] = [
  'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha',
  'urn:mpeg:hevc:2015:auxid:1',
  'urn:mpeg:avc:2015:auxid:1',
];

/** What other auxiliary pictures are, by a part of their type. */
export const auxiliaryKinds: readonly (readonly [string, string])[] = [
  ['auxiliary:depth', 'depth map'],
  ['auxid:2', 'depth map'],
  ['hdrgainmap', 'gain map of Apple'],
  ['matte', 'matte'],
  ['linearthumbnail', 'thumbnail'],
];

/** Boxes at the top of a file that are dropped, and what they tell. Readers skip those that they do not know. */
export const topBoxes: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['free', 'structure'],
  ['skip', 'structure'],
  ['wide', 'structure'],
  // Motion video and trailer of Samsung's and Google's.
  ['mpvd', 'embedded-file'],
  ['sefd', 'device'],
  ['jumb', 'provenance'],
  ['prft', 'time'],
]);

/** `uuid` boxes by their GUID. */
export const uuids: ReadonlyMap<string, { name: string; kind: FindingKind }> = new Map<
  string,
  { name: string; kind: FindingKind }
>([
  ['be7acfcb97a942e89c71999491e3afac', { name: 'XMP', kind: 'history' }],
  ['d8fec3d61b0e483c92975828877ec481', { name: 'C2PA', kind: 'provenance' }],
  ['85c0b687820f11e08111f4ce462b6a48', { name: 'Canon', kind: 'device' }],
]);

/** Properties that are dropped even where they are essential: no picture looks other without them. */
export const metadataProperties: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['udes', 'comment'],
  ['altt', 'comment'],
  ['elng', 'other'],
  ['crtt', 'time'],
  ['mdft', 'time'],
  ['taic', 'time'],
  ['itai', 'time'],
  ['cmin', 'device'],
  ['cmex', 'location'],
  ['aebr', 'device'],
  ['wbbr', 'device'],
  ['fobr', 'device'],
  ['afbr', 'device'],
  ['dobr', 'device'],
  ['free', 'structure'],
  ['skip', 'structure'],
]);

/** Which units of a coding decoders need, and which hold messages. */
export interface NalRules {
  coding: NalCoding;
  kept: ReadonlySet<number>;
  sei: ReadonlySet<number>;
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** H.265 Table 7-1: slices, parameter sets, ends of sequence and stream. Delimiters, filler and what is reserved go. */
export const hevcRules: NalRules = {
  coding: hevcNal,
  kept: new Set([...range(0, 9), ...range(16, 21), ...range(32, 34), 36, 37]),
  sei: new Set([39, 40]),
};
/** H.264 Table 7-1: slices and their partitions, parameter sets, ends, auxiliary slices. */
export const avcRules: NalRules = {
  coding: avcNal,
  kept: new Set([...range(1, 5), 7, 8, 10, 11, 13, 19]),
  sei: new Set([6]),
};

/** Messages that decoders obey, with their lengths: mastering display, light level, transfer, alpha (H.265 annexes D, F). */
export const keptSei: ReadonlyMap<number, { least: number; most: number }> = new Map([
  [137, { least: 24, most: 24 }],
  [144, { least: 4, most: 4 }],
  [147, { least: 1, most: 1 }],
  [165, { least: 1, most: 6 }],
]);

/** Units of AV1 that decoders need. Temporal delimiters, padding and what is reserved go. */
export const keptObus: ReadonlySet<number> = new Set([
  ObuType.sequenceHeader,
  ObuType.frameHeader,
  ObuType.tileGroup,
  ObuType.frame,
  ObuType.redundantFrameHeader,
]);

/** Metadata of AV1 that is kept, with its length: light level and mastering display (AV1 §6.7). */
export const keptMetadataObus: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [2, 24],
]);
