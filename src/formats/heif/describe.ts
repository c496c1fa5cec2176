// What a report says of the parts of a file of pictures that are left out.

import { describeExif } from '../../containers/exif-inventory.ts';
import { type BoxReader, printableType } from '../../containers/isobmff/box.ts';
import type { Item, Items } from '../../containers/isobmff/items.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { reachOf, readExtents } from './places.ts';
import { metadataItems, topBoxes, uuids } from './policy.ts';
import { auxiliaryTypeOf, nameAuxiliary } from './select.ts';

/** Longer metadata is described by its beginning. */
const MAX_DESCRIBED_LENGTH = 0x100000;

/** Notes a box at the top of the file. */
export function* noteTop(
  window: Window,
  plan: Plan,
  type: string,
  start: number,
  bodyStart: number,
  end: number,
): Walk {
  const place = { action: 'removed', bytes: end - start, offset: start } as const;
  if (type !== 'uuid' || bodyStart > end) {
    plan.found({ kind: topBoxes.get(type) ?? 'other', where: printableType(type), ...place });
    return;
  }
  if (!window.has(bodyStart - 16, 16)) yield window.need(bodyStart - 16, 16, 'uuid');
  const guid = Array.from(window.view(bodyStart - 16, bodyStart), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
  const { name, kind } = uuids.get(guid) ?? { name: guid, kind: 'other' as const };
  plan.found({ kind, where: `uuid › ${name}`, ...place });
}

/** Boxes of `meta` that are carried over in another form. */
const metaBoxes = ['hdlr', 'pitm', 'iloc', 'iinf', 'iref', 'iprp', 'idat', 'dinf', 'grpl'];

/** Notes the boxes of `meta` that are left out. */
export function noteBoxes(plan: Plan, reader: BoxReader, children: Items['properties']): void {
  for (const { type, start, end } of children) {
    if (metaBoxes.includes(type)) continue;
    const place = { action: 'removed', bytes: end - start, offset: reader.fileStart + start } as const;
    plan.found({ kind: topBoxes.get(type) ?? 'other', where: `meta › ${printableType(type)}`, ...place });
  }
}

/** Notes the items that are left out. */
export function* noteItems(
  window: Window,
  plan: Plan,
  context: Context,
  reader: BoxReader,
  all: Items,
  kept: ReadonlyMap<number, Item>,
): Walk {
  const thumbnails = new Set(all.references.flatMap(({ type, from }) => (type === 'thmb' ? [from] : [])));
  for (const item of all.items.values()) {
    if (kept.has(item.id)) continue;
    const reach = reachOf(window, reader, item, all);
    const bytes = reach.reduce((sum, { start, end }) => sum + end - start, 0);
    const isThumbnail = thumbnails.has(item.id);
    const auxiliary = auxiliaryTypeOf(reader, item, all.properties);
    const name = isThumbnail ? 'thumbnail' : auxiliary === '' ? printableType(item.type) : nameAuxiliary(auxiliary);
    const where = `meta › ${name}`;
    const isXmp = item.contentType.startsWith('application/rdf+xml');
    if ((item.type === 'Exif' || isXmp) && reach.length > 0) {
      const data = yield* readExtents(window, reach, MAX_DESCRIBED_LENGTH, where);
      if (item.type === 'Exif') noteExif(plan, context, data, where);
      else {
        const place = { where: 'meta › XMP', action: 'removed', bytes, offset: item.offset } as const;
        plan.found({ ...place, ...describeXmp(data, context.options.values) });
      }
      continue;
    }
    const kind = isThumbnail ? 'thumbnail' : (metadataItems.get(item.type) ?? 'embedded-file');
    plan.found({ kind, where, action: 'removed', bytes, offset: item.offset });
  }
}

/** An Exif item says in four bytes how far behind them the TIFF header stands (23008-12 annex A.2.1). */
function noteExif(plan: Plan, context: Context, data: Uint8Array, where: string): void {
  const distance = data.length < 4 ? 0 : new DataView(data.buffer, data.byteOffset).getUint32(0);
  const block = data.subarray(Math.min(data.length, 4 + distance));
  describeExif(plan, block, where);
  if (context.options.values) plan.exhibit(block, where);
}

/** Notes bytes of the media data that no item owns. */
export function noteUnowned(window: Window, plan: Plan, reader: BoxReader, all: Items, media: readonly Span[]): void {
  const owned = [...all.items.values()]
    .flatMap((item) => reachOf(window, reader, item, all))
    .sort((a, b) => a.start - b.start);
  let index = 0;
  for (const { start, end } of media) {
    let bytes = 0;
    let at = start;
    let offset = -1;
    const skip = (to: number): void => {
      if (to <= at) return;
      if (offset < 0) offset = at;
      bytes += to - at;
    };
    for (; index < owned.length; index++) {
      const span = owned[index];
      if (span === undefined || span.start >= end) break;
      skip(Math.min(end, span.start));
      at = Math.max(at, Math.min(end, span.end));
      if (span.end > end) break;
    }
    skip(end);
    const note = 'Bytes that belong to no item.';
    if (bytes > 0) plan.found({ kind: 'other', where: 'mdat', action: 'removed', bytes, offset, note });
  }
}
