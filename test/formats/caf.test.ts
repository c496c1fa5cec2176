import { describe, expect, it } from 'vitest';
import { caf } from '../../src/formats/caf.ts';
import { createScrubber } from '../../src/scrub.ts';
import { cafChunk, cafFile, data, desc, info } from '../builders/caf.ts';
import { chunk, number, RIFF, tone } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { fmt, riffFile } from '../builders/wav.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([caf]);

const packets = tone();
const clean = cafFile([desc(), data(packets)]);

async function expectClean(file: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(expected));
}

describe('what is dropped from a CAF file', () => {
  const ids = [
    'info',
    'strg',
    'mark',
    'regn',
    'inst',
    'midi',
    'umid',
    'ovvw',
    'peak',
    'uuid',
    'free',
    'zzzz',
    '\0\0\0\0',
  ];
  it.each(ids)('the chunk "%s", wherever it stands', async (id) => {
    const secret = cafChunk(id, ['SECRET']);
    await expectClean(cafFile([desc(), secret, data(packets), secret]));
    await expectClean(cafFile([desc(), data(packets)], secret));
  });

  it('with what each tells about', async () => {
    const file = cafFile([desc(), info({ artist: 'x' }), cafChunk('uuid', ['x']), data(packets)]);
    expect((await inspect(file)).findings.map(({ kind, where }) => `${kind}: ${where}`)).toEqual([
      'author: info',
      'identifier: uuid',
    ]);
  });

  it('how often the file was edited, and its flags', async () => {
    await expectClean(cafFile([desc(), data(packets, 0x53454352)]));
    await expectClean(join('caff', [0, 1, 0x53, 0x45], desc(), data(packets)));
  });

  it('what stands behind the fields of a chunk', async () => {
    const layout = [number(101 << 16, 4, false), number(0, 4), number(0, 4)];
    const table = [number(0, 8), number(1500, 8, false), number(0, 8)];
    const whole = [desc(), cafChunk('chan', layout), cafChunk('pakt', table), data(packets)];
    const description = cafChunk('desc', [desc().subarray(12), 'SECRET']);
    const dirty = [
      description,
      cafChunk('chan', [...layout, 'SECRET']),
      cafChunk('pakt', [...table, 'SECRET']),
      data(packets),
    ];
    await expectClean(cafFile(dirty), cafFile(whole));
  });

  it('a layout or a table that is cut off and can be done without', async () => {
    for (const id of ['chan', 'pakt']) {
      const file = cafFile([desc(), cafChunk(id, ['SECRET']), data(packets)]);
      const { output, report } = await scrubWithReport(file);
      expect(Buffer.from(output)).toEqual(Buffer.from(clean));
      expect(report.findings).toMatchObject([{ where: id, action: 'removed', bytes: 6, note: 'It is cut off.' }]);
    }
  });

  it('a part of a sample, and bytes behind the last chunk', async () => {
    await expectClean(cafFile([desc(), data(join(packets, 'SEC'))]));
    await expectClean(cafFile([desc(), data(packets)], 'SECRET'));
    await expectClean(cafFile([desc(), data(packets)], join('free', number(1000, 8, false), 'SECRET')));
  });
});

describe('what is kept of a CAF file', () => {
  it('a clean file as it is', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'caf', mediaType: 'audio/x-caf', changed: false, findings: [] });
  });

  it.each(['pcm_s16le', 'pcm_s24be', 'pcm_f32le', 'pcm_mulaw', 'alac', 'adpcm_ima_qt', 'adpcm_ms'])(
    'sound coded as %s',
    async (codec) => {
      const source = riffFile([chunk(RIFF, 'fmt ', [fmt()]), chunk(RIFF, 'data', [tone(5000)])]);
      const file = await runFfmpeg(source, 'wav', ['-c:a', codec, '-metadata', 'title=SECRET'], 'coded.caf');
      expect(Buffer.from(file).includes('SECRET')).toBe(true);
      const output = await scrub(file);
      expect(Buffer.from(output).includes('SECRET') || Buffer.from(output).includes('Lavf')).toBe(false);
      expect(await hashStreams(output, 'caf')).toBe(await hashStreams(file, 'caf'));
    },
  );

  it('sound without a size, which becomes one', async () => {
    const open = data(packets, 0, { size: 0xffff_ffff_ffff_ffffn });
    await expectClean(cafFile([desc(), info({ title: 'SECRET' }), open]));
    await expectClean(cafFile([desc(), open], join('TAGSECRET', new Uint8Array(119))));
    await expectClean(cafFile([desc(), data(packets, 0, { size: 100_000 })]));
  });

  it('that decoder settings were not read is said', async () => {
    const file = cafFile([desc(), cafChunk('kuki', ['settings']), data(packets)]);
    expect((await inspect(file)).residual).toContain("The decoder's settings (kuki), which are carried over unread.");
  });
});

describe('what is refused of CAF files', () => {
  const cut = cafChunk('pakt', [number(5, 8, false), new Uint8Array(16), [1, 2]]);
  const varying = desc({ formatId: 'alac', bytesPerPacket: 0, framesPerPacket: 4096 });
  const files: [string, Uint8Array, object][] = [
    [
      'a coding that is not known',
      cafFile([desc({ formatId: 'zzzz' }), data(packets)]),
      { code: 'unsupported', trail: ['desc'], offset: 28 },
    ],
    ['no sound', cafFile([desc()]), { code: 'malformed', trail: ['data'] }],
    ['no description', cafFile([data(packets)]), { code: 'malformed', trail: ['desc'] }],
    [
      'a description that is cut off',
      cafFile([cafChunk('desc', ['x']), data(packets)]),
      { code: 'malformed', trail: ['desc'] },
    ],
    ['two sounds', cafFile([desc(), data(packets), data(packets)]), { code: 'malformed', trail: ['data'] }],
    [
      'a chunk past the end in front of the sound',
      cafFile([desc(), cafChunk('free', ['x'], { size: 2n ** 62n })]),
      { code: 'malformed', trail: ['free'] },
    ],
    ['a packet table that is cut off', cafFile([varying, cut, data(packets)]), { code: 'malformed', trail: ['pakt'] }],
  ];
  it.each(files)('%s', async (_, file, expected) => {
    await expect(scrub(file)).rejects.toMatchObject({ name: 'ScrubError', format: 'caf', ...expected });
  });

  it('headers larger than the limit', async () => {
    const file = cafFile([desc(), cafChunk('kuki', [new Uint8Array(3000)]), data(packets)]);
    await expect(scrub(file, { limits: { bufferedBytes: 2000 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('AAC', () => {
  /** A raw data block: a fill element (id 6, count in 4 bits) with a word in it, then one channel of silence. */
  const packet = (word: string): Uint8Array => {
    // 110, count of up to 14, the type 0 and the word, one bit off from bytes: 7 bits in front.
    const bits = ['110', (word.length + 1).toString(2).padStart(4, '0'), '00000000'];
    for (const letter of word) bits.push(letter.charCodeAt(0).toString(2).padStart(8, '0'));
    bits.push('000', '0'.repeat(40));
    const text = bits.join('');
    return Uint8Array.from({ length: Math.floor(text.length / 8) }, (_, at) =>
      Number.parseInt(text.slice(at * 8, at * 8 + 8), 2),
    );
  };
  const file = (word: string): Uint8Array => {
    const [first, second] = [packet(word), packet('')];
    return cafFile([
      desc({ formatId: 'aac ', formatFlags: 0, bytesPerPacket: 0, framesPerPacket: 1024, channels: 1, bits: 0 }),
      cafChunk('pakt', [
        number(2, 8, false),
        number(2048, 8, false),
        number(0, 8, false),
        [first.length, second.length],
      ]),
      data(join(first, second)),
    ]);
  };

  it('does not name its encoder', async () => {
    const given = file('Lavc61.3');
    const output = await scrub(given);
    expect(output.length).toBe(given.length);
    expect(output).toEqual(await scrub(file('libx2024')));
    expect((await inspect(given)).findings).toMatchObject([{ kind: 'software', action: 'rewritten' }]);
    expect((await scrubWithReport(output)).report.changed).toBe(false);
  });

  it('is refused where nothing says how long its packets are', async () => {
    const given = cafFile([desc({ formatId: 'aac ', bytesPerPacket: 0, framesPerPacket: 1024 }), data(packet('x'))]);
    await expect(scrub(given)).rejects.toMatchObject({ code: 'malformed' });
  });
});
