// Tables of runs: so many samples, one value (ISO/IEC 14496-12 §8.6.1, §8.9.2).

/** A run of samples that share a value. */
export interface Run {
  count: number;
  value: number;
}

/** The runs of exactly `total` samples, without empty runs and with equal neighbours merged. Missing ones have `rest`. */
export function fitRuns(runs: readonly Run[], total: number, rest: number): Run[] {
  const fitted: Run[] = [];
  let left = total;
  const add = (count: number, value: number): void => {
    if (count === 0) return;
    const last = fitted.at(-1);
    if (last?.value === value) last.count += count;
    else fitted.push({ count, value });
    left -= count;
  };
  for (const { count, value } of runs) {
    if (left === 0) break;
    add(Math.min(count, left), value);
  }
  add(left, rest);
  return fitted;
}

/** Sum of the values of all samples. */
export function sumOfRuns(runs: readonly Run[]): number {
  return runs.reduce((sum, { count, value }) => sum + count * value, 0);
}
