// The registry as a whole: what its values must have in common, and whether others see the same types.
import { fileTypeFromBuffer } from 'file-type';
import { describe, expect, it } from 'vitest';
import { Context } from '../src/core/context.ts';
import { drive, type Tools } from '../src/core/drive.ts';
import { HEAD_LENGTH } from '../src/core/format.ts';
import { identify } from '../src/core/identify.ts';
import { resolveOptions } from '../src/core/options.ts';
import { Window } from '../src/core/window.ts';
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

/** What file-type calls files of containers whose content it does not look at. */
const containerTypes: Readonly<Record<string, readonly string[]>> = {
  // It does not know the brands of pictures coded as AVC.
  heif: ['video/mp4'],
  m4a: ['video/mp4', 'video/quicktime'],
  // A byte order mark of UTF-16 looks like MPEG audio.
  svg: ['application/gzip', 'application/xml', 'audio/mpeg'],
  asf: ['application/vnd.ms-asf', 'audio/x-ms-asf', 'video/x-ms-asf'],
};

const tools: Tools = new Map();

describe.each(subjects)('$title', ({ format, specimen }) => {
  it('is of its format whatever the order they are asked in', async () => {
    const file = await specimen.make(1);
    const context = new Context(formats, tools, resolveOptions(), false);
    const window = Window.over(file);
    const walk = identify(window, formats.toReversed(), context);
    const first = walk.next();
    const found = first.done ? first.value : await drive(walk, first.value, window, tools);
    expect(found?.id).toBe(format.id);
  });

  it('is of the same type to file-type', async () => {
    const file = await specimen.make(1);
    const type = await fileTypeFromBuffer(file);
    expect([...format.mediaTypes, ...(containerTypes[format.id] ?? []), undefined]).toContain(
      type?.mime.replace(/;.*/, ''),
    );
  });
});
