import { Inflate, zlibSync } from 'fflate';
import { concat } from '../../bytes/concat.ts';

/** Compressed bytes handed over at a time: what they unpack to, at most 1032 times as much, is counted after each. */
const STEP = 16 * 1024;

/** Told how many bytes were unpacked, while they are: throws when there are too many. */
export type Spend = (bytes: number) => void;

/** What a compressed run came to. */
export interface Inflated {
  bytes: Uint8Array;
  /** Whether the data came to its own end. */
  isComplete: boolean;
}

/** Unpacks zlib data (RFC 1950) as viewers do: a wrong header or checksum does not matter, and damaged data give what stands before the damage. */
export function inflate(data: Uint8Array, spend: Spend): Inflated {
  const parts: Uint8Array[] = [];
  let isComplete = false;
  const stream = new Inflate((part) => {
    if (part.length === 0) return;
    spend(part.length);
    parts.push(part);
  });
  const start = hasHeader(data) ? 2 : 0;
  try {
    for (let at = start; at < data.length; at += STEP) stream.push(data.subarray(at, at + STEP), false);
    stream.push(new Uint8Array(0), true);
    isComplete = true;
  } catch (error) {
    // fflate's errors carry a numeric code; everything else is not about the data.
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) throw error;
  }
  return { bytes: parts.length === 1 && parts[0] !== undefined ? parts[0] : concat(...parts), isComplete };
}

function hasHeader(data: Uint8Array): boolean {
  const [method = 0, flags = 0] = data;
  return (method & 15) === 8 && (method * 256 + flags) % 31 === 0;
}

/** Packs bytes the one way that is used here, the same on every host. */
export function deflate(data: Uint8Array): Uint8Array {
  return zlibSync(data, { level: 3 });
}

/** Whether zlib data come to their own end. */
export function isCompleteZlib(data: Uint8Array, spend: Spend): boolean {
  return hasHeader(data) && inflate(data, spend).isComplete;
}
