import { describe, expect, it } from 'vitest';
import {
  APP,
  adobe,
  ascii,
  COM,
  DHT,
  DQT,
  exif,
  exifBlock,
  jfif,
  join,
  joinJpeg,
  photoshop,
  type Segment,
  segment,
  writeSegment,
  xmp,
} from '../builders/jpeg.ts';

import {
  inspect,
  kinds,
  parts,
  pixels,
  plain,
  scrub,
  scrubWithReport,
  text,
  withSegments,
} from '../builders/jpeg-pictures.ts';

describe('what is dropped from a JPEG', () => {
  const places: [string, Segment][] = [
    ['comments', segment(COM, 'SECRET')],
    ['XMP', xmp('<x:xmpmeta>SECRET</x:xmpmeta>')],
    ['Photoshop resources with IPTC', photoshop('SECRET')],
    ['FlashPix', segment(APP(2), 'FPXR\0SECRET')],
    ['multi-picture indexes', segment(APP(2), 'MPF\0SECRET')],
    ['JUMBF, which holds C2PA manifests', segment(APP(11), 'JP\0\x01SECRET')],
    ['Ducky', segment(APP(12), 'Ducky\0SECRET')],
    ['JFIF extensions with thumbnails', segment(APP(0), 'JFXX\0\x10SECRET')],
    ['a JFIF thumbnail', jfif(0, 1, 1, { width: 2, height: 1, rgb: ascii('SECRET') })],
    ['unknown application segments', segment(APP(14), 'SECRET')],
    ['what follows the transform of an Adobe segment', { ...adobe(1), body: join(adobe(1).body, 'SECRET') }],
    ['a second Exif segment', exif(exifBlock({ 0x010f: { text: 'SECRET' } }))],
  ];

  it.each(places)('%s', async (_, planted) => {
    const file = withSegments(exif(exifBlock({ 0x0112: { short: 8 } })), planted);
    expect(text(file)).toContain('SECRET');
    const { output, report } = await scrubWithReport(file);
    expect(text(output)).not.toContain('SECRET');
    expect(report.changed).toBe(true);
    expect(kinds(report)).not.toEqual([]);
    expect(await pixels(output)).toEqual(await pixels(file));
  });

  it.each(Array.from({ length: 16 }, (_, number) => number))(
    'APP%i wherever it stands between segments',
    async (number) => {
      const secret = segment(APP(number), 'SECRET segment');
      for (let at = 0; at <= parts.length; at++) {
        const output = await scrub(joinJpeg([...parts.slice(0, at), secret, ...parts.slice(at)]));
        expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
      }
    },
  );

  it('everything behind EOI, such as the rest of a picture that was there before', async () => {
    for (const trailer of ['SECRET', join(plain, 'SECRET'), join([0, 0, 0, 24], 'ftypmp42SECRET')]) {
      const file = joinJpeg(parts, typeof trailer === 'string' ? trailer : trailer);
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
      const finding = report.findings.find(({ where }) => where.startsWith('after EOI'));
      expect(finding).toMatchObject({ action: 'removed', bytes: trailer.length, offset: plain.length });
    }
  });

  it('names what stands behind EOI', async () => {
    const trailers: [Uint8Array, string][] = [
      [plain, 'embedded-file: after EOI › JPEG'],
      [join([0, 0, 0, 24], 'ftypmp42'), 'embedded-file: after EOI › video'],
      [ascii('rest'), 'trailing-data: after EOI'],
    ];
    for (const [trailer, expected] of trailers) {
      expect(kinds(await inspect(join(plain, trailer)))).toContain(expected);
    }
  });

  it('says that a gain map or a motion video was announced', async () => {
    const gainMap = join(withSegments(xmp('<Container:Item Item:Semantic="GainMap" hdrgm:Version="1.0"/>')), plain);
    expect((await inspect(gainMap)).findings.at(-1)?.note).toContain('gain map');
    const motion = join(withSegments(xmp('<GCamera:MotionPhoto>1</GCamera:MotionPhoto>')), [0, 0, 0, 24], 'ftypmp42');
    expect((await inspect(motion)).findings.at(-1)?.note).toContain('motion video');
  });

  it('tables that no scan needs', async () => {
    const spare = segment(DQT, [3], ascii('S'.repeat(64)));
    const replaced = segment(DQT, [0], ascii('R'.repeat(64)));
    const idle = segment(DHT, [0x13, ...new Array<number>(15).fill(0), 6], 'SECRET');
    const output = await scrub(joinJpeg([...parts.slice(0, 1), replaced, spare, idle, ...parts.slice(1)]));
    expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
  });

  it('bytes between segments that decoders skip, and fill bytes', async () => {
    const [first = new Uint8Array(0), ...rest] = parts.map(writeSegment);
    const file = join([0xff, 0xd8], first, 'junk', [0xff, 0x00, 0xff, 0xff], ...rest, [0xff, 0xff, 0xff, 0xd9]);
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.from(output)).toEqual(Buffer.from(await scrub(plain)));
    expect(kinds(report)).toContain('structure: between segments');
    expect(await pixels(output)).toEqual(await pixels(file));
  });
});
