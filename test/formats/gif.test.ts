import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { gif } from '../../src/formats/gif.ts';
import { createScrubber, type Report, ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import {
  application,
  comment,
  extension,
  graphicControl,
  image,
  join,
  Label,
  loop,
  plainText,
  screen,
  subBlocks,
  TRAILER,
  xmp,
} from '../builders/gif.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { readTags } from '../readers/exiftool.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([gif]);

const still = join(screen({ version: '87a' }), image(), TRAILER);
const frames = [
  graphicControl({ delay: 10, disposal: 1 }),
  image(),
  graphicControl({ delay: 25, disposal: 2, transparent: 2 }),
  image({ left: 4, top: 3, width: 9, height: 7, phase: 2, isInterlaced: true }),
  graphicControl({ delay: 40 }),
  image({ phase: 5 }),
];
const animation = join(screen(), loop(3), ...frames, TRAILER);
/** Where the first block stands. */
const afterScreen = screen().length;

/** A file of these blocks behind an ordinary screen. */
function file(...blocks: readonly Uint8Array[]): Uint8Array {
  return join(screen(), ...blocks);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Compares without printing long differences. */
async function expectSame(given: Uint8Array, expected: Uint8Array, options?: ScrubOptions): Promise<void> {
  expect(Buffer.from(await scrub(given, options)).toString('hex')).toBe(Buffer.from(expected).toString('hex'));
}

async function framesOf(given: Uint8Array): Promise<string> {
  return new TextDecoder().decode(await runFfmpeg(given, 'gif', ['-f', 'framemd5']));
}

function removals(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

async function refusal(given: Uint8Array, options?: ScrubOptions): Promise<ScrubError> {
  const error: unknown = await scrub(given, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScrubError)) throw new Error('The file was not refused.');
  return error;
}

describe('what is dropped from a GIF', () => {
  const places: [string, Uint8Array, string][] = [
    ['comments', comment('SECRET'), 'comment: Comment Extension'],
    ['long comments', comment('SECRET'.repeat(200)), 'comment: Comment Extension'],
    ['plain text', plainText('SECRET'), 'comment: Plain Text Extension'],
    ['XMP with its magic trailer', xmp('<x:xmpmeta>SECRET</x:xmpmeta>'), 'other: Application Extension › XMP Data'],
    ['manifests', application('C2PA_GIF\x01\0\0', 'SECRET'), 'provenance: Application Extension › C2PA_GIF'],
    ['IPTC', application('MGKIPTC0000', 'SECRET'), 'author: Application Extension › MGKIPTC0'],
    ['Photoshop resources', application('MGK8BIM0000', 'SECRET'), 'author: Application Extension › MGK8BIM0'],
    ['ImageMagick', application('ImageMagick', 'SECRET'), 'software: Application Extension › ImageMag'],
    ['music', application('MIDISONGDm7', 'SECRET'), 'embedded-file: Application Extension › MIDISONG'],
    ['unknown applications', application('STRANGER1.0', 'SECRET'), 'other: Application Extension › STRANGER'],
    ['an application without identifier', extension(Label.application), 'other: Application Extension › '],
    ['an identifier that is too short', application('SECRET', 'x'), 'other: Application Extension › SECRET'],
    [
      'a loop count that does not stand alone',
      extension(Label.application, 'NETSCAPE2.0SECRET', [1, 9, 9]),
      'structure: Application Extension › NETSCAPE',
    ],
    ['unknown extensions', extension(0xce, 'SECRET'), 'other: Extension 0xce'],
  ];

  it.each(places)('%s, wherever it stands', async (_, planted, finding) => {
    const blocks = [loop(3), ...frames];
    for (let at = 0; at <= blocks.length; at++) {
      const given = file(...blocks.slice(0, at), planted, ...blocks.slice(at), TRAILER);
      const { output, report } = await scrubWithReport(given);
      expect(Buffer.compare(output, animation)).toBe(0);
      expect(removals(report)).toEqual([finding]);
      const [removed] = report.findings;
      expect(removed?.bytes).toBe(planted.length);
      expect(text(given.subarray(removed?.offset)).startsWith(text(planted))).toBe(true);
    }
  });

  it.each(places)('%s, which no decoder misses', async (_, planted) => {
    const given = file(loop(3), planted, ...frames, TRAILER);
    expect(await framesOf(await scrub(given))).toBe(await framesOf(given));
  });

  it('everything behind the trailer, another GIF included', async () => {
    for (const trailer of [join('SECRET'), animation, new Uint8Array(2772)]) {
      const { output, report } = await scrubWithReport(join(animation, trailer));
      expect(Buffer.compare(output, animation)).toBe(0);
      expect(report.findings).toEqual([
        {
          kind: 'trailing-data',
          where: 'after Trailer',
          action: 'removed',
          bytes: trailer.length,
          offset: animation.length,
        },
      ]);
    }
  });

  it('fields that decoders do not read', async () => {
    const given = join(
      screen({ resolution: 7, isSorted: true, aspect: 49 }),
      graphicControl({ delay: 10, flags: 0xe2, unused: 77 }),
      image({ flags: 0x38 }),
      TRAILER,
    );
    await expectSame(given, join(screen(), graphicControl({ delay: 10 }), image(), TRAILER));
  });

  it('the background of a screen without colour table', async () => {
    const local = [0, 0, 0, 255, 255, 255, 9, 9, 9, 40, 40, 40];
    const given = join(screen({ table: [], background: 200, resolution: 0 }), image({ table: local }), TRAILER);
    await expectSame(
      given,
      join(screen({ version: '87a', table: [], resolution: 0 }), image({ table: local }), TRAILER),
    );
  });

  it('graphic control extensions that no image follows or obeys', async () => {
    const [, first, ...rest] = frames;
    const spare = graphicControl({ delay: 0x5345, transparent: 3 });
    const given = file(loop(3), spare, frames[0] ?? spare, first ?? spare, ...rest, spare, TRAILER);
    const { output, report } = await scrubWithReport(given);
    expect(Buffer.compare(output, animation)).toBe(0);
    expect(removals(report)).toEqual(['structure: Graphic Control Extension']);
    expect(await framesOf(output)).toBe(await framesOf(given));
  });

  it('all graphic control extensions in front of an image but the last, which browsers and FFmpeg obey alone', async () => {
    const [first, last] = [graphicControl({ delay: 90, disposal: 2, transparent: 1 }), graphicControl({ delay: 20 })];
    for (const pair of [
      [first, last],
      [last, first],
    ]) {
      const given = file(loop(0), ...pair, image(), graphicControl({ delay: 5 }), image({ phase: 1 }), TRAILER);
      const output = await scrub(given);
      expect(await framesOf(output)).toBe(await framesOf(given));
      await expectSame(
        given,
        file(loop(0), pair[1] ?? last, image(), graphicControl({ delay: 5 }), image({ phase: 1 }), TRAILER),
      );
    }
  });

  it('what a graphic control extension holds behind its four bytes', async () => {
    const long = extension(Label.graphicControl, join([4, 10, 0, 0], 'SECRET'));
    const more = extension(Label.graphicControl, [4, 10, 0, 0], 'SECRET');
    for (const control of [long, more]) {
      const { output, report } = await scrubWithReport(file(control, image(), TRAILER));
      expect(Buffer.compare(output, file(extension(Label.graphicControl, [4, 10, 0, 0]), image(), TRAILER))).toBe(0);
      expect(removals(report)).toEqual(['structure: Graphic Control Extension']);
    }
  });

  it('a graphic control extension without data', async () => {
    await expectSame(file(extension(Label.graphicControl), image(), TRAILER), still);
  });

  it('buffering and unknown sub-blocks of a loop extension', async () => {
    const given = file(application('NETSCAPE2.0', [2, 9, 9, 9, 9], [1, 3, 0, 77], 'SECRET'), ...frames, TRAILER);
    await expectSame(given, animation);
    expect(removals(await inspect(given))).toEqual(['structure: Application Extension › NETSCAPE']);
  });

  it('the loop count of a single image', async () => {
    const { output, report } = await scrubWithReport(file(loop(0x5345), image(), TRAILER));
    expect(Buffer.compare(output, still)).toBe(0);
    expect(report.findings[0]?.note).toBe('One image needs none.');
  });

  it('comments, told in words where they are asked for', async () => {
    const given = file(comment('Taken by Ann'), plainText('Hello'), ...frames, TRAILER);
    const report = await inspect(given, { values: true });
    expect(report.findings.map(({ values }) => values?.text).filter(Boolean)).toEqual(['Taken by Ann', 'Hello']);
  });

  it('XMP, with what it tells about', async () => {
    const given = file(xmp('<x exif:GPSLatitude="1,2N" tiff:Make="Canary"/>'), image(), TRAILER);
    expect((await inspect(given)).findings[0]).toMatchObject({
      kind: 'location',
      note: 'It tells about location, device.',
    });
  });

  it('so that ExifTool finds nothing', async () => {
    const given = file(comment('SECRET'), xmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'), ...frames, TRAILER);
    expect((await readTags(given, 'gif')).join()).toContain('SECRET');
    const tags = await readTags(await scrub(given), 'gif');
    expect(tags.map((tag) => tag.split('=')[0])).toEqual([
      'GIF:GIFVersion',
      'GIF:ImageWidth',
      'GIF:ImageHeight',
      'GIF:HasColorMap',
      'GIF:ColorResolutionDepth',
      'GIF:BitsPerPixel',
      'GIF:BackgroundColor',
      'GIF:TransparentColor',
      'GIF:FrameCount',
      'GIF:Duration',
    ]);
  });
});

describe('what is kept of a GIF', () => {
  it('everything of a clean file: it comes back itself', async () => {
    for (const clean of [still, animation]) {
      const { output, report } = await scrubWithReport(clean);
      expect(output).toBe(clean);
      expect(report).toMatchObject({ changed: false, findings: [] });
    }
  });

  it('frames, delays, disposal and loop count', async () => {
    const given = join(screen({ resolution: 5 }), ...frames, loop(3), comment('x'), TRAILER);
    const output = await scrub(given);
    const { pages, delay, loop: count, width, pageHeight } = await sharp(output, { animated: true }).metadata();
    // libvips counts showings, the file repetitions.
    expect({ pages, delay, count, width, pageHeight }).toEqual({
      pages: 3,
      delay: [100, 250, 400],
      count: 4,
      width: 20,
      pageHeight: 12,
    });
    const [a, b] = await Promise.all([output, given].map((one) => sharp(one, { animated: true }).raw().toBuffer()));
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
    expect(await framesOf(output)).toBe(await framesOf(given));
  });

  it('a loop count of either name, the last one, right behind the global colour table', async () => {
    for (const count of [loop(3), loop(3, 'ANIMEXTS1.0')]) {
      await expectSame(file(loop(9), ...frames.slice(0, 2), count, ...frames.slice(2), TRAILER), animation);
    }
    expect((await inspect(file(loop(3, 'ANIMEXTS1.0'), ...frames, TRAILER))).findings).toMatchObject([
      { action: 'rewritten', where: 'Application Extension › ANIMEXTS' },
    ]);
  });

  it('an animation without loop count, which plays once', async () => {
    const once = file(...frames, TRAILER);
    expect(await scrub(once)).toBe(once);
  });

  it('the cuts between sub-blocks of image data', async () => {
    const cut = join(screen({ version: '87a' }), image({ size: 7 }), TRAILER);
    expect(await scrub(cut)).toBe(cut);
  });

  it('a graphic control extension in front of a plain text, which decoders apply to the image behind it', async () => {
    const control = graphicControl({ delay: 10, transparent: 1 });
    const given = file(control, plainText('SECRET'), image(), TRAILER);
    await expectSame(given, file(control, image(), TRAILER));
    expect(await framesOf(await scrub(given))).toBe(await framesOf(given));
  });

  it('the aspect ratio of pixels that are not square', async () => {
    const wide = join(screen({ version: '87a', aspect: 113 }), image(), TRAILER);
    expect(await scrub(wide)).toBe(wide);
    const { output, report } = await scrubWithReport(wide, { drop: ['pixelAspect'] });
    expect(Buffer.compare(output, still)).toBe(0);
    expect(report.findings).toMatchObject([{ where: 'Logical Screen Descriptor', action: 'removed', offset: 12 }]);
  });

  it('the screen where the first image does not fill it: no version by which Firefox crops it', async () => {
    for (const version of ['87a', '89a'] as const) {
      const given = join(screen({ version }), comment('SECRET'), image({ left: 2, width: 10 }), TRAILER);
      await expectSame(given, join(screen({ version: '89a' }), image({ left: 2, width: 10 }), TRAILER));
    }
  });

  it('the color profile in canonical form', async () => {
    const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    const { icc } = await sharp(png).metadata();
    const named = new Uint8Array(icc ?? []);
    named.set([0x53, 0x45, 0x43, 0x52], 48);
    const given = file(application('ICCRGBG1012', named), comment('SECRET'), ...frames, TRAILER);
    const { output, report } = await scrubWithReport(given);
    expect(text(output)).toContain('ICCRGBG1012');
    expect(text(output)).not.toContain('SECR');
    expect(report.findings.find(({ kind }) => kind === 'color-profile')?.action).toBe('rewritten');
    const again = await scrubWithReport(output);
    expect(again.report.findings).toMatchObject([{ kind: 'color-profile', action: 'kept' }]);
    const dropped = await scrub(given, { drop: ['colorProfile'] });
    expect(Buffer.compare(dropped, file(...frames, TRAILER))).toBe(0);
  });

  it('no profile that decoders can not use', async () => {
    const { output, report } = await scrubWithReport(file(application('ICCRGBG1012', 'SECRET'), image(), TRAILER));
    expect(Buffer.compare(output, still)).toBe(0);
    expect(report.findings[0]).toMatchObject({ kind: 'color-profile', action: 'removed' });
    expect(report.findings[0]?.note).toContain('Decoders ignore it.');
  });

  it('the first frame alone where animation is dropped', async () => {
    const { output, report } = await scrubWithReport(animation, { drop: ['animation'] });
    expect(Buffer.compare(output, file(...frames.slice(0, 2), TRAILER))).toBe(0);
    expect((await sharp(output, { animated: true }).metadata()).pages ?? 1).toBe(1);
    expect(removals(report)).toEqual([
      'structure: Graphic Control Extension',
      'other: Image Descriptor',
      'structure: Application Extension › NETSCAPE',
    ]);
  });
});

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
