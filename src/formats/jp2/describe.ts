// What dropped boxes tell, for the report alone.
import { startsWith } from '../../bytes/text.ts';
import { describeExif } from '../../containers/exif-inventory.ts';
import type { Box } from '../../containers/isobmff/box.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { describeUuid, nameBox, ruleForBox } from './policy.ts';

/** More of a dropped box is not looked at. */
const MAX_LENGTH = 256 * 1024;
const USER_TYPE_LENGTH = 16;
/** Some writers put the identifier of JPEG in front of the TIFF header. */
const EXIF_IDENTIFIER = 'Exif\0\0';

/** Notes a box that is dropped. */
export function* describeDropped(window: Window, plan: Plan, context: Context, box: Box): Walk {
  const { type, start, bodyStart, end } = box;
  const where = nameBox(type);
  const finding: Finding = { kind: ruleForBox(type).kind, where, action: 'removed', bytes: end - start, offset: start };
  const length = Math.min(Math.max(0, end - bodyStart), MAX_LENGTH);
  if (type !== 'uuid' && type !== 'xml ') {
    plan.found(finding);
    return;
  }
  const from = type === 'uuid' ? bodyStart - USER_TYPE_LENGTH : bodyStart;
  const to = bodyStart + length;
  if (to > from && !window.has(from, to - from)) yield window.need(from, to - from, where);
  const body = to > bodyStart ? window.view(bodyStart, to) : new Uint8Array(0);
  if (type === 'xml ') {
    plan.found(Object.assign(finding, describeXmp(body, context.options.values)));
    return;
  }
  const user = describeUuid(window.view(from, bodyStart));
  if (user !== undefined) Object.assign(finding, { kind: user.kind, where: `${where} › ${user.name}` });
  if (user?.name === 'XMP') Object.assign(finding, describeXmp(body, context.options.values));
  if (user?.name !== 'Exif') {
    plan.found(finding);
    return;
  }
  const skipped = startsWith(body, EXIF_IDENTIFIER) ? EXIF_IDENTIFIER.length : 0;
  describeExif(plan, body.subarray(skipped), finding.where, bodyStart + skipped);
  if (context.options.values) plan.exhibit(body.subarray(skipped), finding.where);
}
