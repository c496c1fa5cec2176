// What dropped boxes tell, for the report alone.

import { describeExif } from '../../containers/exif-inventory.ts';
import { type Box, printableType } from '../../containers/isobmff/box.ts';
import type { FrameHeader } from '../../containers/jxl/frame-header.ts';
import type { ImageHeader, KeptOfImage } from '../../containers/jxl/image-header.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { ruleFor } from './policy.ts';

/** More of a dropped box is not looked at. */
const MAX_LENGTH = 256 * 1024;
/** In front of the Exif block: where in it the TIFF header stands (18181-2 §9.5). */
const OFFSET_LENGTH = 4;

/** Notes a box that is dropped. */
export function* describeDropped(window: Window, plan: Plan, context: Context, box: Box): Walk {
  if (!context.describes) return;
  const { type, start, bodyStart, end } = box;
  const isCompressed = type === 'brob' && end - bodyStart >= 4;
  if (isCompressed && !window.has(bodyStart, 4)) yield window.need(bodyStart, 4, type);
  const inner = isCompressed ? window.fourCC(bodyStart) : type;
  const { kind, note } = ruleFor(inner);
  const where = isCompressed ? `brob › ${printableType(inner).trim()}` : printableType(type).trim();
  const finding: Finding = { kind, where, action: 'removed', bytes: end - start, offset: start };
  if (note !== undefined) finding.note = note;
  if (type !== 'Exif' && type !== 'xml ') {
    plan.found(finding);
    return;
  }
  const length = Math.min(end - bodyStart, MAX_LENGTH);
  if (length > 0 && !window.has(bodyStart, length)) yield window.need(bodyStart, length, type);
  const body = length > 0 ? window.view(bodyStart, bodyStart + length) : new Uint8Array(0);
  if (type === 'xml ') {
    plan.found(Object.assign(finding, describeXmp(body, context.options.values)));
    return;
  }
  if (length < OFFSET_LENGTH) {
    plan.found(finding);
    return;
  }
  const from = OFFSET_LENGTH + Math.min(length - OFFSET_LENGTH, window.u32be(bodyStart));
  describeExif(plan, body.subarray(from), where, bodyStart + from);
  if (context.options.values) plan.exhibit(body.subarray(from), where);
}

/** Notes what the image header tells, and what is not kept of it. */
export function describeImage(plan: Plan, image: ImageHeader, kept: KeptOfImage): void {
  if (image.orientation > 1) {
    const action = kept.orientation ? 'kept' : 'removed';
    plan.found({ kind: 'orientation', where: 'ImageMetadata › orientation', action, bytes: 1 });
  }
  if (image.nameLength > 0) {
    const where = 'ExtraChannelInfo › name';
    plan.found({ kind: 'comment', where, action: 'removed', bytes: image.nameLength });
  }
  describeExtensions(plan, 'ImageMetadata › extensions', image.extensionLength);
  if (image.hasOtherChannels) {
    plan.residual.add('Channels besides colour and opacity, such as depth or heat, which are coded into the picture.');
  }
  if (image.profileLength === 0) return;
  const place = { kind: 'color-profile', where: 'ICC profile', bytes: Math.ceil(image.profileLength / 8) } as const;
  if (!kept.colorProfile) {
    plan.found({ ...place, action: 'removed' });
    return;
  }
  plan.found({ ...place, action: 'kept', note: 'It is coded into the header and carried over with all its texts.' });
  plan.residual.add(
    'The colour profile, which is coded into the header: it may name its maker, its device and when it was made. Dropping colorProfile removes it.',
  );
}

/** Notes what is not kept of a frame's header, which stands at `offset`. */
export function describeFrame(plan: Plan, image: ImageHeader, frame: FrameHeader, offset: number): void {
  if (frame.nameLength > 0) {
    const where = 'FrameHeader › name';
    plan.found({ kind: 'comment', where, action: 'removed', bytes: frame.nameLength, offset });
  }
  if (image.hasTimecodes) {
    plan.found({ kind: 'time', where: 'FrameHeader › timecode', action: 'removed', bytes: 4, offset });
  }
  describeExtensions(plan, 'FrameHeader › extensions', frame.extensionLength, offset);
}

function describeExtensions(plan: Plan, where: string, bits: number, offset?: number): void {
  if (bits === 0) return;
  const place = offset === undefined ? {} : { offset };
  plan.found({ kind: 'other', where, action: 'removed', bytes: Math.ceil(bits / 8), ...place });
}
