// Where the bytes of items lie (ISO/IEC 14496-12 §8.11.3).
import { concatAll } from '../../bytes/concat.ts';
import type { Box, BoxReader } from '../../containers/isobmff/box.ts';
import { Extents } from '../../containers/isobmff/extents.ts';
import { Construction, type Item, type Items } from '../../containers/isobmff/items.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Where an item lies in the file. */
export function extentsOf(
  window: Window,
  reader: BoxReader,
  { location, offset }: Item,
  { idat, dataInformation }: Items,
): Extents {
  if (location === undefined) return new Extents([]);
  const { construction, dataReference, extents } = location;
  if (
    construction > Construction.idat ||
    (dataReference > 0 && !isSelfContained(reader, dataInformation, dataReference)) ||
    (construction === Construction.idat && idat === undefined)
  )
    throw unsupported('A picture lies in another item or file. Save the picture anew.', offset, 'meta', 'iloc');
  const isInline = construction === Construction.idat && idat !== undefined;
  const base = isInline ? reader.fileStart + idat.bodyStart : 0;
  const end = isInline ? reader.fileStart + idat.end : window.size;
  return new Extents(
    extents.map((extent) => {
      const start = base + extent.offset;
      const span = { start, end: extent.length === undefined ? end : start + extent.length };
      if (span.start > end || span.end > end)
        throw malformed(
          'A picture lies outside of the file: it may be cut off.',
          Math.min(start, window.size),
          'meta',
          'iloc',
        );
      return span;
    }),
  );
}

/** Whether an entry of `dref` means this file: `url ` with the flag that says so (§8.7.2). Without `dref`, entry 1 does. */
export function isSelfContained(reader: BoxReader, dinf: Box | undefined, index: number): boolean {
  const dref = dinf === undefined ? undefined : reader.find(dinf, 'dref');
  if (dref === undefined) return index === 1;
  const entry = reader.children(Math.min(dref.end, dref.bodyStart + 8), dref.end, 'dref')[index - 1];
  if (entry === undefined) return false;
  reader.demand(entry, 4);
  return entry.type === 'url ' && (reader.view.getUint8(entry.bodyStart + 3) & 1) === 1;
}

/** Where an item lies as far as that is in the file: for items that are left out. */
export function reachOf(window: Window, reader: BoxReader, { location }: Item, { idat }: Items): Span[] {
  if (location === undefined || location.construction > Construction.idat) return [];
  const isInline = location.construction === Construction.idat;
  if (isInline && idat === undefined) return [];
  const base = isInline && idat !== undefined ? reader.fileStart + idat.bodyStart : 0;
  const limit = isInline && idat !== undefined ? reader.fileStart + idat.end : window.size;
  return location.extents.flatMap(({ offset, length }) => {
    const start = Math.min(limit, base + offset);
    const end = length === undefined ? limit : Math.min(limit, start + length);
    return start < end ? [{ start, end }] : [];
  });
}

/** The first `most` bytes of what lies in spans. */
export function* readExtents(window: Window, spans: readonly Span[], most: number, where: string): Walk<Uint8Array> {
  const parts: Uint8Array[] = [];
  let left = most;
  for (const { start, end } of spans) {
    const length = Math.min(left, end - start);
    if (length === 0) break;
    if (!window.has(start, length)) yield window.need(start, length, where);
    parts.push(window.view(start, start + length));
    left -= length;
  }
  return concatAll(parts);
}
