import { areEqual } from '../bytes/equal.ts';
import type { Plan } from '../core/plan.ts';

/**
 * Puts bytes in canonical form here: as a span where the input has the same ones, so that spans merge, else anew.
 * @param start absolute offset of `found`, the bytes of the input that they stand for
 */
export function carry(plan: Plan, start: number, found: Uint8Array, canonical: Uint8Array): void {
  if (areEqual(canonical, found)) plan.keep(start, start + found.length);
  else plan.insert(canonical);
}
