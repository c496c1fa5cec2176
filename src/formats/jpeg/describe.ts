// What dropped segments and the data behind the picture tell, for the report alone.
import { latin1, startsWith } from '../../bytes/text.ts';
import { describeExif } from '../../containers/exif-inventory.ts';
import { describeImageResources } from '../../containers/photoshop-inventory.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { nameSegment, type SegmentRule } from './policy.ts';

/** What segments say about data behind the picture. */
export interface Hints {
  gainMap: boolean;
  motionVideo: boolean;
}

const MAX_VALUE_LENGTH = 200;

/** Notes a dropped segment: `segment` runs from its marker on. */
export function describeSegment(
  plan: Plan,
  context: Context,
  hints: Hints,
  rule: SegmentRule,
  segment: Uint8Array,
  start: number,
): void {
  const where = nameSegment(rule);
  const finding: Finding = { kind: rule.kind, where, action: 'removed', bytes: segment.length, offset: start };
  const body = segment.subarray(4);
  const content = body.subarray(rule.identifier.length);
  if (rule.use === 'exif') {
    describeExif(plan, content.subarray(1), where, start + 4 + rule.identifier.length + 1);
    return;
  }
  if (rule.name === 'XMP') {
    const text = latin1(content);
    hints.gainMap ||= /hdrgm:|HDRGainMap|Semantic="GainMap"/.test(text);
    hints.motionVideo ||= /MotionPhoto|MicroVideo/.test(text);
    Object.assign(finding, describeXmp(content));
  } else if (rule.name === 'gain map metadata') hints.gainMap = true;
  else if (rule.name === 'Photoshop') Object.assign(finding, describeImageResources(content));
  else if (rule.kind === 'comment' && context.options.values) {
    finding.values = { text: latin1(content.subarray(0, MAX_VALUE_LENGTH)) };
  }
  plan.found(finding);
}

/** Notes what stands behind EOI, all of which is dropped. */
export function* describeTrailer(window: Window, plan: Plan, hints: Hints, start: number): Walk {
  // Enough for the box header of a video behind a few padding bytes.
  const SIGNATURE_LENGTH = 12;
  if (!window.has(start, 1)) yield window.want(start, SIGNATURE_LENGTH);
  if (!window.has(start, 1)) return;
  const beginning = window.view(start, Math.min(window.end, start + SIGNATURE_LENGTH));
  const announced = [hints.gainMap ? 'a gain map' : '', hints.motionVideo ? 'a motion video' : ''].filter(Boolean);
  const note = announced.length > 0 ? { note: `The file announces ${announced.join(' and ')} there.` } : {};
  const place = { action: 'removed', bytes: window.size - start, offset: start, ...note } as const;
  if (beginning[0] === 0xff && beginning[1] === 0xd8) {
    plan.found({ kind: 'embedded-file', where: 'after EOI › JPEG', ...place });
  } else if (startsWith(beginning, 'ftyp', 4))
    plan.found({ kind: 'embedded-file', where: 'after EOI › video', ...place });
  else plan.found({ kind: 'trailing-data', where: 'after EOI', ...place });
}
