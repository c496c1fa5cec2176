// What is done with each metadata block, by its type (RFC 9639 §8.1). What matches no row is reserved, and dropped.
import { BlockType } from '../../containers/flac/metadata-block.ts';
import type { FindingKind } from '../../core/report.ts';

/** What a block is read as. */
export type BlockUse = 'streamInfo' | 'comments' | 'cueSheet' | 'picture' | 'drop';

/** A row of the policy table. */
export interface BlockRule {
  use: BlockUse;
  /** As the specification spells it. */
  name: string;
  kind: FindingKind;
}

const rules: ReadonlyMap<number, BlockRule> = new Map<number, BlockRule>([
  // §8.2: how samples are coded, and what they add up to.
  [BlockType.streamInfo, { use: 'streamInfo', name: 'STREAMINFO', kind: 'structure' }],
  // §8.3: whatever a tag editor left.
  [BlockType.padding, { use: 'drop', name: 'PADDING', kind: 'structure' }],
  // §8.4: above all the headers of the WAV or AIFF file that was coded, with its own metadata.
  [BlockType.application, { use: 'drop', name: 'APPLICATION', kind: 'history' }],
  // §8.5: decoders seek without it; which points it has is the encoder's choice.
  [BlockType.seekTable, { use: 'drop', name: 'SEEKTABLE', kind: 'structure' }],
  // §8.6: of it only the channel mask is obeyed by decoders; the options keep more.
  [BlockType.vorbisComment, { use: 'comments', name: 'VORBIS_COMMENT', kind: 'comment' }],
  // §8.7: catalogue numbers of the disc; its index points are kept with `chapters`.
  [BlockType.cueSheet, { use: 'cueSheet', name: 'CUESHEET', kind: 'identifier' }],
  // §8.8: kept with `coverArt`.
  [BlockType.picture, { use: 'picture', name: 'PICTURE', kind: 'thumbnail' }],
]);

/** The rule for a block. */
export function ruleFor(type: number): BlockRule {
  return rules.get(type) ?? { use: 'drop', name: `block type ${type}`, kind: 'other' };
}
