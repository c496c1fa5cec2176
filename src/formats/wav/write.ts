import { latin1Bytes } from '../../bytes/text.ts';
import { paddingFor, writeChunk, writeChunkHeader } from '../../containers/chunks.ts';
import { Plan } from '../../core/plan.ts';
import { type Dialect, dialectId, W64_RIFF } from './dialect.ts';
import type { WaveFormat } from './fmt.ts';

/** A size of this value stands for one that is given in `ds64`, or not known. */
export const UNKNOWN_SIZE = 0xffffffff;
/** Length of a `ds64` chunk without a table. */
const DS64_LENGTH = 28;

/** Everything that a clean file is made of. */
export interface WavContent {
  format: WaveFormat;
  /** Count of samples of each channel, for coded sound. */
  sampleCount: number | undefined;
  /** Whole chunks that the options keep. */
  extras: readonly Uint8Array[];
  /** The body of `data`. */
  payload: Plan;
}

/** Writes `fmt `, `fact` for coded sound, what the options keep, and `data`, in this order. */
export function writeWav(plan: Plan, dialect: Dialect, { format, sampleCount, extras, payload }: WavContent): void {
  const { layout, isW64 } = dialect;
  const chunks = new Plan();
  chunks.insert(writeChunk(layout, dialectId(dialect, 'fmt '), format.body));
  if (sampleCount !== undefined)
    chunks.insert(writeChunk(layout, dialectId(dialect, 'fact'), count(dialect, sampleCount)));
  for (const extra of extras) chunks.insert(extra);
  const { length } = payload;
  const padding = paddingFor(layout, length);
  const total = 4 + chunks.length + layout.idLength + layout.sizeLength + length + padding.length;
  const isLarge = !isW64 && layout.littleEndian && total >= UNKNOWN_SIZE;
  if (isW64) {
    plan.insert(writeChunkHeader(layout, W64_RIFF, total - 4 + layout.idLength));
    plan.insert(latin1Bytes(dialectId(dialect, 'wave')));
  } else if (!isLarge) {
    plan.insert(writeChunkHeader(layout, layout.littleEndian ? 'RIFF' : 'RIFX', total));
    plan.insert(latin1Bytes('WAVE'));
  } else {
    // EBU Tech 3306 §3: sizes past 4 GiB stand in `ds64`: of the file, the data, the count of samples, no table.
    const sizes = new DataView(new ArrayBuffer(DS64_LENGTH));
    sizes.setBigUint64(0, BigInt(total + layout.idLength + layout.sizeLength + DS64_LENGTH), true);
    sizes.setBigUint64(8, BigInt(length), true);
    const samples = format.isUncompressed ? length / format.blockAlign : (sampleCount ?? 0);
    sizes.setBigUint64(16, BigInt(Math.floor(samples)), true);
    plan.insert(writeChunkHeader(layout, 'RF64', UNKNOWN_SIZE));
    plan.insert(latin1Bytes('WAVE'));
    plan.insert(writeChunk(layout, 'ds64', new Uint8Array(sizes.buffer)));
  }
  plan.append(chunks);
  plan.insert(writeChunkHeader(layout, dialectId(dialect, 'data'), isLarge ? UNKNOWN_SIZE : length));
  plan.append(payload);
  plan.insert(padding);
}

/** The body of `fact`: a number of 32 bits, in W64 of 64. */
function count({ layout, isW64 }: Dialect, samples: number): Uint8Array {
  const body = new DataView(new ArrayBuffer(isW64 ? 8 : 4));
  if (isW64) body.setBigUint64(0, BigInt(samples), true);
  else body.setUint32(0, Math.min(samples, UNKNOWN_SIZE), layout.littleEndian);
  return new Uint8Array(body.buffer);
}
