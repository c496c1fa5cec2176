import { describe, expect, it } from 'vitest';
import { au } from '../../src/formats/au.ts';
import { createScrubber } from '../../src/scrub.ts';
import { bigTone } from '../builders/aiff.ts';
import { auFile } from '../builders/au.ts';
import { number } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { fmt, riffChunk, riffFile } from '../builders/wav.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([au]);

const samples = bigTone();
const clean = auFile({ samples });

async function expectClean(file: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(expected));
}

describe('AU files', () => {
  it('lose their annotation', async () => {
    for (const annotation of ['SECRET', [0, 0, 0, 0], 'SECRET'.repeat(2000)]) {
      const { output, report } = await scrubWithReport(auFile({ samples, annotation: [annotation] }));
      expect(Buffer.from(output)).toEqual(Buffer.from(clean));
      expect(report.findings).toMatchObject([{ kind: 'comment', where: 'annotation', action: 'removed', offset: 24 }]);
    }
  });

  it('lose what stands behind the sound, and a part of a sample', async () => {
    const { report } = await scrubWithReport(auFile({ samples, trailer: 'SECRET' }));
    expect(report.findings).toMatchObject([{ kind: 'trailing-data', bytes: 6, offset: 24 + samples.length }]);
    await expectClean(auFile({ samples, trailer: 'SECRET' }));
    await expectClean(auFile({ samples: join(samples, 'SEC') }));
  });

  it('keep the sound, and stay as they are where they are clean', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'au', mediaType: 'audio/basic', changed: false, findings: [] });
  });

  it.each([
    'pcm_s8',
    'pcm_s16be',
    'pcm_s24be',
    'pcm_s32be',
    'pcm_f32be',
    'pcm_f64be',
    'pcm_mulaw',
    'pcm_alaw',
    'g726le',
  ])('keep sound coded as %s', async (codec) => {
    const mono = riffFile([riffChunk('fmt ', [fmt({ channels: 1, rate: 8000 })]), riffChunk('data', [samples])]);
    const coded = codec === 'g726le' ? ['-c:a', codec, '-code_size', '4'] : ['-c:a', codec];
    const file = await runFfmpeg(mono, 'wav', [...coded, '-metadata', 'title=SECRET'], 'coded.au');
    expect(Buffer.from(file).includes('SECRET')).toBe(true);
    const output = await scrub(file);
    expect(Buffer.from(output).includes('SECRET')).toBe(false);
    expect(await hashStreams(output, 'au')).toBe(await hashStreams(file, 'au'));
  });

  it.each([0, 0xffffffff, 100_000])(
    'with a size of %i have the rest of the file for sound, without tags behind it',
    async (size) => {
      await expectClean(auFile({ samples, size }));
      await expectClean(auFile({ samples, size, trailer: join('TAGSECRET', new Uint8Array(119)) }));
    },
  );

  it.each([
    ['a coding that is not known', auFile({ samples, encoding: 13 }), 'unsupported', 12],
    ['a beginning inside the header', auFile({ samples, dataStart: 8 }), 'malformed', 4],
    ['a beginning past the end', auFile({ samples, dataStart: 0x7fffffff }), 'malformed', 4],
    ['no channels', auFile({ samples, channels: 0 }), 'malformed', 4],
    ['a header that is cut off', join('.snd', number(24, 4, false)), 'malformed', 0],
  ] as const)('with %s are refused', async (_, file, code, offset) => {
    await expect(scrub(file)).rejects.toMatchObject({ name: 'ScrubError', format: 'au', code, offset });
  });
});
