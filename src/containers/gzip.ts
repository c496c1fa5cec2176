// gzip members (RFC 1952), unpacked together and packed as one.
import { concatAll } from '../bytes/concat.ts';
import { crc32 } from '../bytes/crc32.ts';
import { startsWith } from '../bytes/text.ts';
import type { Context } from '../core/context.ts';
import { limitExceeded, malformed } from '../core/errors.ts';
import type { Tool, Walk } from '../core/walk.ts';
import { GZIP_SIGNATURE } from './gzip-signature.ts';
import { findDeflateEnd } from './inflate-end.ts';

const fflate: Tool<typeof import('fflate')> = { name: 'fflate', load: () => import('fflate') };

/** No time, no name, unknown system (§2.3). */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
const TRAILER_LENGTH = 8;
/** Compressed bytes are handed over in pieces, each of which unpacks to 1032 times its length at most. */
const PIECE_LENGTH = 256;
/** §2.3.1, FLG. */
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;

/** What a run of gzip members holds. */
export interface Gunzipped {
  bytes: Uint8Array;
  members: number;
  /** Where the last member ends. */
  end: number;
}

/**
 * Unpacks the members that `bytes` begin with.
 * @throws ScrubError `malformed` where one is cut off or damaged
 */
export function* gunzip(context: Context, bytes: Uint8Array): Walk<Gunzipped> {
  const { inflateSync } = yield* context.use(fflate);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  let at = 0;
  while (startsWith(bytes, GZIP_SIGNATURE, at)) {
    const start = headerEnd(bytes, at);
    const limit = context.inflatableBytes;
    const tooLong = (): Error =>
      limitExceeded('The gzip data unpack to too much; raise limits.inflatedBytes to clean it.', at, 'gzip');
    const found = start === undefined ? undefined : findDeflateEnd(bytes, start, limit, tooLong);
    if (start === undefined || found === undefined || found.dataEnd + TRAILER_LENGTH > bytes.length) {
      throw malformed('The gzip data are damaged or cut off.', at, 'gzip');
    }
    context.countInflated(found.length);
    const part = inflateSync(bytes.subarray(start, found.dataEnd), { out: new Uint8Array(found.length) });
    const isSound =
      view.getUint32(found.dataEnd, true) === crc32(part) &&
      view.getUint32(found.dataEnd + 4, true) === part.length % 0x1_0000_0000;
    if (!isSound) throw malformed('The gzip data do not match their checksum: they are damaged.', at, 'gzip');
    parts.push(part);
    at = found.dataEnd + TRAILER_LENGTH;
  }
  return { bytes: concatAll(parts), members: parts.length, end: at };
}

/** What the data of the first member begin with, as far as these bytes of it go, up to some length; nothing where they are damaged. */
export function* gunzipHead(context: Context, bytes: Uint8Array, length: number): Walk<Uint8Array | undefined> {
  const { Inflate } = yield* context.use(fflate);
  const start = headerEnd(bytes, 0);
  if (start === undefined) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let unpacked = 0;
  const inflate = new Inflate((part) => {
    unpacked += part.length;
    parts.push(part);
  });
  try {
    for (let at = start; at < bytes.length && unpacked < length; at += PIECE_LENGTH) {
      inflate.push(bytes.subarray(at, at + PIECE_LENGTH), false);
    }
  } catch {
    if (unpacked === 0) return undefined;
  }
  context.countInflated(unpacked);
  return concatAll(parts);
}

/** Packs bytes as one member: the same bytes give the same member on every host. */
export function* gzip(context: Context, bytes: Uint8Array): Walk<Uint8Array> {
  const { deflateSync } = yield* context.use(fflate);
  const trailer = new DataView(new ArrayBuffer(TRAILER_LENGTH));
  trailer.setUint32(0, crc32(bytes), true);
  trailer.setUint32(4, bytes.length, true);
  return concatAll([HEADER, deflateSync(bytes, { level: 9, mem: 4 }), new Uint8Array(trailer.buffer)]);
}

/** Where the header of the member at `start` ends; undefined: not in these bytes. */
function headerEnd(bytes: Uint8Array, start: number): number | undefined {
  const flags = bytes[start + 3] ?? 0;
  let at = start + HEADER.length;
  if (flags & FEXTRA) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) return undefined;
    at = zero + 1;
  }
  if (flags & FHCRC) at += 2;
  return at < bytes.length ? at : undefined;
}
