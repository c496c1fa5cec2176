// What is done with each chunk of the WAV family, by its id. What matches no row is dropped: readers skip chunks they do not
// know (Microsoft/IBM 1991, "Registering Multimedia Formats"), so none of them is needed to play.
import type { FindingKind } from '../../core/report.ts';

/** What a chunk is carried over as. */
export type ChunkUse = 'fmt' | 'fact' | 'ds64' | 'data' | 'adm' | 'cue' | 'list' | 'drop';

/** A row of the policy table. */
export interface ChunkRule {
  use: ChunkUse;
  kind: FindingKind;
}

const drop = (kind: FindingKind): ChunkRule => ({ use: 'drop', kind });

/** The rules by id. */
export const rules: ReadonlyMap<string, ChunkRule> = new Map<string, ChunkRule>([
  // How samples are coded.
  ['fmt ', { use: 'fmt', kind: 'structure' }],
  // How many samples there are in coded sound.
  ['fact', { use: 'fact', kind: 'structure' }],
  // Sizes past 4 GiB.
  ['ds64', { use: 'ds64', kind: 'structure' }],
  // The samples.
  ['data', { use: 'data', kind: 'structure' }],
  // Which track is which object of a scene (BS.2076): content where there are more than two.
  ['chna', { use: 'adm', kind: 'structure' }],
  // Marks in the sound, kept on demand.
  ['cue ', { use: 'cue', kind: 'comment' }],
  // INFO: texts; adtl: labels of the marks; both kept on demand.
  ['LIST', { use: 'list', kind: 'author' }],
  // All rows below only say what a dropped chunk tells about.
  ['bext', drop('author')],
  ['cart', drop('author')],
  ['iXML', drop('device')],
  ['axml', drop('other')],
  ['aXML', drop('other')],
  ['_PMX', drop('history')],
  ['id3 ', drop('author')],
  ['ID3 ', drop('author')],
  ['DISP', drop('comment')],
  ['PEAK', drop('time')],
  ['levl', drop('time')],
  ['umid', drop('identifier')],
  ['UMID', drop('identifier')],
  ['afsp', drop('comment')],
  ['LGWV', drop('comment')],
  ['plst', drop('structure')],
  ['smpl', drop('device')],
  ['inst', drop('device')],
  ['acid', drop('software')],
  ['strc', drop('software')],
  ['muma', drop('software')],
  ['chrp', drop('software')],
  ['SyLp', drop('software')],
  ['minf', drop('identifier')],
  ['elm1', drop('software')],
  ['regn', drop('identifier')],
  ['DGDA', drop('software')],
  ['MXrt', drop('software')],
  ['link', drop('identifier')],
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
