import { startsWith } from '../../bytes/text.ts';
import type { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** What stands behind the last frame, by how it begins. */
const trailers: readonly (readonly [signature: string, where: string, kind: FindingKind])[] = [
  ['TAG', 'ID3v1', 'author'],
  ['ID3', 'ID3v2', 'author'],
  ['APETAGEX', 'APE tag', 'author'],
  ['LYRICSBEGIN', 'Lyrics3', 'comment'],
  ['fLaC', 'FLAC', 'embedded-file'],
];
const SIGNATURE_LENGTH = 11;

/** Notes what stands behind the last frame, all of which is dropped. */
export function* describeTrailer(window: Window, plan: Plan, start: number): Walk {
  const length = Math.min(SIGNATURE_LENGTH, window.size - start);
  if (length === 0) return;
  if (!window.has(start, length)) yield window.need(start, length);
  const beginning = window.view(start, start + length);
  const [, name, kind] = trailers.find(([signature]) => startsWith(beginning, signature)) ?? [];
  plan.found({
    kind: kind ?? 'trailing-data',
    where: name === undefined ? 'after the last frame' : `after the last frame › ${name}`,
    action: 'removed',
    bytes: window.size - start,
    offset: start,
  });
}
