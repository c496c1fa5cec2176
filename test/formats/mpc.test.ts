import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { mpc } from '../../src/formats/mpc.ts';
import { createScrubber } from '../../src/scrub.ts';
import { join } from '../builders/jpeg.ts';
import { packet, replayGain, size, sound, streamHeader, sv7, sv8 } from '../builders/mpc.ts';
import { apeTag, id3v1, titleTag } from '../builders/tags.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([mpc]);

async function expectClean(dirty: Uint8Array, expected: Uint8Array): Promise<void> {
  expect(Buffer.from(await scrub(dirty))).toEqual(Buffer.from(expected));
}

/** The packets of sound as FFmpeg sees them, but for the first, in which stream version 7 has the encoder. */
async function packets(file: Uint8Array): Promise<string> {
  const listed = await runFfmpeg(file, 'mpc', ['-c', 'copy', '-f', 'framemd5']);
  const lines = new TextDecoder().decode(listed).split('\n');
  return lines.filter((line) => /^0, +[1-9]/.test(line)).join('\n');
}

describe('Musepack files of stream version 7', () => {
  const clean = sv7({ profile: 0, encoder: 0 });

  it('lose what the header says of the encoder, and bits that mean nothing', async () => {
    await expectClean(sv7({ profile: 13, encoder: 0x53, unused: 0x5a5a5, spare: 1 }), clean);
    const { findings } = await inspect(sv7());
    expect(findings).toMatchObject([{ kind: 'software', where: 'header › encoder', action: 'removed' }]);
    expect(await packets(clean)).toBe(await packets(sv7({ profile: 13, encoder: 0x53 })));
    expect(await packets(clean)).toMatch(/0, +4, +4,/);
  });

  it('lose loudness, or keep it on demand', async () => {
    const gains = [1000, 2000, 3000, 4000];
    await expectClean(sv7({ gains }), clean);
    const { output, report } = await scrubWithReport(sv7({ gains }), { keep: ['loudness'] });
    expect(Buffer.from(output)).toEqual(Buffer.from(sv7({ gains, profile: 0, encoder: 0 })));
    expect(report.findings[0]).toMatchObject({ where: 'header › replay gain', action: 'kept' });
  });

  it('lose tags, and bytes behind the last frame', async () => {
    const tag = apeTag({ Title: 'SECRET' });
    expect((await parseBuffer(join(clean, tag), 'audio/musepack')).common.title).toBe('SECRET');
    await expectClean(join(titleTag('SECRET', 300), clean, tag, id3v1('SECRET')), clean);
    await expectClean(join(clean, 'SECRET'), clean);
  });

  it('stay as they are where they are clean, or were cut off', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'mpc', mediaType: 'audio/x-musepack', changed: false, findings: [] });
    const cut = clean.slice(0, -200);
    expect(await scrub(cut)).toBe(cut);
  });

  it.each([
    ['of an old stream version', sv7({ version: 6 }), 'unsupported', 3],
    ['that end in their header', sv7().subarray(0, 20), 'malformed', 0],
  ] as const)('%s are refused', async (_, dirty, code, offset) => {
    await expect(scrub(dirty)).rejects.toMatchObject({ name: 'ScrubError', format: 'mpc', code, offset });
  });
});

describe('Musepack files of stream version 8', () => {
  const header = streamHeader(6 * 1152);
  const audio = join(...sound(6));
  const noGain = replayGain(0, 0, 0, 0);
  const table = packet('ST', size(1), [0x05, 0x12, 0x34]);
  const offset = packet('SO', size(audio.length + 8), new Uint8Array(3));
  const end = packet('SE');
  const clean = sv8(header, noGain, packet('EI', [0, 0, 0, 0]), offset, audio, table, end);

  it('lose what is said of the encoder, and loudness, or keep that on demand', async () => {
    const gain = replayGain(1, 2, 3, 4);
    const dirty = sv8(header, gain, packet('EI', 'SECR'), offset, audio, table, end);
    const { output, report } = await scrubWithReport(dirty);
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings.map(({ action, where }) => `${action} ${where}`)).toEqual(['removed RG', 'removed EI']);
    const kept = await scrub(dirty, { keep: ['loudness'] });
    expect(Buffer.from(kept)).toEqual(
      Buffer.from(sv8(header, gain, packet('EI', [0, 0, 0, 0]), offset, audio, table, end)),
    );
    expect(await packets(output)).toBe(await packets(dirty));
    expect(await packets(output)).toMatch(/0, +5, +5,/);
  });

  it('lose chapters and packets that are not known', async () => {
    const chapter = packet('CT', size(5), [0, 0, 0, 0], 'SECRET');
    const unknown = packet('ZZ', 'SECRET');
    const encoder = packet('EI', [0, 0, 0, 0]);
    await expectClean(sv8(header, noGain, encoder, offset, audio, table, chapter, unknown, end), clean);
    const { findings } = await inspect(sv8(header, noGain, encoder, offset, audio, table, chapter, end));
    expect(findings).toMatchObject([{ kind: 'comment', where: 'CT', action: 'removed' }]);
  });

  it('lose a seek table that would no longer be right, for the sound has moved', async () => {
    const unknown = packet('ZZ', 'SECRET');
    const moved = sv8(header, noGain, unknown, offset, audio, table, end);
    await expectClean(moved, sv8(header, noGain, audio, end));
    await expectClean(
      sv8(header, noGain, audio.subarray(0, 304), unknown, audio.subarray(304), end),
      sv8(header, noGain, audio, end),
    );
  });

  it('have an offset of the seek table that is right', async () => {
    const wrong = packet('SO', 'SECRE');
    await expectClean(sv8(header, noGain, packet('EI', [0, 0, 0, 0]), wrong, audio, table, end), clean);
  });

  it('lose tags, bytes behind the end, and what an end packet holds', async () => {
    const tag = apeTag({ Title: 'SECRET' });
    expect((await parseBuffer(join(clean, tag), 'audio/musepack')).common.title).toBe('SECRET');
    await expectClean(join(titleTag('SECRET', 300), clean, tag, id3v1('SECRET')), clean);
    await expectClean(join(clean, 'SECRET'), clean);
    await expectClean(join(clean.subarray(0, -3), packet('SE', 'SECRET')), clean);
  });

  it('stay as they are where they are clean, or were cut off', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'mpc', changed: false, findings: [] });
    const cut = sv8(header, noGain, audio).slice(0, -100);
    expect(await scrub(cut)).toBe(cut);
  });

  it.each([
    ['without sound', sv8(header, noGain, end), ['AP']],
    ['without a description', sv8(noGain, audio, end), ['SH']],
    ['with more in their description than its fields', sv8(streamHeader(1152, 'SECRET'), audio, end), ['SH']],
    ['with a header that is too long', sv8(header, packet('EI', 'S'.repeat(9000)), audio, end), ['EI']],
    ['with no room for the offset of the seek table', sv8(header, packet('SO'), audio, table, end), ['SO']],
  ] as const)('%s are refused', async (_, dirty, trail) => {
    await expect(scrub(dirty)).rejects.toMatchObject({ name: 'ScrubError', format: 'mpc', code: 'malformed', trail });
  });

  it('of another version of the stream are refused', async () => {
    const other = Uint8Array.from(clean, (byte, at) => (at === 11 ? 9 : byte));
    await expect(scrub(other)).rejects.toMatchObject({ code: 'unsupported', offset: 11, trail: ['SH'] });
  });

  it('with a flood of packets cost linear time', async () => {
    const flood = join(...Array.from({ length: 50_000 }, () => packet('SO', [0])));
    await expect(scrub(sv8(header, flood, audio, end))).resolves.toBeInstanceOf(Uint8Array);
  });
});
