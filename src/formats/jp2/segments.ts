import { concat } from '../../bytes/concat.ts';
import { printable } from '../../bytes/printable.ts';
import { latin1 } from '../../bytes/text.ts';
import { u16 } from '../../containers/isobmff/box.ts';
import {
  type ImageSize,
  Marker,
  nameMarker,
  readImageSize,
  standsAlone,
  usedLength,
} from '../../containers/jp2/marker.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { ruleForSegment, type SegmentRule } from './policy.ts';

const MARKER_LENGTH = 2;

/** A marker segment that was read; of SOT and SOD only the marker. */
export interface Segment {
  code: number;
  start: number;
  end: number;
  bytes: Uint8Array;
  rule: SegmentRule;
}

/** Reads marker segments and carries over what is kept of them. */
export class Segments {
  readonly window: Window;
  readonly plan: Plan;
  readonly context: Context;
  #size: ImageSize | undefined;

  constructor(window: Window, plan: Plan, context: Context) {
    this.window = window;
    this.plan = plan;
    this.context = context;
  }

  get size(): ImageSize {
    return this.#size ?? { components: 1, tiles: 1 };
  }

  /**
   * Reads the segment at `start`.
   * @throws ScrubError `malformed` where there is none, `unsupported` where it is of a kind that is not known
   */
  *next(start: number): Walk<Segment> {
    const { window } = this;
    this.context.countStructures();
    if (!window.has(start, MARKER_LENGTH)) yield window.need(start, MARKER_LENGTH, 'marker');
    const code = window.u16be(start);
    const name = nameMarker(code);
    const rule = ruleForSegment(code);
    const headerEnd = start + MARKER_LENGTH;
    const isBare = standsAlone(code) || code === Marker.SOT || code === Marker.SOD;
    if (code < 0xff00 || code === 0xffff) throw malformed('What stands here is no marker.', start, 'marker');
    if (isBare) {
      // Reserved, without a meaning.
      const use = standsAlone(code) ? 'drop' : rule.use;
      const bytes = window.view(start, headerEnd);
      return { code, start, end: headerEnd, bytes, rule: { ...rule, use } };
    }
    if (rule.use === 'refuse') {
      throw unsupported('The codestream has a marker segment of a kind that is not known.', start, name);
    }
    if (!window.has(headerEnd, 2)) yield window.need(headerEnd, 2, name);
    const length = window.u16be(headerEnd);
    if (length < 2) throw malformed('The segment is shorter than its length.', start, name);
    const end = headerEnd + length;
    if (!window.has(start, end - start)) yield window.need(start, end - start, name);
    const bytes = window.view(start, end);
    if (this.#size === undefined) {
      this.#size = code === Marker.SIZ ? readImageSize(bytes) : undefined;
      if (this.#size === undefined)
        throw malformed('The size of the picture is missing or makes no sense.', start, 'SIZ');
    } else if (code === Marker.SIZ) throw malformed('The codestream has two sizes.', start, name);
    return { code, start, end, bytes, rule };
  }

  /** Carries a segment over as far as its fields reach, or drops it. @returns how many bytes of it are left out */
  carry(segment: Segment, plan: Plan = this.plan): number {
    const { code, start, end, bytes, rule } = segment;
    if (rule.use === 'drop') {
      this.drop(segment);
      return end - start;
    }
    const name = nameMarker(code);
    const used = usedLength(code, bytes, this.size.components);
    if (used > bytes.length) throw malformed('The segment is too short for its fields.', start, name);
    if (used === bytes.length) {
      plan.keep(start, end);
      return 0;
    }
    plan.insert(concat(bytes.subarray(0, MARKER_LENGTH), u16(used - MARKER_LENGTH), bytes.subarray(4, used)));
    const place = { bytes: bytes.length - used, offset: start + used };
    this.plan.found({ kind: 'structure', where: name, action: 'removed', ...place, note: 'Behind its last field.' });
    return bytes.length - used;
  }

  /** Notes a segment that is dropped. */
  drop({ code, start, end, bytes, rule }: Segment): void {
    const where = nameMarker(code);
    const finding: Finding = { kind: rule.kind, where, action: 'removed', bytes: end - start, offset: start };
    // Rcom 1: text in Latin-1.
    const isText = code === Marker.COM && bytes.length > 6 && bytes[5] === 1;
    if (isText && this.context.options.values) finding.values = { text: printable(latin1(bytes.subarray(6))) };
    this.plan.found(finding);
  }
}
