import { describe, expect, it } from 'vitest';
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
  TRAILER,
  xmp,
} from '../builders/gif.ts';
import {
  animation,
  expectSame,
  file,
  frames,
  framesOf,
  inspect,
  scrub,
  scrubWithReport,
  still,
  text,
} from '../builders/gif-pictures.ts';
import { removals } from '../builders/outcome.ts';
import { readTags } from '../readers/exiftool.ts';

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
