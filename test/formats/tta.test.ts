import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/bytes/crc32.ts';
import { tta } from '../../src/formats/tta.ts';
import { createScrubber } from '../../src/scrub.ts';
import { number, tone } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { apeTag, id3v1, titleTag } from '../builders/tags.ts';
import { fmt, riffChunk, riffFile } from '../builders/wav.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([tta]);

const source = riffFile([riffChunk('fmt ', [fmt({ rate: 8000 })]), riffChunk('data', [tone(20000)])]);
const clean = await runFfmpeg(source, 'wav', ['-c:a', 'tta', '-fflags', '+bitexact'], 'out.tta');

async function expectClean(dirty: Uint8Array): Promise<void> {
  expect(Buffer.from(await scrub(dirty))).toEqual(Buffer.from(clean));
}

/** The file with other words in its header, and a checksum that fits. */
function withHeader(at: number, ...bytes: number[]): Uint8Array {
  const file = clean.slice();
  file.set(bytes, at);
  file.set(number(crc32(file.subarray(0, 18)), 4), 18);
  return file;
}

describe('TTA files', () => {
  it('lose tags in front and behind, and bytes behind the last frame', async () => {
    const dirty = join(titleTag('SECRET', 300), clean, apeTag({ Title: 'SECRET' }), id3v1('SECRET'));
    await expectClean(dirty);
    await expectClean(join(clean, 'SECRET'));
    expect(await hashStreams(clean, 'tta')).toBe(await hashStreams(dirty, 'tta'));
  });

  it('lose checksums that are not those of header and table', async () => {
    const tableEnd = 22 + 4 * Math.ceil(20000 / Math.floor((256 * 8000) / 245));
    for (const at of [18, tableEnd]) {
      const dirty = clean.slice();
      dirty.set([0x53, 0x45, 0x43, 0x52], at);
      await expectClean(dirty);
    }
  });

  it('stay as they are where they are clean', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'tta', mediaType: 'audio/x-tta', changed: false, findings: [] });
  });

  it('that were cut off keep the sound that is there', async () => {
    const cut = clean.slice(0, -300);
    expect(await scrub(cut)).toBe(cut);
    expect(Buffer.from(await scrub(join(cut, apeTag({ Title: 'SECRET' }))))).toEqual(Buffer.from(cut));
  });

  it.each([
    ['with a password', withHeader(4, 2, 0), 'encrypted', 4],
    ['coded in a way that is not known', withHeader(4, 9, 0), 'unsupported', 4],
    ['without a sample rate', withHeader(10, 0, 0, 0, 0), 'malformed', 10],
    ['with a table past the end', withHeader(14, 0xff, 0xff, 0xff, 0x3f), 'malformed', 22],
    ['that end in their header', clean.subarray(0, 12), 'malformed', 0],
  ] as const)('%s are refused', async (_, dirty, code, offset) => {
    await expect(scrub(dirty)).rejects.toMatchObject({ name: 'ScrubError', format: 'tta', code, offset });
  });

  it('with a table larger than the limit are refused', async () => {
    await expect(scrub(clean, { limits: { bufferedBytes: 8 } })).rejects.toMatchObject({
      code: 'limit-exceeded',
      trail: ['seek table'],
    });
  });
});
