// What dropped chunks tell, for the report alone.
import { printable } from '../../bytes/printable.ts';
import { latin1, startsWith } from '../../bytes/text.ts';
import { describeExif } from '../../containers/exif-inventory.ts';
import { describeImageResources } from '../../containers/photoshop-inventory.ts';
import type { Chunk } from '../../containers/riff.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { nameChunk, ruleFor } from './policy.ts';

/** Some writers put this in front of the TIFF header, as JPEG has it. */
const EXIF_PREFIX = 'Exif\0\0';
/** More of a dropped chunk is not looked at. */
const MAX_LENGTH = 256 * 1024;

/** Where the TIFF header stands in the data of an EXIF chunk. */
export function exifStart(data: Uint8Array): number {
  return startsWith(data, EXIF_PREFIX) ? EXIF_PREFIX.length : 0;
}

/** Notes what an Exif block tells whose TIFF header stands at `start`. */
export function describeExifBlock(plan: Plan, context: Context, block: Uint8Array, start: number): void {
  if (!context.describes) return;
  describeExif(plan, block, 'EXIF', start);
  if (context.options.values) plan.exhibit(block, 'EXIF');
}

/** Notes a chunk that is dropped. */
export function* describeDropped(
  window: Window,
  plan: Plan,
  context: Context,
  { fourCC, start, dataStart, dataEnd, end }: Chunk,
  ...trail: string[]
): Walk {
  const { use, kind } = ruleFor(fourCC);
  const name = nameChunk(fourCC);
  const length = Math.min(dataEnd - dataStart, MAX_LENGTH);
  const finding: Finding = {
    kind,
    where: [...trail, name].join(' › '),
    action: 'removed',
    bytes: end - start,
    offset: start,
  };
  if (use === 'exif' || kind === 'history' || kind === 'comment') {
    if (!window.has(dataStart, length)) yield window.need(dataStart, length, ...trail, name);
    const data = window.view(dataStart, dataStart + length);
    if (use === 'exif') {
      const from = exifStart(data);
      describeExifBlock(plan, context, data.subarray(from), dataStart + from);
      return;
    }
    if (fourCC === 'PSAI') Object.assign(finding, describeImageResources(data));
    else if (kind === 'history') Object.assign(finding, describeXmp(data));
    else if (context.options.values) finding.values = { text: printable(latin1(data)) };
  }
  plan.found(finding);
}
