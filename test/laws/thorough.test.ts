// Thorough cleaning: what stands behind the ends of coded pictures goes too, and nothing else changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScrubError, scrub, scrubWithReport } from '../../src/index.ts';
import { slack } from '../specimens/slack.ts';
import { randomFrom } from '../specimens/specimen.ts';
import { subjects } from './subjects.ts';

const WALKED = ['jpeg', 'png', 'gif'];
const thorough = { thorough: true };

/** Scrubs, and scrubs the output again in both ways. */
async function check(file: Uint8Array): Promise<void> {
  let clean: Uint8Array;
  try {
    clean = await scrub(file, thorough);
  } catch (error) {
    if (error instanceof ScrubError) return;
    throw error;
  }
  expect(Buffer.compare(await scrub(clean, thorough), clean)).toBe(0);
  expect(Buffer.compare(await scrub(clean), clean)).toBe(0);
}

describe.each(subjects.filter(({ format }) => WALKED.includes(format.id)))('$title, thoroughly', ({ specimen }) => {
  it('has the same content, and is not changed by a second scrub of either kind', async () => {
    const file = await specimen.make(1);
    const clean = await scrub(file, thorough);
    expect(await specimen.decode(clean)).toEqual(await specimen.decode(file));
    for (const options of [thorough, undefined]) {
      const { output, report } = await scrubWithReport(clean, options);
      expect(output).toBe(clean);
      expect(report.findings.filter(({ action }) => action !== 'kept')).toEqual([]);
    }
  });

  it('is the same bytes from a Blob', async () => {
    const file = await specimen.make(2);
    const blob = await scrub(new Blob([new Uint8Array(file)]), thorough);
    expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), await scrub(file, thorough))).toBe(0);
  });
});

describe.each(slack)('$name', ({ make, decode }) => {
  it('is the same bytes whatever stands behind the end, and shows the same', async () => {
    const expected = await scrub(await make(1), thorough);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 10_000 }), async (seed) => {
        const file = await make(seed);
        const { output, report } = await scrubWithReport(file, thorough);
        expect(Buffer.compare(output, expected)).toBe(0);
        expect(report.residual.filter((sentence) => /behind the|damaged/.test(sentence))).toEqual([]);
        expect(await decode(output)).toEqual(await decode(file));
      }),
      { numRuns: 8 },
    );
  });

  it('is told in the report where it is not thorough', async () => {
    const file = await make(77);
    expect((await scrubWithReport(file)).report.residual.some((sentence) => /behind the/i.test(sentence))).toBe(true);
    const { report } = await scrubWithReport(file, thorough);
    expect(report.changed).toBe(true);
    expect(report.findings.some(({ where }) => /behind|padding|RST|fdAT|IDAT/.test(where))).toBe(true);
  });

  it('gives a result that stays as it is, or a ScrubError, when it is damaged or cut off', async () => {
    const file = await make(9);
    const random = randomFrom(3);
    const pick = (below: number): number => Math.floor(random() * below);
    for (let round = 0; round < 150; round++) {
      const damaged = file.slice(0, random() < 0.3 ? 1 + pick(file.length) : file.length);
      for (let flips = 1 + pick(3); flips > 0; flips--) {
        const at = pick(damaged.length);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << pick(8));
      }
      await check(damaged);
    }
  });
});
