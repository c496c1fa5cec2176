import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { IdleRun } from '../../src/containers/jpeg/entropy-scan.ts';

type Search = typeof import('../../src/containers/jpeg/entropy-scan.ts').findMarker;

/** T.81 §B.1.1.5 byte by byte. */
const findPlainly: Search = (bytes, at, base, idle) => {
  for (let index = at; index < bytes.length; index++) {
    if (bytes[index] !== 0xff) continue;
    const code = bytes[index + 1];
    if (code === undefined || (code !== 0 && code < 0xd0) || (code > 0xd7 && code !== 0xff)) return index;
    if (code >= 0xd0) {
      if (idle.end !== base + index) idle.start = base + index;
      idle.end = base + index + (code === 0xff ? 1 : 2);
    }
    if (code !== 0xff) index++;
  }
  return bytes.length;
};

async function load(): Promise<Search> {
  vi.resetModules();
  return (await import('../../src/containers/jpeg/entropy-scan.ts')).findMarker;
}

const { Buffer: NodeBuffer } = globalThis;

const native = await load();
Reflect.deleteProperty(globalThis, 'Buffer');
const byWords = await load();
globalThis.Buffer = NodeBuffer;

/** Data in which FF stands rarely, in bursts, or everywhere, with every kind of code behind it. */
const codedData = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((bytes) => bytes.map((byte) => byte & 0x7f)),
      fc
        .tuple(fc.constantFrom(0x00, 0x00, 0x00, 0xd0, 0xd7, 0x01, 0xbf, 0xff), fc.integer({ min: 1, max: 700 }))
        .map(([code, count]) => Uint8Array.from({ length: count * 2 }, (_, index) => (index % 2 === 0 ? 0xff : code))),
      fc
        .constantFrom([0xff, 0xd9], [0xff, 0xff], [0xff, 0xc4], [0xff, 0xcf], [0xff, 0xd8], [0xff])
        .map((bytes) => Uint8Array.from(bytes)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

describe.each([
  ['with the search of Node', native],
  ['with a search of its own', byWords],
] as [string, Search][])('the search for markers in coded data, %s', (_, findMarker) => {
  it('stops where a search byte by byte stops, wherever it begins, and passes the same restart markers and fill bytes', () => {
    fc.assert(
      fc.property(codedData, fc.integer({ min: 0, max: 7 }), (data, shift) => {
        // Not every view begins on a word.
        const bytes = new Uint8Array(data.length + shift).subarray(shift);
        bytes.set(data);
        const found: IdleRun = { start: 0, end: 0 };
        const expected: IdleRun = { start: 0, end: 0 };
        for (let at = 0; at < bytes.length; ) {
          const next = findMarker(bytes, at, 1000, found);
          expect(next).toBe(findPlainly(bytes, at, 1000, expected));
          expect(found).toEqual(expected);
          at = next + 2;
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['stuffed bytes', [0xff, 0x00]],
    ['restart markers', [0xff, 0xd0]],
    ['stuffed fill bytes', [0xff, 0xff, 0x00]],
    ['stuffed bytes in short gaps', [0xff, 0x00, 1, 2, 3, 4, 5, 6, 7, 8]],
  ])('takes time in proportion to a flood of %s', (_, pattern) => {
    const flood = new Uint8Array(20_000_000);
    for (let at = 0; at < flood.length; at++) flood[at] = pattern[at % pattern.length] ?? 0;
    expect(findMarker(flood, 0, 0, { start: 0, end: 0 })).toBeGreaterThanOrEqual(flood.length - 2);
    // 20 ms here; a search that starts anew at each FF takes 2 s.
  });
});
