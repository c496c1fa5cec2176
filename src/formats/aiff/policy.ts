// What is done with each chunk of AIFF, by its id. What matches no row is dropped: readers skip chunks they do not know
// (EA IFF 85, §"Local Chunks").
import type { Keepable } from '../../core/options.ts';
import type { FindingKind } from '../../core/report.ts';

/** What a chunk is carried over as. */
export type ChunkUse = 'version' | 'common' | 'sound' | 'channels' | 'text' | 'marks' | 'drop';

/** A row of the policy table. */
export interface ChunkRule {
  use: ChunkUse;
  kind: FindingKind;
  /** The option that keeps it. */
  option?: Keepable;
}

const drop = (kind: FindingKind): ChunkRule => ({ use: 'drop', kind });

/** The rules by id; kept ones are written in this order. */
export const rules: ReadonlyMap<string, ChunkRule> = new Map<string, ChunkRule>([
  // Version of AIFF-C: a constant.
  ['FVER', { use: 'version', kind: 'structure' }],
  // Channels, frames, sample size, rate, coding.
  ['COMM', { use: 'common', kind: 'structure' }],
  // Which channel is which.
  ['CHAN', { use: 'channels', kind: 'structure' }],
  // The samples.
  ['SSND', { use: 'sound', kind: 'structure' }],
  // Texts and marks, kept on demand.
  ['NAME', { use: 'text', kind: 'comment', option: 'title' }],
  ['AUTH', { use: 'text', kind: 'author', option: 'author' }],
  ['(c) ', { use: 'text', kind: 'author', option: 'copyright' }],
  ['MARK', { use: 'marks', kind: 'comment', option: 'chapters' }],
  // All rows below only say what a dropped chunk tells about.
  ['ANNO', drop('comment')],
  ['COMT', drop('time')],
  ['INST', drop('device')],
  ['MIDI', drop('device')],
  ['AESD', drop('device')],
  ['APPL', drop('software')],
  ['SAXL', drop('other')],
  ['ID3 ', drop('author')],
  ['id3 ', drop('author')],
  ['basc', drop('software')],
  ['trns', drop('software')],
  ['cate', drop('software')],
  ['PEAK', drop('time')],
  ['bext', drop('author')],
  ['FLLR', drop('structure')],
]);

/** The rule for a chunk. */
export function ruleFor(id: string): ChunkRule {
  return rules.get(id) ?? drop('other');
}

/** Codings that decoders play, with the bits of a sample where they are not those of COMM; 0 where samples depend on each other. */
export const codings: ReadonlyMap<string, number | undefined> = new Map<string, number | undefined>([
  ['NONE', undefined],
  ['twos', undefined],
  ['sowt', undefined],
  ['raw ', 8],
  ['in24', 24],
  ['in32', 32],
  ['42ni', 24],
  ['23ni', 32],
  ['fl32', 32],
  ['FL32', 32],
  ['fl64', 64],
  ['FL64', 64],
  ['ulaw', 8],
  ['ULAW', 8],
  ['alaw', 8],
  ['ALAW', 8],
  ['ima4', 0],
  ['MAC3', 0],
  ['MAC6', 0],
  ['G722', 0],
  ['G726', 0],
  ['GSM ', 0],
  ['agsm', 0],
  ['ADP4', 0],
  ['SDX2', 0],
  ['sdx2', 0],
]);
