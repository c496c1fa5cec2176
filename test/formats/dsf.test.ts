import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { dsf } from '../../src/formats/dsf.ts';
import { createScrubber } from '../../src/scrub.ts';
import { BLOCK_LENGTH, bits, dsfFile } from '../builders/dsd.ts';
import { id3v1 } from '../builders/tags.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';

const { scrub, scrubWithReport } = createScrubber([dsf]);

const blocks = bits(BLOCK_LENGTH * 4);
const clean = dsfFile({ blocks });

async function expectClean(file: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(expected));
}

describe('DSF files', () => {
  it('lose the metadata behind the sound', async () => {
    const file = dsfFile({ blocks, metadata: 'ID3\x03\0\0\0\0\0\x16TIT2\0\0\0\x0c\0\0\0SECRET TITL' });
    expect((await parseBuffer(file, 'audio/dsf')).common.title).toBe('SECRET TITL');
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.from(output)).toEqual(Buffer.from(clean));
    expect(report.findings).toMatchObject([
      { kind: 'author', where: 'metadata behind the data', action: 'removed', bytes: 32 },
    ]);
    expect((await parseBuffer(output, 'audio/dsf')).common.title).toBeUndefined();
    expect(await hashStreams(output, 'dsf')).toBe(await hashStreams(file, 'dsf'));
  });

  it('lose metadata that nothing points to, and a pointer to nowhere', async () => {
    await expectClean(dsfFile({ blocks, metadata: 'SECRET', pointer: 0 }));
    await expectClean(dsfFile({ blocks, pointer: 0x53454352 }));
    await expectClean(dsfFile({ blocks, pointer: 5000 }));
  });

  it('lose the reserved word', async () => {
    await expectClean(dsfFile({ blocks, reserved: 0x53454352 }));
  });

  it('lose what fills the last blocks behind the sound, and blocks behind those', async () => {
    const samples = (BLOCK_LENGTH + 100) * 8 - 3;
    const filled = blocks.slice();
    for (const channel of [2, 3]) filled.fill(0, BLOCK_LENGTH * channel + 100, BLOCK_LENGTH * (channel + 1));
    const expected = dsfFile({ blocks: filled, samples });
    await expectClean(dsfFile({ blocks, samples }), expected);
    await expectClean(dsfFile({ blocks: bits(BLOCK_LENGTH * 4), samples }), expected);
    const more = new Uint8Array(BLOCK_LENGTH * 6);
    more.set(blocks);
    more.fill(0x53, BLOCK_LENGTH * 4);
    await expectClean(dsfFile({ blocks: more, samples }), expected);
    expect(await hashStreams(expected, 'dsf')).toBe(await hashStreams(dsfFile({ blocks, samples }), 'dsf'));
  });

  it('stay as they are where they are clean', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'dsf', changed: false, findings: [] });
  });

  it('that were cut off keep the sound that is there, and metadata is no part of it', async () => {
    const samples = BLOCK_LENGTH * 8 * 9;
    const cut = dsfFile({ blocks, samples });
    await expectClean(dsfFile({ blocks, samples, dataSize: 1_000_000 }), cut);
    await expectClean(dsfFile({ blocks, samples, dataSize: 1_000_000, metadata: 'ID3 SECRET' }), cut);
    await expectClean(dsfFile({ blocks, samples, dataSize: 1_000_000, metadata: id3v1('SECRET'), pointer: 0 }), cut);
  });

  it.each([
    ['without a description', Buffer.from(clean).fill('x', 28, 32), ['fmt ']],
    ['without sound', Buffer.from(clean).fill('x', 80, 84), ['data']],
    ['with no channels', dsfFile({ blocks, channels: 0, samples: 8 }), ['fmt ']],
    ['that end in their headers', clean.subarray(0, 60), ['DSD']],
  ] as const)('%s are refused', async (_, file, trail) => {
    await expect(scrub(new Uint8Array(file))).rejects.toMatchObject({ name: 'ScrubError', code: 'malformed', trail });
  });

  it('with samples that are coded are refused', async () => {
    const coded = clean.slice();
    coded[44] = 1;
    await expect(scrub(coded)).rejects.toMatchObject({ code: 'unsupported', offset: 44 });
  });
});
