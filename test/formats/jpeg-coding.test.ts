// The coding processes of JPEG and what decoders make of headers that are not as they should be.

import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpeg } from '../../src/formats/jpeg.ts';
import { createScrubber, type ScrubError } from '../../src/scrub.ts';
import { iccProfile, mft1, text, xyz } from '../builders/icc.ts';
import {
  APP,
  adobe,
  ascii,
  COM,
  DHT,
  DQT,
  DRI,
  encodeJpeg,
  encodeRestarted,
  exif,
  exifBlock,
  icc,
  jfif,
  join,
  joinJpeg,
  type Segment,
  SOF0,
  SOF1,
  SOS,
  segment,
  splitJpeg,
  widenTables,
  writeSegment,
} from '../builders/jpeg.ts';
import { refusalOf } from '../builders/outcome.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([jpeg]);

const SOF3 = 0xc3;
const SOF9 = 0xc9;
const SOF10 = 0xca;
const DAC = 0xcc;
const secret = segment(COM, 'SECRET');
const parts = [jfif(), ...splitJpeg(await encodeJpeg())];
const clean = Buffer.from(await scrub(joinJpeg(parts)));
const cmyk = splitJpeg(await encodeJpeg({ colors: 'cmyk' })).filter(({ marker }) => marker !== APP(2));

/** Gray pictures of 16 × 16 pixels in arithmetic coding, sequential and progressive, which few encoders write. */
const arithmetic: [string, number, string][] = [
  [
    'sequential',
    SOF9,
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//yQALCAAQABABAREA/8wABgAQEAX/2gAIAQEAAD8A/bYBhrHCWGTJognw30tRCifPew9gGc4m9pvpZMJ5FjyY3nDRRFwU5jpowfwvbW6Ge3k1vkXYI5yF3g3ZDBt2xlzU/jrRr0rYGmlIgP/Z',
  ],
  [
    'progressive',
    SOF10,
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//ygALCAAQABABAREA/8wABAAQ/9oACAEBAAAAAfqVuYD/zAAEEAX/2gAIAQEAAQUCRBVgA/dolrz/zAAEEAX/2gAIAQEABj8Cjz6hH+Eguacr2BkcZnqp4LojEpZmEP/MAAQQBf/aAAgBAQABPyE6ht+um8BL97OD+7uHFjBA/9oACAEBAAAAEP/MAAQQBf/aAAgBAQABPxC/GgwdbqjMJrMTfjeCZYnTebpWnc/7NWD/2Q==',
  ],
];

async function pixels(file: Uint8Array): Promise<Buffer> {
  return sharp(file, { failOn: 'none' }).rotate().raw().toBuffer();
}

function markers(file: Uint8Array): number[] {
  return splitJpeg(file).map(({ marker }) => marker);
}

const refusal = (file: Uint8Array): Promise<ScrubError> => refusalOf(scrub(file));

describe('coding processes', () => {
  it.each(arithmetic)('arithmetic, %s: the same picture, conditioning kept', async (_, frame, base64) => {
    const picture = splitJpeg(Buffer.from(base64, 'base64'));
    const idle = segment(DAC, [0x1f, 0x22]);
    const file = joinJpeg([secret, idle, ...picture]);
    const { output, report } = await scrubWithReport(file);
    expect(markers(output)).toContain(frame);
    expect(markers(output)).toContain(DAC);
    expect(await pixels(output)).toEqual(await pixels(file));
    expect(Buffer.from(output).equals(await scrub(joinJpeg(picture)))).toBe(true);
    expect(report.residual.join()).toContain('Arithmetic');
    expect(await scrub(output)).toBe(output);
  });

  it('lossless: the same picture, without quantization tables', async () => {
    const png = new Uint8Array(
      await sharp(await pixels(joinJpeg(parts)), { raw: { width: 48, height: 32, channels: 3 } })
        .png()
        .toBuffer(),
    );
    const lossless = ['-c:v', 'ljpeg', '-pix_fmt', 'bgr24', '-strict', '-1', '-f', 'image2'];
    const picture = splitJpeg(await runFfmpeg(png, 'png', lossless, 'output.jpg'));
    const file = joinJpeg([secret, segment(DQT, [0], 'S'.repeat(64)), ...picture]);
    const output = await scrub(file);
    expect(markers(output)).toContain(SOF3);
    expect(markers(output)).not.toContain(DQT);
    expect(await hashStreams(output, 'jpg')).toBe(await hashStreams(file, 'jpg'));
    expect(Buffer.from(output).includes('SECRET')).toBe(false);
    expect(await scrub(output)).toBe(output);
  });

  it('extended, with quantization steps of 16 bits', async () => {
    const wide = widenTables(parts);
    const output = await scrub(joinJpeg([secret, ...wide]));
    expect(markers(output)).toContain(SOF1);
    expect(splitJpeg(output).filter(({ marker }) => marker === DQT)).toHaveLength(2);
    expect(splitJpeg(output).find(({ marker }) => marker === DQT)?.body).toHaveLength(129);
    expect(await pixels(output)).toEqual(await pixels(joinJpeg(parts)));
  });

  it('extended, with samples of 12 bits: headers and data as they were', async () => {
    const picture = parts.map((part): Segment => {
      if (part.marker !== SOF0) return part;
      return { marker: SOF1, body: join([12], part.body.slice(1)) };
    });
    expect(splitJpeg(await scrub(joinJpeg([secret, ...picture]))).slice(1)).toEqual(picture.slice(1));
  });

  it('restart intervals: the same picture', async () => {
    const picture = await encodeRestarted();
    const file = joinJpeg([secret, ...picture]);
    const output = await scrub(file);
    expect(markers(output)).toContain(DRI);
    expect(splitJpeg(output).at(-1)?.scan).toEqual(picture.at(-1)?.scan);
    expect(await pixels(output)).toEqual(await pixels(file));
  });

  it('tables in one segment get one each; those of the standard are not put in', async () => {
    const tables = (marker: number): Segment =>
      segment(marker, ...parts.filter((part) => part.marker === marker).map(({ body }) => body));
    const rest = parts.filter(({ marker }) => marker !== DHT && marker !== DQT);
    const [lead, ...others] = rest as [Segment, ...Segment[]];
    const file = joinJpeg([lead, tables(DQT), tables(DHT), ...others]);
    const { output, report } = await scrubWithReport(file);
    expect(await pixels(output)).toEqual(await pixels(file));
    expect(report.findings).toContainEqual(expect.objectContaining({ where: 'DHT', action: 'rewritten' }));
    const bare = await scrub(joinJpeg(parts.filter(({ marker }) => marker !== DHT)));
    expect(markers(bare)).not.toContain(DHT);
  });
});

describe('headers as decoders take them', () => {
  const orientations = async (file: Uint8Array): Promise<unknown> => exifr.orientation(await scrub(file));
  const turned = (orientation: number): Segment => exif(exifBlock({ 0x0112: { short: orientation } }));
  const [lead, ...rest] = parts as [Segment, ...Segment[]];

  it('the first Exif segment that begins like one counts', async () => {
    const damaged = segment(APP(1), 'Exif\0\0', 'II+\0SECRET');
    expect(await orientations(joinJpeg([damaged, turned(6), turned(3), ...parts]))).toBe(6);
  });

  it('an Exif block that goes on in a second segment is cut to its orientation', async () => {
    const block = exifBlock({ 0x0112: { short: 8 }, 0x927c: { bytes: ascii('M'.repeat(60_000)) } });
    const more = segment(APP(1), 'Exif\0\0', 'M'.repeat(60_000));
    const output = await scrub(joinJpeg([exif(block), more, ...parts]));
    expect(Buffer.from(output).equals(await scrub(joinJpeg([turned(8), ...parts])))).toBe(true);
  });

  it('the pad byte of an Exif segment may be FF, and is made 0', async () => {
    const padded = segment(APP(1), 'Exif\0\xff', exifBlock({ 0x0112: { short: 8 } }));
    const { output, report } = await scrubWithReport(joinJpeg([lead, padded, ...rest]));
    expect(Buffer.from(output).equals(await scrub(joinJpeg([lead, turned(8), ...rest])))).toBe(true);
    expect(report.findings.some(({ action }) => action === 'removed' || action === 'rewritten')).toBe(true);
  });

  it('Exif in APP0 and XMP in front of JFIF mean nothing', async () => {
    const misplaced = segment(APP(0), 'Exif\0\0', exifBlock({ 0x0112: { short: 8 } }));
    const xmp = segment(APP(1), 'http://ns.adobe.com/xap/1.0/\0', '<x tiff:Orientation="3"/>');
    expect(Buffer.compare(Buffer.from(await scrub(joinJpeg([xmp, misplaced, ...parts]))), clean)).toBe(0);
  });

  it('of several JFIF and Adobe segments the last counts', async () => {
    const full = splitJpeg(await encodeJpeg({ chromaSubsampling: '4:4:4' })).filter(({ marker }) => marker !== APP(0));
    const file = joinJpeg([adobe(1), adobe(0), ...full]);
    const output = await scrub(file);
    expect(splitJpeg(output)[0]).toEqual(adobe(0));
    expect(await pixels(output)).toEqual(await pixels(file));
    const shaped = await scrub(joinJpeg([jfif(0, 3, 1), jfif(1, 72, 144), ...rest]));
    expect([...shaped.subarray(13, 18)]).toEqual([0, 0, 1, 0, 2]);
  });

  it('a JFIF or Adobe segment that is cut off is none', async () => {
    const short = [segment(APP(0), 'JFIF\0', [1, 1]), segment(APP(14), 'Adobe', [0, 100])];
    expect(Buffer.compare(Buffer.from(await scrub(joinJpeg([...short, ...parts]))), clean)).toBe(0);
  });

  it('components of one id are taken in turn', async () => {
    const same = parts.map(({ marker, body, scan }): Segment => {
      const renamed = body.slice();
      if (marker === SOF0) for (const index of [0, 1, 2]) renamed[6 + index * 3] = 1;
      if (marker === SOS) for (const index of [0, 1, 2]) renamed[1 + index * 2] = 1;
      return { marker, body: renamed, ...(scan === undefined ? {} : { scan }) };
    });
    // Tables behind the frame header, so that each scan must ask for its own.
    const tables = same.filter(({ marker }) => marker === DQT);
    const frame = same.findIndex(({ marker }) => marker === SOF0);
    const moved = [...same.slice(0, frame + 1), ...tables, ...same.slice(frame + 1)];
    const file = joinJpeg(moved.filter((part, index) => part.marker !== DQT || index > frame));
    expect(splitJpeg(await scrub(file)).filter(({ marker }) => marker === DQT)).toHaveLength(2);
  });

  it('the end of a sequential scan header is made right', async () => {
    const odd = parts.map((part) => {
      if (part.marker !== SOS) return part;
      const body = part.body.slice();
      body.set([7, 7, 0x77], body.length - 3);
      return { ...part, body };
    });
    const { output, report } = await scrubWithReport(joinJpeg(odd));
    expect(Buffer.compare(Buffer.from(output), clean)).toBe(0);
    expect(report.findings).toContainEqual(expect.objectContaining({ where: 'SOS', action: 'rewritten' }));
  });

  it('the mark of DCF stays, unless a profile says more or it is not wanted', async () => {
    const interoperability = { 0xa001: { short: 0xffff }, 0xa005: { ifd: { 1: { text: 'R03' } } } };
    const marked = exif(exifBlock({ 0x8769: { ifd: interoperability } }));
    const curve = join('curv\0\0\0\0\0\0\0\x01\x02\x33');
    const profile = iccProfile({
      tags: {
        rXYZ: xyz(0.6, 0.3, 0),
        gXYZ: xyz(0.2, 0.6, 0),
        bXYZ: xyz(0.1, 0, 0.7),
        rTRC: curve,
        gTRC: curve,
        bTRC: curve,
      },
    });
    const [withMark, without] = await Promise.all(
      [[marked], []].map((more) => scrub(joinJpeg([lead, ...more, ...icc(profile), ...rest]))),
    );
    expect(withMark).toEqual(without);
    const alone = joinJpeg([lead, marked, ...rest]);
    const read = async (file: Uint8Array): Promise<unknown> => exifr.parse(file, { interop: true });
    expect(await read(await scrub(alone))).toMatchObject({ InteropIndex: 'R03' });
    expect(await read(await scrub(alone, { drop: ['exifColor'] }))).toBeUndefined();
    expect(
      await read(await scrub(joinJpeg([lead, marked, ...icc(profile), ...rest]), { drop: ['colorProfile'] })),
    ).toMatchObject({
      InteropIndex: 'R03',
    });
  });

  it('texts that are kept keep the last character of UTF-8', async () => {
    const words = Buffer.from('  voilà', 'utf8').toString('latin1');
    const file = joinJpeg([lead, exif(exifBlock({ 0x8298: { text: words } })), ...rest]);
    const output = Buffer.from(await scrub(file, { keep: ['copyright'] }));
    expect(output.includes(Buffer.from('voilà\0', 'utf8'))).toBe(true);
    expect(output.includes(' voil')).toBe(false);
  });
});

describe('profiles in pictures of inks', () => {
  const tags = { A2B0: mft1(4, 3, 3), cprt: text('SECRET') };
  const inks = iccProfile({ deviceClass: 'prtr', colorSpace: 'CMYK', connectionSpace: 'Lab ', tags });

  it('are kept', async () => {
    const file = joinJpeg([...icc(inks), ...cmyk]);
    const output = await scrub(file);
    const shown = async (picture: Uint8Array): Promise<Buffer> => sharp(picture).toColourspace('srgb').raw().toBuffer();
    expect(await shown(output)).toEqual(await shown(file));
    expect(Buffer.from(output).includes('SECRET')).toBe(false);
    const { report } = await scrubWithReport(file);
    expect(report.residual.join()).toContain('colour profile');
    expect(report.findings.find(({ kind }) => kind === 'color-profile')?.action).toBe('rewritten');
  });

  it('that can not be read are refused, because the colours would change', async () => {
    const error = await refusal(joinJpeg([...icc(inks.slice(0, -100)), ...cmyk]));
    expect(error).toMatchObject({ code: 'unsupported', trail: ['APP2', 'ICC profile'], offset: 2 });
    expect(error.message).toContain('sRGB');
    const lab = iccProfile({ colorSpace: 'Lab ', tags: { A2B0: mft1(3, 3, 3).slice(0, -1) } });
    expect((await refusal(joinJpeg([...icc(lab), ...parts]))).code).toBe('unsupported');
    await expect(
      scrub(joinJpeg([...icc(inks.slice(0, -100)), ...cmyk]), { drop: ['colorProfile'] }),
    ).resolves.toBeDefined();
  });

  it('that no decoder takes for one are dropped', async () => {
    const expected = Buffer.from(await scrub(joinJpeg(cmyk)));
    for (const segments of [icc(ascii('SECRET'.repeat(30))), icc(inks, 100).slice(1)]) {
      expect(Buffer.compare(Buffer.from(await scrub(joinJpeg([...segments, ...cmyk]))), expected)).toBe(0);
    }
  });

  it('and gray ones that can not be read cost nothing else than themselves', async () => {
    const { output, report } = await scrubWithReport(joinJpeg([...icc(inks.slice(0, -100)), ...parts]));
    expect(Buffer.compare(Buffer.from(output), clean)).toBe(0);
    expect(report.findings.find(({ kind }) => kind === 'color-profile')).toMatchObject({ action: 'removed' });
  });
});

describe('markers where they do not belong', () => {
  const [lead, ...rest] = parts as [Segment, ...Segment[]];

  it.each([
    ['a second SOI', [0xff, 0xd8], 'malformed'],
    ['a reserved marker', [0xff, 0x02, 0, 2], 'malformed'],
    ['a hierarchical process', [0xff, 0xde, 0, 2], 'unsupported'],
    ['an expansion', [0xff, 0xdf, 0, 3, 0], 'unsupported'],
    ['an extension', [0xff, 0xf0, 0, 2], 'unsupported'],
  ] as [string, number[], string][])('%s is refused by name', async (_, bytes, code) => {
    const file = join([0xff, 0xd8], writeSegment(lead), bytes, ...rest.map(writeSegment), [0xff, 0xd9]);
    const error = await refusal(file);
    expect(error).toMatchObject({ code, format: 'jpeg', offset: 2 + writeSegment(lead).length });
    expect(error.trail).toHaveLength(1);
  });

  it('RST, TEM and DNL between segments are dropped', async () => {
    for (const bytes of [
      [0xff, 0xd3],
      [0xff, 0x01],
      [0xff, 0xdc, 0, 4, 0, 32],
    ]) {
      const file = join([0xff, 0xd8], writeSegment(lead), bytes, ...rest.map(writeSegment), [0xff, 0xd9]);
      expect(Buffer.compare(Buffer.from(await scrub(file)), clean)).toBe(0);
    }
  });

  it.each([
    ['a second SOI', join([0xff, 0xd8], 'SECRET')],
    ['a second frame', join([0xff, 0xc0, 0, 17, 8], 'SECRET SECRET SECRET')],
    ['a reserved process', join([0xff, 0xf0, 0, 8], 'SECRET')],
    ['a segment without a length', join([0xff, 0xe1, 0, 0], 'SECRET')],
    ['a segment that runs past the end of the file', join([0xff, 0xe1, 0xff, 0xff], 'SECRET')],
  ])('%s behind all scans ends the picture, whose EOI is put in', async (_, trailer) => {
    const file = join(joinJpeg(parts).slice(0, -2), trailer, [0xff, 0xd9]);
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(Buffer.from(output), clean)).toBe(0);
    expect(await pixels(output)).toEqual(await pixels(file));
    expect(report.findings).toContainEqual(expect.objectContaining({ where: 'EOI', action: 'rewritten' }));
    expect(report.findings.at(-1)).toMatchObject({ action: 'removed', bytes: trailer.length + 2 });
  });

  it('a progressive picture may still lack scans, so that nothing ends it but EOI', async () => {
    const progressive = joinJpeg(splitJpeg(await encodeJpeg({ progressive: true }))).slice(0, -2);
    expect((await refusal(join(progressive, [0xff, 0xd8, 0xff, 0xe0], 'rest'))).code).toBe('malformed');
  });

  it('what follows the data of a damaged scan is no part of it', async () => {
    const scan = parts.at(-1)?.scan ?? new Uint8Array(0);
    const [start, end] = [scan.slice(0, 40), scan.slice(60)];
    const damaged = joinJpeg([...parts.slice(0, -1), { ...(parts.at(-1) as Segment), scan: start }]).slice(0, -2);
    const file = join(damaged, writeSegment(secret), end, [0xff, 0xd9]);
    const output = await scrub(file);
    expect(await pixels(output)).toEqual(await pixels(file));
    expect(
      Buffer.compare(Buffer.from(output), join(clean.subarray(0, clean.length - 2 - scan.length), start, [0xff, 0xd9])),
    ).toBe(0);
  });
});
