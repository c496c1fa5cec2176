// What goes into the media data: coded pictures of items and samples, each once, whoever shows them.
import type { Extents } from '../../containers/isobmff/extents.ts';
import { Extents as ExtentList } from '../../containers/isobmff/extents.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { carryAll, type Filtered, filterNalUnits, filterObus } from './filter.ts';
import { avcRules, type Coding, hevcRules } from './policy.ts';

/** Where a coded picture lies, counted from the start of the media data. */
export interface Placed {
  start: number;
  length: number;
}

/** A coded picture as it is found. */
export interface Coded {
  /** Type of its item or sample entry. */
  type: string;
  coding: Coding | undefined;
  /** Length of the lengths of NAL units. */
  lengthSize: number;
  extents: Extents;
  /** Absolute offset of what speaks of it, for errors. */
  offset: number;
  trail: string;
}

/** Collects the media data. */
export class Media {
  length = 0;
  readonly #window: Window;
  readonly #context: Context;
  readonly #payloads: Filtered[] = [];
  readonly #placed: Map<string, Placed> = new Map();

  constructor(window: Window, context: Context) {
    this.#window = window;
    this.#context = context;
  }

  /** Takes a coded picture in, unless it is there already. */
  *add(coded: Coded): Walk<Placed> {
    const { coding, lengthSize, extents, offset, trail } = coded;
    const key = `${coding} ${lengthSize} ${extents.spans.map(({ start, end }) => `${start}-${end}`).join()}`;
    const known = this.#placed.get(key);
    if (known !== undefined) return known;
    const filtered = yield* filter(this.#window, this.#context, coded);
    if (filtered.length === 0) throw malformed('A picture is empty.', offset, trail);
    const placed = { start: this.length, length: filtered.length };
    this.#payloads.push(filtered);
    this.#placed.set(key, placed);
    this.length += filtered.length;
    if (this.length > this.#window.size * 2)
      throw limitExceeded('Pictures share more bytes than can be written apart.', offset, trail);
    return placed;
  }

  /** Appends all of it. */
  write(plan: Plan): void {
    for (const { plan: payload } of this.#payloads) plan.append(payload);
  }
}

function* filter(window: Window, context: Context, coded: Coded): Walk<Filtered> {
  const { type, coding, lengthSize, extents, offset, trail } = coded;
  if (coding === 'av1') return yield* filterObus(window, extents, context, type);
  if ((coding === 'hevc' || coding === 'avc') && lengthSize > 0)
    return yield* filterNalUnits(window, extents, context, coding === 'hevc' ? hevcRules : avcRules, lengthSize, type);
  const [span] = extents.spans;
  if (coding === 'jpeg' && span !== undefined && extents.spans.length === 1) {
    // Readers turn pictures of items by properties alone.
    const { plan, format } = yield* context.without('orientation', 'exifColor').nested(window, span.start, span.end);
    if (format.id === 'jpeg') {
      const moved = carryAll(new ExtentList([]), context);
      moved.plan.append(plan, span.start, type);
      return { ...moved, length: moved.plan.length };
    }
  }
  throw unsupported(
    "A picture is coded in a way that can't be cleaned. Convert it and try again.",
    offset,
    trail,
    type,
  );
}
