import { describe, expect, it } from 'vitest';
import { amr } from '../../src/formats/amr.ts';
import { createScrubber } from '../../src/scrub.ts';
import { frame, NARROWBAND, NB_12_2, NB_SID, NO_DATA, WB_23_85, WIDEBAND } from '../builders/amr.ts';
import { join } from '../builders/jpeg.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([amr]);

const frames = [frame(NB_12_2), frame(NB_SID), frame(NO_DATA), frame(NB_12_2, 1)];
const clean = join(NARROWBAND, ...frames);

describe('AMR files', () => {
  it.each([
    ['an ID3v1 tag', join('TAGSECRET', new Uint8Array(119))],
    ['an ID3v2 tag', join('ID3\x03\0\0\0\0\0\x10', 'SECRETSECRETSECR')],
    ['an APE tag', join('APETAGEX', 'SECRETSECRETSECRETSECRET')],
    ['a part of a frame', join([0x3c], 'SECRET')],
  ])('lose %s behind the last frame', async (_, trailer) => {
    const { output, report } = await scrubWithReport(join(clean, trailer));
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings).toMatchObject([
      { kind: 'trailing-data', action: 'removed', bytes: trailer.length, offset: clean.length },
    ]);
  });

  it('lose the padding bits of frame headers', async () => {
    const file = join(NARROWBAND, ...[NB_12_2, NB_SID, NO_DATA].map((type) => frame(type, 0, 0x83)), frame(NB_12_2, 1));
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings).toEqual([
      { kind: 'other', where: 'frame header padding', action: 'removed', bytes: 3, offset: 6 },
    ]);
    expect(await hashStreams(output, 'amr')).toBe(await hashStreams(file, 'amr'));
  });

  it('stay as they are where they are clean', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'amr', mediaType: 'audio/amr', changed: false, findings: [] });
    const wide = join(WIDEBAND, frame(WB_23_85), frame(WB_23_85, 1));
    const { output: same, report: wideReport } = await scrubWithReport(wide);
    expect(same).toBe(wide);
    expect(wideReport.mediaType).toBe('audio/amr-wb');
  });

  it('with a frame of a reserved type are refused', async () => {
    for (const type of [9, 12, 14]) {
      const file = join(clean, [type << 3], frame(NB_12_2));
      await expect(scrub(file)).rejects.toMatchObject({ code: 'malformed', offset: clean.length, trail: ['frame'] });
    }
  });

  it('without a whole frame are refused', async () => {
    await expect(scrub(join(NARROWBAND, [0x3c, 1, 2]))).rejects.toMatchObject({ code: 'malformed', offset: 6 });
    await expect(scrub(join(NARROWBAND))).rejects.toMatchObject({ code: 'malformed', offset: 6 });
  });
});
