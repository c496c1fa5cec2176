// Stories of what once leaked from pictures, replayed: what was hidden must be gone, and be named in the report.
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpeg } from '../../src/formats/jpeg.ts';
import { createScrubber, type Report } from '../../src/scrub.ts';
import {
  APP,
  ascii,
  COM,
  encodeJpeg,
  exif,
  exifBlock,
  jfif,
  jfxx,
  join,
  joinJpeg,
  mpf,
  photoshop,
  type Segment,
  segment,
  splitJpeg,
  xmp,
  xmpThumbnail,
} from '../builders/jpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([jpeg]);

const lead = jfif();
const rest = splitJpeg(await encodeJpeg());
const plain = joinJpeg([lead, ...rest]);
const clean = Buffer.from(await scrub(plain));

/** What a picture showed before it was cropped. */
const uncropped = new Uint8Array(
  await sharp({ create: { width: 24, height: 24, channels: 3, background: '#ff00ff' } })
    .jpeg()
    .toBuffer(),
);

/** The picture with segments in front of its tables, and a trailer. */
function dressed(segments: readonly Segment[], trailer: Uint8Array | string = ''): Uint8Array {
  return joinJpeg([lead, ...segments, ...rest], trailer);
}

function places(report: Report): string[] {
  return report.findings.map(({ kind, where, action }) => `${action} ${kind}: ${where}`);
}

describe('a picture cropped by hand', () => {
  const magenta = Uint8Array.from({ length: 64 * 3 }, (_, index) => (index % 3 === 1 ? 0 : 255));
  const extended = join(
    [...'http://ns.adobe.com/xmp/extension/\0'].map((character) => character.charCodeAt(0)),
    'A'.repeat(32),
    [0, 0, 255, 255, 0, 0, 0, 0],
    Buffer.from(uncropped).toString('base64'),
  );

  const hidden: [string, string, Segment[], Uint8Array?][] = [
    [
      'in IFD1 of Exif',
      'removed thumbnail: APP1 › Exif › IFD1',
      [exif(exifBlock({ 0x010f: { text: 'Maker' } }, { ifd1: { 0x0103: { short: 6 } }, thumbnail: uncropped }))],
    ],
    [
      'in a maker note',
      'removed device: APP1 › Exif › Exif IFD',
      [exif(exifBlock({ 0x8769: { ifd: { 0x927c: { bytes: join('Maker\0', uncropped) } } } }))],
    ],
    ['in the JFIF segment', 'removed thumbnail: APP0 › JFIF', [jfif(0, 1, 1, { width: 8, height: 8, rgb: magenta })]],
    ['in a JFIF extension as JPEG', 'removed thumbnail: APP0 › JFXX', [jfxx(0x10, uncropped)]],
    ['in a JFIF extension as RGB', 'removed thumbnail: APP0 › JFXX', [jfxx(0x13, join([8, 8], magenta))]],
    ['in image resource 0x040C', 'removed author: APP13 › Photoshop', [photoshop('Name', uncropped)]],
    ['in XMP', 'removed thumbnail: APP1 › XMP', [xmpThumbnail(uncropped)]],
    ['in extended XMP', 'removed embedded-file: APP1 › Extended XMP', [segment(APP(1), extended)]],
    ['in FlashPix', 'removed other: APP2 › FlashPix', [segment(APP(2), 'FPXR\0', uncropped)]],
    ['in an unknown segment', 'removed other: APP4', [segment(APP(4), uncropped)]],
    ['behind EOI, listed by MPF', 'removed embedded-file: after EOI › MPF picture', [mpf()], uncropped],
    ['behind EOI, listed by nothing', 'removed embedded-file: after EOI › JPEG', [], uncropped],
    ['behind EOI, after other bytes', 'removed trailing-data: after EOI', [], join('rest', uncropped)],
  ];

  it.each(hidden)('keeps nothing of what was there before: %s', async (_, expected, segments, trailer) => {
    const file = dressed(segments, trailer);
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(Buffer.from(output), clean)).toBe(0);
    expect(places(report)).toContain(expected);
    expect(report.changed).toBe(true);
  });
});

describe('a picture taken at home', () => {
  const SECRET = 'SECRET';
  const latitude = {
    rationals: [
      [48, 1],
      [8, 1],
      [17, 1],
    ] as [number, number][],
  };
  const segments: [string, Segment][] = [
    ['the GPS IFD', exif(exifBlock({ 0x8825: { ifd: { 1: { text: 'N' }, 2: latitude, 0x1c: { text: SECRET } } } }))],
    ['a maker note', exif(exifBlock({ 0x8769: { ifd: { 0x927c: { bytes: ascii(`Apple iOS\0${SECRET}`) } } } }))],
    ['Exif in XMP', xmp(`<rdf:Description exif:GPSLatitude="48,8.28N" exif:GPSDestLatitude="${SECRET}"/>`)],
    ['IPTC', photoshop(SECRET)],
    ['GoPro telemetry', segment(APP(6), 'GoPro\0', SECRET)],
    ['a thermal camera', segment(APP(1), 'FLIR\0', SECRET)],
    ['debug data of a drone', segment(APP(7), 'DJI-DBG\0', SECRET)],
    ['a unique id', segment(APP(5), 'ssuniqueid\0', SECRET)],
    ['C2PA', segment(APP(11), 'JP\0\x01\0\0\0\x01', SECRET)],
    ['a comment', segment(COM, SECRET)],
    ['a comment of no length', segment(COM)],
  ];

  it.each(segments)(
    'tells nothing by %s, in front of the tables, between scans, and behind them',
    async (_, planted) => {
      const progressive = splitJpeg(await encodeJpeg({ progressive: true }));
      const expected = Buffer.from(await scrub(joinJpeg(progressive)));
      for (let at = 0; at <= progressive.length; at++) {
        const file = joinJpeg([...progressive.slice(0, at), planted, ...progressive.slice(at)]);
        expect(Buffer.compare(Buffer.from(await scrub(file)), expected)).toBe(0);
      }
    },
  );
});

describe('data behind the picture is named', () => {
  const video = join([0, 0, 0, 24], 'ftypmp42', [0, 0, 0, 0], 'mp42isom');
  const gainMap = xmp('<Container:Directory Item:Semantic="GainMap" hdrgm:Version="1.0"/>');
  const trailers: [string, Segment[], Uint8Array, string, string | undefined][] = [
    ['gain map', [gainMap], plain, 'embedded-file', 'gain map'],
    ['gain map', [segment(APP(2), 'urn:iso:std:iso:ts:21496:-1\0', [0, 0, 0, 0])], plain, 'embedded-file', 'gain map'],
    ['MPF picture', [mpf(3)], plain, 'embedded-file', 'further pictures: 2'],
    ['MPF picture', [mpf(2)], join([0], plain), 'embedded-file', 'further pictures: 1'],
    ['motion video', [xmp('<x GCamera:MicroVideo="1"/>')], video, 'embedded-file', 'motion video'],
    ['motion video', [xmp('<x GCamera:MotionPhoto="1"/>')], join('MotionPhoto_Data', video), 'embedded-file', 'motion'],
    ['Samsung directory', [], join([0, 0, 1, 0x0a], 'Image_UTC_Data1', 'SEFH', 'SEFT'), 'embedded-file', undefined],
    ['video', [], video, 'embedded-file', undefined],
    ['', [], ascii('x'), 'trailing-data', undefined],
  ];

  it.each(trailers)('%s', async (name, segments, trailer, kind, note) => {
    const file = dressed(segments, trailer);
    const finding = (await inspect(file)).findings.find(({ where }) => where.startsWith('after EOI'));
    const where = name === '' ? 'after EOI' : `after EOI › ${name}`;
    expect(finding).toMatchObject({ kind, where, bytes: trailer.length, offset: file.length - trailer.length });
    expect(finding?.note ?? '').toContain(note ?? '');
    expect(Buffer.compare(Buffer.from(await scrub(file)), clean)).toBe(0);
  });
});

describe('values of the findings', () => {
  it('are read from XMP where there is no Exif', async () => {
    const packet = `<rdf:Description exif:GPSLatitude="48,8.5N" exif:GPSLongitude="11,30,36W" tiff:Make="Maker">
      <dc:creator><rdf:Seq><rdf:li>Žofie Ångström</rdf:li></rdf:Seq></dc:creator><dc:title>unclosed`;
    const utf8 = Buffer.from(packet, 'utf8').toString('latin1');
    const { findings } = await inspect(dressed([xmp(utf8)]), { values: true });
    const values = findings.find(({ where }) => where === 'APP1 › XMP')?.values;
    expect(values?.latitude).toBeCloseTo(48.141667, 5);
    expect(values?.longitude).toBeCloseTo(-11.51, 5);
    expect(values?.Make).toBe('Maker');
    expect(values?.creator).toBe('Žofie Ångström');
    expect(values).not.toHaveProperty('title');
  });

  it('are read from the IPTC record', async () => {
    const dataSet = (number: number, value: Uint8Array): Uint8Array =>
      join([0x1c, 2, number, value.length >> 8, value.length & 0xff], value);
    const record = join(
      dataSet(80, Buffer.from('Žofie', 'utf8')),
      dataSet(90, Buffer.from('Malmö', 'latin1')),
      dataSet(101, ascii('Sweden')),
      dataSet(0, Uint8Array.of(0, 4)),
    );
    const resource = join('8BIM', [4, 4, 0, 0, 0, 0, 0, record.length], record, [0]);
    const file = dressed([segment(APP(13), 'Photoshop 3.0\0', resource)]);
    const { findings } = await inspect(file, { values: true });
    expect(findings.find(({ where }) => where === 'APP13 › Photoshop')?.values).toEqual({
      'By-line': 'Žofie',
      City: 'Malmö',
      Country: 'Sweden',
    });
    const silent = await inspect(file);
    expect(silent.findings.some(({ values }) => values !== undefined)).toBe(false);
  });

  it('are left out where a record or packet is damaged', async () => {
    const segments = [
      segment(APP(13), 'Photoshop 3.0\0', '8BIM', [4, 4, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x1c, 2, 80, 0xff]),
      segment(APP(13), 'Photoshop 3.0\0', '8BIM', [4, 4, 0xff]),
      xmp('<dc:creator><tiff:Make="'),
      exif(exifBlock({ 0x010f: { text: 'Maker' } }).subarray(0, 20)),
    ];
    const { findings } = await inspect(dressed(segments), { values: true });
    expect(findings.some(({ values }) => values !== undefined)).toBe(false);
  });
});
