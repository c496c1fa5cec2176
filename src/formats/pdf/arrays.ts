import { Name, nameOf, Ref, type Value } from '../../containers/pdf/objects.ts';
import type { KindName } from './policy.ts';

/** Whether an array leads to a place in a document (§12.3.2.2): a page and how it is shown. */
export function isDestination(values: readonly Value[], kind: KindName): boolean {
  if (kind !== 'destination' && kind !== 'action') return false;
  return values[0] instanceof Ref || typeof values[0] === 'number' ? values[1] instanceof Name : false;
}

/** What the members of a colour space array are, by its family (§8.6). */
export function colorSpaceMembers(values: readonly Value[]): KindName[] {
  switch (nameOf(values[0])) {
    case 'ICCBased':
      return ['any', 'iccProfile'];
    case 'Indexed':
    case 'I':
      return ['any', 'colorSpace', 'any'];
    case 'Separation':
      return ['any', 'any', 'colorSpace', 'function'];
    case 'DeviceN':
      return ['any', 'any', 'colorSpace', 'function', 'deviceN'];
    default:
      return ['any', 'colorSpace'];
  }
}

const PLAIN: readonly KindName[] = ['any'];
/** A page, and how it is shown. */
const DESTINATION: readonly KindName[] = ['pageNode', 'any'];

/** Kinds of an array's members by their places, the last for all that follow. */
export function membersOf(values: readonly Value[], kind: KindName): readonly KindName[] {
  if (kind === 'colorSpace' && values[0] instanceof Name) return colorSpaceMembers(values);
  if (isDestination(values, kind)) return values[0] instanceof Ref ? DESTINATION : PLAIN;
  return [kind];
}
