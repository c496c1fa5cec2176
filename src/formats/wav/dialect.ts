// The family of WAV: RIFF and RIFX (little- and big-endian), RF64 and BW64 (sizes past 4 GiB), W64 (GUIDs for ids).
import { type ChunkLayout, IFF_LAYOUT, RIFF_LAYOUT, W64_LAYOUT } from '../../containers/chunks.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** The twelve bytes that follow the four letters in the GUIDs of W64. */
const W64_TAIL = '\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a';
/** The id of the whole file in W64, whose GUID has another tail. */
export const W64_RIFF = 'riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0';
const W64_HEADER_LENGTH = 40;
const RIFF_HEADER_LENGTH = 12;

/** Which of the family a file is: how it writes chunks. */
export interface Dialect {
  layout: ChunkLayout;
  /** Whether ids are GUIDs. */
  isW64: boolean;
  /** Whether sizes past 4 GiB stand in a `ds64` chunk. */
  isLarge: boolean;
  /** Length of everything in front of the first chunk. */
  headerLength: number;
}

/** Tells the dialect by the header. */
export function* readDialect(window: Window): Walk<Dialect> {
  if (!window.has(0, RIFF_HEADER_LENGTH)) yield window.need(0, RIFF_HEADER_LENGTH, 'RIFF');
  const id = window.fourCC(0);
  if (id === 'riff') {
    if (!window.has(0, W64_HEADER_LENGTH)) yield window.need(0, W64_HEADER_LENGTH, 'riff');
    return { layout: W64_LAYOUT, isW64: true, isLarge: false, headerLength: W64_HEADER_LENGTH };
  }
  const layout = id === 'RIFX' ? IFF_LAYOUT : RIFF_LAYOUT;
  return { layout, isW64: false, isLarge: id === 'RF64' || id === 'BW64', headerLength: RIFF_HEADER_LENGTH };
}

/** The id of a chunk as RIFF has it; of a GUID that is none of its ids, `GUID`. */
export function plainId({ isW64 }: Dialect, id: string): string {
  if (!isW64) return id;
  return id.endsWith(W64_TAIL) ? id.slice(0, 4) : 'GUID';
}

/** The id of a chunk as the dialect has it. */
export function dialectId({ isW64 }: Dialect, id: string): string {
  return isW64 ? id + W64_TAIL : id;
}
