// AMR files in the words of RFC 4867 §5.
import { randomFrom } from '../specimens/specimen.ts';
import { join } from './jpeg.ts';

export const NARROWBAND = '#!AMR\n';
export const WIDEBAND = '#!AMR-WB\n';

/** Frame types with the lengths of their speech data. */
export const NB_12_2 = [7, 31] as const;
export const NB_SID = [8, 5] as const;
export const NO_DATA = [15, 0] as const;
export const WB_23_85 = [8, 60] as const;
export const WB_SID = [9, 5] as const;

/** A frame: its header with type and quality bit, and speech data that any decoder plays. */
export function frame([type, length]: readonly [number, number], seed = 0, padding = 0): Uint8Array {
  const random = randomFrom(type * 1000 + seed);
  return join(
    [(type << 3) | 4 | padding],
    Array.from({ length }, () => Math.floor(random() * 256)),
  );
}
