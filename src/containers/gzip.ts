// gzip members (RFC 1952), unpacked together and packed as one.
import { concatAll } from '../bytes/concat.ts';
import { crc32 } from '../bytes/crc32.ts';
import type { Context } from '../core/context.ts';
import { malformed, ScrubError } from '../core/errors.ts';
import type { Tool, Walk } from '../core/walk.ts';

const fflate: Tool<typeof import('fflate')> = { name: 'fflate', load: () => import('fflate') };

/** No time, no name, unknown system (§2.3). */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
/** Compressed bytes are handed over in pieces, each of which unpacks to 1032 times its length at most. */
const PIECE_LENGTH = 4096;

/** Unpacks all members; what stands behind the last one is left out. */
export function* gunzip(context: Context, bytes: Uint8Array): Walk<Uint8Array> {
  const { Gunzip } = yield* context.use(fflate);
  const parts: Uint8Array[] = [];
  let members = 0;
  const unpacker = new Gunzip((part) => {
    context.countInflated(part.length);
    parts.push(part);
  });
  unpacker.onmember = () => {
    members++;
  };
  try {
    for (let at = 0; at < bytes.length; at += PIECE_LENGTH) {
      unpacker.push(bytes.subarray(at, at + PIECE_LENGTH), at + PIECE_LENGTH >= bytes.length);
    }
  } catch (error) {
    if (error instanceof ScrubError) throw error;
    if (parts.length === 0 && members === 0) throw malformed('The gzip data can not be unpacked.', 0, 'gzip');
  }
  return concatAll(parts);
}

/** Packs bytes as one member: the same bytes give the same member on every host. */
export function* gzip(context: Context, bytes: Uint8Array): Walk<Uint8Array> {
  const { deflateSync } = yield* context.use(fflate);
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, crc32(bytes), true);
  trailer.setUint32(4, bytes.length, true);
  return concatAll([HEADER, deflateSync(bytes, { level: 9, mem: 4 }), new Uint8Array(trailer.buffer)]);
}
