// Segments made to make a reader loop, jump, allocate or take long: they go like any others, and are described in passing.
import { describe, expect, it } from 'vitest';
import { jpeg } from '../../src/formats/jpeg.ts';
import { createScrubber } from '../../src/scrub.ts';
import {
  APP,
  ascii,
  COM,
  DHT,
  DQT,
  encodeJpeg,
  exif,
  exifBlock,
  jfif,
  joinJpeg,
  type Segment,
  segment,
  splitJpeg,
  writeSegment,
  xmp,
} from '../builders/jpeg.ts';

const { scrub, inspect } = createScrubber([jpeg]);

const picture = splitJpeg(await encodeJpeg());
const clean = Buffer.from(await scrub(joinJpeg([jfif(), ...picture])));

/** An Exif block with numbers put at places. */
function patched(block: Uint8Array, ...patches: [at: number, bytes: number[]][]): Segment {
  const copy = block.slice();
  for (const [at, bytes] of patches) copy.set(bytes, at);
  return exif(copy);
}

/** One segment many times, up to about this many bytes in all. */
function flood(part: Segment, length = 4_000_000): Uint8Array {
  const bytes = Buffer.from(writeSegment(part));
  return new Uint8Array(Buffer.alloc(Math.floor(length / bytes.length) * bytes.length, bytes));
}

describe('a segment with hostile sizes', () => {
  // IFD0 at 8: count at 8, first entry at 10 (tag, type, count at 14, value at 18), next IFD behind the entries.
  const one = exifBlock({ 0x0112: { short: 1 } });
  const pointing = exifBlock({ 0x8769: { ifd: { 0x9286: { bytes: ascii('ASCII\0\0\0SECRET') } } } });
  const huge = [0xff, 0xff, 0xff, 0xff];

  const segments: [string, Segment][] = [
    ['an IFD that comes after itself', patched(one, [22, [0, 0, 0, 8]])],
    ['an Exif IFD that is IFD0', patched(pointing, [18, [0, 0, 0, 8]])],
    ['a first IFD far outside', patched(one, [4, huge])],
    ['a first IFD in the header', patched(one, [4, [0, 0, 0, 0]])],
    ['an IFD of 65535 entries', patched(one, [8, [0xff, 0xff]])],
    ['an IFD of no entries', patched(one, [8, [0, 0]])],
    ['a value of 2^32 - 1 parts', patched(one, [14, huge])],
    ['a type that does not exist', patched(one, [12, [0xff, 0xff]])],
    ['a thumbnail longer than the block', exif(exifBlock({}, { ifd1: {}, thumbnail: new Uint8Array(0) }))],
    ['an MPF index of 2^32 - 1 pictures', segment(APP(2), 'MPF\0', exifBlock({ 0xb001: { long: 0xffffffff } }))],
    ['an MPF index that is none', segment(APP(2), 'MPF\0', 'SECRET')],
    ['a resource longer than the segment', segment(APP(13), 'Photoshop 3.0\0', '8BIM', [4, 4, 0, 0], huge, 'SECRET')],
    ['a resource with a name past its end', segment(APP(13), 'Photoshop 3.0\0', '8BIM', [4, 4, 0xff, 0xff])],
    ['extended XMP of a huge length', segment(APP(1), 'http://ns.adobe.com/xmp/extension/\0', huge, huge, 'SECRET')],
    ['part 0 of 0 of a profile', segment(APP(2), 'ICC_PROFILE\0', [0, 0], 'SECRET')],
    ['part 255 of 255 of a profile', segment(APP(2), 'ICC_PROFILE\0', [255, 255], 'SECRET')],
    ['a profile cut off in its identifier', segment(APP(2), 'ICC_PROFILE\0')],
    [
      'a JFIF thumbnail of more pixels than bytes',
      segment(APP(0), 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 255, 255], 'SECRET'),
    ],
  ];

  it.each(segments)('%s', async (_, hostile) => {
    const file = joinJpeg([hostile, jfif(), ...picture]);
    expect(Buffer.compare(Buffer.from(await scrub(file)), clean)).toBe(0);
    const report = await inspect(file, { values: true });
    for (const { bytes } of report.findings) expect(bytes).toBeGreaterThanOrEqual(0);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('a flood ends soon', () => {
  const idle = (picture.find(({ marker }) => marker === DQT) as Segment).body.slice();
  const emptyTable = segment(DHT, [3], new Uint8Array(16));

  it.each([
    ['comments without a text', segment(COM)],
    ['unknown segments', segment(APP(15), [0])],
    ['Exif blocks', exif(exifBlock({ 0x010f: { text: 'M' } }))],
    ['XMP packets of unclosed properties', xmp('<dc:creator>'.repeat(5000))],
    ['XMP packets of unclosed tags', xmp(`<dc:creator>${'<'.repeat(60_000)}</dc:creator>`)],
    ['image resources of no length', segment(APP(13), 'Photoshop 3.0\0', '8BIM\x04\x04\0\0\0\0\0\0'.repeat(5000))],
    ['parts of profiles', segment(APP(2), 'ICC_PROFILE\0', [1, 2, 0])],
    ['quantization tables', { marker: DQT, body: idle }],
    ['Huffman tables', emptyTable],
  ] as [string, Segment][])(
    '%s',
    async (_, part) => {
      const whole = new Uint8Array(Buffer.concat([clean.subarray(0, 2), flood(part), clean.subarray(2)]));
      expect(Buffer.compare(Buffer.from(await scrub(whole)), clean)).toBe(0);
      const report = await inspect(whole, { values: true });
      expect(report.findings.length).toBeLessThan(100);
    },
    20_000,
  );
});
