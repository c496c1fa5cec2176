// JPEG XL: what goes, what stays, what is refused. jxl-oxide says what the pictures show.
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jxl } from '../../src/formats/jxl.ts';
import { createScrubber } from '../../src/scrub.ts';
import { curv, desc, iccProfile, text, xyz } from '../builders/icc.ts';
import { be32, box, largeBox, type Part, readBoxes } from '../builders/isobmff.ts';
import { exifBlock, join } from '../builders/jpeg.ts';
import { OPENING, parts } from '../builders/jxl.ts';
import { detailed, lossless, lossy, other } from '../builders/jxl-pictures.ts';
import { decodeJxl } from '../decoders/jxl.ts';

const { scrub, scrubWithReport } = createScrubber([jxl]);

const curve = curv(1.8);
const profile = iccProfile({
  tags: {
    desc: desc('SECRET'),
    cprt: text('SECRET'),
    wtpt: xyz(0.9642, 1, 0.8249),
    rXYZ: xyz(0.4, 0.2, 0.1),
    gXYZ: xyz(0.3, 0.7, 0.1),
    bXYZ: xyz(0.2, 0.1, 0.6),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
  },
});
const twoFrames = detailed({ frames: [{ duration: 3 }, { picture: other, duration: 5 }] });

const boxed = (...boxes: Part[]): Uint8Array => join(OPENING, ...boxes);

describe('what goes from a JPEG XL file', () => {
  it.each<[string, Uint8Array, string, string?]>([
    ['Exif', box('Exif', be32(0), exifBlock({ 0x010f: { text: 'SECRET' } })), 'Exif'],
    ['XMP', box('xml ', '<x:xmpmeta>SECRET</x:xmpmeta>'), 'xml'],
    ['a manifest', box('jumb', 'SECRET'), 'jumb', 'provenance'],
    ['compressed Exif', box('brob', 'Exif', brotliCompressSync(Buffer.from('SECRET'))), 'brob › Exif'],
    ['compressed XMP', box('brob', 'xml ', brotliCompressSync(Buffer.from('SECRET'))), 'brob › xml', 'history'],
    ['what a JPEG is restored by', box('jbrd', 'SECRET'), 'jbrd', 'history'],
    ['a gain map', box('jhgm', 'SECRET'), 'jhgm'],
    ['an index of frames', box('jxli', [1, 2, 3]), 'jxli', 'structure'],
    ['a box of another kind', box('uuid', 'sixteen bytes are SECRET'), 'uuid'],
    ['a box with a size of 64 bits', largeBox('abcd', 'SECRET'), 'abcd'],
  ])('%s', async (_, dropped, where, kind) => {
    for (const file of [boxed(dropped, box('jxlc', lossless)), boxed(box('jxlc', lossless), dropped)]) {
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.compare(output, lossless)).toBe(0);
      const found = report.findings.filter((finding) => finding.where.startsWith(where));
      expect(found.length).toBeGreaterThan(0);
      if (kind !== undefined) expect(found[0]).toMatchObject({ where, kind, action: 'removed' });
    }
  });

  it.each([
    ['bare', join(lossless, 'SECRET')],
    ['behind boxes', boxed(box('jxlc', lossless), 'SECRET')],
    ['in the box', boxed(box('jxlc', lossless, 'SECRET'))],
    ['in a part behind the last frame', boxed(parts(join(lossless, 'SECRET'), [lossless.length], () => []))],
  ])('data behind the last frame, %s', async (_, file) => {
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, lossless)).toBe(0);
    expect(report.findings).toContainEqual(expect.objectContaining({ kind: 'trailing-data', action: 'removed' }));
  });

  it('boxes, so that the codestream stands alone', async () => {
    const { output, report } = await scrubWithReport(boxed(box('jxlc', lossy)));
    expect(Buffer.compare(output, lossy)).toBe(0);
    expect(report.findings).toMatchObject([{ kind: 'structure', where: 'boxes', action: 'removed' }]);
  });

  it.each<[string, Parameters<typeof detailed>[0], string]>([
    ['names of channels', { channelName: 'SECRET' }, 'ExtraChannelInfo › name'],
    ['names of frames', { frames: [{ name: 'SECRET' }] }, 'FrameHeader › name'],
    ['timecodes', { hasTimecodes: true, frames: [{ timecode: 0x12345678 }] }, 'FrameHeader › timecode'],
    ['extensions of the picture', { extension: 0x5e37 }, 'ImageMetadata › extensions'],
    ['extensions of a frame', { frames: [{ extensions: [undefined, 0x5e37] }] }, 'FrameHeader › extensions'],
    ['extensions of the filter', { frames: [{ extensions: [0x5e37] }] }, 'FrameHeader › extensions'],
    ['a preview', { hasPreview: true }, 'preview frame'],
  ])('%s', async (_, details, where) => {
    const file = detailed(details);
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, detailed({}))).toBe(0);
    expect(report.findings).toMatchObject([{ where, action: 'removed' }]);
    expect(await decodeJxl(output)).toEqual(await decodeJxl(file));
  });
});

describe('what stays of a JPEG XL file', () => {
  it.each([
    ['a bare codestream', lossless],
    ['one of several passes', lossy],
    ['an animation', twoFrames],
    ['a turned picture', detailed({ orientation: 6 })],
    ['a picture with a profile', detailed({ profile })],
  ])('everything of a clean file, which comes back itself: %s', async (_, clean) => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report.findings.filter(({ action }) => action !== 'kept')).toEqual([]);
  });

  it('the level of a codestream that not all decoders read', async () => {
    const clean = await scrub(boxed(box('jxll', [10]), box('xml ', 'SECRET'), box('jxlc', lossless)));
    expect(readBoxes(clean).map(({ type }) => type)).toEqual(['JXL ', 'ftyp', 'jxll', 'jxlc']);
    expect(await scrub(clean)).toBe(clean);
    expect(await decodeJxl(clean)).toEqual(await decodeJxl(lossless));
  });

  it('a codestream in parts, as one', async () => {
    const file = boxed(parts(twoFrames, [1, 1, 30, 200], (index) => box('xml ', `SECRET ${index}`)));
    expect(Buffer.compare(await scrub(file), twoFrames)).toBe(0);
  });

  it('the orientation, unless it is dropped', async () => {
    const file = detailed({ orientation: 6 });
    expect((await decodeJxl(await scrub(file))).frames).toEqual((await decodeJxl(file)).frames);
    const { output, report } = await scrubWithReport(file, { drop: ['orientation'] });
    expect(Buffer.compare(output, detailed({}))).toBe(0);
    expect(report.findings).toMatchObject([{ kind: 'orientation', action: 'removed' }]);
  });

  it('the profile with its texts, which the report says', async () => {
    const { report } = await scrubWithReport(detailed({ profile }));
    expect(report.findings).toMatchObject([{ kind: 'color-profile', action: 'kept', note: expect.any(String) }]);
    expect(report.residual.join(' ')).toContain('profile');
    expect((await scrubWithReport(lossless)).report.residual.join(' ')).not.toContain('profile');
  });

  it('all frames, unless the animation is dropped: then what is shown first', async () => {
    const [first] = (await decodeJxl(twoFrames)).frames;
    expect((await decodeJxl(await scrub(twoFrames))).frames).toHaveLength(2);
    const { output, report } = await scrubWithReport(twoFrames, { drop: ['animation'] });
    expect((await decodeJxl(output)).frames).toEqual([first]);
    expect(report.findings).toMatchObject([{ where: 'frames after the first', action: 'removed' }]);
    expect(await scrub(output, { drop: ['animation'] })).toBe(output);
  });

  it('layers under what is shown first', async () => {
    const frames = [{ duration: 0, name: 'SECRET' }, { picture: other, duration: 5 }, { duration: 5 }];
    const file = detailed({ frames });
    const [first] = (await decodeJxl(file)).frames;
    expect((await decodeJxl(await scrub(file, { drop: ['animation'] }))).frames).toEqual([first]);
  });

  it('pages, which are no animation', async () => {
    const file = detailed({ frames: [{ duration: 0xffffffff }, { picture: other, duration: 0xffffffff }] });
    expect(await scrub(file, { drop: ['animation'] })).toBe(file);
  });

  it('samples where the profile is dropped: they are taken for sRGB', async () => {
    const { output, report } = await scrubWithReport(detailed({ profile }), { drop: ['colorProfile'] });
    expect(Buffer.compare(output, detailed({}))).toBe(0);
    expect(report.findings).toMatchObject([{ kind: 'color-profile', action: 'removed' }]);
    expect(report.residual.join(' ')).not.toContain('profile');
  });

  it('channels that are no colours, which the report names', async () => {
    const { report } = await scrubWithReport(detailed({ channelType: 1 }));
    expect(report.residual.join(' ')).toContain('depth');
  });
});

describe('which JPEG XL files are refused', () => {
  const [first, ...later] = readBoxes(parts(lossless, [50, 50], () => [])).map(({ type, body }) => box(type, body));
  const last = later.at(-1) ?? join();

  it.each<[string, Uint8Array, string]>([
    ['without a codestream', boxed(box('xml ', 'x')), 'malformed'],
    ['that ends in a header', lossless.subarray(0, 5), 'malformed'],
    ['that ends in a frame', lossless.subarray(0, -1), 'malformed'],
    ['with a box that is no codestream', boxed(box('jxlc', 'SECRET', lossless)), 'malformed'],
    ['with two codestreams', boxed(box('jxlc', lossless), box('jxlc', other)), 'malformed'],
    ['with a codestream and parts of one', boxed(box('jxlc', lossless), first ?? []), 'malformed'],
    ['with parts and a codestream', boxed(first ?? [], box('jxlc', lossless)), 'malformed'],
    ['whose parts are out of order', boxed(first ?? [], last), 'malformed'],
    ['whose last parts are missing', boxed(first ?? []), 'malformed'],
    ['with a part that is too short', boxed(box('jxlp', [0, 0])), 'malformed'],
  ])('one %s', async (_, file, code) => {
    await expect(scrub(file)).rejects.toMatchObject({ name: 'ScrubError', code, format: 'jxl' });
  });

  it('one of inks whose profile is to be dropped', async () => {
    const file = detailed({ profile, channelType: 4 });
    await expect(scrub(file, { drop: ['colorProfile'] })).rejects.toMatchObject({ code: 'unsupported' });
    expect(await scrub(file)).toBe(file);
  });

  it('one whose header is longer than may be buffered', async () => {
    const options = { limits: { bufferedBytes: 300 } };
    await expect(scrub(detailed({ profile }), options)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('one with bits that fill up to a whole byte and say something', async () => {
    const file = detailed({ profile });
    let refused = 0;
    // The header ends with a byte of which only some bits are used: setting the highest one is noticed.
    for (let at = 12; at < 600; at++) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x80;
      refused += await scrub(damaged).then(
        () => 0,
        ({ message }) => (String(message).includes('fill up') ? 1 : 0),
      );
    }
    expect(refused).toBeGreaterThan(0);
  });
});

describe('what hostile JPEG XL files cost', () => {
  it('time in proportion to their length, for parts of a byte and for boxes without end', async () => {
    const many = boxed(
      parts(join(lossless, new Uint8Array(20_000)), new Array<number>(20_000).fill(1), () => []),
      ...Array.from({ length: 20_000 }, () => box('free')),
    );
    expect(Buffer.compare(await scrub(many), lossless)).toBe(0);
  }, 10_000);

  it('no more structures than the limit says', async () => {
    const many = boxed(...Array.from({ length: 1000 }, () => box('free')), box('jxlc', lossless));
    await expect(scrub(many, { limits: { structures: 500 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
