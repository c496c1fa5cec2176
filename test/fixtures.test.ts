// The committed files: as their manifests say, and clean afterwards.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fixturesOf } from '../fixtures/manifest.ts';
import { formats, scrub, scrubWithReport } from '../src/index.ts';

const fixtures = formats.flatMap(({ id }) => fixturesOf(id).map((fixture) => ({ id, ...fixture })));

describe.each(fixtures)('fixtures/$id/$file', ({ id, file, sha256, planted, options }) => {
  const read = async () => new Uint8Array(await readFile(new URL(`../fixtures/${id}/${file}`, import.meta.url)));

  it('is as its manifest says', async () => {
    const bytes = await read();
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(planted.filter((word) => !Buffer.from(bytes).includes(word))).toEqual([]);
    expect(planted.length).toBeGreaterThan(0);
  });

  it('comes out clean', async () => {
    const { output, report } = await scrubWithReport(await read(), options);
    expect(report).toMatchObject({ format: id, changed: true });
    expect(planted.filter((word) => Buffer.from(output).includes(word))).toEqual([]);
    expect(await scrub(output, options)).toBe(output);
  });
});
