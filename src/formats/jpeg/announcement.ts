import { indexOf } from '../../bytes/search.ts';
import { GAIN_MAP_IDENTIFIER } from '../../containers/jpeg/gain-map-metadata.ts';
import { MPF_IDENTIFIER } from '../../containers/jpeg/multi-picture.ts';
import type { Plan, Slot } from '../../core/plan.ts';
import type { SegmentRule } from './policy.ts';

/** Namespace of the properties that say how a gain map is applied (Adobe, Gain map 1.0). */
export const HDRGM = 'http://ns.adobe.com/hdr-gain-map/1.0/';

/** A segment that is held until it is known what becomes of it. */
export interface Held {
  rule: SegmentRule;
  /** From its marker on. */
  segment: Uint8Array;
  /** Absolute offset. */
  start: number;
}

/** What the segments in front of the scans say about a gain map behind the picture: the first of each kind. */
export class Announcement {
  /** XMP that speaks of a gain map. */
  xmp: Held | undefined;
  /** ISO 21496-1. */
  iso: Held | undefined;
  /** Multi-Picture Format. */
  index: Held | undefined;
  /** Where the segments go that announce a gain map, and how long the picture is up to there. */
  place: { slot: Slot; start: number } | undefined;

  /** Takes a segment that may belong to a gain map; returns whether it is held. */
  take(held: Held): boolean {
    const { identifier } = held.rule;
    if (identifier === GAIN_MAP_IDENTIFIER && this.iso === undefined) this.iso = held;
    else if (identifier === MPF_IDENTIFIER && this.index === undefined) this.index = held;
    else if (this.xmp === undefined && indexOf(held.segment, HDRGM) >= 0) this.xmp = held;
    else return false;
    return true;
  }

  /** Leaves a place for what announces the gain map, if there may be one. */
  reserve(plan: Plan): void {
    if (this.isMade) this.place = { start: plan.length, slot: plan.slot() };
  }

  /** Whether there is a gain map, if the segments are right. */
  get isMade(): boolean {
    return this.xmp !== undefined || this.iso !== undefined;
  }

  /** The segments that are held, in the order of the file. */
  get held(): Held[] {
    return [this.xmp, this.iso, this.index].filter((held) => held !== undefined).toSorted((a, b) => a.start - b.start);
  }
}
