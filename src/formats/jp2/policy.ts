import { printableType } from '../../containers/isobmff/box.ts';
import { Marker } from '../../containers/jp2/marker.ts';
import type { FindingKind } from '../../core/report.ts';

/** What becomes of a box. */
export type BoxUse = 'signature' | 'brand' | 'header' | 'codestream' | 'layer' | 'drop' | 'refuse';

/** A row of the table of boxes. */
export interface BoxRule {
  use: BoxUse;
  /** What a box of this type that is dropped tells about. */
  kind: FindingKind;
}

const drop = (kind: FindingKind): BoxRule => ({ use: 'drop', kind });
const refuse: BoxRule = { use: 'refuse', kind: 'structure' };

const boxes: ReadonlyMap<string, BoxRule> = new Map<string, BoxRule>([
  // 15444-1 §I.5.1 and §I.5.2: written anew.
  ['jP  ', { use: 'signature', kind: 'structure' }],
  ['ftyp', { use: 'brand', kind: 'structure' }],
  // §I.5.3: rebuilt from what decoders read of it.
  ['jp2h', { use: 'header', kind: 'structure' }],
  // §I.5.4: the picture; a reader ignores all but the first.
  ['jp2c', { use: 'codestream', kind: 'other' }],
  // 15444-2 §M.11.6 and §M.11.7: what a reader of JPX takes instead of the header box. Labels in it go.
  ['jpch', { use: 'layer', kind: 'comment' }],
  ['jplh', { use: 'layer', kind: 'comment' }],
  // 15444-2 §M.11.10 and §M.11.2: several layers make the picture, or other files do.
  ['comp', refuse],
  ['ftbl', refuse],
  ['dtbl', refuse],
  // 15444-6: pages.
  ['mhdr', refuse],
  ['page', refuse],
  // 15444-3: films.
  ['moov', refuse],
  // All rows below only say what a dropped box tells about.
  ['rreq', drop('structure')],
  ['xml ', drop('history')],
  ['uuid', drop('other')],
  ['uinf', drop('identifier')],
  ['jp2i', drop('author')],
  ['asoc', drop('comment')],
  ['lbl ', drop('comment')],
  ['nlst', drop('structure')],
  ['drep', drop('structure')],
  ['gtso', drop('structure')],
  ['roid', drop('other')],
  ['chck', drop('identifier')],
  ['mp7b', drop('comment')],
  ['jumb', drop('provenance')],
  ['mdat', drop('other')],
  ['free', drop('structure')],
]);

/** The rule for a box. */
export function ruleForBox(type: string): BoxRule {
  return boxes.get(type) ?? drop('other');
}

/** What `uuid` boxes are known to hold, by their first four bytes: a name, and what it tells about. */
const uuids: ReadonlyMap<string, { name: string; kind: FindingKind }> = new Map([
  ['4a706754', { name: 'Exif', kind: 'other' }],
  ['0537cdab', { name: 'Exif', kind: 'other' }],
  ['be7acfcb', { name: 'XMP', kind: 'history' }],
  ['33c7a4d2', { name: 'IPTC', kind: 'author' }],
  ['09a14e97', { name: 'IPTC', kind: 'author' }],
  ['b14bf8bd', { name: 'GeoJP2', kind: 'location' }],
  ['96a9f1f1', { name: 'world file', kind: 'location' }],
  ['2c4c0100', { name: 'Photoshop', kind: 'history' }],
  ['d8fec3d6', { name: 'C2PA', kind: 'provenance' }],
]);

/** What a `uuid` box of this user type holds, if that is known. */
export function describeUuid(user: Uint8Array): { name: string; kind: FindingKind } | undefined {
  const key = Array.from(user.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return uuids.get(key);
}

/** A box's type for trails: `jp2h`, `xml`. */
export function nameBox(type: string): string {
  return printableType(type).trim();
}

/** What becomes of a marker segment. */
export type SegmentUse = 'keep' | 'tileLengths' | 'packetLengths' | 'drop' | 'refuse';

/** A row of the table of marker segments. */
export interface SegmentRule {
  use: SegmentUse;
  /** What a segment that is dropped tells about. */
  kind: FindingKind;
}

const keep: SegmentRule = { use: 'keep', kind: 'structure' };

const segments: ReadonlyMap<number, SegmentRule> = new Map<number, SegmentRule>([
  // 15444-1 §A.5 and §A.6: sizes, coding styles, quantisation, regions, orders of progression.
  [Marker.SIZ, keep],
  [Marker.COD, keep],
  [Marker.COC, keep],
  [Marker.QCD, keep],
  [Marker.QCC, keep],
  [Marker.RGN, keep],
  [Marker.POC, keep],
  // §A.7.4 and §A.7.5: packet headers, without which no packet is decoded.
  [Marker.PPM, keep],
  [Marker.PPT, keep],
  // §A.9.1: where the components lie on the grid.
  [Marker.CRG, keep],
  // 15444-15 §A.3, 15444-1 §A.5.3: what a decoder must be able to do.
  [Marker.CAP, keep],
  [Marker.CPF, keep],
  [Marker.PRF, keep],
  // 15444-2 §A.3: transforms between components.
  [Marker.MCT, keep],
  [Marker.MCC, keep],
  [Marker.MCO, keep],
  [Marker.CBD, keep],
  // 15444-1 §A.7.1 to §A.7.3: lengths told ahead; decoders do without them.
  [Marker.TLM, { use: 'tileLengths', kind: 'structure' }],
  [Marker.PLT, { use: 'packetLengths', kind: 'structure' }],
  [Marker.PLM, { use: 'drop', kind: 'structure' }],
  // §A.9.2: the encoder, its rates, whatever somebody wrote.
  [Marker.COM, { use: 'drop', kind: 'comment' }],
]);

/** The rule for a marker segment: what is not known could be needed, as those of error protection and security are. */
export function ruleForSegment(code: number): SegmentRule {
  return segments.get(code) ?? { use: 'refuse', kind: 'structure' };
}
