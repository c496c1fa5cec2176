import { createHash } from 'node:crypto';
import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { ape } from '../../src/formats/ape.ts';
import { createScrubber } from '../../src/scrub.ts';
import { type ApeContent, apeFile, noise } from '../builders/ape.ts';
import { join } from '../builders/jpeg.ts';
import { apeTag, id3v1, titleTag } from '../builders/tags.ts';
import { info, wavFile } from '../builders/wav.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([ape]);

const frames = [noise(1), noise(2), noise(3)];
const file = (content: Partial<ApeContent> = {}): Uint8Array => apeFile({ frames, blocksPerFrame: 1000, ...content });
const clean = file({ flags: 0x20 });

async function expectClean(dirty: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(dirty))).toEqual(Buffer.from(expected));
}

describe("Monkey's Audio files", () => {
  it('lose the header and the trailer of the file that was packed', async () => {
    const dirty = file({ headerData: wavFile([info({ INAM: 'SECRET' })]), terminatingData: info({ IART: 'SECRET' }) });
    const { output, report } = await scrubWithReport(dirty);
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings.map(({ action, where }) => `${action} ${where}`)).toEqual([
      'removed header data',
      'removed terminating data',
    ]);
    expect(await hashStreams(output, 'ape')).toBe(await hashStreams(dirty, 'ape'));
  });

  it('lose tags in front and behind', async () => {
    const dirty = join(titleTag('SECRET', 300), clean, apeTag({ Title: 'SECRET' }), id3v1('SECRET'));
    await expectClean(dirty);
    expect((await parseBuffer(join(clean, apeTag({ Title: 'SECRET' })), 'audio/ape')).common.title).toBe('SECRET');
    expect((await parseBuffer(await scrub(dirty), 'audio/ape')).common.title).toBeUndefined();
  });

  it('lose what stands behind the fields and the frames, and what says what kind of file was packed', async () => {
    const slack = { descriptorSlack: 'SECR', headerSlack: 'SECRET!!', spareEntries: 3, padding: 0x5345 };
    await expectClean(file({ ...slack, flags: 0x20 }));
    await expectClean(join(clean, 'SECRET'));
    await expectClean(file({ flags: 0x20 | 0x40 | 0x200 }));
  });

  it('have an MD5 that is right', async () => {
    const output = await scrub(file({ headerData: 'RIFF' }));
    const sound = join(...frames);
    const expected = createHash('md5')
      .update(sound)
      .update(output.subarray(52, 52 + 24 + 12))
      .digest();
    expect(Buffer.from(output.subarray(36, 52))).toEqual(expected);
  });

  it('keep what the samples are like', async () => {
    await expectClean(file({ flags: 0x1 | 0x1000 }), file({ flags: 0x1 | 0x1000 | 0x20 }));
  });

  it('stay as they are where they are clean', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'ape', mediaType: 'audio/x-ape', changed: false, findings: [] });
  });

  it('that were cut off keep the sound that is there', async () => {
    const cut = file({ headerData: 'RIFF', terminatingBytes: 1000 }).subarray(0, -500);
    const output = await scrub(join(cut, apeTag({ Title: 'SECRET' })));
    expect(Buffer.from(output.subarray(88))).toEqual(Buffer.from(join(...frames).subarray(0, -500)));
    expect(await scrub(output)).toBe(output);
  });

  it.each([
    ['of an old version', file({ version: 3970 }), { code: 'unsupported', offset: 4, trail: ['descriptor'] }],
    ['of a version to come', file({ version: 4200 }), { code: 'unsupported', offset: 4, trail: ['descriptor'] }],
    ['without frames', apeFile({ frames: [] }), { code: 'malformed', trail: ['descriptor'] }],
    [
      'that count no frames',
      Uint8Array.from(clean, (byte, at) => (at >= 64 && at < 68 ? 0 : byte)),
      { code: 'malformed', offset: 64, trail: ['header'] },
    ],
    [
      'with more frames than entries',
      Uint8Array.from(clean, (byte, at) => (at === 64 ? 200 : byte)),
      { code: 'malformed', trail: ['seek table'] },
    ],
    [
      'with a descriptor that is too short',
      Uint8Array.from(clean, (byte, at) => (at === 8 ? 8 : byte)),
      { code: 'malformed', trail: ['descriptor'] },
    ],
    [
      'with a header past the end',
      Uint8Array.from(clean, (byte, at) => (at === 15 ? 0x7f : byte)),
      { code: 'malformed', trail: ['descriptor'] },
    ],
    ['that end in their descriptor', clean.subarray(0, 20), { code: 'malformed', trail: ['descriptor'] }],
  ] as const)('%s are refused', async (_, dirty, expected) => {
    await expect(scrub(dirty)).rejects.toMatchObject({ name: 'ScrubError', format: 'ape', ...expected });
  });

  it('with a seek table larger than the limit are refused', async () => {
    const many = apeFile({ frames: Array.from({ length: 500 }, () => noise(1, 8)) });
    await expect(scrub(many, { limits: { bufferedBytes: 1000 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
