import { describe, expect, it } from 'vitest';
import { exifBlock } from '../builders/jpeg.ts';
import {
  type Chunk,
  chunk,
  compressedText,
  encode,
  fctl,
  internationalText,
  joinPng,
  pack,
  phys,
  plte,
  putBefore,
  text,
  time,
  u32,
} from '../builders/png.ts';

import { inspect, plain, removed, scrub, scrubWithReport, withChunks } from '../builders/png-pictures.ts';

describe('what is dropped from a PNG', () => {
  const places: [string, Chunk][] = [
    ['texts', text('Comment', 'SECRET')],
    ['compressed texts', compressedText('Software', 'SECRET')],
    ['international texts', internationalText('Author', 'SECRET', 'de')],
    ['XMP', internationalText('XML:com.adobe.xmp', '<x:xmpmeta>SECRET</x:xmpmeta>')],
    ['XMP in a chunk of its own', chunk('tXMP', 'SECRET')],
    ['prompts of image generators', text('parameters', 'SECRET')],
    ['IPTC and Photoshop resources as raw profiles', text('Raw profile type 8bim', 'SECRET')],
    ['raw profiles that are none', text('Raw profile type exif', 'SECRET')],
    ['times', time(2024)],
    ['resolutions', phys(2835, 2835, 1)],
    ['significant bits', chunk('sBIT', [5, 6, 5])],
    ['histograms', chunk('hIST', [0, 1])],
    ['suggested palettes', chunk('sPLT', 'SECRET\0\x08')],
    ['page offsets', chunk('oFFs', u32(1), u32(2), [0])],
    ['calibrations', chunk('pCAL', 'SECRET\0')],
    ['physical scales', chunk('sCAL', 'SECRET')],
    ['stereo marks', chunk('sTER', [1])],
    ["Apple's index of the picture data", chunk('iDOT', 'SECRET')],
    ['C2PA manifests', chunk('caBX', 'SECRET')],
    ['signatures', chunk('dSIG', 'SECRET')],
    ['previews and layers of Fireworks', chunk('mkBT', 'SECRET')],
    ['gain maps', chunk('gdAT', 'SECRET')],
    ['unknown ancillary chunks', chunk('prVt', 'SECRET')],
    ['Exif', chunk('eXIf', exifBlock({ 0x010f: { text: 'SECRET' } }))],
    ['a palette that only suggests colours', plte(4)],
    ['a background that nothing shows', chunk('bKGD', [0, 1, 0, 2, 0, 3])],
    ['frames without an animation', fctl(0)],
  ];

  it.each(places)('%s, wherever decoders look for them', async (_, planted) => {
    for (const at of ['IDAT', 'IEND']) {
      const file = joinPng(putBefore(at, encode(), planted));
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.compare(output, plain)).toBe(0);
      expect(report.changed).toBe(true);
      expect(removed(report)).toHaveLength(planted.type === 'eXIf' ? 2 : 1);
    }
  });

  it('everything behind IEND', async () => {
    for (const trailer of ['SECRET', 'PK\x03\x04SECRET', '\0']) {
      const { output, report } = await scrubWithReport(joinPng(encode(), trailer));
      expect(Buffer.compare(output, plain)).toBe(0);
      expect(report.findings).toEqual([
        { kind: 'trailing-data', where: 'after IEND', action: 'removed', bytes: trailer.length, offset: plain.length },
      ]);
    }
  });

  it('the end of a larger picture that was there before a cropped one was saved over it (CVE-2023-21036)', async () => {
    const large = joinPng(encode({ width: 80, height: 60, cuts: 4 }));
    const file = pack(plain, large.subarray(plain.length));
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, plain)).toBe(0);
    expect(report.findings).toMatchObject([
      { kind: 'trailing-data', where: 'after IEND', bytes: file.length - plain.length, offset: plain.length },
    ]);
    expect(report.findings[0]?.note).toContain('end of another PNG');
  });

  it('a whole second picture behind IEND', async () => {
    const { output, report } = await scrubWithReport(pack(plain, plain));
    expect(Buffer.compare(output, plain)).toBe(0);
    expect(removed(report)).toEqual(['embedded-file: after IEND']);
  });

  it('data in IEND', async () => {
    const file = joinPng([...encode().slice(0, -1), chunk('IEND', 'SECRET')]);
    expect(Buffer.compare(await scrub(file), plain)).toBe(0);
  });

  it('empty IDAT chunks', async () => {
    const file = joinPng(putBefore('IEND', putBefore('IDAT', encode(), chunk('IDAT')), chunk('IDAT')));
    expect(Buffer.compare(await scrub(file), plain)).toBe(0);
  });

  it('names what a text tells about', async () => {
    const keywords = ['Author', 'Software', 'date:create', 'exif:GPSLatitude', 'XML:com.adobe.xmp', 'Comment'];
    const report = await inspect(withChunks(...keywords.map((keyword) => text(keyword, 'x'))));
    expect(removed(report).map((line) => line.split(':')[0])).toEqual([
      'author',
      'software',
      'time',
      'location',
      'other',
      'comment',
    ]);
  });

  it('shows texts and Exif if asked to', async () => {
    const file = withChunks(text('Author', 'Jane Roe'), chunk('eXIf', exifBlock({ 0x010f: { text: 'Maker' } })));
    const { findings } = await inspect(file, { values: true });
    expect(findings.find(({ where }) => where === 'tEXt › Author')?.values).toEqual({ Author: 'Jane Roe' });
    expect(findings.find(({ where }) => where === 'eXIf › IFD0')?.values).toEqual({ Make: 'Maker' });
  });
});
