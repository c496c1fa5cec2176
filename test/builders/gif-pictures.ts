import { gif } from '../../src/formats/gif.ts';
import { createScrubber, type ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { graphicControl, image, join, loop, screen, TRAILER } from './gif.ts';
import { expectBytes, refusalOf } from './outcome.ts';

export const { scrub, inspect, scrubWithReport } = createScrubber([gif]);

export const still = join(screen({ version: '87a' }), image(), TRAILER);

export const frames = [
  graphicControl({ delay: 10, disposal: 1 }),
  image(),
  graphicControl({ delay: 25, disposal: 2, transparent: 2 }),
  image({ left: 4, top: 3, width: 9, height: 7, phase: 2, isInterlaced: true }),
  graphicControl({ delay: 40 }),
  image({ phase: 5 }),
];

export const animation = join(screen(), loop(3), ...frames, TRAILER);

/** Where the first block stands. */
export const afterScreen = screen().length;

/** A file of these blocks behind an ordinary screen. */
export function file(...blocks: readonly Uint8Array[]): Uint8Array {
  return join(screen(), ...blocks);
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Compares without printing long differences. */
export async function expectSame(given: Uint8Array, expected: Uint8Array, options?: ScrubOptions): Promise<void> {
  await expectBytes(scrub(given, options), expected);
}

export async function framesOf(given: Uint8Array): Promise<string> {
  return new TextDecoder().decode(await runFfmpeg(given, 'gif', ['-f', 'framemd5']));
}

export const refusal = (given: Uint8Array, options?: ScrubOptions): Promise<ScrubError> =>
  refusalOf(scrub(given, options));
