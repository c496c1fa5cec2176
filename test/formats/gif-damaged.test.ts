import { describe, expect, it } from 'vitest';
import { application, comment, extension, image, join, Label, screen, subBlocks, TRAILER } from '../builders/gif.ts';

import {
  afterScreen,
  animation,
  expectSame,
  file,
  framesOf,
  inspect,
  refusal,
  scrub,
  scrubWithReport,
  still,
} from '../builders/gif-pictures.ts';
import { removals } from '../builders/outcome.ts';

describe('a GIF that breaks the rules', () => {
  it('gets the trailer it lacks', async () => {
    const { output, report } = await scrubWithReport(animation.slice(0, -1));
    expect(Buffer.compare(output, animation)).toBe(0);
    expect(report.findings).toEqual([
      {
        kind: 'structure',
        where: 'Trailer',
        action: 'rewritten',
        bytes: 0,
        offset: animation.length - 1,
        note: 'The file ends without it.',
      },
    ]);
  });

  it('gets the end of its last image, too, where all its data is there', async () => {
    const given = animation.slice(0, -2);
    await expectSame(given, animation);
    expect(await framesOf(await scrub(given))).toBe(await framesOf(given));
  });

  it('loses an extension that it ends in', async () => {
    const planted = comment('SECRET'.repeat(100));
    for (let length = 1; length < planted.length; length++) {
      await expectSame(join(animation.slice(0, -1), planted.subarray(0, length)), animation);
    }
    const { findings } = await inspect(join(animation.slice(0, -1), planted.subarray(0, 20)));
    expect(findings[0]).toMatchObject({ where: 'Comment Extension', bytes: 20, note: 'It is cut off.' });
    await expectSame(join(animation.slice(0, -1), [0x21, 0xff, 11, 0x4e]), animation);
  });

  it('loses junk behind its last image, where no decoder finds another', async () => {
    const beginning = animation.slice(0, -1);
    for (const junk of [[0], [0, 0, 0, 0x3b], join('SECRET'), join([0], comment('SECRET'), [0x3b], 'more')]) {
      const { output, report } = await scrubWithReport(join(beginning, junk));
      expect(Buffer.compare(output, animation)).toBe(0);
      expect(removals(report)[0]).toBe('trailing-data: after the last block');
    }
  });

  it('is refused where some decoders go on behind junk and others do not', async () => {
    for (const junk of [[0], join('junk'), join([0], comment('SECRET'))]) {
      const given = join(animation.slice(0, -1), junk, image(), TRAILER);
      expect(await refusal(given)).toMatchObject({
        code: 'malformed',
        format: 'gif',
        offset: animation.length - 1,
        trail: ['block'],
      });
    }
    expect(await refusal(file(join([0]), image(), TRAILER))).toMatchObject({ code: 'malformed', offset: afterScreen });
  });

  it.each([
    ['a header that is cut off', still.slice(0, 9), 'Logical Screen Descriptor', 0],
    ['a global colour table that is cut off', still.slice(0, 20), 'Global Color Table', 20],
    ['no block at all', screen(), 'block', afterScreen],
    ['no image', file(comment('x'), TRAILER), 'Trailer', afterScreen + comment('x').length],
    ['an image descriptor that is cut off', still.slice(0, afterScreen + 5), 'Image Descriptor', afterScreen],
    ['image data that is cut off', still.slice(0, -5), 'Table Based Image Data', still.length - 5],
    ['image data that never begins', still.slice(0, afterScreen + 11), 'Table Based Image Data', afterScreen + 11],
    [
      'an extension that is cut off before any image',
      file(comment('SECRET').slice(0, 5)),
      'Comment Extension',
      afterScreen + 5,
    ],
    [
      'a local colour table that is cut off',
      file(image({ table: [0, 0, 0, 1, 1, 1] }).slice(0, 12)),
      'Local Color Table',
      afterScreen + 12,
    ],
  ])('is refused for %s', async (_, given, name, offset) => {
    const error = await refusal(given);
    expect(error).toMatchObject({ code: 'malformed', format: 'gif', offset, trail: [name] });
  });

  it('is refused for codes that LZW does not have', async () => {
    const given = still.slice();
    given[afterScreen + 10] = 12;
    expect(await refusal(given)).toMatchObject({ code: 'malformed', offset: afterScreen + 10 });
  });

  it('is refused for a graphic control extension that is too short, which decoders read differently', async () => {
    const given = file(extension(Label.graphicControl, [4, 10, 0]), image(), TRAILER);
    expect(await refusal(given)).toMatchObject({
      code: 'malformed',
      offset: afterScreen,
      trail: ['Graphic Control Extension'],
    });
  });

  it('is refused when a profile is larger than what may be held', async () => {
    const given = file(application('ICCRGBG1012', new Uint8Array(3000)), image(), TRAILER);
    expect(await refusal(given, { limits: { bufferedBytes: 1000 } })).toMatchObject({ code: 'limit-exceeded' });
  });

  it('is refused when it has more blocks than may be read', async () => {
    const flood = new Uint8Array(3000).map((_, at) => [0x21, 0xfe, 0][at % 3] ?? 0);
    expect(await refusal(file(flood, image(), TRAILER), { limits: { structures: 100 } })).toMatchObject({
      code: 'limit-exceeded',
    });
    const inJunk = join(still.slice(0, -1), [0], flood);
    expect(await refusal(inJunk, { limits: { structures: 100 } })).toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('a large GIF', () => {
  it.each([1, 255])('takes time in proportion to its size: sub-blocks of %i bytes', async (size) => {
    const data = subBlocks(new Uint8Array(4_000_000), size);
    const given = new Uint8Array(afterScreen + 11 + data.length);
    given.set(screen());
    given.set(image().subarray(0, 11), afterScreen);
    given.set(data, afterScreen + 11);
    const output = await scrub(given);
    expect(output.length).toBe(given.length + 1);
  });

  it('takes time in proportion to its size: junk full of extensions', async () => {
    const junk = new Uint8Array(600_000).map((_, at) => [0x21, 0xfe, 0][at % 3] ?? 0);
    const given = new Uint8Array(still.length + junk.length);
    given.set(still.subarray(0, -1));
    given.set(junk, still.length);
    await expectSame(given, still);
  });
});
