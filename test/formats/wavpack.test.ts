import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { wavpack } from '../../src/formats/wavpack.ts';
import { createScrubber } from '../../src/scrub.ts';
import { number, tone } from '../builders/chunks.ts';
import { join } from '../builders/jpeg.ts';
import { apeTag, id3v1, titleTag } from '../builders/tags.ts';
import { fmt, riffChunk, riffFile } from '../builders/wav.ts';
import { type Block, HAS_CHECKSUM, silentBlock, splitBlocks, subBlock, writeBlock } from '../builders/wavpack.ts';
import { hashStreams, runFfmpeg } from '../decoders/ffmpeg.ts';

const { scrub, inspect, scrubWithReport } = createScrubber([wavpack]);

async function encode(samples: Uint8Array, description = fmt(), ...options: string[]): Promise<Uint8Array> {
  const source = riffFile([riffChunk('fmt ', [description]), riffChunk('data', [samples])]);
  return runFfmpeg(source, 'wav', ['-c:a', 'wavpack', ...options], 'out.wv');
}

const sound = await encode(tone(9000));
const blocks = splitBlocks(sound);
const clean = join(...blocks.map((block) => writeBlock(block)));
const [first, ...rest] = blocks as [Block, ...Block[]];

/** The sound with sub-blocks in front of those of its first block. */
function withSubBlocks(...subBlocks: Block['subBlocks']): Uint8Array {
  return join(
    ...[{ ...first, subBlocks: [...subBlocks, ...first.subBlocks] }, ...rest].map((block) => writeBlock(block)),
  );
}

async function expectClean(file: Uint8Array, expected = clean): Promise<void> {
  expect(Buffer.from(await scrub(file))).toEqual(Buffer.from(expected));
}

describe('what is dropped from a WavPack file', () => {
  it.each([0x00, 0x21, 0x22, 0x23, 0x24, 0x28, 0x2b, 0x2e, 0x30, 0x3f])(
    'sub-blocks of id %i, wherever they stand',
    async (id) => {
      const secret = subBlock(id, 'SECRET in an odd place');
      const last = blocks.at(-1) as Block;
      const behind = [...blocks.slice(0, -1), { ...last, subBlocks: [...last.subBlocks, secret] }];
      for (const file of [withSubBlocks(secret), join(...behind.map((block) => writeBlock(block)))]) {
        await expectClean(file);
        expect(await hashStreams(clean, 'wv')).toBe(await hashStreams(file, 'wv'));
      }
      await expectClean(join(clean, writeBlock(silentBlock(secret), 4)));
    },
  );

  it('large sub-blocks', async () => {
    await expectClean(withSubBlocks(subBlock(0x24, 'SECRET '.repeat(9000))));
  });

  it('with what each tells about', async () => {
    const file = withSubBlocks(subBlock(0x21, 'x'), subBlock(0x24, 'x'), subBlock(0x28, 'dsf'), subBlock(0x30, 'x'));
    expect((await inspect(file)).findings.map(({ kind, where }) => `${kind}: ${where}`)).toEqual([
      'author: block › RIFF header',
      'author: block › alternate trailer',
      'other: block › alternate file extension',
      'other: block › other optional data',
    ]);
  });

  it('tags in front and behind, in any order', async () => {
    const tags = [apeTag({ Title: 'SECRET', Artist: 'SECRET' }), id3v1('SECRET')];
    const file = join(titleTag('SECRET', 700), clean, ...tags);
    expect((await parseBuffer(file.subarray(titleTag('SECRET', 700).length), 'audio/wavpack')).common.title).toBe(
      'SECRET',
    );
    await expectClean(file);
    await expectClean(join(clean, ...tags.toReversed()));
    expect((await parseBuffer(clean, 'audio/wavpack')).native).toEqual({});
  });

  it('bytes behind the last block, and a part of a block', async () => {
    await expectClean(join(clean, 'SECRET'));
    await expectClean(join(clean, clean.subarray(0, 100)));
  });

  it('bytes that pad, and data behind the fields of a sub-block', async () => {
    const rate = subBlock(0x27, [0x44, 0xac, 0]);
    const named = (data: Block['subBlocks']): Block[] => [
      { ...first, subBlocks: [...data, ...first.subBlocks] },
      ...rest,
    ];
    const expected = join(...named([rate]).map((block) => writeBlock(block)));
    await expectClean(join(...named([rate]).map((block) => writeBlock(block, 0, 0x53))), expected);
    const config = subBlock(0x25, [0, 0, 0, 1, 0]);
    const slack = subBlock(0x25, [0, 0, 0, 1, 0], 'SECRET');
    const cut = join(...named([config]).map((block) => writeBlock(block)));
    await expectClean(join(...named([slack]).map((block) => writeBlock(block))), cut);
  });
});

describe('what is kept of a WavPack file', () => {
  it('a clean file as it is', async () => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report).toMatchObject({ format: 'wavpack', mediaType: 'audio/x-wavpack', changed: false, findings: [] });
  });

  it.each([2, 4] as const)('checksums of %i bytes, made right for the blocks that are written anew', async (length) => {
    const dirty = { ...first, subBlocks: [subBlock(0x21, 'SECRET'), ...first.subBlocks] };
    const file = join(...[dirty, ...rest].map((block) => writeBlock(block, length)));
    const checked = join(...blocks.map((block) => writeBlock(block, length)));
    await expectClean(file, checked);
    expect(await scrub(checked)).toBe(checked);
  });

  it('no claim of a checksum where there is none', async () => {
    const header = first.header.slice();
    const flags = new DataView(header.buffer).getUint32(16, true);
    header.set(number(flags | HAS_CHECKSUM, 4), 16);
    const file = join(
      ...[{ header, subBlocks: [subBlock(0x21, 'x'), ...first.subBlocks] }, ...rest].map((block) => writeBlock(block)),
    );
    await expectClean(file);
  });

  it('the MD5 of the samples, in a block of its own', async () => {
    const file = join(clean, writeBlock(silentBlock(subBlock(0x26, new Uint8Array(16).fill(7)))));
    expect(await scrub(file)).toBe(file);
    await expectClean(
      join(clean, writeBlock(silentBlock(subBlock(0x22, 'SECRET'), subBlock(0x26, new Uint8Array(16).fill(7))))),
      file,
    );
  });

  it.each([
    ['mono', tone(5000, 1), fmt({ channels: 1 }), []],
    ['of 8 bits', tone(5000, 1), fmt({ channels: 1, bits: 8 }), []],
    ['of 32 bits', tone(5000), fmt({ bits: 32 }), []],
    ['in floating point', tone(5000), fmt(), ['-sample_fmt', 'fltp']],
    ['of six channels', tone(2000, 6), fmt({ channels: 6 }), []],
  ] as const)('sound %s', async (_, samples, description, options) => {
    const made = await encode(samples, description, ...options);
    const parts = splitBlocks(made).map((block) =>
      writeBlock({ ...block, subBlocks: [subBlock(0x30, 'SECRET'), ...block.subBlocks] }),
    );
    const output = await scrub(join(...parts));
    expect(Buffer.from(output).includes('SECRET')).toBe(false);
    expect(await hashStreams(output, 'wv')).toBe(await hashStreams(made, 'wv'));
  });
});

describe('what is refused of WavPack files', () => {
  it('data that decoders need but that is not known', async () => {
    const error = { code: 'unsupported', format: 'wavpack', offset: 32, trail: ['block'] };
    for (const id of [0x01, 0x0f, 0x1f])
      await expect(scrub(withSubBlocks(subBlock(id, 'x')))).rejects.toMatchObject(error);
  });

  it('parts of a block past its end', async () => {
    const file = clean.slice();
    file.set([0x80 | 0x0a, 0xff, 0xff, 0xff], 32);
    await expect(scrub(file)).rejects.toMatchObject({ code: 'malformed', offset: 32, trail: ['block'] });
  });

  it.each([
    ['no sound', writeBlock(silentBlock(subBlock(0x21, 'x')))],
    ['a block that is cut off', clean.subarray(0, 200)],
    ['a size that is too small', Uint8Array.from(clean, (byte, at) => (at >= 4 && at < 8 ? 0 : byte))],
    ['a version that is not known', Uint8Array.from(clean, (byte, at) => (at === 8 ? 0xff : byte))],
  ])('%s', async (_, file) => {
    await expect(scrub(file)).rejects.toMatchObject({ code: 'malformed', trail: ['block'] });
  });

  it('a flood of empty sub-blocks only where the limits say so', async () => {
    const flood = withSubBlocks(...Array.from({ length: 20_000 }, () => subBlock(0x30)));
    await expectClean(flood);
    await expect(scrub(flood, { limits: { structures: 1000 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
