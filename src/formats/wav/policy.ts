// What is done with each chunk of the WAV family, by its id. What matches no row is dropped: readers skip chunks they do not
// know (Microsoft/IBM 1991, "Registering Multimedia Formats"), so none of them is needed to play.
import type { FindingKind } from '../../core/report.ts';

/** What a chunk is carried over as. */
export type ChunkUse = 'fmt' | 'fact' | 'ds64' | 'data' | 'drop';

/** A row of the policy table. */
export interface ChunkRule {
  use: ChunkUse;
  kind: FindingKind;
}

const drop = (kind: FindingKind): ChunkRule => ({ use: 'drop', kind });

const rules: ReadonlyMap<string, ChunkRule> = new Map<string, ChunkRule>([
  // How samples are coded.
  ['fmt ', { use: 'fmt', kind: 'structure' }],
  // How many samples there are in compressed sound.
  ['fact', { use: 'fact', kind: 'structure' }],
  // Sizes past 4 GiB.
  ['ds64', { use: 'ds64', kind: 'structure' }],
  // The samples.
  ['data', { use: 'data', kind: 'structure' }],
  // All rows below only say what a dropped chunk tells about.
  ['LIST', drop('author')],
  ['bext', drop('author')],
  ['cart', drop('author')],
  ['iXML', drop('device')],
  ['axml', drop('other')],
  ['_PMX', drop('history')],
  ['id3 ', drop('author')],
  ['ID3 ', drop('author')],
  ['DISP', drop('comment')],
  ['PEAK', drop('time')],
  ['umid', drop('identifier')],
  ['afsp', drop('comment')],
  ['cue ', drop('comment')],
  ['smpl', drop('device')],
  ['C2PA', drop('provenance')],
  ['JUNK', drop('structure')],
  ['junk', drop('structure')],
  ['PAD ', drop('structure')],
  ['FLLR', drop('structure')],
]);

/** The rule for a chunk. */
export function ruleFor(id: string): ChunkRule {
  return rules.get(id) ?? drop('other');
}

/** The id for a report. */
export function nameChunk(id: string): string {
  return id.replace(/[^ -~›]/g, '?').trim();
}
