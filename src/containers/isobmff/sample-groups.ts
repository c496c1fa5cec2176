// Sample groups that say how many samples earlier decoding must begin: `roll` and `prol` (ISO/IEC 14496-12 §8.9, §10.1).

import { latin1Bytes } from '../../bytes/text.ts';
import { type Box, type BoxReader, fullBox, type NewBox, u16, u32, u32List } from './box.ts';
import { fitRuns, type Run } from './runs.ts';

/** Groups of samples of one type. */
export interface SampleGroup {
  type: string;
  /** Roll distances; samples name them by number, from 1. */
  distances: number[];
  /** Number of each sample's distance, 0 for none. */
  runs: Run[];
}

const ROLL_TYPES = ['roll', 'prol'];
const DISTANCE_LENGTH = 2;

/** Reads `sgpd` and `sbgp` boxes. What does not add up is left out: decoders begin at the sample itself then. */
export function readGroups(reader: BoxReader, children: readonly Box[], sampleCount: number): SampleGroup[] {
  const groups: SampleGroup[] = [];
  for (const type of ROLL_TYPES) {
    const ofType = (name: string): Box | undefined =>
      children.find(
        (child) =>
          child.type === name && child.end - child.bodyStart >= 12 && reader.fourCC(child.bodyStart + 4) === type,
      );
    const [sgpd, sbgp] = [ofType('sgpd'), ofType('sbgp')];
    if (sgpd === undefined || sbgp === undefined) continue;
    const group = numberByUse(type, readDistances(reader, sgpd), fitRuns(readMembers(reader, sbgp), sampleCount, 0));
    if (group.distances.length > 0) groups.push(group);
  }
  return groups;
}

function readDistances(reader: BoxReader, sgpd: Box): number[] {
  const { view } = reader;
  const version = view.getUint8(sgpd.bodyStart);
  // Version 1 says how long a description is, version 2 which one samples have by default as well.
  const hasLength = version >= 1;
  let at = sgpd.bodyStart + 8 + (version === 0 ? 0 : version === 1 ? 4 : 8);
  if (at + 4 > sgpd.end) return [];
  if (hasLength && view.getUint32(sgpd.bodyStart + 8) !== DISTANCE_LENGTH) return [];
  const count = Math.min(view.getUint32(at), Math.floor((sgpd.end - at - 4) / DISTANCE_LENGTH));
  at += 4;
  return Array.from({ length: count }, (_, index) => view.getInt16(at + index * DISTANCE_LENGTH));
}

function readMembers(reader: BoxReader, sbgp: Box): Run[] {
  const { view } = reader;
  // Version 1 has a parameter of the type.
  let at = sbgp.bodyStart + (view.getUint8(sbgp.bodyStart) === 1 ? 12 : 8);
  if (at + 4 > sbgp.end) return [];
  const count = Math.min(view.getUint32(at), Math.floor((sbgp.end - at - 4) / 8));
  const runs: Run[] = [];
  for (at += 4; runs.length < count; at += 8) runs.push({ count: view.getUint32(at), value: view.getUint32(at + 4) });
  return runs;
}

/** The groups of the first `sampleCount` samples. */
export function cutGroups(groups: readonly SampleGroup[], sampleCount: number): SampleGroup[] {
  return groups
    .map(({ type, distances, runs }) => numberByUse(type, distances, fitRuns(runs, sampleCount, 0)))
    .filter(({ distances }) => distances.length > 0);
}

/** Distances in the order of their use, without those that no sample has. */
function numberByUse(type: string, distances: readonly number[], runs: readonly Run[]): SampleGroup {
  const numbers = new Map<number, number>();
  const renumbered = runs.map(({ count, value }) => {
    const distance = distances[value - 1];
    if (distance === undefined) return { count, value: 0 };
    const number = numbers.get(distance) ?? numbers.size + 1;
    numbers.set(distance, number);
    return { count, value: number };
  });
  const total = renumbered.reduce((sum, { count }) => sum + count, 0);
  return { type, distances: [...numbers.keys()], runs: fitRuns(renumbered, total, 0) };
}

/** `sgpd` and `sbgp` boxes. */
export function writeGroups(groups: readonly SampleGroup[]): NewBox[] {
  return groups.flatMap(({ type, distances, runs }) => {
    const entries = new Uint8Array(distances.length * DISTANCE_LENGTH);
    for (const [index, distance] of distances.entries()) entries.set(u16(distance), index * DISTANCE_LENGTH);
    const members = u32List(runs.flatMap(({ count, value }) => [count, value]));
    return [
      fullBox('sgpd', 1, 0, latin1Bytes(type), u32(DISTANCE_LENGTH), u32(distances.length), entries),
      fullBox('sbgp', 0, 0, latin1Bytes(type), u32(runs.length), members),
    ];
  });
}
