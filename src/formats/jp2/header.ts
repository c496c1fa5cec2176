import { concatAll } from '../../bytes/concat.ts';
import { areEqual } from '../../bytes/equal.ts';
import { carry } from '../../containers/carry.ts';
import { type Box, BoxReader, box, u32, writeBox } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { Colors } from './colors.ts';
import { nameBox } from './policy.ts';
import { readResolution } from './resolution.ts';

const IHDR_LENGTH = 14;
/** Flag of the image header box: whether rights are told elsewhere in the file (§I.5.3.1). */
const IPR = 13;

/** Rebuilds the JP2 header box (15444-1 §I.5.3): of each box in it the fields, in the order they stand in. */
export function* walkHeaderBox(
  window: Window,
  plan: Plan,
  context: Context,
  { type, start, bodyStart, end }: Box,
): Walk {
  const limit = context.options.limits.bufferedBytes;
  if (end - start > limit) {
    throw limitExceeded(
      `The header box is longer than ${limit} bytes; raise limits.bufferedBytes to clean it.`,
      start,
      type,
    );
  }
  if (!window.has(start, end - start)) yield window.need(start, end - start, type);
  const found = window.view(start, end);
  const reader = new BoxReader(found, start);
  const children = reader.children(bodyStart - start, end - start, type);
  const imageHeader = children.find((child) => child.type === 'ihdr');
  if (imageHeader === undefined || imageHeader.end - imageHeader.bodyStart < IHDR_LENGTH) {
    throw malformed('The image header box is missing or too short.', start, type, 'ihdr');
  }
  const components = reader.view.getUint16(imageHeader.bodyStart + 8);
  const colors = new Colors(plan, context, components);
  const seen = new Set<string>();
  const written: Uint8Array[] = [];
  for (const child of children) {
    context.countStructures();
    const isFirst = !seen.has(child.type);
    seen.add(child.type);
    const before = reader.bytes.subarray(child.start, child.end);
    const after =
      child.type === 'colr'
        ? colors.take(reader.body(child), start + child.start)
        : isFirst
          ? rewriteChild(reader, child, components, context)
          : undefined;
    if (after !== undefined) written.push(after);
    if (child.type !== 'colr' && (after === undefined || !areEqual(before, after))) {
      const where = `${type} › ${nameBox(child.type)}`;
      const place = { bytes: child.end - child.start, offset: start + child.start };
      plan.found({ kind: kindOf(child.type), where, action: after === undefined ? 'removed' : 'rewritten', ...place });
    }
  }
  const spare = colors.spare();
  if (spare !== undefined) written.push(spare);
  const body = concatAll(written);
  carry(plan, start, found, concatAll([u32(body.length + 8), found.subarray(4, 8), body]));
}

function kindOf(type: string): FindingKind {
  if (type === 'res ') return 'device';
  return type === 'lbl ' ? 'comment' : 'structure';
}

/** A box of the header as it is written; nothing for one that is not. */
function rewriteChild(reader: BoxReader, child: Box, components: number, context: Context): Uint8Array | undefined {
  const body = reader.body(child);
  if (child.type === 'res ') return readResolution(reader, child, context);
  const length = usedLength(child.type, body, components);
  if (length === undefined) return undefined;
  if (length > body.length) {
    throw malformed('The box is too short.', reader.fileStart + child.start, 'jp2h', nameBox(child.type));
  }
  const fields = body.slice(0, length);
  if (child.type === 'ihdr') fields[IPR] = 0;
  return writeBox(box(child.type, fields));
}

/** How far the fields of a box reach (§I.5.3.1, §I.5.3.2, §I.5.3.4 to §I.5.3.6); nothing for a box that no reader of JP2 knows. */
function usedLength(type: string, body: Uint8Array, components: number): number | undefined {
  const u8 = (at: number): number => body[at] ?? 0;
  switch (type) {
    case 'ihdr':
      return IHDR_LENGTH;
    case 'bpcc':
      return components;
    case 'cdef':
      return 2 + 6 * (u8(0) * 256 + u8(1));
    case 'cmap':
      return body.length - (body.length % 4);
    case 'pclr': {
      const columns = u8(2);
      let entry = 0;
      for (let column = 0; column < columns; column++) entry += Math.ceil(((u8(3 + column) & 0x7f) + 1) / 8);
      return 3 + columns + entry * (u8(0) * 256 + u8(1));
    }
    default:
      return undefined;
  }
}
