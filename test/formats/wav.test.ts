import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { type OpenInput, openSource } from '../../src/core/input.ts';
import { wav } from '../../src/formats/wav.ts';
import { createScrubber, type Report, type ScrubError } from '../../src/scrub.ts';
import { chunk, IFF, number, RIFF, splitChunks, tone, W64 } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { cue, ds64, extensible, fmt, info, labels, riffChunk, riffFile, wavFile } from '../builders/wav.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport, walk } = createScrubber([wav]);

const clean = wavFile();
const description = riffChunk('fmt ', [fmt()]);
const samples = riffChunk('data', [tone()]);

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function removed(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

async function expectClean(file: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(expected));
}

/** The chunks of a clean RIFF file, by id. */
function bodies(file: Uint8Array): Map<string, Uint8Array> {
  return new Map(splitChunks(RIFF, file, 12).map(({ id, body }) => [id, body]));
}

describe('what is dropped from a WAV file', () => {
  const ids = [
    ...['bext', 'iXML', 'axml', 'aXML', '_PMX', 'cart', 'DISP', 'LGWV', 'PEAK', 'levl', 'afsp', 'acid', 'strc'],
    ...['umid', 'minf', 'elm1', 'regn', 'DGDA', 'MXrt', 'muma', 'chrp', 'SyLp', 'C2PA', 'id3 ', 'ID3 '],
    ...['cue ', 'plst', 'smpl', 'inst', 'JUNK', 'junk', 'PAD ', 'FLLR', 'chna', 'fact', 'xyz ', 'XMP ', '    '],
  ];

  it.each(ids)('the chunk "%s", wherever it stands', async (id) => {
    const secret = riffChunk(id, ['SECRET in an odd chunk'.repeat(3), [0]]);
    for (const file of [wavFile([secret]), wavFile([], [secret]), riffFile([secret, description, samples])]) {
      await expectClean(file);
    }
  });

  it('texts and other lists', async () => {
    for (const type of ['INFO', 'adtl', 'exif', 'wavl', 'zzzz']) {
      const { output, report } = await scrubWithReport(
        wavFile([riffChunk('LIST', [type, riffChunk('INAM', ['SECRET'])])]),
      );
      expect(Buffer.from(output)).toEqual(Buffer.from(clean));
      expect(report.findings).toMatchObject([{ where: `LIST › ${type}`, action: 'removed', bytes: 26, offset: 36 }]);
    }
  });

  it('with what each tells about', async () => {
    const file = wavFile(
      [riffChunk('bext', ['x']), riffChunk('iXML', ['x'])],
      [riffChunk('PEAK', ['x']), riffChunk('DISP', ['x'])],
    );
    expect(removed(await inspect(file))).toEqual(['author: bext', 'device: iXML', 'time: PEAK', 'comment: DISP']);
  });

  it('everything behind the last chunk', async () => {
    for (const trailer of ['TAG SECRET', join([0, 0, 0, 0, 0, 0, 0, 0], 'SECRET'), join(clean, 'SECRET'), [1]]) {
      const { output, report } = await scrubWithReport(wavFile([], [], { trailer }));
      expect(Buffer.from(output)).toEqual(Buffer.from(clean));
      expect(report.findings).not.toEqual([]);
    }
  });

  it('pad bytes that say something', async () => {
    const odd = join('abc');
    const file = riffFile([
      riffChunk('fmt ', [fmt({ channels: 1, bits: 8 })]),
      riffChunk('data', [odd], { padding: 'S' }),
    ]);
    expect((await scrub(file)).at(-1)).toBe(0);
  });

  it('a part of a sample behind the last whole one', async () => {
    const { output, report } = await scrubWithReport(
      riffFile([description, riffChunk('data', [tone(), 'SEC'], { padding: [] })]),
    );
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings).toMatchObject([{ where: 'data', action: 'removed', bytes: 3, offset: 44 + tone().length }]);
  });

  it('what stands behind the description of the sound', async () => {
    await expectClean(riffFile([riffChunk('fmt ', [fmt({ extension: [6, 0] }), 'SECRET']), samples]));
    await expectClean(riffFile([riffChunk('fmt ', [fmt(), 'S'.repeat(9000)]), samples]));
  });

  it('an average rate that says something', async () => {
    await expectClean(riffFile([riffChunk('fmt ', [fmt({ byteRate: 0x53454352 })]), samples]));
  });

  it('reserved bytes of a TrueSpeech description', async () => {
    const secret = join([32, 0, 1, 0, 240, 0], 'SECRET'.repeat(5)).subarray(0, 34);
    const truespeech = fmt({ tag: 0x22, channels: 1, rate: 8000, bits: 1, blockAlign: 32, extension: secret });
    const body = bodies(
      await scrub(riffFile([riffChunk('fmt ', [truespeech]), riffChunk('data', [new Uint8Array(64)])])),
    );
    expect(
      Buffer.from(body.get('fmt ') ?? [])
        .toString('hex')
        .slice(36),
    ).toBe(`0100f000${'00'.repeat(28)}`);
  });
});

describe('what is kept of a WAV file', () => {
  it('the samples, byte for byte', async () => {
    const file = wavFile([info({ INAM: 'x' })], [riffChunk('bext', ['x'])]);
    expect(bodies(await scrub(file)).get('data')).toEqual(tone());
  });

  it('a clean file as it is', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'wav', mediaType: 'audio/wav', changed: false, findings: [] });
  });

  it('speakers, valid bits and the GUID of an extensible description', async () => {
    for (const subtype of [1, 3, 6, 7]) {
      const body = fmt({ tag: 0xfffe, channels: 2, bits: 32, extension: extensible(20, 0x600, subtype) });
      const output = await scrub(riffFile([riffChunk('fmt ', [body, 'SECRET']), samples]));
      expect(bodies(output).get('fmt ')).toEqual(body);
    }
  });

  it('the B-format of Ambisonics', async () => {
    const guid = [1, 0, 0, 0, 0x21, 0x07, 0xd3, 0x11, 0x86, 0x44, 0xc8, 0xc1, 0xca, 0, 0, 0];
    const extension = join([22, 0, 16, 0, 0, 0, 0, 0], guid);
    const body = fmt({ tag: 0xfffe, channels: 4, extension });
    const output = await scrub(riffFile([riffChunk('fmt ', [body]), riffChunk('data', [tone(100, 4)])]));
    expect(bodies(output).get('fmt ')).toEqual(body);
  });

  it('the count of samples of coded sound, made right where it follows from their length', async () => {
    const float = riffChunk('fmt ', [fmt({ tag: 3, bits: 32, extension: [0, 0] })]);
    for (const count of [750, 1, 0x53454352]) {
      const output = await scrub(riffFile([float, riffChunk('fact', [number(count, 4), 'SECRET']), samples]));
      expect(bodies(output).get('fact')).toEqual(number(750, 4));
    }
    const adpcm = riffChunk('fmt ', [fmt({ tag: 0x11, bits: 4, blockAlign: 1024, extension: [2, 0, 0xf9, 3] })]);
    const output = await scrub(riffFile([adpcm, riffChunk('fact', [number(1234, 4), 'SECRET']), samples]));
    expect(bodies(output).get('fact')).toEqual(number(1234, 4));
  });

  const codings = [
    ...['pcm_u8', 'pcm_s16le', 'pcm_s24le', 'pcm_s32le', 'pcm_f32le', 'pcm_f64le', 'pcm_alaw', 'pcm_mulaw'],
    ...['adpcm_ms', 'adpcm_ima_wav', 'adpcm_yamaha', 'g722', 'libmp3lame', 'mp2'],
  ];
  it.each(codings)('sound coded as %s', async (codec) => {
    const file = await runFfmpeg(clean, 'wav', ['-c:a', codec, '-metadata', 'title=SECRET'], 'coded.wav');
    expect(text(file)).toContain('SECRET');
    const output = await scrub(file);
    expect(text(output)).not.toMatch(/SECRET|Lavf/);
    expect(await hashStreams(output, 'wav')).toBe(await hashStreams(file, 'wav'));
    expect(output.length).toBeLessThan(file.length);
  });

  it('sound of several channels, with their speakers', async () => {
    const file = await runFfmpeg(clean, 'wav', ['-ac', '6', '-c:a', 'pcm_s24le'], 'surround.wav');
    const probe = (bytes: Uint8Array): Promise<Uint8Array> => runFfmpeg(bytes, 'wav', ['-f', 'framemd5']);
    expect(text(await probe(await scrub(file)))).toBe(text(await probe(file)));
    expect(text(await probe(file))).toContain('5.1');
  });

  it('RIFX as big-endian chunks', async () => {
    const file = wavFile([chunk(IFF, 'LIST', ['INFOSECRET'])], [], { family: 'RIFX' });
    expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(wavFile([], [], { family: 'RIFX' })));
  });

  it('W64 as chunks with GUIDs', async () => {
    const file = await runFfmpeg(clean, 'wav', ['-metadata', 'title=SECRET'], 'sound.w64');
    const other = wavFile([chunk(W64, 'bext', ['SECRET']), chunk(W64, '0123456789abcdef', ['SECRET'])], [], {
      family: 'W64',
    });
    for (const dirty of [file, other]) {
      const output = await scrub(dirty);
      expect(text(output)).not.toMatch(/SECRET|Lavf/);
      expect(splitChunks(W64, output, 40).map(({ id }) => id)).toEqual(['fmt ', 'data']);
      expect(await hashStreams(output, 'w64')).toBe(await hashStreams(dirty, 'w64'));
    }
  });

  it('RF64 and BW64 as plain RIFF where sizes allow', async () => {
    const sizes = ds64(0, tone().length, 1500);
    for (const family of ['RF64', 'BW64'] as const) {
      const large = riffChunk('data', [tone()], { size: 0xffffffff });
      await expectClean(
        riffFile([sizes, riffChunk('bext', ['SECRET']), description, large, riffChunk('axml', ['SECRET'])], { family }),
      );
    }
  });
});

describe('what the options keep of a WAV file', () => {
  const dirty = wavFile([
    info({ ISFT: 'SECRET', ICRD: '2024-05-06 SECRET', INAM: 'A title', IART: 'An artist', ICOP: '© me' }),
  ]);

  it.each([
    ['title', 'INAM', 'A title'],
    ['author', 'IART', 'An artist'],
    ['copyright', 'ICOP', '© me'],
    ['dates', 'ICRD', '2024-05-06'],
  ] as const)('%s', async (name, id, value) => {
    const { output, report } = await scrubWithReport(dirty, { keep: [name] });
    expect(Buffer.from(output)).toEqual(Buffer.from(wavFile([info({ [id]: value })])));
    expect(report.findings.map(({ action, where }) => `${action} ${where}`)).toEqual([
      'kept LIST › INFO',
      'removed LIST › INFO',
    ]);
    const again = await scrubWithReport(output, { keep: [name] });
    expect(again.report.changed).toBe(false);
    expect(again.report.findings.map(({ action }) => action)).toEqual(['kept']);
    expect(await hashStreams(output, 'wav')).toBe(await hashStreams(dirty, 'wav'));
  });

  it('all of them, as other readers see them', async () => {
    const output = await scrub(dirty, { keep: ['title', 'author', 'copyright', 'dates'] });
    const { common } = await parseBuffer(output, 'audio/wav');
    expect(common).toMatchObject({ title: 'A title', artist: 'An artist', date: '2024-05-06' });
    expect(text(output)).not.toContain('SECRET');
    expect((await parseBuffer(await scrub(dirty), 'audio/wav')).native).toEqual({});
  });

  it('chapters: marks numbered anew, with their labels and nothing else', async () => {
    const marked = wavFile(
      [riffChunk('LIST', ['adtl', riffChunk('note', [number(77, 4), 'SECRET'])])],
      [
        cue([
          [77, 500],
          [9, 1000],
        ]),
        riffChunk('LIST', [
          'adtl',
          riffChunk('ltxt', [number(77, 4), 'SECRET']),
          riffChunk('labl', [number(9, 4), 'second', [0], 'SECRET']),
          riffChunk('labl', [number(77, 4), 'first', [0]]),
          riffChunk('labl', [number(1, 4), 'of no mark']),
        ]),
      ],
    );
    const output = await scrub(marked, { keep: ['chapters'] });
    const expected = wavFile([
      cue([
        [1, 500],
        [2, 1000],
      ]),
      labels([
        [1, 'first'],
        [2, 'second'],
      ]),
    ]);
    expect(Buffer.from(output)).toEqual(Buffer.from(expected));
    const again = await scrubWithReport(expected, { keep: ['chapters'] });
    expect(again.output).toBe(expected);
    expect(again.report.findings.map(({ action, where }) => `${action} ${where}`)).toEqual([
      'kept cue',
      'kept LIST › adtl',
    ]);
    await expectClean(marked);
  });

  it('no labels without marks, and no texts of W64, which has no place for them', async () => {
    const { output, report } = await scrubWithReport(wavFile([labels([[1, 'SECRET']])]), { keep: ['chapters'] });
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings).toMatchObject([{ where: 'LIST › adtl', action: 'removed' }]);
    const wide = wavFile([chunk(W64, 'LIST', ['INFO', riffChunk('INAM', ['SECRET'])])], [], { family: 'W64' });
    expect(Buffer.from(await scrub(wide, { keep: ['title'] }))).toEqual(
      Buffer.from(wavFile([], [], { family: 'W64' })),
    );
  });

  it('values are shown when asked for', async () => {
    const [finding] = (await inspect(dirty, { values: true })).findings;
    expect(finding?.values).toEqual({
      ISFT: 'SECRET',
      ICRD: '2024-05-06',
      INAM: 'A title',
      IART: 'An artist',
      ICOP: '© me',
    });
    expect((await inspect(dirty)).findings[0]).not.toHaveProperty('values');
  });
});

describe('what is repaired in a WAV file', () => {
  it.each([0, 8, 0x7fffffff, 0xffffffff])('an outer size of %i', async (size) => {
    await expectClean(wavFile([], [], { size }));
  });

  it.each([0, 0xffffffff, 0xffffff9b, 7000])(
    'a data size of %i where the sound is the rest of the file',
    async (size) => {
      const open = riffFile([description, riffChunk('data', [tone()], { size })]);
      await expectClean(open);
      expect(await hashStreams(await scrub(open), 'wav')).toBe(await hashStreams(open, 'wav'));
    },
  );

  it('a data size that is not known, with chunks and tags of an editor behind the sound', async () => {
    const open = (size: number): Uint8Array => riffChunk('data', [tone()], { size });
    const apeTag = join('APETAGEX', number(2000, 4), number(32, 4), new Uint8Array(16));
    for (const size of [0, 0xffffffff]) {
      const chunks = [info({ INAM: 'SECRET' }), riffChunk('zzzz', ['SECRET']), riffChunk('id3 ', ['SECRET odd'])];
      await expectClean(riffFile([description, open(size), ...chunks]));
      await expectClean(riffFile([description, open(size), riffChunk('id3 ', ['SECRETS'], { padding: [] })]));
      await expectClean(riffFile([description, open(size), apeTag]));
      await expectClean(riffFile([description, open(size), join('TAGSECRET', new Uint8Array(119))]));
    }
  });

  it('a pad byte that is missing behind an odd chunk', async () => {
    const unpadded = riffChunk('LIST', ['INFOISFT', number(5, 4), 'Lavf.'], { padding: [] });
    await expectClean(riffFile([unpadded, description, samples]));
    const odd = join('abc');
    const eightBits = riffChunk('fmt ', [fmt({ channels: 1, bits: 8 })]);
    const file = riffFile([eightBits, riffChunk('data', [odd], { padding: [] }), info({ INAM: 'SECRET' })]);
    await expectClean(file, riffFile([eightBits, riffChunk('data', [odd])]));
  });

  it('8-bit sound that is described without its bits', async () => {
    const short = fmt({ channels: 1, bits: 8 }).subarray(0, 14);
    const whole = riffChunk('fmt ', [fmt({ channels: 1, bits: 8 })]);
    const data = riffChunk('data', [tone()]);
    await expectClean(riffFile([riffChunk('fmt ', [short]), data]), riffFile([whole, data]));
  });

  it('a block length of 0', async () => {
    await expectClean(riffFile([riffChunk('fmt ', [fmt({ blockAlign: 0 })]), samples]));
  });

  it('an extension that does not say how long it is', async () => {
    const body = (cbSize: number): Uint8Array =>
      riffChunk('fmt ', [fmt({ tag: 0xfffe, extension: extensible(16, 3, 1, cbSize) })]);
    for (const size of [0, 4000]) await expectClean(riffFile([body(size), samples]), riffFile([body(22), samples]));
  });

  it('chunks of an odd writer in front of the sound', async () => {
    await expectClean(riffFile([riffChunk('\0\0\0\0', ['SECRET']), description, samples]));
  });

  it('ds64 that is not there', async () => {
    const open = riffChunk('data', [tone()], { size: 0xffffffff });
    await expectClean(riffFile([description, open], { family: 'RF64' }));
  });
});

describe('WAV files past 4 GiB', () => {
  const FIVE_GIB = 5 * 1024 ** 3;

  /** A file that is as long as it says and holds zeros behind its headers. */
  function sparse(head: Uint8Array, size: number): OpenInput {
    return openSource({
      size,
      read: async (start, end) => {
        const bytes = new Uint8Array(end - start);
        if (start < head.length) bytes.set(head.subarray(start, Math.min(end, head.length)));
        return bytes;
      },
    });
  }

  it('are written as RF64, and read again as they are', async () => {
    const data = riffChunk('data', [], { size: 0xffffffff });
    const head = riffFile([ds64(1, FIVE_GIB, 1), riffChunk('bext', ['SECRET']), description, data], { family: 'BW64' });
    const walked = await walk(sparse(head, head.length + FIVE_GIB), undefined, false);
    const expected = riffFile([ds64(FIVE_GIB + 72, FIVE_GIB, FIVE_GIB / 4), description, data], { family: 'RF64' });
    const headers = walked.pieces.flatMap((piece) => (piece instanceof Uint8Array ? [piece] : []));
    expect(Buffer.from(join(...headers))).toEqual(Buffer.from(expected));
    expect(walked.bytesOut).toBe(expected.length + FIVE_GIB);
    expect((await walk(sparse(expected, walked.bytesOut), undefined, false)).changed).toBe(false);
  });

  it('are not written as RIFX, which ends there', async () => {
    const how = { family: 'RIFX', size: 0 } as const;
    const head = riffFile([chunk(IFF, 'fmt ', [fmt({}, false)]), chunk(IFF, 'data', [], { size: 0xffffffff })], how);
    const size = 0xffffffff + head.length;
    const error: unknown = await walk(sparse(head, size), undefined, false).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unsupported' });
  });
});

describe('what is refused of WAV files', () => {
  const of = (...chunks: Uint8Array[]): Uint8Array => riffFile(chunks);
  const adm = of(
    riffChunk('fmt ', [fmt({ channels: 4 })]),
    riffChunk('chna', ['objects ']),
    riffChunk('data', [tone(100, 4)]),
  );
  const empty = of(description, riffChunk('data', []), info({ INAM: 'x' }));
  const guid = fmt({ tag: 0xfffe, extension: join([22, 0, 16, 0, 3, 0, 0, 0], '0123456789abcdef') });
  const files: [string, Uint8Array, Partial<ScrubError>][] = [
    [
      'a coding that is not known',
      of(riffChunk('fmt ', [fmt({ tag: 0x161 })]), samples),
      { code: 'unsupported', offset: 20 },
    ],
    ['a GUID that is not known', of(riffChunk('fmt ', [guid]), samples), { code: 'unsupported', trail: ['fmt '] }],
    ['a scene of objects', adm, { code: 'unsupported', trail: ['chna'], offset: 36 }],
    ['two sounds', of(description, samples, samples), { code: 'malformed', trail: ['data'] }],
    ['two descriptions', of(description, description, samples), { code: 'malformed', trail: ['fmt '], offset: 36 }],
    ['no sound', of(description), { code: 'malformed', trail: ['data'] }],
    ['no description', of(samples), { code: 'malformed', trail: ['fmt '] }],
    ['a description that is cut off', of(riffChunk('fmt ', [[1, 0]]), samples), { code: 'malformed', trail: ['fmt '] }],
    ['no channels', of(riffChunk('fmt ', [fmt({ channels: 0 })]), samples), { code: 'malformed' }],
    ['samples of no length', of(riffChunk('fmt ', [fmt({ bits: 0 })]), samples), { code: 'malformed' }],
    [
      'sound of WavPack before version 4',
      of(description, riffChunk('data', ['wvpk', new Uint8Array(90)], { size: 400000 })),
      { code: 'unsupported', offset: 44 },
    ],
    ['chunks where the sound should be', empty, { code: 'malformed', trail: ['data'], offset: 36 }],
  ];
  it.each(files)('%s', async (_, file, expected) => {
    await expect(scrub(file)).rejects.toMatchObject({ name: 'ScrubError', format: 'wav', ...expected });
  });
});

describe('hostile WAV files', () => {
  it.each([0, 1, 23])('W64 chunks of a size of %i, which does not count the header', async (size) => {
    const file = riffFile(
      [chunk(W64, 'zzzz', [], { size }), chunk(W64, 'fmt ', [fmt()]), chunk(W64, 'data', [tone()])],
      {
        family: 'W64',
      },
    );
    expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(wavFile([], [], { family: 'W64' })));
  });

  it('a size of 2⁶⁴ − 1', async () => {
    const chunks = [chunk(W64, 'zzzz', [], { size: 0xffff_ffff_ffff_ffffn }), chunk(W64, 'fmt ', [fmt()])];
    await expect(scrub(riffFile(chunks, { family: 'W64' }))).rejects.toMatchObject({
      name: 'ScrubError',
      code: 'malformed',
    });
  });

  it('a flood of empty chunks costs linear time', async () => {
    const flood = new Uint8Array(8 * 200_000);
    for (let at = 0; at < flood.length; at += 8) flood.set([0x7a, 0x7a, 0x7a, 0x7a], at);
    await expectClean(wavFile([flood]));
    const file = wavFile([flood]);
    await expect(scrub(file, { limits: { structures: 1000 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('sound of unknown size made of what looks like chunks costs linear time', async () => {
    const chunks = new Uint8Array(8 * 100_000 + 3);
    for (let at = 0; at + 8 <= chunks.length; at += 8) chunks.set(join('LIST'), at);
    const file = riffFile([description, riffChunk('data', [chunks], { size: 0xffffffff, padding: [] })]);
    expect((await scrub(file)).length).toBe(44 + 8 * 100_000);
  });

  it('MPEG sound is carried over unread where MP3 is not among the formats, and it is said', async () => {
    const mpeg = fmt({
      tag: 0x55,
      bits: 0,
      blockAlign: 1,
      byteRate: 4000,
      extension: join([12, 0, 1, 0], new Uint8Array(10)),
    });
    const file = riffFile([
      riffChunk('fmt ', [mpeg]),
      riffChunk('data', [[0xff, 0xfb, 0x10, 0x00], new Uint8Array(9)]),
    ]);
    expect(await scrub(file)).toBe(file);
    expect((await inspect(file)).residual).toContain('MPEG frames, which are carried over unread.');
  });
});
