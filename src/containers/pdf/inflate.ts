import { Inflate, inflateSync, zlibSync } from 'fflate';
import { concatAll } from '../../bytes/concat.ts';

/** Compressed bytes handed over at a time: what they unpack to, at most 1032 times as much, is counted after each. */
const STEP = 16 * 1024;
/** Data are first unpacked into memory that is used again and again, of this length to begin with, and at most. */
const MIN_SCRATCH = 64 * 1024;
const MAX_SCRATCH = 4 * 1024 * 1024;
/** Objects pack to about a sixth. */
const USUAL_RATIO = 6;

/** Told how many bytes were unpacked, while they are: throws when there are too many. */
export type Spend = (bytes: number) => void;

/** What a compressed run came to. */
export interface Inflated {
  bytes: Uint8Array;
  /** Whether the data came to its own end. */
  isComplete: boolean;
}

/** Unpacks zlib data (RFC 1950) as viewers do: a wrong header or checksum does not matter, and damaged data give what stands before the damage. */
export class Inflater {
  readonly spend: Spend;
  #scratch: Uint8Array = new Uint8Array(0);

  constructor(spend: Spend) {
    this.spend = spend;
  }

  /** Unpacks data, into memory of its own. */
  inflate(data: Uint8Array): Inflated {
    const deflated = hasHeader(data) ? data.subarray(2) : data;
    const bytes = this.#inflateAtOnce(deflated);
    return bytes === undefined ? inflateInSteps(deflated, this.spend) : { bytes, isComplete: true };
  }

  /** Unpacks whole data that fit into the scratch memory; nothing for others. */
  #inflateAtOnce(deflated: Uint8Array): Uint8Array | undefined {
    let length = Math.max(MIN_SCRATCH, deflated.length * USUAL_RATIO);
    for (; length <= MAX_SCRATCH; length *= 4) {
      if (this.#scratch.length < length) this.#scratch = new Uint8Array(length);
      let bytes: Uint8Array;
      try {
        bytes = inflateSync(deflated, { out: this.#scratch });
      } catch (error) {
        throwUnlessDamaged(error);
        return undefined;
      }
      // Memory that is full may have been too little.
      if (bytes.length === this.#scratch.length) continue;
      this.spend(bytes.length);
      return bytes.slice();
    }
    return undefined;
  }
}

function inflateInSteps(deflated: Uint8Array, spend: Spend): Inflated {
  const parts: Uint8Array[] = [];
  let isComplete = false;
  const stream = new Inflate((part) => {
    if (part.length === 0) return;
    spend(part.length);
    parts.push(part);
  });
  try {
    for (let at = 0; at < deflated.length; at += STEP) stream.push(deflated.subarray(at, at + STEP), false);
    stream.push(new Uint8Array(0), true);
    isComplete = true;
  } catch (error) {
    throwUnlessDamaged(error);
  }
  return { bytes: parts.length === 1 && parts[0] !== undefined ? parts[0] : concatAll(parts), isComplete };
}

/** fflate's errors carry a numeric code; everything else is not about the data. */
function throwUnlessDamaged(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) throw error;
}

/** Whether data begin as zlib data do. */
export function hasHeader(data: Uint8Array): boolean {
  const [method = 0, flags = 0] = data;
  return (method & 15) === 8 && (method * 256 + flags) % 31 === 0;
}

/** Packs bytes the one way that is used here, the same on every host. */
export function deflate(data: Uint8Array): Uint8Array {
  return zlibSync(data, { level: 3 });
}
