import { describe, expect, it } from 'vitest';
import { adobe, COM, jfif, joinJpeg, type Segment, SOF0, SOS, segment } from '../builders/jpeg.ts';

import { bare, cmyk, fullChroma, gray, pixels, scrub } from '../builders/jpeg-pictures.ts';

describe('colour model', () => {
  function withIds(picture: Segment[], ids: number[]): Segment[] {
    return picture.map((part) => {
      const body = part.body.slice();
      for (const [index, id] of ids.entries()) {
        if (part.marker === SOF0) body[6 + index * 3] = id;
        if (part.marker === SOS) body[1 + index * 2] = id;
      }
      return { ...part, body };
    });
  }

  const rgb = [0x52, 0x47, 0x42];
  const cases: [string, Segment[]][] = [
    ['neither JFIF nor Adobe, ids 1 2 3', bare],
    ['JFIF, ids 1 2 3', [jfif(), ...bare]],
    ['Adobe 1, ids 1 2 3', [adobe(1), ...bare]],
    ['Adobe 0, ids 1 2 3', [adobe(0), ...fullChroma]],
    ['JFIF and Adobe 0', [jfif(), adobe(0), ...fullChroma]],
    ['ids R G B', withIds(fullChroma, rgb)],
    ['JFIF, ids R G B', [jfif(), ...withIds(fullChroma, rgb)]],
    ['Adobe 0, ids R G B', [adobe(0), ...withIds(fullChroma, rgb)]],
    ['ids 0 1 2', withIds(bare, [0, 1, 2])],
    ['ids 7 8 9', withIds(bare, [7, 8, 9])],
    ['gray, no JFIF', gray],
    ['CMYK', cmyk],
  ];

  it.each(cases)('%s: the same pixels', async (_, picture) => {
    const file = joinJpeg([segment(COM, 'SECRET'), ...picture]);
    const output = await scrub(file);
    expect(await pixels(output)).toEqual(await pixels(file));
    expect(await scrub(output)).toBe(output);
  });
});
