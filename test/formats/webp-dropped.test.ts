import { describe, expect, it } from 'vitest';
import { removals } from '../builders/outcome.ts';
import { anim, type Chunk, chunk, Flag, frame, joinWebp, splitChunks, vp8x, writeChunks } from '../builders/webp.ts';
import {
  animation,
  exif,
  expectSame,
  extended,
  frames,
  inspect,
  lossless,
  losslessAlpha,
  lossy,
  lossyAlpha,
  odd,
  pixels,
  scrub,
  scrubWithReport,
  simple,
} from '../builders/webp-pictures.ts';
import { readTags } from '../readers/exiftool.ts';

describe('what is dropped from a WebP', () => {
  const places: [string, Chunk, string][] = [
    ['XMP', chunk('XMP ', '<x exif:GPSLatitude="1,2N" tiff:Make="SECRET"/>'), 'location: XMP'],
    ['XMP under a wrong name', chunk('XMP\0', 'SECRET'), 'other: XMP?'],
    ['manifests', chunk('C2PA', 'SECRET'), 'provenance: C2PA'],
    ['Photoshop resources', chunk('PSAI', 'SECRET'), 'other: PSAI'],
    ['RIFF lists', chunk('LIST', 'INFOIART', [6, 0, 0, 0], 'SECRET'), 'comment: LIST'],
    ['RIFF texts', chunk('IART', 'SECRET'), 'author: IART'],
    ['unknown chunks', chunk('ABCD', 'SECRET!'), 'other: ABCD'],
    ['Exif that VP8X does not announce', exif(6), 'device: EXIF › IFD0'],
    ['a profile that VP8X does not announce', chunk('ICCP', 'SECRET'), 'color-profile: ICCP'],
    ['animation parameters of a still picture', chunk('ANIM', 'SECRET'), 'structure: ANIM'],
    ['an alpha plane behind its picture', chunk('ALPH', 'SECRET'), 'other: ALPH'],
  ];

  it.each(places)('%s', async (_, planted, finding) => {
    const given = extended(Flag.xmp, lossy, planted);
    const { output, report } = await scrubWithReport(given);
    expect(Buffer.compare(output, simple)).toBe(0);
    expect(removals(report)).toContain(finding);
    expect(await pixels(output)).toBe(await pixels(simple));
  });

  it('chunks in front of the picture and between its parts', async () => {
    const planted = chunk('ABCD', 'SECRET');
    const given = joinWebp([vp8x(Flag.alpha, 24, 16), ...lossyAlpha.flatMap((part) => [planted, part])]);
    await expectSame(given, extended(Flag.alpha, lossyAlpha));
  });

  it('all chunks behind the picture of a simple file, another picture included', async () => {
    const { output, report } = await scrubWithReport(
      joinWebp([...lossy, ...lossless, exif(6), chunk('XMP ', 'SECRET')]),
    );
    expect(Buffer.compare(output, simple)).toBe(0);
    expect(removals(report)).toEqual(expect.arrayContaining(['other: VP8L', 'device: EXIF › IFD0', 'other: XMP']));
  });

  it('everything behind the RIFF chunk', async () => {
    const { output, report } = await scrubWithReport(joinWebp(lossy, { trailer: 'SECRET' }));
    expect(Buffer.compare(output, simple)).toBe(0);
    expect(report.findings).toEqual([
      { kind: 'trailing-data', where: 'after RIFF', action: 'removed', bytes: 6, offset: simple.length },
    ]);
  });

  it('pad bytes that are not 0', async () => {
    await expectSame(joinWebp(odd, { pad: 0x53 }), joinWebp(odd));
  });

  it('reserved bits, and what VP8X and ANIM hold behind their last field', async () => {
    const [first] = frames;
    const parts = splitChunks(first?.data.subarray(16) ?? new Uint8Array(0));
    const clean = joinWebp([vp8x(Flag.animation | Flag.alpha, 24, 16), anim(3), frame({ duration: 70 }, ...parts)]);
    const header = vp8x(Flag.animation | Flag.alpha | 0xc1, 24, 16, 0x534543);
    const given = joinWebp([
      chunk('VP8X', header.data, 'SECRET'),
      chunk('ANIM', anim(3).data, 'SECRET'),
      frame({ duration: 70, flags: 0xfc }, ...parts),
    ]);
    const { output, report } = await scrubWithReport(given);
    expect(Buffer.compare(output, clean)).toBe(0);
    expect(removals(report)).toEqual(['structure: VP8X', 'structure: ANIM']);
  });

  it('chunks of a frame that are no picture', async () => {
    const planted = [chunk('XMP ', 'SECRET'), exif(6), chunk('ABCD', 'odd')];
    const dressed = frames.map(({ data }) =>
      chunk('ANMF', data.subarray(0, 16), writeChunks([...splitChunks(data.subarray(16)), ...planted])),
    );
    const given = joinWebp([vp8x(Flag.animation | Flag.alpha, 24, 16), anim(3), ...dressed]);
    const { output, report } = await scrubWithReport(given);
    expect(Buffer.compare(output, animation)).toBe(0);
    expect(removals(report)).toEqual(
      expect.arrayContaining(['other: ANMF › XMP', 'device: ANMF › EXIF › IFD0', 'other: ANMF › ABCD']),
    );
    expect(await pixels(output)).toBe(await pixels(given));
  });

  it('what an uncompressed alpha plane holds behind its last pixel, and its reserved bits', async () => {
    const plane = new Uint8Array(24 * 16).map((_, at) => at & 0xff);
    const clean = extended(Flag.alpha, [chunk('ALPH', [0], plane), ...lossy]);
    const given = extended(Flag.alpha, [chunk('ALPH', [0], plane, 'SECRET'), ...lossy]);
    const { output, report } = await scrubWithReport(given);
    expect(Buffer.compare(output, clean)).toBe(0);
    expect(removals(report)).toEqual(['trailing-data: ALPH']);
    expect(await pixels(output)).toBe(await pixels(given));
    // RFC 9649 §2.7.1.2: readers ignore them; libwebp does not.
    await expectSame(extended(Flag.alpha, [chunk('ALPH', [0xc0], plane), ...lossy]), clean);
  });

  it('an alpha plane in front of a lossless picture, which has its own', async () => {
    const given = extended(Flag.alpha, [chunk('ALPH', [0], 'SECRET'), ...losslessAlpha]);
    await expectSame(given, joinWebp(losslessAlpha));
  });

  it('Exif and texts, told in words where they are asked for', async () => {
    const given = extended(Flag.exif, lossy, exif(1, 'Canary'), chunk('ICMT', 'Taken by Ann'));
    const { findings } = await inspect(given, { values: true });
    expect(findings.find(({ kind }) => kind === 'device')?.values).toEqual({ Make: 'Canary' });
    expect(findings.find(({ kind }) => kind === 'comment')?.values).toEqual({ text: 'Taken by Ann' });
  });

  it('so that ExifTool finds nothing', async () => {
    const given = extended(
      Flag.exif | Flag.xmp,
      lossy,
      exif(6),
      chunk('XMP ', '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'),
    );
    expect((await readTags(given, 'webp')).join()).toContain('SECRET');
    expect(await readTags(await scrub(given), 'webp')).toEqual([
      'RIFF:WebP_Flags=EXIF',
      'RIFF:ImageWidth=24',
      'RIFF:ImageHeight=16',
      'RIFF:VP8Version=0 (bicubic reconstruction, normal loop)',
      'RIFF:HorizontalScale=0',
      'RIFF:VerticalScale=0',
      'IFD0:Orientation=Rotate 90 CW',
    ]);
  });
});
