// What is done with each chunk of a WebP file, by its FourCC. Rows that are kept are written anew from what was read of them,
// but for coded pictures, which are carried over. Everything that matches no row is dropped.
import { printable } from '../../bytes/printable.ts';
import type { FindingKind } from '../../core/report.ts';

/** What a chunk is read as. */
export type ChunkUse = 'features' | 'profile' | 'animation' | 'frame' | 'alpha' | 'bitstream' | 'exif' | 'drop';

/** A row of the policy table. */
export interface ChunkRule {
  use: ChunkUse;
  /** What a chunk of this name that is dropped tells about. */
  kind: FindingKind;
}

const rules: ReadonlyMap<string, ChunkRule> = new Map<string, ChunkRule>([
  // RFC 9649 §2.7: canvas size and which features there are; the flags are set anew.
  ['VP8X', { use: 'features', kind: 'structure' }],
  // §2.7.1.4: the meaning of the colours, in canonical form.
  ['ICCP', { use: 'profile', kind: 'color-profile' }],
  // §2.7.1.1: background colour and loop count.
  ['ANIM', { use: 'animation', kind: 'structure' }],
  // §2.7.1.1: a frame with its place, duration, blending and disposal; of its chunks only alpha and bitstream are kept.
  ['ANMF', { use: 'frame', kind: 'other' }],
  // §2.7.1.2: the alpha plane of a lossy picture.
  ['ALPH', { use: 'alpha', kind: 'other' }],
  // §2.5 and §2.6: the coded picture.
  ['VP8 ', { use: 'bitstream', kind: 'other' }],
  ['VP8L', { use: 'bitstream', kind: 'other' }],
  // §2.7.1.5: the orientation and the Adobe RGB mark are obeyed by decoders; all else goes.
  ['EXIF', { use: 'exif', kind: 'other' }],
  // All rows below only say what a dropped chunk tells about.
  ['XMP ', { use: 'drop', kind: 'history' }],
  ['XMP\0', { use: 'drop', kind: 'history' }],
  ['C2PA', { use: 'drop', kind: 'provenance' }],
  ['PSAI', { use: 'drop', kind: 'history' }],
  ['LIST', { use: 'drop', kind: 'comment' }],
  ['INAM', { use: 'drop', kind: 'comment' }],
  ['ICMT', { use: 'drop', kind: 'comment' }],
  ['IART', { use: 'drop', kind: 'author' }],
  ['ICOP', { use: 'drop', kind: 'author' }],
  ['ICRD', { use: 'drop', kind: 'time' }],
  ['ISFT', { use: 'drop', kind: 'software' }],
]);

const unknown: ChunkRule = { use: 'drop', kind: 'other' };

/** The rule for a chunk. */
export function ruleFor(fourCC: string): ChunkRule {
  return rules.get(fourCC) ?? unknown;
}

/** A chunk's name for trails: `VP8`, `XMP`. */
export function nameChunk(fourCC: string): string {
  return printable(fourCC, 4);
}
