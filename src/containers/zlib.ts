// zlib streams (RFC 1950) of deflate data (RFC 1951), as metadata is stored in them.
import type { Context } from '../core/context.ts';
import { ScrubError } from '../core/errors.ts';
import type { Tool, Walk } from '../core/walk.ts';

/** The one inflate and deflate that is used everywhere: output must not depend on the host's zlib. */
const fflate: Tool<typeof import('fflate')> = { name: 'fflate', load: () => import('fflate') };

/** Two bytes in front of the deflate data (RFC 1950 §2.2); its checksum behind is not looked at, as libpng doesn't. */
const HEADER_LENGTH = 2;
const METHOD_DEFLATE = 8;
const PRESET_DICTIONARY = 0x20;

/** Compressed bytes are handed over in pieces, each of which unpacks to 1032 times its length at most. */
const PIECE_LENGTH = 4096;

/** What a zlib stream unpacked to. One that merely ends too early is read as far as it goes. */
export interface Inflated {
  bytes: Uint8Array;
  /** Whether the stream is damaged, or unpacks to more than was asked for. */
  isCut: boolean;
}

/**
 * Unpacks at most `limit` bytes of a zlib stream, as far as it can be read.
 * @throws ScrubError `limit-exceeded` when all of the file's compressed metadata together is too much
 */
export function* inflate(context: Context, stream: Uint8Array, limit: number): Walk<Inflated> {
  const parts: Uint8Array[] = [];
  const inflater = yield* openInflater(context, (part) => parts.push(part));
  const isSound = inflater.push(stream, limit) && inflater.length <= limit;
  const bytes = new Uint8Array(Math.min(inflater.length, limit));
  let at = 0;
  for (const part of parts) {
    const fitting = part.subarray(0, bytes.length - at);
    bytes.set(fitting, at);
    at += fitting.length;
  }
  return { bytes, isCut: !isSound };
}

/** Unpacks a zlib stream that comes in pieces. */
export interface Inflater {
  /** How many bytes came out so far. */
  readonly length: number;
  /** Takes the next piece, or of it what unpacks to a little more than `limit` bytes in all; returns whether it was sound. */
  push(piece: Uint8Array, limit?: number): boolean;
}

/**
 * Begins to unpack a zlib stream.
 * @param take is given what comes out
 */
export function* openInflater(context: Context, take: (part: Uint8Array) => void): Walk<Inflater> {
  const { Inflate } = yield* context.use(fflate);
  const header: number[] = [];
  let length = 0;
  const inflate = new Inflate((part) => {
    length += part.length;
    context.countInflated(part.length);
    take(part);
  });
  return {
    get length() {
      return length;
    },
    push(piece, limit = Number.POSITIVE_INFINITY) {
      let at = 0;
      while (header.length < HEADER_LENGTH && at < piece.length) header.push(piece[at++] ?? 0);
      if (header.length === HEADER_LENGTH && !isHeader(header)) return false;
      return attempt(() => {
        for (; at < piece.length && length < limit; at += PIECE_LENGTH) {
          inflate.push(piece.subarray(at, at + PIECE_LENGTH), false);
        }
      });
    },
  };
}

function isHeader([first = 0, second = 0]: readonly number[]): boolean {
  const isZlib = (first & 15) === METHOD_DEFLATE && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0;
  return isZlib && (second & PRESET_DICTIONARY) === 0;
}

/** Whether something went without complaint: at damage fflate throws, and what came out before it is all that there is. */
function attempt(task: () => void): boolean {
  try {
    task();
    return true;
  } catch (error) {
    if (error instanceof ScrubError) throw error;
    return false;
  }
}

/** Packs bytes into a zlib stream: the same bytes give the same stream on every host. */
export function* deflate(context: Context, bytes: Uint8Array): Walk<Uint8Array> {
  const { zlibSync } = yield* context.use(fflate);
  return zlibSync(bytes, { level: 9, mem: 4 });
}
