// MARK: places in the sound with a name each (AIFF 1.3, "Marker Chunk"). On demand they are kept as chapters, numbered anew.
import { concat } from '../../bytes/concat.ts';
import type { Context } from '../../core/context.ts';

const HEADER_LENGTH = 2;
/** Number 2, position 4, then the name: a count and as many characters, even in all. */
const MARKER_HEADER_LENGTH = 6;

/** The canonical body of a MARK chunk; nothing where no whole marker is in it. */
export function canonicalMarks(body: Uint8Array, context: Context): Uint8Array | undefined {
  const markers: Uint8Array[] = [];
  for (let at = HEADER_LENGTH; at + MARKER_HEADER_LENGTH < body.length && markers.length < 0x7fff; ) {
    const length = body[at + MARKER_HEADER_LENGTH] ?? 0;
    const end = at + MARKER_HEADER_LENGTH + 1 + length;
    if (end > body.length) break;
    context.countStructures();
    const marker = new Uint8Array(Math.ceil((end - at) / 2) * 2);
    marker.set(body.subarray(at, end));
    markers.push(marker);
    new DataView(marker.buffer).setUint16(0, markers.length);
    at += marker.length;
  }
  if (markers.length === 0) return undefined;
  const header = new Uint8Array(HEADER_LENGTH);
  new DataView(header.buffer).setUint16(0, markers.length);
  return concat(header, ...markers);
}
