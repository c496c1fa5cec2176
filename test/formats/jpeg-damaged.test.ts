import { describe, expect, it } from 'vitest';
import { ScrubError } from '../../src/scrub.ts';
import { ascii, COM, DQT, DRI, join, joinJpeg, type Segment, SOF0, SOS, segment, splitJpeg } from '../builders/jpeg.ts';

import {
  cmyk,
  gray,
  kinds,
  parts,
  pixels,
  plain,
  progressive,
  refusal,
  restarted,
  scrub,
  scrubWithReport,
  text,
  withSegments,
} from '../builders/jpeg-pictures.ts';

describe('what is refused', () => {
  const frameAt = parts.findIndex(({ marker }) => marker === SOF0);
  const changeFrame = (change: (body: Uint8Array) => void, marker = SOF0): Uint8Array =>
    joinJpeg(
      parts.map((part, index) => {
        if (index !== frameAt) return part;
        const body = part.body.slice();
        change(body);
        return { marker, body };
      }),
    );

  it('a file that is cut off anywhere, with offset and trail', async () => {
    for (let length = 4; length < plain.length - 2; length++) {
      const error = await refusal(plain.slice(0, length));
      expect(error.code).toBe('malformed');
      expect(error.format).toBe('jpeg');
      expect(error.message).toContain(`ends at byte ${length}`);
      expect(error.offset).toBeLessThanOrEqual(length);
      expect(error.trail.length).toBeGreaterThan(0);
    }
  });

  it.each([
    ['coding processes that viewers do not show', changeFrame(() => {}, 0xc5), 'unsupported'],
    ['JPEG-LS', changeFrame(() => {}, 0xf7), 'unsupported'],
    ['a height that is given only behind the scan', changeFrame((body) => body.fill(0, 1, 3)), 'unsupported'],
    ['a picture without width', changeFrame((body) => body.fill(0, 3, 5)), 'malformed'],
    ['a frame whose length does not fit its components', changeFrame((body) => body.fill(4, 5, 6)), 'malformed'],
    ['two frames', joinJpeg([...parts.slice(0, frameAt + 1), ...parts.slice(frameAt)]), 'malformed'],
    ['no scan', joinJpeg(parts.filter(({ marker }) => marker !== SOS)), 'malformed'],
    ['no frame', joinJpeg(parts.filter(({ marker }) => marker !== SOF0)), 'malformed'],
    ['no quantization tables', joinJpeg(parts.filter(({ marker }) => marker !== DQT)), 'malformed'],
    ['a restart interval of the wrong length', withSegments(segment(DRI, [1])), 'malformed'],
    ['a segment shorter than its length field', join([0xff, 0xd8, 0xff, 0xe1, 0, 1], 'rest'), 'malformed'],
  ] as [string, Uint8Array, string][])('%s', async (_, file, code) => {
    expect((await refusal(file)).code).toBe(code);
  });

  it('more structures than the limit', async () => {
    const many = withSegments(...Array.from({ length: 50 }, () => segment(COM, 'x')));
    await expect(scrub(many, { limits: { structures: 20 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('coded data that no encoder writes', () => {
  const head = joinJpeg(parts).subarray(0, plain.length - 2 - (parts.at(-1)?.scan?.length ?? 0));

  it.each([
    ['stuffed bytes', [0xff, 0x00]],
    ['restart markers', [0xff, 0xd0]],
    ['fill bytes', [0xff, 0xff]],
    ['reserved markers', [0xff, 0x02]],
  ])('a flood of %s ends in a result or a refusal', async (_, pattern) => {
    const flood = Buffer.alloc(4_000_000).fill(Buffer.from(pattern));
    const file = new Uint8Array(Buffer.concat([head, flood, Buffer.from([0xff, 0xd9])]));
    const output = await scrub(file).catch((error: unknown) => error);
    if (output instanceof Uint8Array) expect(await scrub(output)).toBe(output);
    else expect(output).toBeInstanceOf(ScrubError);
  });

  it('200 MB of stuffed bytes are walked and written', async () => {
    const flood = Buffer.alloc(200_000_000).fill(Buffer.from([0xff, 0x00]));
    const file = new Uint8Array(Buffer.concat([head, flood, Buffer.from([0xff, 0xd9]), Buffer.from('SECRET')]));
    const output = await scrub(file);
    expect(output.length).toBe((await scrub(plain)).length - (parts.at(-1)?.scan?.length ?? 0) + flood.length);
    expect(text(output.subarray(-8))).not.toContain('SECRET');
  });

  it('restart markers are kept, those with nothing behind them are not', async () => {
    const file = joinJpeg([
      ...parts.slice(0, -1),
      segment(DRI, [0, 1]),
      { ...(parts.at(-1) as Segment), scan: join(ascii('ab'), [0xff, 0xd0], 'cd', [0xff, 0xd1, 0xff, 0xd2]) },
    ]);
    const output = await scrub(file);
    expect(splitJpeg(output).at(-1)?.scan).toEqual(join('ab', [0xff, 0xd0], 'cd'));
    expect(splitJpeg(output).map(({ marker }) => marker)).toContain(DRI);
  });

  it('fill bytes between restart markers with nothing behind them go with them', async () => {
    const scans = [
      join('ab', [0xff, 0xd0, 0xff, 0xff, 0xd1, 0xff, 0xff]),
      join('ab', [0xff, 0xff, 0xff, 0xd0, 0xff, 0xff, 0xff, 0xd1]),
      join('ab', [0xff, 0xd0, 0xff, 0xff, 0xff]),
    ];
    for (const scan of scans) {
      const { output, report } = await scrubWithReport(
        joinJpeg([...parts.slice(0, -1), { ...(parts.at(-1) as Segment), scan }]),
      );
      expect(text(output.subarray(-4))).toBe('ab\xff\xd9');
      expect(kinds(report)).toContain('structure: entropy-coded data › RST and fill bytes at the end');
      expect(await scrub(output)).toBe(output);
    }
  });

  it('stuffed bytes and fill bytes that are no markers stay', async () => {
    const scan = join('ab', [0xff, 0xff, 0xff, 0xd0], 'cd', [0xff, 0x00], 'ef', [0xff, 0xff, 0x00], 'gh');
    const output = await scrub(joinJpeg([...parts.slice(0, -1), { ...(parts.at(-1) as Segment), scan }]));
    expect(text(output.subarray(-scan.length - 2))).toBe(text(join(scan, [0xff, 0xd9])));
  });

  it.each([
    ['behind the data', join([0xff, 0x02, 0, 10], 'SECRET!!')],
    ['behind the data, with stuffed bytes and fill bytes', join([0xff, 0xff, 0xbf], 'SECRET', [0xff, 0, 0xff, 0xff])],
    ['behind the data, one after the other', join([0xff, 0x02], 'SECRET', [0xff, 0x01], 'SECRET')],
    ['with restart markers around', join([0xff, 0xd0, 0xff, 0x02], 'SECRET', [0xff, 0xd1])],
  ])('a reserved marker goes with what stands behind it: %s', async (_, hidden) => {
    const last = parts.at(-1) as Segment;
    const file = joinJpeg([...parts.slice(0, -1), { ...last, scan: join(last.scan ?? [], hidden) }], 'x');
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, await scrub(plain))).toBe(0);
    expect(kinds(report)).toContain('structure: entropy-coded data › reserved marker');
  });

  it('a reserved marker in front of a restart marker goes, and decoders show the same', async () => {
    const last = restarted.at(-1) as Segment;
    const scan = last.scan ?? new Uint8Array(0);
    const at = scan.indexOf(0xff);
    const hidden = join(scan.subarray(0, at), [0xff, 0x07], 'SECRET', scan.subarray(at));
    const file = joinJpeg([...restarted.slice(0, -1), { ...last, scan: hidden }]);
    const output = await scrub(file);
    expect(Buffer.compare(output, await scrub(joinJpeg(restarted)))).toBe(0);
    expect(await pixels(output)).toEqual(await pixels(file));
  });
});

describe('a file that ends without EOI', () => {
  it.each([
    ['baseline', parts],
    ['gray', gray],
    ['CMYK', cmyk],
    ['progressive', progressive],
    ['with restart intervals', restarted],
    ['with a comment behind the scan', [...parts, segment(COM, 'SECRET')]],
  ] as [string, Segment[]][])('is whole where its last MCU is there: %s', async (_, picture) => {
    const whole = await scrub(joinJpeg(picture));
    for (const bytes of [1, 2]) {
      const file = joinJpeg(picture).slice(0, -bytes);
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.compare(output, whole)).toBe(0);
      expect(await pixels(output)).toEqual(await pixels(file));
      expect(report.findings).toContainEqual(expect.objectContaining({ where: 'EOI', action: 'rewritten' }));
      const blob = await scrub(new Blob([new Uint8Array(file)]));
      expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), whole)).toBe(0);
    }
  });

  it.each([
    ['its last MCU', joinJpeg(parts).slice(0, -4)],
    ['the last interval', joinJpeg(restarted).slice(0, -8)],
    ['a component', joinJpeg(parts.filter(({ marker }) => marker !== SOS)).slice(0, -2)],
    ['a pass that refines it', joinJpeg(progressive.slice(0, -1)).slice(0, -2)],
    [
      'codes that follow its tables',
      joinJpeg([...parts.slice(0, -1), { ...(parts.at(-1) as Segment), scan: ascii('\xff\0'.repeat(400)) }]).slice(
        0,
        -2,
      ),
    ],
  ])('is refused where it lacks %s', async (_, file) => {
    const error = await refusal(file);
    expect(error).toMatchObject({ code: 'malformed', format: 'jpeg' });
    expect(error.message).toContain('cut off');
  });
});
