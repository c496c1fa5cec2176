// What dropped boxes and tracks tell.
import { type Box, printableType } from '../../containers/isobmff/box.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import type { Movie } from './movie.ts';
import { droppedTracks, topBoxes, uuids } from './policy.ts';

const GUID_LENGTH = 16;

/** Notes a box at the top of the file that is dropped. */
export function* noteTopBox(window: Window, plan: Plan, { type, start, bodyStart }: Box, end: number): Walk {
  const bytes = end - start;
  const place = { action: 'removed', bytes, offset: start } as const;
  if (type !== 'uuid' || bodyStart > end) {
    plan.found({ kind: topBoxes.get(type) ?? 'other', where: printableType(type), ...place });
    return;
  }
  const at = bodyStart - GUID_LENGTH;
  if (!window.has(at, GUID_LENGTH)) yield window.need(at, GUID_LENGTH, 'uuid');
  const guid = Array.from(window.view(at, bodyStart), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const { name, kind } = uuids.get(guid) ?? { name: guid, kind: 'other' as const };
  plan.found({ kind, where: `uuid › ${name}`, ...place });
}

/** Notes the tracks that are left behind, and samples that are not there. */
export function noteOtherTracks(plan: Plan, { others, missingSamples }: Movie): void {
  for (const { handler, table, offset } of others) {
    const kind = droppedTracks.get(handler) ?? (handler === 'vide' ? 'thumbnail' : 'other');
    const bytes = table.chunks.lengths.reduce((sum, length) => sum + length, 0);
    plan.found({ kind, where: `moov › trak › ${printableType(handler)}`, action: 'removed', bytes, offset });
  }
  if (missingSamples > 0) {
    const note = `The file is cut off: ${missingSamples} samples that it announces are not there.`;
    plan.found({ kind: 'structure', where: 'moov › trak › stbl', action: 'rewritten', bytes: 0, note });
  }
}
