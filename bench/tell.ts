import type { Timing } from './measure.ts';

/** What was measured on one file. */
export interface Result {
  name: string;
  /** Its length. */
  bytes: number;
  timings: Timing[];
  /** Peak of resident memory in bytes, by task. */
  memory: { scrub: number; slice: number };
}

/** A time in milliseconds, as wide as all others. */
export function format(milliseconds: number): string {
  return milliseconds.toFixed(4).padStart(10);
}

/** Prints a result as a table. */
export function tell({ name, bytes, timings, memory }: Result): void {
  const medianOf = (contender: string) => timings.find((timing) => timing.name === contender)?.median ?? Number.NaN;
  const copy = medianOf('slice()');
  const own = medianOf('metadata-cleaner');
  const above = ((memory.scrub - memory.slice) / 2 ** 20).toFixed(1);
  console.log(`\n${name}: ${bytes.toLocaleString('en')} bytes; peak memory ${above} MiB above slice()`);
  for (const { name: contender, median, low, high, samples } of timings) {
    console.log(
      [
        `  ${contender.padEnd(26)} ${format(median)} ms  [${format(low)} … ${format(high)}]`,
        `${(bytes / median / 1e6).toFixed(3).padStart(8)} GB/s`,
        `${(median / copy).toFixed(2).padStart(9)}× slice()`,
        `${(median / own).toFixed(1).padStart(8)}× metadata-cleaner  (${samples})`,
      ].join('  '),
    );
  }
}
