import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { aiff } from '../../src/formats/aiff.ts';
import { createScrubber, type ScrubError } from '../../src/scrub.ts';
import { bigTone, comm, form, iffChunk, marks, ssnd, text } from '../builders/aiff.ts';
import { IFF, number, splitChunks, tone } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([aiff]);

const samples = bigTone();
const clean = form('AIFF', [comm(), ssnd(samples)]);
const version = iffChunk('FVER', [[0xa2, 0x80, 0x51, 0x40]]);

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

async function expectClean(file: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(expected));
}

describe('what is dropped from an AIFF file', () => {
  const ids = [
    ...['NAME', 'AUTH', '(c) ', 'ANNO', 'COMT', 'MARK', 'INST', 'MIDI', 'AESD', 'APPL', 'SAXL', 'ID3 ', 'id3 '],
    ...['FLLR', 'basc', 'trns', 'cate', 'PEAK', 'bext', 'FVER', 'CHAN', 'zzzz'],
  ];

  it.each(ids)('the chunk "%s", wherever it stands', async (id) => {
    const secret = iffChunk(id, ['SECRET!']);
    await expectClean(form('AIFF', [comm(), secret, ssnd(samples)]));
    await expectClean(form('AIFF', [secret, ssnd(samples), comm(), secret]));
  });

  it('the name of a coding', async () => {
    const file = form('AIFC', [version, comm({ coding: ['sowt', 'SECRET name'] }), ssnd(tone())]);
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.from(output)).toEqual(
      Buffer.from(form('AIFC', [version, comm({ coding: ['sowt', ''] }), ssnd(tone())])),
    );
    expect(report.findings).toMatchObject([{ where: 'COMM › compressionName', action: 'removed', bytes: 11 }]);
    expect(await hashStreams(output, 'aiff')).toBe(await hashStreams(file, 'aiff'));
  });

  it('bytes in front of the samples, and the block size', async () => {
    const { output, report } = await scrubWithReport(form('AIFF', [comm(), ssnd(samples, 'SECRET', 512)]));
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings).toMatchObject([{ where: 'SSND › offset', action: 'removed', bytes: 6 }]);
  });

  it('what stands behind the fields of a chunk', async () => {
    const channels = iffChunk('CHAN', [number(101 << 16, 4, false), new Uint8Array(8)]);
    const dirty = iffChunk('CHAN', [number(101 << 16, 4, false), new Uint8Array(8), 'SECRET']);
    const common = iffChunk('COMM', [comm().subarray(8), 'SECRET']);
    await expectClean(form('AIFF', [common, dirty, ssnd(samples)]), form('AIFF', [comm(), channels, ssnd(samples)]));
  });

  it('everything behind the last chunk, and pad bytes that say something', async () => {
    for (const trailer of [join([0, 0, 0, 0, 0, 0, 0, 0], 'SECRET'), join(clean, 'SECRET'), 'TAG']) {
      await expectClean(form('AIFF', [comm(), ssnd(samples)], trailer));
    }
    const odd = { channels: 1, bits: 8, frames: 3 };
    const file = form('AIFF', [comm(odd), ssnd(join('abc'), [], 0, { padding: 'S' })]);
    await expectClean(file, form('AIFF', [comm(odd), ssnd(join('abc'))]));
  });

  it('a part of a sample behind the last whole one', async () => {
    await expectClean(form('AIFF', [comm(), ssnd(join(samples, 'SEC'))]));
  });
});

describe('what is kept of an AIFF file', () => {
  it('a clean file as it is', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'aiff', mediaType: 'audio/aiff', changed: false, findings: [] });
  });

  it('the layout of the channels', async () => {
    const layout = iffChunk('CHAN', [
      number(0, 4, false),
      new Uint8Array(4),
      number(2, 4, false),
      new Uint8Array(40).fill(7),
    ]);
    const file = form('AIFF', [comm(), layout, ssnd(samples)]);
    expect(await scrub(file)).toBe(file);
  });

  it('a version of AIFF-C that is missing is written, for it is a constant', async () => {
    const coded = comm({ coding: ['sowt', ''] });
    await expectClean(form('AIFC', [coded, ssnd(tone())]), form('AIFC', [version, coded, ssnd(tone())]));
  });

  const codings = [
    'pcm_s8',
    'pcm_s16be',
    'pcm_s24be',
    'pcm_s32be',
    'pcm_s16le',
    'pcm_f32be',
    'pcm_f64be',
    'pcm_alaw',
    'pcm_mulaw',
  ];
  it.each([...codings, 'adpcm_ima_qt'])('sound coded as %s', async (codec) => {
    const file = await runFfmpeg(
      clean,
      'aiff',
      ['-c:a', codec, '-metadata', 'title=SECRET', '-write_id3v2', '1'],
      'coded.aiff',
    );
    expect(latin1(file)).toContain('SECRET');
    const output = await scrub(file);
    expect(latin1(output)).not.toMatch(/SECRET|Lavf/);
    expect(await hashStreams(output, 'aiff')).toBe(await hashStreams(file, 'aiff'));
  });

  it('sound behind the frames that COMM counts, which some decoders play, and it is said', async () => {
    const file = form('AIFF', [comm({ frames: 1000 }), ssnd(samples)]);
    expect(await scrub(file)).toBe(file);
    expect((await inspect(file)).residual).toContain(
      'Sound behind the frames that COMM counts, which some decoders play.',
    );
    expect((await inspect(clean)).residual).toEqual(['What can be heard: voices, names, noises of a place.']);
  });

  it('a form without sound', async () => {
    const silent = comm({ frames: 0 });
    await expectClean(form('AIFF', [silent, text('NAME', 'SECRET')]), form('AIFF', [silent, ssnd(new Uint8Array(0))]));
  });
});

describe('what the options keep of an AIFF file', () => {
  const texts = [
    text('ANNO', 'SECRET'),
    text('(c) ', 'me'),
    text('AUTH', 'An artist\0SECRET'),
    text('NAME', 'A title'),
  ];
  const dirty = form('AIFF', [comm(), ssnd(samples), ...texts]);

  it.each([
    ['title', 'NAME', 'A title'],
    ['author', 'AUTH', 'An artist'],
    ['copyright', '(c) ', 'me'],
  ] as const)('%s', async (name, id, value) => {
    const { output, report } = await scrubWithReport(dirty, { keep: [name] });
    expect(Buffer.from(output)).toEqual(
      Buffer.from(form('AIFF', [comm(), ssnd(samples)].toSpliced(1, 0, text(id, value)))),
    );
    expect(report.findings.filter(({ action }) => action === 'kept')).toHaveLength(1);
    const again = await scrubWithReport(output, { keep: [name] });
    expect(again.report.changed).toBe(false);
    expect(again.report.findings.map(({ action }) => action)).toEqual(['kept']);
    expect(await hashStreams(output, 'aiff')).toBe(await hashStreams(dirty, 'aiff'));
  });

  it('what other readers see of them', async () => {
    const { common } = await parseBuffer(await scrub(dirty, { keep: ['title', 'author'] }), 'audio/aiff');
    expect(common).toMatchObject({ title: 'A title', artist: 'An artist' });
    expect((await parseBuffer(await scrub(dirty), 'audio/aiff')).native).toEqual({});
  });

  it('chapters: marks numbered anew', async () => {
    const list = marks([
      [9, 100, 'first'],
      [4, 900, 'second'],
    ]);
    const output = await scrub(form('AIFF', [comm(), ssnd(samples), list, text('ANNO', 'SECRET')]), {
      keep: ['chapters'],
    });
    const found = splitChunks(IFF, output, 12).find(({ id }) => id === 'MARK')?.body;
    const expected = marks([
      [1, 100, 'first'],
      [2, 900, 'second'],
    ]);
    expect(Buffer.from(found ?? [])).toEqual(Buffer.from(expected.subarray(8)));
    expect(await scrub(output, { keep: ['chapters'] })).toBe(output);
  });

  it('values are shown when asked for', async () => {
    const shown = (await inspect(dirty, { values: true })).findings.flatMap(({ values }) => (values ? [values] : []));
    expect(shown).toEqual([{ '(c)': 'me' }, { AUTH: 'An artist' }, { NAME: 'A title' }]);
  });
});

describe('what is repaired in an AIFF file', () => {
  it.each([0, 0xffffffff])('a size of the form of %i', async (size) => {
    await expectClean(form('AIFF', [comm(), ssnd(samples)], [], size));
  });

  it.each([0, 0xffffffff, 9000])('a size of the sound of %i, with what an editor put behind it', async (size) => {
    const open = ssnd(samples, [], 0, { size });
    for (const behind of [
      [],
      [text('NAME', 'SECRET'), iffChunk('zzzz', ['SECRET'])],
      [iffChunk('ID3 ', ['SECRETS'])],
    ]) {
      await expectClean(form('AIFF', [comm(), open, ...behind]));
    }
  });

  it('a pad byte that is missing behind an odd chunk', async () => {
    await expectClean(form('AIFF', [iffChunk('NAME', ['SECRETS'], { padding: [] }), comm(), ssnd(samples)]));
  });

  it('chunks in another order', async () => {
    await expectClean(form('AIFF', [ssnd(samples), comm()]));
  });
});

describe('what is refused of AIFF files', () => {
  const files: [string, Uint8Array, Partial<ScrubError>][] = [
    [
      'a coding that is not known',
      form('AIFC', [comm({ coding: ['QDM2', ''] }), ssnd(samples)]),
      { code: 'unsupported', trail: ['COMM'] },
    ],
    ['two sounds', form('AIFF', [comm(), ssnd(samples), ssnd(samples)]), { code: 'malformed', trail: ['SSND'] }],
    [
      'two descriptions',
      form('AIFF', [comm(), comm(), ssnd(samples)]),
      { code: 'malformed', trail: ['COMM'], offset: 38 },
    ],
    ['no sound', form('AIFF', [comm()]), { code: 'malformed', trail: ['SSND'] }],
    ['no description', form('AIFF', [ssnd(samples)]), { code: 'malformed', trail: ['COMM'] }],
    [
      'a description that is cut off',
      form('AIFF', [iffChunk('COMM', ['short']), ssnd(samples)]),
      { code: 'malformed' },
    ],
    ['no channels', form('AIFF', [comm({ channels: 0 }), ssnd(samples)]), { code: 'malformed' }],
    [
      'an offset past the end',
      form('AIFF', [comm(), iffChunk('SSND', [[0x7f, 0, 0, 0, 0, 0, 0, 0], 'x'])]),
      { code: 'malformed' },
    ],
  ];
  it.each(files)('%s', async (_, file, expected) => {
    await expect(scrub(file)).rejects.toMatchObject({ name: 'ScrubError', format: 'aiff', ...expected });
  });

  it('a flood of chunks only where the limits say so', async () => {
    const flood = new Uint8Array(8 * 200_000);
    for (let at = 0; at < flood.length; at += 8) flood.set([0x7a, 0x7a, 0x7a, 0x7a], at);
    await expectClean(form('AIFF', [flood, comm(), ssnd(samples)]));
    const limits = { structures: 1000 };
    await expect(scrub(form('AIFF', [flood, comm(), ssnd(samples)]), { limits })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });
});
