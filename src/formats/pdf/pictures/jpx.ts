// JPEG 2000 in pages (ISO 32000-1 §7.4.9): the boxes and marker segments that a picture is made of (ISO 15444-1 Annexes A and I).
import { concatAll } from '../../../bytes/concat.ts';
import { latin1 } from '../../../bytes/text.ts';

/** Boxes that are carried over. Not here: res, xml, uuid, uinf, jp2i, lbl, asoc, nlst, jumb. */
const KEPT = new Set([
  'jP  ',
  'ftyp',
  'rreq',
  'jp2h',
  'jp2c',
  'ihdr',
  'bpcc',
  'colr',
  'pclr',
  'cmap',
  'cdef',
  'jpch',
  'jplh',
  'cgrp',
]);
const SUPERBOXES = new Set(['jp2h', 'jpch', 'jplh']);
const MAX_DEPTH = 4;
const SOC = 0xff4f;
const SIZ = 0xff51;
const SOT = 0xff90;
const COM = 0xff64;

/** A picture without what tells of its making; nothing where it is not JPEG 2000. */
export function filterJpx(bytes: Uint8Array): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length >= 4 && view.getUint16(0) === SOC && view.getUint16(2) === SIZ) return filterCodestream(bytes);
  if (latin1(bytes.subarray(4, 8)) !== 'jP  ') return undefined;
  return filterBoxes(bytes, 0);
}

function filterBoxes(bytes: Uint8Array, depth: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const declared = view.getUint32(at);
    const isLong = declared === 1 && at + 16 <= bytes.length;
    const size = isLong ? view.getUint32(at + 8) * 0x1_0000_0000 + view.getUint32(at + 12) : declared;
    const headerLength = isLong ? 16 : 8;
    const end = size === 0 ? bytes.length : Math.min(bytes.length, at + Math.max(size, headerLength));
    const type = latin1(bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + headerLength, end);
    if (KEPT.has(type)) {
      const kept =
        SUPERBOXES.has(type) && depth < MAX_DEPTH
          ? filterBoxes(content, depth + 1)
          : type === 'jp2c'
            ? filterCodestream(content)
            : content;
      const header = new Uint8Array(8);
      new DataView(header.buffer).setUint32(0, kept.length + 8);
      header.set(bytes.subarray(at + 4, at + 8), 4);
      parts.push(header, kept);
    }
    at = end;
  }
  return concatAll(parts);
}

/** A codestream without the comments of its main header. */
function filterCodestream(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = view.getUint16(at);
    if (marker === SOT || marker < 0xff00) break;
    const end = Math.min(bytes.length, at + 2 + Math.max(2, view.getUint16(at + 2)));
    if (marker !== COM) parts.push(bytes.subarray(at, end));
    at = end;
  }
  parts.push(bytes.subarray(at));
  return concatAll(parts);
}
