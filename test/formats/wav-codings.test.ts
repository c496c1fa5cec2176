// Sound that other formats code, inside of WAV.
import { describe, expect, it } from 'vitest';
import { wav } from '../../src/formats/wav.ts';
import { createScrubber } from '../../src/scrub.ts';
import { tone } from '../builders/chunks.ts';
import { fmt, riffChunk, riffFile, wavFile } from '../builders/wav.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([wav]);

describe('AC-3 in WAV', () => {
  it('is carried over as it is, which the report says', async () => {
    const dirty = await runFfmpeg(wavFile(), 'wav', ['-c:a', 'ac3', '-metadata', 'title=SECRET'], 'out.wav');
    expect(Buffer.from(dirty).includes('SECRET')).toBe(true);
    const { output, report } = await scrubWithReport(dirty);
    expect(Buffer.from(output).includes('SECRET')).toBe(false);
    expect(await hashStreams(output, 'wav')).toBe(await hashStreams(dirty, 'wav'));
    expect(report.residual.some((sentence) => sentence.includes('AC-3'))).toBe(true);
    expect(await scrub(output)).toBe(output);
  });
});

describe('a coding that is not cleaned in WAV is named', () => {
  it.each([
    [0xff, 'AAC'],
    [0x161, 'Windows Media Audio'],
    [0x2001, 'DTS'],
    [0x7777, 'not known'],
  ])('%i', async (tag, name) => {
    const file = riffFile([riffChunk('fmt ', [fmt({ tag })]), riffChunk('data', [tone()])]);
    await expect(scrub(file)).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining(name) });
  });
});
