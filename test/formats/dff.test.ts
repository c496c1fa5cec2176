import { describe, expect, it } from 'vitest';
import { dff } from '../../src/formats/dff.ts';
import { createScrubber } from '../../src/scrub.ts';
import { number } from '../builders/chunks.ts';
import { bits, dffFile, dsdiffChunk, properties } from '../builders/dsd.ts';
import { join } from '../builders/jpeg.ts';
import { id3v1 } from '../builders/tags.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([dff]);

const sound = dsdiffChunk('DSD ', [bits(5000)]);
const described = properties(2, 'DSD ', '');
const clean = dffFile([described, sound]);

async function expectClean(file: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(expected));
}

describe('what is dropped from a DSDIFF file', () => {
  it.each(['COMT', 'DIIN', 'MANF', 'ID3 ', 'zzzz'])('the chunk "%s", wherever it stands', async (id) => {
    const secret = dsdiffChunk(id, ['SECRET!']);
    await expectClean(dffFile([secret, described, secret, sound, secret]));
    await expectClean(dffFile([properties(2, 'DSD ', '', secret), sound]));
  });

  it('the name of the compression, and a version that says something', async () => {
    const file = dffFile([properties(2, 'DSD ', 'SECRET name'), sound]);
    await expectClean(file);
    expect(await hashStreams(clean, 'dff')).toBe(await hashStreams(file, 'dff'));
    await expectClean(Uint8Array.from(clean, (byte, at) => (at >= 28 && at < 32 ? 0x53 : byte)));
  });

  it('what stands behind the fields of a property, and properties that are there twice', async () => {
    const rate = dsdiffChunk('FS  ', [number(2822400, 4, false), 'SECRET']);
    const channels = dsdiffChunk('CHNL', [number(2, 2, false), 'SLFTSRGT', 'SECRET']);
    await expectClean(dffFile([properties(2, 'DSD ', '', rate, channels), sound]));
  });

  it('properties beside those that decoders read', async () => {
    const file = dffFile([properties(2, 'DSD ', '', dsdiffChunk('ID3 ', ['x'])), sound, dsdiffChunk('COMT', ['x'])]);
    const { findings } = await inspect(file);
    expect(findings.map(({ kind, where }) => `${kind}: ${where}`)).toEqual(['author: PROP › ID3', 'time: COMT']);
  });

  it('bytes behind the last chunk', async () => {
    await expectClean(dffFile([described, sound], 'SECRET'));
    await expectClean(dffFile([described, sound], join([0, 0, 0, 0], 'SECRET SECRET')));
  });

  it('the index of compressed sound', async () => {
    const frames = [
      dsdiffChunk('FRTE', [number(1, 4, false), number(75, 2, false)]),
      dsdiffChunk('DSTF', [[0], bits(9408)]),
    ];
    const file = (...more: Uint8Array[]): Uint8Array => {
      return dffFile([properties(2, 'DST ', ''), dsdiffChunk('DST ', [...frames, ...more])]);
    };
    await expectClean(file(dsdiffChunk('zzzz', ['SECRET'])), file());
    await expectClean(join(file(), dsdiffChunk('DSTI', ['SECRET'])), file());
  });
});

describe('what is kept of a DSDIFF file', () => {
  it('a clean file as it is', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'dff', changed: false, findings: [] });
  });

  it('start time and loudspeakers', async () => {
    const others = [dsdiffChunk('ABSS', [new Uint8Array(8).fill(1)]), dsdiffChunk('LSCO', [[0, 0]])];
    const output = await scrub(dffFile([properties(2, 'DSD ', '', ...others), sound]));
    for (const chunk of others) expect(Buffer.from(output).includes(Buffer.from(chunk))).toBe(true);
  });

  it('the sound that is there of a file that was cut off', async () => {
    const file = dffFile([described, dsdiffChunk('DSD ', [bits(5000)], { size: 1_000_000 })]);
    await expectClean(file);
    await expectClean(join(file, dsdiffChunk('ID3 ', ['SECRETS'])));
    await expectClean(join(file, id3v1('SECRET')));
  });
});

describe('what is refused of DSDIFF files', () => {
  it.each([
    ['no sound', dffFile([described]), ['DSD ']],
    ['no description', dffFile([sound]), ['PROP']],
    ['two sounds', dffFile([described, sound, sound]), ['DSD ']],
    [
      'a property that is too short',
      dffFile([properties(2, 'DSD ', '', dsdiffChunk('FS  ', ['x'])), sound]),
      ['PROP', 'FS  '],
    ],
    [
      'a property past its chunk',
      dffFile([properties(2, 'DSD ', '', dsdiffChunk('FS  ', ['x'], { size: 999 })), sound]),
      ['PROP'],
    ],
    [
      'a frame past its chunk',
      dffFile([described, dsdiffChunk('DST ', [dsdiffChunk('DSTF', ['x'], { size: 99 })]), described]),
      ['DST '],
    ],
  ] as const)('%s', async (_, file, trail) => {
    await expect(scrub(file)).rejects.toMatchObject({ name: 'ScrubError', format: 'dff', code: 'malformed', trail });
  });
});
