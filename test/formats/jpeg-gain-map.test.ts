import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpeg } from '../../src/formats/jpeg.ts';
import { createScrubber, type Report } from '../../src/scrub.ts';
import {
  bodiesOf,
  containerXmp,
  directory,
  gainMapXmp,
  isoSegment,
  isoVersion,
  mapByIndex,
  multiPicture,
  ONE_CHANNEL,
  packet,
  type UltraHdr,
  ultraHdr,
} from '../builders/gain-map.ts';
import {
  APP,
  COM,
  encodeJpeg,
  exif,
  exifBlock,
  join,
  joinJpeg,
  type Segment,
  segment,
  splitJpeg,
  xmp,
} from '../builders/jpeg.ts';
import { readTags } from '../readers/exiftool.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([jpeg]);

const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const ISO = 'urn:iso:std:iso:ts:21496:-1\0';
const picture = splitJpeg(await encodeJpeg());
const gray = splitJpeg(await encodeJpeg({ colors: 'gray', width: 24, height: 16 }));
const right = { Version: '1.0', GainMapMax: '3.5', HDRCapacityMax: '3.5' };
const alone = await scrub(joinJpeg(picture));
const secret = segment(COM, 'SECRET');

/** A file whose map is announced and applied by XMP, unless told otherwise. */
function make(options: Partial<UltraHdr> = {}): Uint8Array {
  return ultraHdr({
    picture,
    map: [gainMapXmp(right), secret, ...gray],
    announcement: (length) => [containerXmp(length)],
    index: {},
    ...options,
  });
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function textOf(segments: readonly Segment[], marker: number, identifier: string): string[] {
  return bodiesOf(segments, marker, identifier).map(text);
}

/** What the report says of what stands behind the picture. */
function trailerNote({ findings }: Report): string {
  return findings.find(({ where }) => where.startsWith('after EOI'))?.note ?? '';
}

describe('a gain map', () => {
  it('stands right behind the picture, where the index and the list of pictures say, and ends the file', async () => {
    const output = await scrub(make({ gap: '\0\0SECRET', trailer: 'SECRET' }));
    const map = mapByIndex(output);
    expect(output.subarray(map.start - 2, map.start + 2)).toEqual(Uint8Array.of(0xff, 0xd9, 0xff, 0xd8));
    expect(map.start + map.file.length).toBe(output.length);
    expect(textOf(splitJpeg(output), APP(1), XMP)[0]).toContain(`Item:Length="${map.file.length}"`);
    expect(text(output)).not.toContain('SECRET');
  });

  it('is found by ExifTool, with what says how to apply it', async () => {
    const tags = await readTags(await scrub(make()), 'jpg');
    const map = mapByIndex(await scrub(make()));
    expect(tags).toContain('MPF0:NumberOfImages=2');
    expect(tags).toContain(`MPImage2:MPImageLength=${map.file.length}`);
    expect(tags).toContain(`MPImage2:MPImageStart=${map.start}`);
    expect(await readTags(map.file, 'jpg')).toEqual(
      expect.arrayContaining(['XMP-hdrgm:GainMapMax=3.5', 'XMP-hdrgm:HDRCapacityMax=3.5']),
    );
  });

  it('shows the same, and the picture too', async () => {
    const file = make();
    const output = await scrub(file);
    const pixels = async (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).raw().toBuffer();
    expect(await pixels(output)).toEqual(await pixels(file));
    expect(await pixels(mapByIndex(output).file)).toEqual(await pixels(mapByIndex(file).file));
  });

  it('is told of in the report, and that outlines may show in it', async () => {
    const report = await inspect(make());
    expect(report.findings).toContainEqual(
      expect.objectContaining({ where: 'after EOI › gain map › picture', action: 'kept' }),
    );
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: 'comment', where: 'after EOI › gain map › COM' }),
    );
    expect(report.residual).toContainEqual(expect.stringContaining('gain map'));
  });

  it('is dropped where that is asked for, with all that announces it', async () => {
    const { output, report } = await scrubWithReport(make(), { drop: ['gainMap'] });
    expect(Buffer.compare(output, alone)).toBe(0);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ where: 'after EOI › gain map', action: 'removed' }),
    );
  });

  it('keeps its own colour profile, and nothing else that a picture of its own would', async () => {
    const own = exif(exifBlock({ 0x0112: { short: 6 }, 0x8298: { text: 'SECRET' } }));
    const wide = await sharp(joinJpeg(picture)).withIccProfile('p3').jpeg().toBuffer();
    const map = [gainMapXmp(right), own, ...splitJpeg(new Uint8Array(wide))];
    const output = await scrub(make({ map }), { keep: ['copyright', 'density'] });
    const { segments } = mapByIndex(output);
    expect(textOf(segments, APP(1), 'Exif')).toEqual([]);
    expect(textOf(segments, APP(2), 'ICC_PROFILE')).toHaveLength(1);
    expect(text(output)).not.toContain('SECRET');
  });

  it('in a Blob comes out the same', async () => {
    const file = make({ gap: 'x', trailer: 'y' });
    const output = await scrub(new Blob([new Uint8Array(file)]));
    expect(Buffer.compare(new Uint8Array(await output.arrayBuffer()), await scrub(file))).toBe(0);
  });
});

describe('where a gain map is', () => {
  const expected = scrub(make());

  it.each([
    [
      'MPF alone',
      { announcement: () => [xmp(packet('xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"'))] },
    ],
    [
      'the list of pictures alone',
      {
        index: undefined,
        gap: 'gap',
        announcement: (length: number) => [
          xmp(
            packet(
              'xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"',
              directory(length).replace('Semantic="Primary"', 'Semantic="Primary" Item:Padding="3"'),
            ),
          ),
        ],
      },
    ],
    [
      'neither, so that it is looked for right behind the picture',
      { index: { shift: 77 }, announcement: (length: number) => [containerXmp(length), secret] },
    ],
    ['MPF, little-endian', { index: { littleEndian: true }, gap: 'gap' }],
  ] as [string, Partial<UltraHdr>][])('is told by %s', async (_, options) => {
    expect(Buffer.compare(await scrub(make(options)), await expected)).toBe(0);
  });

  it('is not inside the picture, and not behind the end of the file', async () => {
    for (const shift of [-1000, 1e6]) {
      const output = await scrub(
        make({ index: { shift }, gap: 'gap', announcement: (length) => [containerXmp(length + 1), isoVersion()] }),
      );
      expect(Buffer.compare(output, alone)).toBe(0);
    }
  });
});

describe('what says how a gain map is applied', () => {
  it('is written by the names and namespaces that were read, whatever their prefixes', async () => {
    const renamed = (part: Segment): Segment =>
      segment(part.marker, text(part.body).replaceAll('hdrgm', 'g').replaceAll('rdf:', 'r:').replaceAll(':rdf', ':r'));
    const output = await scrub(
      make({
        map: [renamed(gainMapXmp({ ...right, Gamma: ['1', '2', '3'] })), ...gray],
        announcement: (length) => [renamed(containerXmp(length))],
      }),
    );
    const [written = ''] = textOf(mapByIndex(output).segments, APP(1), XMP);
    expect(written).toContain('hdrgm:GainMapMax="3.5"');
    expect(written).toContain(
      '<hdrgm:Gamma><rdf:Seq><rdf:li>1</rdf:li><rdf:li>2</rdf:li><rdf:li>3</rdf:li></rdf:Seq></hdrgm:Gamma>',
    );
  });

  it('by ISO 21496-1 is every field, and nothing behind the last', async () => {
    const found = isoSegment({ fractions: ONE_CHANNEL, writerVersion: 9 }, 'SECRET');
    const output = await scrub(make({ map: [found, ...gray], announcement: () => [isoVersion(0, 9, 'SECRET')] }));
    expect(bodiesOf(splitJpeg(output), APP(2), ISO)).toEqual([Uint8Array.of(0, 0, 0, 0)]);
    const canonical = isoSegment({ fractions: ONE_CHANNEL }).body;
    expect(bodiesOf(mapByIndex(output).segments, APP(2), ISO)).toEqual([canonical.subarray(ISO.length)]);
    expect(textOf(splitJpeg(output), APP(1), XMP)).toEqual([]);
  });

  it('is kept in the one of two forms that can be read', async () => {
    const output = await scrub(
      make({
        map: [gainMapXmp({ Version: '1.0' }), isoSegment({ fractions: ONE_CHANNEL }), ...gray],
        announcement: (length) => [containerXmp(length), isoVersion()],
      }),
    );
    expect(textOf(splitJpeg(output), APP(1), XMP)).toEqual([]);
    expect(textOf(mapByIndex(output).segments, APP(1), XMP)).toEqual([]);
    expect(bodiesOf(mapByIndex(output).segments, APP(2), ISO)).toHaveLength(1);
  });

  const withXmp = (properties: Record<string, string | readonly string[]>): Partial<UltraHdr> => ({
    map: [gainMapXmp(properties), ...gray],
  });
  const withIso = (part: Segment, version = isoVersion()): Partial<UltraHdr> => ({
    map: [part, ...gray],
    announcement: () => [version],
  });

  it.each([
    ['no version', withXmp({ GainMapMax: '1', HDRCapacityMax: '1' })],
    ['a version that decoders do not read', withXmp({ ...right, Version: '2.0' })],
    ['no maximum', withXmp({ Version: '1.0', HDRCapacityMax: '1' })],
    ['no capacity', withXmp({ Version: '1.0', GainMapMax: '1' })],
    ['words for a number', withXmp({ ...right, Gamma: '1 SECRET' })],
    ['a number out of all bounds', withXmp({ ...right, Gamma: '1e300' })],
    ['two channels', withXmp({ ...right, Gamma: ['1', '2'] })],
    ['channels where there are none', withXmp({ ...right, HDRCapacityMin: ['1', '2', '3'] })],
    ['a base that is neither', withXmp({ ...right, BaseRenditionIsHDR: 'SECRET' })],
    [
      'XML that is not well-formed',
      { map: [xmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>http://ns.adobe.com/hdr-gain-map/1.0/'), ...gray] },
    ],
    ['entities', { map: [xmp(`<!DOCTYPE x [<!ENTITY a "SECRET">]>${packet('')}`), ...gray] }],
    ['nothing', { map: gray }],
    ['a denominator of zero', withIso(isoSegment({ fractions: [[1, 0], ...ONE_CHANNEL.slice(1)] }))],
    ['a common denominator of zero', withIso(isoSegment({ flags: 8, commonDenominator: 0, fractions: ONE_CHANNEL }))],
    ['too few fields', withIso(isoSegment({ fractions: ONE_CHANNEL.slice(1) }))],
    ['three channels in name alone', withIso(isoSegment({ flags: 0x80, fractions: ONE_CHANNEL }))],
    ['metadata of a later version', withIso(isoSegment({ minimumVersion: 1, fractions: ONE_CHANNEL }))],
    ['a picture of a later version', withIso(isoSegment({ fractions: ONE_CHANNEL }), isoVersion(1))],
  ] as [string, Partial<UltraHdr>][])(
    'with %s can not be read: the map goes, and the report says so',
    async (_, options) => {
      const { output, report } = await scrubWithReport(make(options));
      expect(Buffer.compare(output, alone)).toBe(0);
      expect(trailerNote(report)).toMatch(/gain map.* can not be read/);
    },
  );

  it('by Apple is not carried over, and says why HDR is gone', async () => {
    const apple = xmp(
      packet('xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" HDRGainMap:HDRGainMapVersion="131072"'),
    );
    const { output } = await scrubWithReport(make({ map: [apple, ...gray], announcement: () => [] }));
    expect(Buffer.compare(output, alone)).toBe(0);
  });
});

describe('gain maps made to do harm', () => {
  it('that are no picture, or one that is cut off, go', async () => {
    for (const map of [[gainMapXmp(right)], [gainMapXmp(right), ...gray.slice(0, -1)]]) {
      expect(Buffer.compare(await scrub(make({ map })), alone)).toBe(0);
    }
    const file = make();
    expect(Buffer.compare(await scrub(file.subarray(0, file.length - 40)), alone)).toBe(0);
  });

  it('that announce a gain map of their own have none', async () => {
    const inner = make();
    const map = [...splitJpeg(inner.subarray(0, mapByIndex(inner).start)), gainMapXmp(right)];
    const output = await scrub(make({ map: [gainMapXmp(right), ...map], trailer: mapByIndex(inner).file }));
    const found = mapByIndex(output);
    expect(found.start + found.file.length).toBe(output.length);
    expect(textOf(found.segments, APP(2), 'MPF')).toEqual([]);
  });

  it('in an index of thousands end in a result', async () => {
    const many = multiPicture(Array.from({ length: 4000 }, (_, index) => [1, index * 3]));
    const file = make({ index: undefined, announcement: (length) => [containerXmp(length), many] });
    expect(Buffer.compare(await scrub(file), await scrub(make()))).toBe(0);
  });

  it('with XMP as deep and as wide as a segment holds end in a result', async () => {
    const deep = `${'<a>'.repeat(9000)}${'</a>'.repeat(9000)}`;
    for (const nonsense of [
      deep,
      '<a/>'.repeat(15000),
      `<a ${Array.from({ length: 4000 }, (_, index) => `b${index}=""`).join(' ')}/>`,
    ]) {
      const nasty = xmp(packet('xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"', nonsense));
      expect(Buffer.compare(await scrub(make({ announcement: () => [nasty] })), await scrub(make()))).toBe(0);
    }
  });

  it('whose segments flood the file end in a result', async () => {
    const flood = Array.from({ length: 50_000 }, () => segment(APP(1), ''));
    const output = await scrub(join(make({ map: [gainMapXmp(right), ...gray] })));
    expect(Buffer.compare(await scrub(make({ map: [...flood, gainMapXmp(right), ...gray] })), output)).toBe(0);
  });
});
