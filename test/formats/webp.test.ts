import { loadImage } from '@napi-rs/canvas';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { webp } from '../../src/formats/webp.ts';
import { createScrubber, type Report, ScrubError, type ScrubOptions } from '../../src/scrub.ts';
import { exifBlock } from '../builders/jpeg.ts';
import {
  anim,
  type Chunk,
  chunk,
  encode,
  Flag,
  frame,
  join,
  joinWebp,
  splitChunks,
  splitWebp,
  vp8x,
  writeChunks,
} from '../builders/webp.ts';
import { readTags } from '../readers/exiftool.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([webp]);

const lossy = await encode();
const lossless = await encode({ lossless: true });
const lossyAlpha = await encode({ alpha: true });
const losslessAlpha = await encode({ lossless: true, alpha: true });
const odd = await findOdd();
const simple = joinWebp(lossy);
const frames = [
  frame({ duration: 70 }, ...losslessAlpha),
  frame(
    { x: 4, y: 2, width: 9, height: 7, duration: 30, flags: 1 },
    ...(await encode({ width: 9, height: 7, lossless: true })),
  ),
  frame(
    { x: 10, y: 6, width: 10, height: 8, duration: 50, flags: 2 },
    ...(await encode({ width: 10, height: 8, alpha: true })),
  ),
];
const animation = joinWebp([vp8x(Flag.animation | Flag.alpha, 24, 16), anim(3), ...frames]);
/** The canonical Exif block of orientation 6. */
const TURNED = '4d4d002a00000008000101120003000000010006000000000000';

/** A lossless picture whose chunk has a pad byte. */
async function findOdd(): Promise<Chunk[]> {
  for (let width = 24; width < 60; width++) {
    const picture = await encode({ width, lossless: true });
    if ((picture[0]?.data.length ?? 0) % 2 === 1) return picture;
  }
  throw new Error('The encoder writes no odd chunk.');
}

/** An extended file with chunks behind the picture. */
function extended(flags: number, picture: readonly Chunk[], ...behind: Chunk[]): Uint8Array {
  return joinWebp([vp8x(flags, 24, 16), ...picture, ...behind]);
}

function exif(orientation: number, text = 'SECRET', prefix = ''): Chunk {
  return chunk('EXIF', prefix, exifBlock({ 0x010f: { text }, 0x0112: { short: orientation } }));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function names(file: Uint8Array): string[] {
  return splitWebp(file).map(({ fourCC }) => fourCC);
}

function flagsOf(file: Uint8Array): number | undefined {
  const [first] = splitWebp(file);
  return first?.fourCC === 'VP8X' ? first.data[0] : undefined;
}

async function expectSame(given: Uint8Array, expected: Uint8Array, options?: ScrubOptions): Promise<void> {
  expect(Buffer.from(await scrub(given, options)).toString('hex')).toBe(Buffer.from(expected).toString('hex'));
}

async function pixels(file: Uint8Array): Promise<string> {
  const { data, info } = await sharp(file, { animated: true }).raw().toBuffer({ resolveWithObject: true });
  return `${info.width}×${info.height}×${info.channels}: ${data.toString('base64')}`;
}

function removals(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

async function refusal(given: Uint8Array, options?: ScrubOptions): Promise<ScrubError> {
  const error: unknown = await scrub(given, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScrubError)) throw new Error('The file was not refused.');
  return error;
}

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

describe('a WebP that breaks the rules', () => {
  it('gets the pad byte it lacks', async () => {
    const expected = joinWebp(odd);
    const size = expected.length - 9;
    const cut = expected.slice(0, -1);
    new DataView(cut.buffer).setUint32(4, size, true);
    await expectSame(cut, expected);
    await expectSame(expected.slice(0, -1), expected);
  });

  it('gets the right RIFF size where the one it has goes past its end', async () => {
    for (const size of [simple.length, 0xfffffff0]) {
      const { output, report } = await scrubWithReport(joinWebp(lossy, { size }));
      expect(Buffer.compare(output, simple)).toBe(0);
      expect(report.findings).toMatchObject([{ where: 'RIFF', action: 'rewritten', offset: 0 }]);
    }
  });

  it('loses what its RIFF size leaves out', async () => {
    const size = joinWebp(lossy).length - 8;
    await expectSame(joinWebp([...lossy, chunk('EXIF', 'SECRET')], { size }), simple);
  });

  it('loses a chunk of metadata that is cut off behind a whole picture', async () => {
    const given = extended(Flag.xmp, lossy, chunk('XMP ', 'SECRET'.repeat(20)));
    const start = given.length - 128;
    for (let length = start; length < given.length; length++) await expectSame(given.slice(0, length), simple);
    expect((await inspect(given.slice(0, -3))).findings[0]).toMatchObject({
      where: 'XMP',
      note: 'It is cut off.',
      bytes: 125,
      offset: start,
    });
    await expectSame(join(given.subarray(0, 4), [given.length - 20, 0, 0, 0], given.subarray(8)), simple);
  });

  it('gets the size of a frame right, which decoders take from its picture', async () => {
    const wrong = frame({ width: 30, height: 9, duration: 70 }, ...losslessAlpha);
    const given = joinWebp([vp8x(Flag.animation | Flag.alpha, 24, 16), anim(3), wrong, ...frames.slice(1)]);
    expect(await pixels(given)).toBe(await pixels(animation));
    await expectSame(given, animation);
  });

  const header = vp8x(Flag.animation | Flag.alpha, 24, 16);
  const [first = header] = frames;
  const tiny = chunk('VP8 ', (lossy[0]?.data ?? new Uint8Array(0)).slice(0, 9));
  const changed = (picture: readonly Chunk[], at: number, value: number): Chunk => {
    const data = picture[0]?.data.slice() ?? new Uint8Array(0);
    data[at] = value;
    return chunk(picture[0]?.fourCC ?? '', data);
  };

  it.each<[string, Uint8Array, string[]]>([
    ['no chunk', joinWebp([]), ['RIFF']],
    ['no picture', joinWebp([vp8x(0, 24, 16), exif(6)]), ['RIFF']],
    ['an alpha plane without picture', joinWebp([vp8x(Flag.alpha, 24, 16), ...lossyAlpha.slice(0, 1)]), ['RIFF']],
    ['a first chunk that is no picture', joinWebp([chunk('ABCD', 'x'), ...lossy]), ['ABCD']],
    ['an alpha plane in a simple file', joinWebp(lossyAlpha), ['ALPH']],
    ['a VP8X chunk that is too short', joinWebp([chunk('VP8X', [0, 0, 0]), ...lossy]), ['VP8X']],
    ['two VP8X chunks', joinWebp([vp8x(0, 24, 16), vp8x(0, 24, 16), ...lossy]), ['VP8X']],
    ['two pictures', extended(0, [...lossy, ...lossless]), ['VP8L']],
    ['two alpha planes', extended(Flag.alpha, [...lossyAlpha.slice(0, 1), ...lossyAlpha]), ['ALPH']],
    ['an empty alpha plane', extended(Flag.alpha, [chunk('ALPH'), ...lossy]), ['ALPH']],
    ['an alpha plane that is too small', extended(Flag.alpha, [chunk('ALPH', [0, 1, 2]), ...lossy]), ['ALPH']],
    ['a canvas of another size', joinWebp([vp8x(0, 25, 16), ...lossy]), ['VP8']],
    ['a picture that is shorter than its header', joinWebp([tiny]), ['VP8']],
    ['a lossless picture that is shorter than its header', joinWebp([chunk('VP8L', [0x2f, 0])]), ['VP8L']],
    ['a picture without start code', joinWebp([changed(lossy, 3, 0)]), ['VP8']],
    ['a picture that is no key frame', joinWebp([changed(lossy, 0, 0x31)]), ['VP8']],
    ['a picture of no width', joinWebp([changed(lossy, 6, 0)]), ['VP8']],
    ['a lossless picture without signature', joinWebp([changed(lossless, 0, 0)]), ['VP8L']],
    ['a lossless picture of a version to come', joinWebp([changed(lossless, 4, 0xff)]), ['VP8L']],
    ['a picture outside of the frames', joinWebp([header, anim(3), ...frames, ...lossy]), ['VP8']],
    ['a frame in a still file', extended(0, lossy, first), ['ANMF']],
    ['a frame in front of the ANIM chunk', joinWebp([header, first, anim(3)]), ['ANMF']],
    ['an ANIM chunk that is too short', joinWebp([header, chunk('ANIM', [1]), first]), ['ANIM']],
    ['a frame that is too short', joinWebp([header, anim(3), chunk('ANMF', [1])]), ['ANMF']],
    ['a frame without picture', joinWebp([header, anim(3), frame({}, exif(6))]), ['ANMF']],
    ['a frame in a frame', joinWebp([header, anim(3), frame({}, first)]), ['ANMF']],
    ['a frame with two pictures', joinWebp([header, anim(3), frame({}, ...lossy, ...lossy)]), ['ANMF', 'VP8']],
    ['a frame outside of the canvas', joinWebp([header, anim(3), frame({ x: 2 }, ...lossy)]), ['ANMF']],
    [
      'a chunk that runs out of its frame',
      joinWebp([header, anim(3), chunk('ANMF', frame({}).data, 'VP8 ', [99, 0, 0, 0], 'SECRET')]),
      ['ANMF', 'VP8'],
    ],
    ['an animation without frames', joinWebp([header, anim(3)]), ['RIFF']],
    ['a picture that is cut off', simple.slice(0, -4), ['VP8']],
    ['a frame that is cut off', animation.slice(0, -4), ['ANMF']],
    ['a header that is cut off', join('RIFF', [0, 0, 0, 0], 'WEBP').slice(0, 12), ['RIFF']],
    ['a RIFF size that ends in the picture', joinWebp(lossy, { size: 40 }), ['VP8']],
  ])('is refused for %s', async (_, given, trail) => {
    const error = await refusal(given);
    expect(error).toMatchObject({ code: 'malformed', format: 'webp', trail });
    expect(error.offset).toBeLessThanOrEqual(given.length);
  });

  it('is refused when a profile is larger than what may be held', async () => {
    const given = joinWebp([vp8x(Flag.profile, 24, 16), chunk('ICCP', new Uint8Array(3000)), ...lossy]);
    expect(await refusal(given, { limits: { bufferedBytes: 1000 } })).toMatchObject({ code: 'limit-exceeded' });
  });

  it('is refused when it has more chunks than may be read', async () => {
    const flood = Array.from({ length: 200 }, () => chunk('ABCD'));
    const limits = { structures: 100 };
    expect(await refusal(joinWebp([...lossy, ...flood]), { limits })).toMatchObject({ code: 'limit-exceeded' });
    const framed = joinWebp([vp8x(Flag.animation, 24, 16), anim(3), frame({}, ...lossy, ...flood)]);
    expect(await refusal(framed, { limits })).toMatchObject({ code: 'limit-exceeded' });
  });

  it('takes time in proportion to its size: empty chunks', async () => {
    const flood = new Uint8Array(4_000_000).map((_, at) => [0x41, 0x42, 0x43, 0x44, 0, 0, 0, 0][at % 8] ?? 0);
    const given = new Uint8Array(simple.length + flood.length);
    given.set(simple);
    given.set(flood, simple.length);
    new DataView(given.buffer).setUint32(4, given.length - 8, true);
    await expectSame(given, simple);
  });
});
