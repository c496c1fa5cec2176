// What came of a file: its refusal, what was removed from it, its bytes.
import { expect } from 'vitest';
import { type Report, ScrubError } from '../../src/scrub.ts';

/** The error that a file was refused with. */
export async function refusalOf(scrubbing: Promise<unknown>): Promise<ScrubError> {
  const error: unknown = await scrubbing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScrubError)) throw new Error('The file was not refused.');
  return error;
}

/** Kind and place of everything that was removed. */
export function removals(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

/** Compares without printing long differences. */
export async function expectBytes(scrubbing: Promise<Uint8Array>, expected: Uint8Array): Promise<void> {
  expect(Buffer.from(await scrubbing).toString('hex')).toBe(Buffer.from(expected).toString('hex'));
}
