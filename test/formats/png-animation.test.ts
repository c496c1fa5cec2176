import exifr from 'exifr';
import { describe, expect, it } from 'vitest';
import { exifBlock } from '../builders/jpeg.ts';
import {
  actl,
  animation,
  type Chunk,
  chunk,
  codePicture,
  fctl,
  fdat,
  joinPng,
  putBefore,
  text,
  typesOf,
  u32,
} from '../builders/png.ts';

import { damaged, framesOf, refusal, scrub, scrubWithReport, turned } from '../builders/png-pictures.ts';

describe('animations', () => {
  it.each([true, false])('are kept as they are (picture inside: %s)', async (isPictureInside) => {
    const file = joinPng(animation(isPictureInside));
    const { output, report } = await scrubWithReport(file);
    expect(output).toBe(file);
    expect(report).toMatchObject({ changed: false, mediaType: 'image/apng', findings: [] });
  });

  it('are freed of everything between their chunks', async () => {
    const clean = joinPng(animation());
    const [header, ...rest] = animation();
    const file = joinPng(
      [header as Chunk, ...rest.flatMap((each) => [text('Comment', 'SECRET'), chunk('eXIf', exifBlock({})), each])],
      'SECRET',
    );
    expect(Buffer.compare(await scrub(file), clean)).toBe(0);
  });

  it('become the picture if told to drop them', async () => {
    const picture = joinPng(animation().filter(({ type }) => ['IHDR', 'IDAT', 'IEND'].includes(type)));
    for (const isPictureInside of [true, false]) {
      const { output, report } = await scrubWithReport(joinPng(animation(isPictureInside)), { drop: ['animation'] });
      expect(Buffer.compare(output, picture)).toBe(0);
      expect(report.mediaType).toBe('image/png');
    }
  });

  it('get sequence numbers that count from 0, with right CRCs, though their data is not read', async () => {
    const numbered = animation().map(({ type, data }, index) => {
      const renumbered = data.slice();
      if (type === 'fcTL' || type === 'fdAT') renumbered.set(u32(7 + index * 3));
      return { type, data: renumbered };
    });
    const output = await scrub(joinPng(numbered));
    expect(Buffer.compare(output, joinPng(animation()))).toBe(0);
    expect(await framesOf(output)).toHaveLength(3);
  });

  it('lose empty fdAT chunks and frames without data', async () => {
    const chunks = animation();
    const at = chunks.findIndex(({ type }) => type === 'fdAT');
    const file = [...chunks.slice(0, at), fdat(9, new Uint8Array(0)), ...chunks.slice(at)];
    expect(Buffer.compare(await scrub(joinPng(file)), joinPng(chunks))).toBe(0);
    expect(Buffer.compare(await scrub(joinPng(putBefore('IEND', chunks, fctl(9)))), joinPng(chunks))).toBe(0);
  });

  it('say how many frames there are', async () => {
    for (const told of [1, 2, 9]) {
      const file = animation().map((each) => (each.type === 'acTL' ? actl(told, 2) : each));
      expect(Buffer.compare(await scrub(joinPng(file)), joinPng(animation()))).toBe(0);
    }
  });

  it.each([
    ['there is no acTL', animation().filter(({ type }) => type !== 'acTL')],
    ['acTL says no frames', animation().map((each) => (each.type === 'acTL' ? actl(0) : each))],
    ['there are two acTL', putBefore('acTL', animation(), actl(3))],
    [
      'acTL stands behind the picture',
      putBefore(
        'IEND',
        animation().filter(({ type }) => type !== 'acTL'),
        actl(3),
      ),
    ],
    ['acTL has a wrong CRC', animation().map((each) => (each.type === 'acTL' ? damaged(each) : each))],
    ['there are no frames', animation().filter(({ type }) => type !== 'fcTL')],
  ])('are none where %s', async (_, chunks) => {
    const { output, report } = await scrubWithReport(joinPng(chunks));
    expect(typesOf(output)).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(report.mediaType).toBe('image/png');
  });

  it('turn with their orientation and keep colors of their frames', async () => {
    const file = joinPng(putBefore('IEND', animation(), chunk('eXIf', turned)));
    const output = await scrub(file);
    expect(await exifr.orientation(output)).toBe(6);
    expect(await framesOf(output)).toEqual(await framesOf(file));
  });

  it.each([
    ['frames outside of the picture', { x: 30, width: 16 }],
    ['frames without a size', { width: 0 }],
    ['unknown ways to dispose of a frame', { dispose: 3 }],
    ['unknown ways to blend a frame', { blend: 2 }],
  ])('are refused with %s', async (_, control) => {
    const file = joinPng(putBefore('IEND', animation(), fctl(5, control), fdat(6, codePicture({}))));
    expect(await refusal(file)).toMatchObject({ code: 'malformed', trail: ['fcTL'] });
  });

  it('are refused where data of the picture stands behind a frame', async () => {
    const file = joinPng(putBefore('IEND', animation(), chunk('IDAT', codePicture({}))));
    expect(await refusal(file)).toMatchObject({ code: 'malformed', trail: ['IDAT'] });
  });
});
