import { type Box, BoxReader } from '../../containers/isobmff/box.ts';
import { unsupported } from '../../core/errors.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { nameBox } from './policy.ts';

/** More of a box is not looked at. */
const MAX_LENGTH = 1024 * 1024;
/** Boxes that only repeat or name what the header box says (15444-2 §M.11.6 and §M.11.7). */
const HARMLESS = new Set(['lbl ', 'ihdr', 'bpcc', 'cgrp', 'colr', 'res ', 'cdef', 'xml ', 'uuid', 'free', 'nlst']);

/**
 * Looks into a header box of a codestream or layer, which readers of JPX obey and those of JP2 do not see.
 * @throws ScrubError `unsupported` where it makes another picture
 */
export function* checkLayer(window: Window, { type, bodyStart, end }: Box): Walk {
  const length = Math.min(end - bodyStart, MAX_LENGTH);
  if (length === 0) return;
  if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, nameBox(type));
  const reader = new BoxReader(window.view(bodyStart, bodyStart + length), bodyStart);
  const other = reader.childrenThatFit(0, length).find((child) => !HARMLESS.has(child.type));
  if (other === undefined) return;
  throw unsupported(
    'The picture is put together in a way that only readers of JPX know; convert it to JP2 and try again.',
    bodyStart + other.start,
    nameBox(type),
    nameBox(other.type),
  );
}
