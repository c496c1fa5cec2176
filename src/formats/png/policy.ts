// What is done with each chunk, by its type. Rows that are kept are written anew from what was read of them, but for coded
// picture data, which is carried over. Ancillary chunks that match no row are dropped, critical ones make the file refused.
import { isAncillary } from '../../containers/png.ts';
import type { FindingKind } from '../../core/report.ts';

/** What a chunk is read as. */
export type ChunkUse =
  | 'begin'
  | 'header'
  | 'image'
  | 'animation'
  | 'frame-control'
  | 'frame-data'
  | 'exif'
  | 'text'
  | 'time'
  | 'end'
  | 'drop'
  | 'refuse';

/** A row of the policy table. */
export interface ChunkRule {
  use: ChunkUse;
  /** What a chunk of this type that is dropped tells about. */
  kind: FindingKind;
}

const row = (type: string, use: ChunkUse, kind: FindingKind): [string, ChunkRule] => [type, { use, kind }];
const drop = (kind: FindingKind, ...types: string[]): [string, ChunkRule][] =>
  types.map((type) => row(type, 'drop', kind));

const rules: ReadonlyMap<string, ChunkRule> = new Map<string, ChunkRule>([
  // §11.2.1: size and coding of the picture.
  row('IHDR', 'begin', 'structure'),
  // §11.2.3: the coded picture, as it is.
  row('IDAT', 'image', 'structure'),
  // §11.2.4.
  row('IEND', 'end', 'structure'),
  // §11.2.2, §11.3.1.1: colours and transparency.
  row('PLTE', 'header', 'structure'),
  row('tRNS', 'header', 'structure'),
  // §11.3.2: the meaning of the colours; the profile in canonical form, mDCV and cLLI where they steer tone mapping.
  row('cICP', 'header', 'structure'),
  row('iCCP', 'header', 'color-profile'),
  row('sRGB', 'header', 'structure'),
  row('gAMA', 'header', 'structure'),
  row('cHRM', 'header', 'structure'),
  row('mDCV', 'header', 'structure'),
  row('cLLI', 'header', 'structure'),
  // §11.3.4.1: what transparent parts are shown over; nothing where nothing is transparent.
  row('bKGD', 'header', 'other'),
  // §11.3.4.3: the shape of a pixel; the resolution names the scanner or the screen.
  row('pHYs', 'header', 'device'),
  // §11.3.5: the animation, its sequence numbers anew.
  row('acTL', 'animation', 'structure'),
  row('fcTL', 'frame-control', 'other'),
  row('fdAT', 'frame-data', 'other'),
  // §11.3.4.5: the orientation and the Adobe RGB mark are obeyed by decoders; all else goes.
  row('eXIf', 'exif', 'other'),
  // §11.3.3: dropped, but for orientations in ImageMagick's raw profiles, and what the options keep.
  row('tEXt', 'text', 'comment'),
  row('zTXt', 'text', 'comment'),
  row('iTXt', 'text', 'comment'),
  // §11.3.4.6: dropped unless the options keep it.
  row('tIME', 'time', 'time'),
  // Raw deflate, blue before red, alpha multiplied in: only Apple's decoders read it.
  row('CgBI', 'refuse', 'structure'),
  // All rows below only say what a dropped chunk tells about. sBIT, hIST: no viewer shows pictures by them.
  ...drop('other', 'sBIT', 'hIST', 'oFFs', 'pCAL', 'sCAL', 'sTER', 'vpAg', 'caNv', 'orNT', 'gIFg', 'gIFx', 'fRAc'),
  ...drop('comment', 'sPLT', 'gIFt', 'tXMP'),
  // An index into the coded picture by Apple's screenshots.
  ...drop('structure', 'iDOT'),
  ...drop('provenance', 'caBX', 'dSIG', 'seAl', 'SEAL'),
  ...drop('history', 'prVW', 'mkBF', 'mkTS', 'mkBS', 'mkBT'),
  ...drop('embedded-file', 'cpIp', 'gmAP', 'gdAT', 'msOG'),
  ...drop('device', 'zxIf', 'zXIf'),
]);

const unknownAncillary: ChunkRule = { use: 'drop', kind: 'other' };
const unknownCritical: ChunkRule = { use: 'refuse', kind: 'other' };

/** The rule for a chunk. */
export function ruleFor(type: string): ChunkRule {
  return rules.get(type) ?? (isAncillary(type) ? unknownAncillary : unknownCritical);
}

/** The order in which header chunks are written: whatever must precede PLTE in front of it (§5.6). */
export const headerOrder: readonly string[] = [
  'cICP',
  'iCCP',
  'sRGB',
  'gAMA',
  'cHRM',
  'mDCV',
  'cLLI',
  'PLTE',
  'tRNS',
  'bKGD',
  'pHYs',
];
