// Times contenders side by side: every round runs each of them once, so that whatever else the machine does meets all alike.

/** Something to be timed. */
export interface Contender {
  name: string;
  run: () => unknown;
}

/** How long a run takes, in milliseconds. */
export interface Timing {
  name: string;
  median: number;
  /** First quartile. */
  low: number;
  /** Third quartile. */
  high: number;
  /** How many times it was measured. */
  samples: number;
}

/** A sample shorter than this many milliseconds says more about the clock than about the work. */
const MIN_SAMPLE_MS = 2;
const MIN_ROUNDS = 5;
/** Runs before anything is timed, or so many milliseconds of them: what is measured is compiled by then. */
const WARM_UP_RUNS = 20_000;
const WARM_UP_MS = 300;

/** Times all contenders for about so many milliseconds in all, {@link MIN_ROUNDS} rounds at least. */
export async function measure(contenders: readonly Contender[], milliseconds: number): Promise<Timing[]> {
  const prepared: { contender: Contender; repeats: number; samples: number[] }[] = [];
  for (const contender of contenders) {
    const warm = performance.now() + WARM_UP_MS;
    for (let runs = 0; runs < WARM_UP_RUNS && performance.now() < warm; runs++) await contender.run();
    let repeats = 1;
    while ((await time(contender.run, repeats)) < MIN_SAMPLE_MS) repeats *= 2;
    prepared.push({ contender, repeats, samples: [] });
  }
  const end = performance.now() + milliseconds;
  for (let round = 0; round < MIN_ROUNDS || performance.now() < end; round++) {
    for (const { contender, repeats, samples } of prepared) {
      samples.push((await time(contender.run, repeats)) / repeats);
    }
  }
  return prepared.map(({ contender: { name }, samples }) => {
    const sorted = samples.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
    return { name, median: at(0.5), low: at(0.25), high: at(0.75), samples: samples.length };
  });
}

async function time(run: () => unknown, repeats: number): Promise<number> {
  const start = performance.now();
  for (let index = 0; index < repeats; index++) {
    const result = run();
    if (result instanceof Promise) await result;
  }
  return performance.now() - start;
}
