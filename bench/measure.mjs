// Times contenders side by side: every round runs each of them once, so that whatever else the machine does meets all alike.

/** A sample shorter than this many milliseconds says more about the clock than about the work. */
const MIN_SAMPLE_MS = 2;

/**
 * @typedef {{ name: string, run: () => unknown }} Contender
 * @typedef {{ name: string, median: number, low: number, high: number, samples: number }} Timing milliseconds a run; low and high are quartiles
 */

/**
 * @param {readonly Contender[]} contenders
 * @param {number} milliseconds how long to go on, at least five rounds
 * @returns {Promise<Timing[]>}
 */
export async function measure(contenders, milliseconds) {
  const prepared = [];
  for (const { name, run } of contenders) {
    let repeats = 1;
    for (;;) {
      const elapsed = await time(run, repeats);
      if (elapsed >= MIN_SAMPLE_MS) break;
      repeats *= 2;
    }
    prepared.push({ name, run, repeats, samples: /** @type {number[]} */ ([]) });
  }
  const end = performance.now() + milliseconds;
  for (let round = 0; round < 5 || performance.now() < end; round++) {
    for (const { run, repeats, samples } of prepared) samples.push((await time(run, repeats)) / repeats);
  }
  return prepared.map(({ name, samples }) => {
    const sorted = samples.toSorted((a, b) => a - b);
    const at = (/** @type {number} */ part) => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
    return { name, median: at(0.5), low: at(0.25), high: at(0.75), samples: samples.length };
  });
}

/**
 * @param {() => unknown} run
 * @param {number} repeats
 */
async function time(run, repeats) {
  const start = performance.now();
  for (let index = 0; index < repeats; index++) {
    const result = run();
    if (result instanceof Promise) await result;
  }
  return performance.now() - start;
}
