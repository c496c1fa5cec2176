// What dropped chunks tell, for the report alone.
import { printable } from '../../bytes/printable.ts';
import { latin1 } from '../../bytes/text.ts';
import type { Chunk } from '../../containers/chunks.ts';
import { describeImageResources } from '../../containers/photoshop-inventory.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { describeExifBlock } from './exif.ts';
import { nameChunk, ruleFor } from './policy.ts';

/** More of a dropped chunk is not looked at. */
const MAX_LENGTH = 256 * 1024;

/** Notes a chunk that is dropped. */
export function* describeDropped(
  window: Window,
  plan: Plan,
  context: Context,
  { id, start, bodyStart, bodyEnd, next }: Chunk,
  ...trail: string[]
): Walk {
  const { use, kind } = ruleFor(id);
  const name = nameChunk(id);
  const length = Math.min(bodyEnd - bodyStart, MAX_LENGTH);
  const finding: Finding = {
    kind,
    where: [...trail, name].join(' › '),
    action: 'removed',
    bytes: next - start,
    offset: start,
  };
  if (use === 'exif' || kind === 'history' || kind === 'comment') {
    if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, ...trail, name);
    const data = window.view(bodyStart, bodyStart + length);
    if (use === 'exif') {
      describeExifBlock(plan, context, data, bodyStart, ...trail);
      return;
    }
    if (id === 'PSAI') Object.assign(finding, describeImageResources(data));
    else if (kind === 'history') Object.assign(finding, describeXmp(data));
    else if (context.options.values) finding.values = { text: printable(latin1(data)) };
  }
  plan.found(finding);
}
