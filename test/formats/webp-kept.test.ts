import { loadImage } from '@napi-rs/canvas';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { webp } from '../../src/formats/webp.ts';
import { createScrubber } from '../../src/scrub.ts';
import { exifBlock } from '../builders/jpeg.ts';
import { removals } from '../builders/outcome.ts';
import { anim, chunk, Flag, frame, joinWebp, splitWebp, vp8x } from '../builders/webp.ts';
import {
  animation,
  exif,
  expectSame,
  extended,
  flagsOf,
  lossless,
  losslessAlpha,
  lossy,
  lossyAlpha,
  names,
  odd,
  pixels,
  scrub,
  scrubWithReport,
  simple,
  TURNED,
  text,
} from '../builders/webp-pictures.ts';

describe('what is kept of a WebP', () => {
  it.each([
    ['lossy', simple],
    ['lossless', joinWebp(lossless)],
    ['lossless with alpha', joinWebp(losslessAlpha)],
    ['lossless with a pad byte', joinWebp(odd)],
    ['lossy with alpha', extended(Flag.alpha, lossyAlpha)],
    ['turned', extended(Flag.exif, lossy, chunk('EXIF', Buffer.from(`${TURNED}457869660000${TURNED}`, 'hex')))],
    ['an animation', animation],
  ])('everything of a clean file, which comes back itself: %s', async (_, clean) => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report.changed).toBe(false);
    expect(report.findings.filter(({ action }) => action !== 'kept')).toEqual([]);
  });

  it('one run of the input, pad bytes and all', async () => {
    const { walk } = createScrubber([webp]);
    const { openInput } = await import('../../src/core/input.ts');
    const input = joinWebp([
      vp8x(Flag.animation, 24, 16),
      anim(3),
      ...Array.from({ length: 9 }, () => frame({}, ...lossless)),
    ]);
    const { pieces } = await walk(openInput(input), undefined, true);
    expect(pieces.filter((piece) => 'end' in piece)).toHaveLength(1);
  });

  it('a simple file of what has no feature any more', async () => {
    for (const [picture, flags] of [
      [lossy, Flag.exif | Flag.xmp | Flag.profile],
      [lossless, 0],
      [losslessAlpha, Flag.alpha],
      [lossy, Flag.alpha],
    ] as const) {
      await expectSame(extended(flags, picture), joinWebp(picture));
    }
  });

  it('an alpha flag that is not set, by which some decoders show a picture or a canvas opaque', async () => {
    const [, parameters, ...others] = splitWebp(animation);
    if (parameters === undefined) throw new Error('There are frames.');
    const canvas = joinWebp([vp8x(Flag.animation, 24, 16), parameters, ...others]);
    for (const given of [extended(0, lossyAlpha), canvas]) expect(await scrub(given)).toBe(given);
  });

  it('the alpha plane of a lossless picture, whose flag ExifTool does not set', async () => {
    await expectSame(extended(Flag.exif, losslessAlpha, exif(1)), joinWebp(losslessAlpha));
    const turned = await scrub(extended(Flag.exif, losslessAlpha, exif(6)));
    expect(flagsOf(turned)).toBe(Flag.exif | Flag.alpha);
    expect((await sharp(turned).metadata()).hasAlpha).toBe(true);
  });

  it('frames, their places, times, blending and disposal, background and loop count', async () => {
    const chunks = splitWebp(animation);
    const given = joinWebp([
      ...chunks.slice(0, 2),
      chunk('ABCD', 'SECRET'),
      ...chunks.slice(2),
      chunk('XMP ', 'SECRET'),
    ]);
    await expectSame(given, animation);
    const { pages, delay, loop } = await sharp(await scrub(given), { animated: true }).metadata();
    expect({ pages, delay, loop }).toEqual({ pages: 3, delay: [70, 30, 50], loop: 3 });
    expect(await pixels(await scrub(given))).toBe(await pixels(given));
  });

  it('the color profile in canonical form', async () => {
    const plain = await sharp({ create: { width: 24, height: 16, channels: 3, background: 'red' } })
      .withIccProfile('p3')
      .webp()
      .toBuffer();
    const profile =
      splitWebp(plain)
        .find(({ fourCC }) => fourCC === 'ICCP')
        ?.data.slice() ?? new Uint8Array(0);
    profile.set([0x53, 0x45, 0x43, 0x52], 48);
    const given = joinWebp([vp8x(Flag.profile, 24, 16), chunk('ICCP', profile), chunk('ICCP', 'SECRET'), ...lossy]);
    const { output, report } = await scrubWithReport(given);
    expect(names(output)).toEqual(['VP8X', 'ICCP', 'VP8 ']);
    expect(flagsOf(output)).toBe(Flag.profile);
    expect(text(output)).not.toContain('SECR');
    expect(report.findings.find(({ kind }) => kind === 'color-profile')?.action).toBe('rewritten');
    const colors = await Promise.all([given, output].map((file) => sharp(file).toColourspace('srgb').raw().toBuffer()));
    expect(colors[0]?.equals(colors[1] ?? Buffer.alloc(0))).toBe(true);
    expect((await scrubWithReport(output)).report.findings).toMatchObject([{ action: 'kept' }]);
    await expectSame(given, simple, { drop: ['colorProfile'] });
  });

  it('no profile that decoders can not use', async () => {
    const { output, report } = await scrubWithReport(
      joinWebp([vp8x(Flag.profile, 24, 16), chunk('ICCP', 'SECRET'), ...lossy]),
    );
    expect(Buffer.compare(output, simple)).toBe(0);
    expect(report.findings[0]?.note).toContain('Decoders ignore it.');
  });

  describe('the orientation', () => {
    it.each([2, 3, 4, 5, 6, 7, 8])('%i, alone', async (orientation) => {
      const given = extended(Flag.exif, lossy, exif(orientation));
      const output = await scrub(given);
      expect(names(output)).toEqual(['VP8X', 'VP8 ', 'EXIF']);
      expect(flagsOf(output)).toBe(Flag.exif);
      expect((await sharp(output).metadata()).orientation).toBe(orientation);
      expect(splitWebp(output)[2]?.data.length).toBe(26 + 6 + 26);
    });

    it('for readers that want the identifier of JPEG in front of it, and for those that do not', async () => {
      const block = TURNED;
      for (const prefix of ['', 'Exif\0\0']) {
        const [, , kept] = splitWebp(await scrub(extended(Flag.exif, lossy, exif(6, 'SECRET', prefix))));
        expect(Buffer.from(kept?.data ?? []).toString('hex')).toBe(`${block}457869660000${block}`);
      }
    });

    it.each(['', 'Exif\0\0'])('as Skia shows it, which reads none behind an identifier: %j', async (prefix) => {
      const shown = await loadImage(Buffer.from(await scrub(extended(Flag.exif, lossy, exif(6, 'SECRET', prefix)))));
      expect({ width: shown.width, height: shown.height }).toEqual({ width: 16, height: 24 });
    });

    it('of the first EXIF chunk, wherever it stands', async () => {
      const expected = await scrub(extended(Flag.exif, lossy, exif(6)));
      await expectSame(joinWebp([vp8x(Flag.exif, 24, 16), exif(6), ...lossy, exif(3)]), expected);
    });

    it('not at all of an upright picture, nor where it makes no sense, nor where it is dropped', async () => {
      for (const orientation of [0, 1, 9, 0x600])
        await expectSame(extended(Flag.exif, lossy, exif(orientation)), simple);
      await expectSame(extended(Flag.exif, lossy, chunk('EXIF', 'SECRET')), simple);
      await expectSame(extended(Flag.exif, lossy, exif(6)), simple, { drop: ['orientation'] });
    });
  });

  it('texts of Exif that are asked for', async () => {
    const given = extended(
      Flag.exif,
      lossy,
      chunk('EXIF', exifBlock({ 0x013b: { text: 'Ann' }, 0x8298: { text: '© Ann' } })),
    );
    const output = await scrub(given, { keep: ['author', 'copyright'] });
    expect(splitWebp(output)[2]?.data).toEqual(exifBlock({ 0x013b: { text: 'Ann' }, 0x8298: { text: '© Ann' } }));
    await expectSame(output, output, { keep: ['author', 'copyright'] });
  });

  it('the first frame alone where animation is dropped', async () => {
    const { output, report } = await scrubWithReport(animation, { drop: ['animation'] });
    expect(Buffer.compare(output, joinWebp(losslessAlpha))).toBe(0);
    expect(removals(report)).toEqual(['other: ANMF', 'structure: ANIM']);
    const [header, parameters, , second] = splitWebp(animation);
    if (header === undefined || parameters === undefined || second === undefined) throw new Error('There are frames.');
    // A frame that does not fill the canvas keeps its place on it.
    await expectSame(joinWebp([header, parameters, second, second]), joinWebp([header, parameters, second]), {
      drop: ['animation'],
    });
  });
});
