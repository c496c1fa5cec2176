import { describe, expect, it } from 'vitest';
import { heif } from '../../src/formats/heif.ts';
import { createScrubber, type ScrubError } from '../../src/index.ts';
import { codedPicture, exifBlock, type HeifLayout, ispe, pixi, writeHeif, writeSequence } from '../builders/heif.ts';
import { be32, box, findBox, fullBox } from '../builders/isobmff.ts';
import { ascii, join } from '../builders/jpeg.ts';
import { refusalOf } from '../builders/outcome.ts';

const { scrub, inspect } = createScrubber([heif]);
const { data, av1C } = await codedPicture();
const size = ispe(64, 48);
const picture = { type: 'av01', data, properties: [1, 2, -3] };
const layout: HeifLayout = { properties: [size, pixi(8, 8, 8), av1C], items: [picture] };

const holds = (file: Uint8Array, word: string): boolean => Buffer.from(file).includes(word);

const refusal = (file: Uint8Array): Promise<ScrubError> => refusalOf(scrub(file));

describe('pictures of items', () => {
  it('are the same bytes in one extent or in several with others between', async () => {
    const split = { ...picture, extents: [10, 30] };
    const gap = (): string => 'BETWEEN';
    expect(await scrub(writeHeif({ ...layout, items: [split], gap }))).toEqual(await scrub(writeHeif(layout)));
  });

  it('are the same bytes in idat or in mdat', async () => {
    const inline = { ...picture, isInline: true };
    expect(await scrub(writeHeif({ ...layout, items: [inline] }))).toEqual(await scrub(writeHeif(layout)));
  });

  it('lose essential descriptions and keep turns', async () => {
    const properties = [...layout.properties, fullBox('udes', 0, 0, 'en\0NAME\0\0\0'), box('irot', [3])];
    const clean = await scrub(
      writeHeif({ ...layout, properties, items: [{ ...picture, properties: [1, 2, -3, -4, -5] }] }),
    );
    expect(holds(clean, 'NAME')).toBe(false);
    expect(holds(clean, 'irot\u0003')).toBe(true);
  });

  it('are refused where readers must know a property that is not known', async () => {
    const properties = [...layout.properties, box('abcd', 'WORD')];
    const file = writeHeif({ ...layout, properties, items: [{ ...picture, properties: [1, 2, -3, -4] }] });
    expect(await refusal(file)).toMatchObject({ code: 'unsupported', trail: ['ipco', 'abcd'] });
  });

  it('are refused where they are encrypted', async () => {
    expect(await refusal(writeHeif({ ...layout, items: [{ ...picture, isProtected: true }] }))).toMatchObject({
      code: 'encrypted',
    });
  });

  it('are refused where they lie in another file', async () => {
    const inMeta = box('dinf', fullBox('dref', 0, 0, be32(1), fullBox('url ', 0, 0, 'file:///x\0')));
    const file = writeHeif({ ...layout, items: [{ ...picture, dataReference: 1 }], inMeta });
    expect(await refusal(file)).toMatchObject({ code: 'unsupported', trail: ['meta', 'iloc'] });
  });

  it('are refused where they are made of themselves', async () => {
    const grid = { type: 'grid', data: Uint8Array.of(0, 0, 0, 0, 0, 64, 0, 48), properties: [1] };
    const file = writeHeif({ ...layout, items: [grid], references: [['dimg', 1, 1]] });
    expect(await refusal(file)).toMatchObject({ code: 'malformed' });
  });

  it('lose slack in the headers of their units, in one pass', async () => {
    const [first = 0, second = 0, ...rest] = data;
    // The reserved bit is set, and the size takes one byte more than it needs.
    const padded = join([first | 1, second | 0x80, 0], rest);
    expect(second).toBeLessThan(0x80);
    const clean = await scrub(writeHeif({ ...layout, items: [{ ...picture, data: padded }] }));
    expect(clean).toEqual(await scrub(writeHeif(layout)));
  });
});

describe('what is made of others', () => {
  it('overlays and copies keep their pictures in their order', async () => {
    const overlay = {
      type: 'iovl',
      data: join([0, 0], new Uint8Array(8), [0, 64, 0, 48], new Uint8Array(8), 'SLACK'),
      properties: [1],
    };
    const copy = { type: 'iden', data: new Uint8Array(0), properties: [1] };
    const items = [picture, { ...picture, data: data.slice() }, overlay, copy];
    const clean = await scrub(
      writeHeif({
        ...layout,
        items,
        references: [
          ['dimg', 3, 2, 1],
          ['dimg', 4, 1],
        ],
        primary: 3,
      }),
    );
    expect(holds(clean, 'SLACK')).toBe(false);
    expect(holds(clean, `dimg\0\u0003\0\u0002\0\u0002\0\u0001`)).toBe(true);
    expect(holds(clean, `dimg\0\u0004\0\u0001\0\u0001`)).toBe(true);
  });

  it('transparency stays, depth goes', async () => {
    const properties = [
      ...layout.properties,
      fullBox('auxC', 0, 0, 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0'),
      fullBox('auxC', 0, 0, 'urn:mpeg:mpegB:cicp:systems:auxiliary:depth\0'),
    ];
    const items = [picture, { ...picture, properties: [1, 2, -3, 4] }, { ...picture, properties: [1, 2, -3, 5] }];
    const file = writeHeif({
      ...layout,
      properties,
      items,
      references: [
        ['auxl', 2, 1],
        ['auxl', 3, 1],
      ],
    });
    const clean = await scrub(file);
    expect([holds(clean, 'auxiliary:alpha'), holds(clean, 'auxiliary:depth')]).toEqual([true, false]);
    expect((await inspect(file)).findings.map(({ where }) => where)).toContain('meta › depth map');
  });
});

describe('the report', () => {
  it('says what Exif tells and how many bytes no item owns', async () => {
    const items = [picture, { type: 'Exif', data: exifBlock('WORD') }];
    const file = writeHeif({ ...layout, items, references: [['cdsc', 2, 1]], gap: () => ascii('1234567') });
    const { findings } = await inspect(file);
    expect(findings.some(({ where }) => where.startsWith('meta › Exif › IFD0'))).toBe(true);
    expect(findings).toContainEqual(expect.objectContaining({ where: 'mdat', bytes: 14, action: 'removed' }));
  });
});

describe('image sequences', () => {
  it('lose messages of their encoder and keep the times of their pictures', async () => {
    const file = await writeSequence({ message: 'WORD' });
    const clean = await scrub(file);
    expect([holds(file, 'cabac='), holds(clean, 'cabac='), holds(clean, 'WORD')]).toEqual([true, false, false]);
    const times = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stts'];
    expect(findBox(clean, ...times)).toEqual(findBox(file, ...times));
  });

  it('repeat as often as they did', async () => {
    const file = await writeSequence({
      edit: (moov) => {
        moov[Buffer.from(moov).indexOf('elst') + 7] = 1;
        return moov;
      },
    });
    expect(findBox(await scrub(file), 'moov', 'trak', 'edts', 'elst')[3]).toBe(1);
  });

  it('are refused in fragments', async () => {
    const file = await writeSequence({ behind: box('moof', box('mfhd', be32(0, 1))) });
    expect(await refusal(file)).toMatchObject({ code: 'unsupported', trail: ['moof'] });
  });

  it('leave nothing where they are dropped from a file without stills', async () => {
    const error = await scrub(await writeSequence(), { drop: ['animation'] }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'malformed' });
  });
});
