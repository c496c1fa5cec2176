// The promises on whole files: same content, nothing left, twins alike, idempotent, input untouched.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspect, scrub, scrubWithReport } from '../../src/index.ts';
import { readTags } from '../readers/exiftool.ts';
import { subjects } from './subjects.ts';

const TWINS = 6;

/** Whether a word stands in the bytes in one of the encodings that metadata is written in. */
function includes(bytes: Uint8Array, word: string): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const wide = Buffer.from(word, 'utf16le');
  return [Buffer.from(word, 'latin1'), wide, Buffer.from(wide).swap16()].some((encoded) => file.includes(encoded));
}

describe.each(subjects)('$title', ({ format, specimen, structuralTags, options }) => {
  it('is recognised by its format', async () => {
    expect((await inspect(await specimen.make(1), options)).format).toBe(format.id);
  });

  it('has the same content afterwards', async () => {
    const file = await specimen.make(1);
    expect(await specimen.decode(await scrub(file, options))).toEqual(await specimen.decode(file));
  });

  it('holds nothing that was planted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), async (seed) => {
        const clean = await scrub(await specimen.make(seed), options);
        expect(specimen.canaries(seed).filter((word) => includes(clean, word))).toEqual([]);
      }),
      { numRuns: TWINS },
    );
  });

  it('has nothing left that ExifTool finds', async () => {
    const tags = await readTags(await scrub(await specimen.make(1), options), format.extensions[0]);
    expect(tags.filter((tag) => !structuralTags.test(tag))).toEqual([]);
  });

  it('is the same bytes whatever the metadata was', async () => {
    const expected = await scrub(await specimen.make(1), options);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 10_000 }), async (seed) => {
        expect(Buffer.compare(await scrub(await specimen.make(seed), options), expected)).toBe(0);
      }),
      { numRuns: TWINS },
    );
  });

  it('is not changed by a second scrub', async () => {
    const clean = await scrub(await specimen.make(1), options);
    const { output, report } = await scrubWithReport(clean, options);
    expect(report.changed).toBe(false);
    expect(report.findings.filter(({ action }) => action !== 'kept')).toEqual([]);
    expect(output).toBe(clean);
  });

  it('leaves the input as it was', async () => {
    const file = await specimen.make(1);
    const before = file.slice();
    await scrub(file, options);
    expect(Buffer.compare(file, before)).toBe(0);
  });

  it('is reported as it is done', async () => {
    const file = await specimen.make(1);
    const report = await inspect(file, options);
    const done = await scrubWithReport(file, options);
    expect(done.report).toEqual(report);
    expect(report).toMatchObject({ changed: true, bytesIn: file.length, bytesOut: done.output.length });
    expect(report.findings.some(({ action }) => action === 'removed')).toBe(true);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('comes out in the type it came in', async () => {
    const file = await specimen.make(1);
    const clean = await scrub(file, options);
    const buffer = await scrub(Buffer.from(file), options);
    expect(Buffer.isBuffer(buffer) && buffer.equals(clean)).toBe(true);
    const arrayBuffer = await scrub(new Uint8Array(file).buffer, options);
    expect(arrayBuffer instanceof ArrayBuffer && Buffer.compare(new Uint8Array(arrayBuffer), clean) === 0).toBe(true);
    const blob = await scrub(new Blob([new Uint8Array(file)]), options);
    expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), clean)).toBe(0);
  });
});
