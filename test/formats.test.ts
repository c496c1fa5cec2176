// The registry as a whole: what its values must have in common, and whether others see the same types.
import { fileTypeFromBuffer } from 'file-type';
import { describe, expect, it } from 'vitest';
import { id3v2Length } from '../src/bytes/id3v2-length.ts';
import { HEAD_LENGTH } from '../src/core/format.ts';
import { formats } from '../src/index.ts';
import { subjects } from './laws/subjects.ts';

const duplicatesIn = (words: readonly string[]) => words.filter((word, at) => words.indexOf(word) !== at);

describe('the registry', () => {
  it('has each id, media type and extension once', () => {
    expect(duplicatesIn(formats.map(({ id }) => id))).toEqual([]);
    expect(duplicatesIn(formats.flatMap(({ mediaTypes }) => mediaTypes))).toEqual([]);
    expect(duplicatesIn(formats.flatMap(({ extensions }) => extensions))).toEqual([]);
  });

  it.each(formats.map((format) => [format.id, format] as const))('describes %s in a sentence', (id, format) => {
    expect(id).toMatch(/^[a-z0-9]+$/);
    expect(format.summary).toMatch(/^[A-Z].*\.$/);
    for (const type of format.mediaTypes) expect(type).toMatch(/^(image|audio|video|application)\/[a-z0-9.+-]+$/);
    for (const extension of format.extensions) expect(extension).toMatch(/^[a-z0-9]+$/);
  });

  it.each(formats.map((format) => [format.id, format] as const))('finds no %s in other bytes', (_id, format) => {
    for (const head of [new Uint8Array(1), new Uint8Array(HEAD_LENGTH), new Uint8Array(HEAD_LENGTH).fill(0xff)]) {
      expect(format.matches(head)).toBe(false);
    }
    expect(format.matches(new TextEncoder().encode('plain text '.repeat(400)))).toBe(false);
  });
});

describe.each(subjects)('$title', ({ format, specimen }) => {
  it('is of one format alone', async () => {
    const file = await specimen.make(1);
    const start = format.mayFollowId3 ? id3v2Length(file) : 0;
    const head = file.subarray(start, start + HEAD_LENGTH);
    expect(formats.filter((candidate) => candidate.matches(head)).map(({ id }) => id)).toEqual([format.id]);
  });

  it('is of the same type to file-type', async () => {
    const file = await specimen.make(1);
    const type = await fileTypeFromBuffer(file);
    expect([...format.mediaTypes, undefined]).toContain(type?.mime.replace(/;.*/, ''));
  });
});
