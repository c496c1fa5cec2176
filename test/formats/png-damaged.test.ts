import { deflateSync, inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ScrubError } from '../../src/scrub.ts';
import {
  animation,
  type Chunk,
  chunk,
  codePicture,
  encode,
  GRAY,
  INDEXED,
  iccp,
  ihdr,
  joinPng,
  pack,
  plte,
  putBefore,
  SIGNATURE,
  text,
  typesOf,
  u32,
  writeChunk,
} from '../builders/png.ts';

import {
  damaged,
  dataOf,
  displayP3,
  inflatePart,
  pixelsOf,
  plain,
  refusal,
  removed,
  scrub,
  scrubWithReport,
  withChunks,
} from '../builders/png-pictures.ts';

describe('what is repaired in a PNG', () => {
  it('IDAT chunks that do not stand together, where the picture needs them', async () => {
    const file = joinPng(
      encode({ cuts: 3 }).flatMap((each) => (each.type === 'IDAT' ? [each, text('Comment', 'SECRET')] : [each])),
    );
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, joinPng(encode({ cuts: 3 })))).toBe(0);
    expect(report.findings.some(({ where, action }) => where === 'IDAT' && action === 'rewritten')).toBe(true);
  });

  it('IDAT chunks behind a complete picture, which no decoder shows', async () => {
    const old = codePicture({ width: 90, height: 90 });
    const file = joinPng(
      putBefore('IEND', encode({ cuts: 2 }), text('Comment', 'x'), chunk('IDAT', old), chunk('IDAT', old)),
    );
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, joinPng(encode({ cuts: 2 })))).toBe(0);
    expect(removed(report)).toContain('trailing-data: IDAT');
    expect((await pixelsOf(output)).equals(await pixelsOf(file))).toBe(true);
  });

  it('a missing or broken end, where the picture is complete', async () => {
    const whole = encode({ cuts: 3 });
    const body = joinPng(whole.slice(0, -1));
    for (const end of [
      '',
      '\0\0',
      '\0\0\0\0IEND',
      '\0\0\0\0IEND\xae\x42',
      '\0\0\x10\0tEXtComment\0SECRET',
      'SECRETSECRETSECRET',
    ]) {
      const { output, report } = await scrubWithReport(pack(body, end));
      expect(Buffer.compare(output, joinPng(whole))).toBe(0);
      expect(report.findings.some(({ where, action }) => where === 'IEND' && action === 'rewritten')).toBe(true);
    }
  });

  it('no missing end where rows of the picture are missing, though its chunks are whole', async () => {
    const interlaced = await sharp(plain).png({ progressive: true }).toBuffer();
    const streams: [Chunk, Uint8Array][] = [
      [ihdr(), codePicture({})],
      [ihdr({ colorType: GRAY, bitDepth: 1 }), codePicture({ colorType: GRAY, bitDepth: 1 })],
      [ihdr({}, 1), Uint8Array.from(dataOf(new Uint8Array(interlaced), 'IDAT') ?? [])],
    ];
    for (const [header, data] of streams) {
      // All but the checksum is needed.
      for (let length = 1; length < data.length - 4; length++) {
        const file = joinPng([header, chunk('IDAT', data.subarray(0, length))]);
        const complete = inflatePart(data.subarray(0, length)) === inflateSync(data).length;
        const answer = await scrub(file).then(
          () => true,
          (error: unknown) => !(error instanceof ScrubError),
        );
        expect(answer).toBe(complete);
      }
      expect(typesOf(await scrub(joinPng([header, chunk('IDAT', data)])))).toEqual(['IHDR', 'IDAT', 'IEND']);
    }
  });

  it('a wrong CRC of IEND', async () => {
    expect(Buffer.compare(await scrub(joinPng([...encode().slice(0, -1), damaged(chunk('IEND'))])), plain)).toBe(0);
  });

  it('nothing in IDAT: a wrong CRC there is carried over', async () => {
    const file = joinPng(encode().map((each) => (each.type === 'IDAT' ? damaged(each) : each)));
    expect(await scrub(file)).toBe(file);
  });
});

describe('what is refused', () => {
  const cases: [string, Uint8Array, object][] = [
    ['no IHDR', joinPng(encode().slice(1)), { code: 'malformed', offset: 8, trail: ['IDAT'] }],
    ['two IHDR', joinPng(putBefore('IDAT', encode(), ihdr())), { code: 'malformed', offset: 33, trail: ['IHDR'] }],
    [
      'an IHDR with a wrong CRC',
      joinPng([damaged(ihdr()), ...encode().slice(1)]),
      { code: 'malformed', offset: 8, trail: ['IHDR'] },
    ],
    [
      'an IHDR of another length',
      joinPng([chunk('IHDR', [0]), ...encode().slice(1)]),
      { code: 'malformed', trail: ['IHDR'] },
    ],
    ['a picture without size', joinPng(encode({ height: 0 })), { code: 'malformed', trail: ['IHDR'] }],
    [
      'an unknown interlace method',
      joinPng([ihdr({}, 2), ...encode().slice(1)]),
      { code: 'malformed', trail: ['IHDR'] },
    ],
    ['no IDAT', joinPng([ihdr(), chunk('IEND')]), { code: 'malformed', offset: 33, trail: ['IEND'] }],
    ['empty IDAT alone', joinPng([ihdr(), chunk('IDAT'), chunk('IEND')]), { code: 'malformed', trail: ['IEND'] }],
    [
      'no palette where one is needed',
      joinPng(encode({ colorType: INDEXED }).filter(({ type }) => type !== 'PLTE')),
      { code: 'malformed', trail: ['PLTE'] },
    ],
    [
      'a palette of a wrong length',
      joinPng([ihdr({ colorType: INDEXED }), chunk('PLTE', [1, 2]), ...encode().slice(1)]),
      { code: 'malformed', offset: 33, trail: ['PLTE'] },
    ],
    [
      'a palette with a wrong CRC',
      joinPng([ihdr({ colorType: INDEXED }), damaged(plte(4)), ...encode().slice(1)]),
      { code: 'malformed', offset: 33, trail: ['PLTE'] },
    ],
    ['two palettes', withChunks(plte(4), plte(4)), { code: 'malformed', trail: ['PLTE'] }],
    ['unknown critical chunks', withChunks(chunk('ABCD', 'x')), { code: 'unsupported', offset: 33, trail: ['ABCD'] }],
    [
      "pictures for Apple's devices alone",
      joinPng([chunk('CgBI', u32(0x50002002)), ...encode()]),
      { code: 'unsupported', offset: 8, trail: ['CgBI'] },
    ],
    [
      'lengths beyond the range',
      pack(plain.subarray(0, 33), [0xff, 0xff, 0xff, 0xff], 'tEXt', 'x'),
      { code: 'malformed', offset: 33, trail: ['tEXt'] },
    ],
    [
      'chunk types that are none',
      pack(plain.subarray(0, 33), [0, 0, 0, 0], '\x01\x02EX', [0, 0, 0, 0]),
      { code: 'malformed', offset: 33 },
    ],
  ];

  it.each(cases)('%s', async (_, file, expected) => {
    expect(await refusal(file)).toMatchObject({ format: 'png', ...expected });
  });

  it('pictures that are cut off, wherever', async () => {
    const file = joinPng(encode({ cuts: 3 }));
    const end = file.length - 12;
    for (let length = SIGNATURE.length; length < end; length++) {
      const error = await refusal(file.slice(0, length));
      expect(error.code).toBe('malformed');
      expect(error.offset).toBeLessThanOrEqual(length);
    }
    expect(await refusal(file.slice(0, end - 20))).toMatchObject({ trail: ['IDAT'], offset: end - 20 });
  });

  it('animations that are cut off', async () => {
    const file = joinPng(animation());
    for (const length of [file.length - 1, file.length - 12, file.length - 40]) {
      expect((await refusal(file.slice(0, length))).code).toBe('malformed');
    }
  });

  it('metadata that unpacks to more than is allowed', async () => {
    const bomb = iccp(pack(u32(7_900_000), displayP3.subarray(4), new Uint8Array(7_900_000)));
    expect(await refusal(withChunks(bomb), { limits: { inflatedBytes: 1000 } })).toMatchObject({
      code: 'limit-exceeded',
    });
  });
});

describe('hostile files', () => {
  it('unpacks bombs no further than anyone reads', async () => {
    const zeros = deflateSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    const bombs = [
      chunk('iCCP', 'x\0\0', zeros),
      chunk('zTXt', 'Raw profile type exif\0\0', zeros),
      chunk('zTXt', 'Title\0\0', zeros),
    ];
    for (const bomb of bombs) {
      const limits = { inflatedBytes: 12_000_000 };
      expect(Buffer.compare(await scrub(withChunks(bomb), { keep: ['title'], limits }), plain)).toBe(0);
    }
  });

  it('does not look at a picture again and again that is torn to pieces', async () => {
    const torn = encode({ cuts: 60 }).flatMap((each) => (each.type === 'IDAT' ? [each, text('Comment', 'x')] : [each]));
    expect(await refusal(joinPng(torn))).toMatchObject({ code: 'malformed', trail: ['IDAT'] });
  });

  it('takes many chunks in their stride', async () => {
    const empty = Buffer.concat(Array.from({ length: 100_000 }, () => writeChunk(chunk('prVt'))));
    const idle = Buffer.concat(Array.from({ length: 100_000 }, () => writeChunk(chunk('IDAT'))));
    const file = new Uint8Array(Buffer.concat([plain.subarray(0, 33), empty, idle, plain.subarray(33)]));
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, plain)).toBe(0);
    expect(report.findings).toHaveLength(2);
    expect(await refusal(file, { limits: { structures: 1000 } })).toMatchObject({ code: 'limit-exceeded' });
  });

  it('reads no picture data of a Blob', async () => {
    const coded = new Uint8Array(8 * 1024 * 1024);
    const file = joinPng([ihdr(), chunk('IDAT', coded), text('Comment', 'SECRET'), chunk('IEND')]);
    let read = 0;
    class CountingBlob extends Blob {
      override slice(start?: number, end?: number, type?: string): Blob {
        const part = super.slice(start, end, type);
        const arrayBuffer = part.arrayBuffer.bind(part);
        part.arrayBuffer = () => {
          read += part.size;
          return arrayBuffer();
        };
        return part;
      }
    }
    const output = await scrub(new CountingBlob([new Uint8Array(file)]));
    expect(output.size).toBeLessThan(file.length);
    expect(read).toBeLessThan(100_000);
  });
});
