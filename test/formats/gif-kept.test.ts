import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  application,
  comment,
  graphicControl,
  image,
  join,
  loop,
  plainText,
  screen,
  TRAILER,
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
