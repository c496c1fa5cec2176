// Any bytes at all give a result or a ScrubError, soon; what is given is clean and stays as it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScrubError, type ScrubOptions, scrub } from '../../src/index.ts';
import { randomFrom } from '../specimens/specimen.ts';
import { subjects } from './subjects.ts';

/** Files up to this length are cut at every byte; of longer ones the beginning is, and other places are drawn. */
const EVERY_BYTE = 1500;
const DRAWN = 300;
/** Lengths that no structure has, in either byte order. */
const LENGTHS = [
  [0x7f, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 1],
  [0, 0, 0, 0],
];

/** Scrubs, and scrubs the output again. */
async function check(file: Uint8Array, options: ScrubOptions | undefined): Promise<void> {
  let clean: Uint8Array;
  try {
    clean = await scrub(file, options);
  } catch (error) {
    if (error instanceof ScrubError) return;
    throw error;
  }
  expect(Buffer.compare(await scrub(clean, options), clean)).toBe(0);
}

/** Damage as files meet it: flipped bits, runs that were zeroed, filled or copied elsewhere, lengths blown up. */
function damage(file: Uint8Array, seed: number): Uint8Array {
  const random = randomFrom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const mutant = file.slice();
  for (let rounds = 1 + pick(4); rounds > 0; rounds--) {
    const at = pick(mutant.length);
    const length = 1 + pick(32);
    switch (pick(5)) {
      case 0:
        mutant[at] = (mutant[at] ?? 0) ^ (1 << pick(8));
        break;
      case 1:
        mutant.fill(0, at, at + length);
        break;
      case 2:
        mutant.fill(0xff, at, at + 1 + pick(4));
        break;
      case 3:
        mutant.copyWithin(at, pick(mutant.length), pick(mutant.length));
        break;
      default:
        mutant.set(LENGTHS[pick(LENGTHS.length)] ?? [], pick(Math.max(1, mutant.length - 4)));
    }
  }
  return random() < 0.2 ? mutant.subarray(0, pick(mutant.length) + 1) : mutant;
}

describe.each(subjects)('$title', ({ specimen, options }) => {
  it('gives a result or a ScrubError when cut off anywhere', async () => {
    const file = await specimen.make(1);
    const random = randomFrom(1);
    const lengths = Array.from({ length: Math.min(EVERY_BYTE, file.length) - 1 }, (_, index) => index + 1);
    for (let count = 0; count < DRAWN; count++) lengths.push(1 + Math.floor(random() * file.length));
    for (const length of lengths) await check(file.slice(0, length), options);
  }, 120_000);

  it('gives a result or a ScrubError when damaged anyhow', async () => {
    const file = await specimen.make(1);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => check(damage(file, seed), options)),
      { numRuns: 500 },
    );
  }, 120_000);
});
