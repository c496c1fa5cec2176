import { describe, expect, it } from 'vitest';
import { anim, type Chunk, chunk, Flag, frame, join, joinWebp, vp8x } from '../builders/webp.ts';

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
  refusal,
  scrubWithReport,
  simple,
} from '../builders/webp-pictures.ts';

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
