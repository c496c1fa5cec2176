// WAV and AIFF with ID3v2 tags in front, which decoders play.
import { describe, expect, it } from 'vitest';
import { aiff } from '../../src/formats/aiff.ts';
import { mp3 } from '../../src/formats/mp3.ts';
import { wav } from '../../src/formats/wav.ts';
import { createScrubber } from '../../src/scrub.ts';
import { bigTone, comm, form, ssnd, text } from '../builders/aiff.ts';
import { join, titleTag } from '../builders/tags.ts';
import { info, wavFile } from '../builders/wav.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([mp3, wav, aiff]);

const files: [string, Uint8Array, Uint8Array][] = [
  ['wav', wavFile([info({ INAM: 'SECRET' })]), wavFile([])],
  ['aiff', form('AIFF', [comm(), text('NAME', 'SECRET'), ssnd(bigTone())]), form('AIFF', [comm(), ssnd(bigTone())])],
];

describe.each(files)('%s behind tags', (id, dirty, clean) => {
  it('loses them, and plays as before', async () => {
    const file = join(titleTag('SECRET', 100), titleTag('SECRET'), dirty);
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report).toMatchObject({ format: id, changed: true });
    expect(report.findings[0]).toMatchObject({ where: 'ID3v2.3 › TIT2', action: 'removed', offset: 0 });
    expect(report.findings.at(-1)?.offset).toBeGreaterThan(100);
    expect(await hashStreams(output, id)).toBe(await hashStreams(dirty, id));
    expect(await scrub(output)).toBe(output);
  });

  it('is refused as what it is', async () => {
    const cut = join(titleTag('SECRET'), dirty.subarray(0, 20));
    await expect(scrub(cut)).rejects.toMatchObject({ name: 'ScrubError', format: id });
  });
});
