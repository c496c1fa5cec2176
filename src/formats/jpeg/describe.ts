// What dropped segments and the data behind the picture tell, for the report alone.
import { shown } from '../../bytes/printable.ts';
import { latin1, startsWith, utf8OrLatin1 } from '../../bytes/text.ts';
import { describeExif } from '../../containers/exif-inventory.ts';
import { Marker } from '../../containers/jpeg/marker.ts';
import { countPictures } from '../../containers/jpeg/multi-picture.ts';
import { describeImageResources } from '../../containers/photoshop-inventory.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding, FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { nameSegment, type SegmentRule } from './policy.ts';

/** What segments say about data behind the picture. */
export interface Hints {
  gainMap: boolean;
  /** Why the gain map is not kept. */
  gainMapTrouble: string;
  motionVideo: boolean;
  /** How many pictures the multi-picture index lists, the first among them. */
  pictures: number;
}

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
  const content = segment.subarray(4 + rule.identifier.length);
  const { values } = context.options;
  if (rule.use === 'exif') {
    describeExif(plan, content.subarray(1), where, start + 4 + rule.identifier.length + 1);
    return;
  }
  if (rule.name === 'XMP') {
    const text = latin1(content);
    hints.gainMap ||= /hdrgm:|HDRGainMap|Semantic="GainMap"/.test(text);
    hints.motionVideo ||= /MotionPhoto|MicroVideo/.test(text);
    Object.assign(finding, describeXmp(content, values));
  } else if (rule.name === 'gain map metadata') hints.gainMap = true;
  else if (rule.name === 'MPF') hints.pictures = Math.max(hints.pictures, countPictures(content));
  else if (rule.name === 'Photoshop') Object.assign(finding, describeImageResources(content, values));
  else if (rule.kind === 'comment' && values) {
    const text = shown(utf8OrLatin1(content));
    if (text !== '') finding.values = { text };
  }
  plan.found(finding);
}

/** Notes what stands behind EOI, all of which is dropped. */
export function* describeTrailer(window: Window, plan: Plan, hints: Hints, start: number): Walk {
  // Enough for the box header of a video behind a few padding bytes.
  const SIGNATURE_LENGTH = 12;
  if (!window.has(start, 1)) yield window.want(start, SIGNATURE_LENGTH);
  if (!window.has(start, 1)) return;
  const length = Math.min(SIGNATURE_LENGTH, window.size - start);
  if (!window.has(start, length)) yield window.need(start, length, 'after EOI');
  const beginning = window.view(start, start + length);
  const endLength = Math.min(SAMSUNG_END.length, window.size - start);
  if (!window.has(window.size - endLength, endLength)) yield window.need(window.size - endLength, endLength);
  const ending = window.view(window.size - endLength, window.size);
  const [kind, name] = nameTrailer(beginning, ending, hints);
  const announced = [
    hints.gainMap ? 'a gain map, without which HDR displays show the picture at ordinary brightness' : '',
    hints.pictures > 1 ? `further pictures: ${hints.pictures - 1}` : '',
    hints.motionVideo ? 'a motion video' : '',
  ].filter(Boolean);
  plan.found({
    kind,
    where: name === '' ? 'after EOI' : `after EOI › ${name}`,
    action: 'removed',
    bytes: window.size - start,
    offset: start,
    ...(announced.length > 0
      ? { note: `The file announces ${announced.join('; ')}. ${hints.gainMapTrouble}`.trim() }
      : {}),
  });
}

/** The last characters of a file with Samsung's directory of appended data. */
const SAMSUNG_END = 'SEFT';

/** What the data behind EOI is, by its first and last bytes and by what was announced. */
function nameTrailer(beginning: Uint8Array, ending: Uint8Array, hints: Hints): [FindingKind, string] {
  if (startsWith(beginning, 'ftyp', 4)) return ['embedded-file', hints.motionVideo ? 'motion video' : 'video'];
  // Some cameras leave a few zero bytes in front of the second picture.
  const first = beginning.findIndex((byte) => byte !== 0);
  if (beginning[first] === 0xff && beginning[first + 1] === Marker.SOI) {
    if (hints.gainMap) return ['embedded-file', 'gain map'];
    return ['embedded-file', hints.pictures > 1 ? 'MPF picture' : 'JPEG'];
  }
  if (startsWith(ending, SAMSUNG_END)) return ['embedded-file', 'Samsung directory'];
  if (hints.motionVideo) return ['embedded-file', 'motion video'];
  return ['trailing-data', ''];
}
