// How much of a file is at hand at a time must not matter: the plans and reports agree.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Feed } from '../../src/core/drive.ts';
import { type OpenInput, openInput, openSource } from '../../src/core/input.ts';
import type { FlatPiece } from '../../src/core/plan.ts';
import { formats } from '../../src/formats/index.ts';
import { createScrubber, reportOn, type ScrubOptions } from '../../src/scrub.ts';
import { randomFrom } from '../specimens/specimen.ts';
import { subjects } from './subjects.ts';

const scrubber = createScrubber(formats);

/** What a walk came to: the output's pieces and the report. */
async function walk(input: OpenInput, options: ScrubOptions | undefined): Promise<unknown> {
  const walked = await scrubber.walk(input, options, true);
  return { pieces: walked.pieces.map(showPiece), report: await reportOn(input, walked) };
}

function showPiece(piece: FlatPiece): unknown {
  if (piece instanceof Uint8Array) return Buffer.from(piece).toString('hex');
  if ('end' in piece) return piece;
  // What is written over zeros and over ones is the patches.
  const patches = [0, 0xff].map((byte) => {
    const written = Buffer.alloc(piece.length, byte);
    piece.apply(written, 0);
    return written.toString('hex');
  });
  return { ...piece.span, patches };
}

/**
 * The file read in parts, each in memory of its own that is overwritten when the next one is asked for: a walker that reads
 * what is no longer at hand reads nonsense.
 * @param lengthOf how many bytes more than asked for are read
 */
function inParts(file: Uint8Array, lengthOf: () => number): OpenInput {
  const source = { size: file.length, read: async (start: number, end: number) => file.slice(start, end) };
  const feed: Feed = async (window, { start, end, needed }) => {
    const least = needed === undefined ? start + 1 : end;
    const to = Math.min(Math.max(least, start + lengthOf()), file.length);
    window.show(file.slice(start, to), start);
  };
  return openSource(source, feed);
}

describe.each(subjects)('$title', ({ specimen, options }) => {
  it('is walked alike one byte at a time', async () => {
    const file = await specimen.make(1);
    expect(
      await walk(
        inParts(file, () => 1),
        options,
      ),
    ).toEqual(await walk(openInput(file), options));
  });

  it('is walked alike in random windows', async () => {
    const file = await specimen.make(1);
    const expected = await walk(openInput(file), options);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const random = randomFrom(seed);
        expect(
          await walk(
            inParts(file, () => 1 + Math.floor(random() ** 4 * 5000)),
            options,
          ),
        ).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });
});
