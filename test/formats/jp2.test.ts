// JPEG 2000: what goes, what stays, what is mended or refused. OpenJPEG says what the pictures show.
import { describe, expect, it } from 'vitest';
import { jp2 } from '../../src/formats/jp2.ts';
import { createScrubber } from '../../src/scrub.ts';
import { curv, desc, iccProfile, text, xyz } from '../builders/icc.ts';
import { be16, be32, box, findBox, type Part, readBoxes } from '../builders/isobmff.ts';
import {
  type Codestream,
  com,
  enumerated,
  ihdr,
  opening,
  profiled,
  resolution,
  segment,
  splitCodestream,
  writeCodestream,
} from '../builders/jp2.ts';
import { exifBlock, join } from '../builders/jpeg.ts';
import { decodeJpeg2000, encodeJpeg2000 } from '../decoders/openjpeg.ts';

const { scrub, scrubWithReport } = createScrubber([jp2]);

const [WIDTH, HEIGHT] = [40, 30];
const samples = (components: number): Uint8Array =>
  Uint8Array.from({ length: WIDTH * HEIGHT * components }, (_, at) => (at * 7 + (at >> 5) * 13) & 255);
const split = splitCodestream(await encodeJpeg2000(samples(3), WIDTH, HEIGHT));
const codestream = writeCodestream(split);
const gray = writeCodestream(splitCodestream(await encodeJpeg2000(samples(1), WIDTH, HEIGHT)));
/** Pictures of a size that blocks of code and bands fit in, so that two are the tiles of one. */
const [TILE_WIDTH, TILE_HEIGHT] = [512, 8];
const tiles = await Promise.all(
  [3, 5].map(async (step) => {
    const pixels = Uint8Array.from({ length: TILE_WIDTH * TILE_HEIGHT * 3 }, (_, at) => ((at >> 6) * step) & 255);
    return splitCodestream(await encodeJpeg2000(pixels, TILE_WIDTH, TILE_HEIGHT));
  }),
);
const tiled: Codestream = {
  main: (tiles[0]?.main ?? []).map((bytes, at) =>
    at === 0 ? join(bytes.subarray(0, 6), be32(2 * TILE_WIDTH), bytes.subarray(10)) : bytes,
  ),
  tileParts: tiles.flatMap(({ tileParts }, tile) => tileParts.map((part) => ({ ...part, tile }))),
};
const [size = join(), ...main] = split.main;

const header = (...boxes: Part[]): Uint8Array => box('jp2h', ihdr(HEIGHT, WIDTH, 3), ...boxes);
const inBoxes = (...boxes: Part[]): Uint8Array => join(opening(), ...boxes);
const plain = inBoxes(header(enumerated(16)), box('jp2c', codestream));
const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
/** The codestream with segments at the end of the main header, and in front of the packets of each tile-part. */
const withSegments = (inMain: Uint8Array[], inTileParts: Uint8Array[] = [], from: Codestream = split): Uint8Array =>
  writeCodestream({
    main: [...from.main, ...inMain],
    tileParts: from.tileParts.map((part) => ({ ...part, segments: [...part.segments, ...inTileParts] })),
  });

async function expectSame(file: Uint8Array, clean: Uint8Array): Promise<void> {
  const output = await scrub(file);
  expect(Buffer.from(output).toString('hex')).toBe(Buffer.from(clean).toString('hex'));
  expect(await decodeJpeg2000(output)).toEqual(await decodeJpeg2000(file));
}

describe('what goes from a JPEG 2000 file', () => {
  it.each<[string, Uint8Array, string, string]>([
    ['XML', box('xml ', '<x:xmpmeta exif:GPSLatitude="48,8N"/>'), 'xml', 'location'],
    ['Exif', box('uuid', 'JpgTiffExif->JP2', exifBlock({ 0x010f: { text: 'SECRET' } })), 'uuid › Exif', 'device'],
    [
      'XMP',
      box('uuid', hex('be7acfcb97a942e89c71999491e3afac'), '<x:xmpmeta exif:GPSLatitude="48,8N"/>'),
      'uuid › XMP',
      'location',
    ],
    ['IPTC', box('uuid', hex('33c7a4d2b81d4723a0baf1a3e097ad38'), 'SECRET'), 'uuid › IPTC', 'author'],
    ['GeoJP2', box('uuid', hex('b14bf8bd083d4b43a5ae8cd7d5a6ce03'), 'SECRET'), 'uuid › GeoJP2', 'location'],
    ['Photoshop', box('uuid', hex('2c4c0100850440b9a03e562148d6dfeb'), 'SECRET'), 'uuid › Photoshop', 'history'],
    ['a UUID that is not known', box('uuid', 'sixteen bytes are', 'SECRET'), 'uuid', 'other'],
    ['UUID info', box('uinf', box('url ', be32(0), 'SECRET')), 'uinf', 'identifier'],
    ['intellectual property', box('jp2i', 'SECRET'), 'jp2i', 'author'],
    ['requirements of readers', box('rreq', [1, 2, 3]), 'rreq', 'structure'],
    ['labels', box('asoc', box('lbl ', 'SECRET')), 'asoc', 'comment'],
    ['labels of a layer', box('jplh', box('lbl ', 'SECRET')), 'jplh', 'comment'],
    ['a manifest', box('jumb', 'SECRET'), 'jumb', 'provenance'],
    ['free space', box('free', 'SECRET'), 'free', 'structure'],
    ['media data', box('mdat', 'SECRET'), 'mdat', 'other'],
    ['a box that is not known', box('abcd', 'SECRET'), 'abcd', 'other'],
  ])('%s', async (_, dropped, where, kind) => {
    const colors = header(enumerated(16));
    for (const file of [
      inBoxes(dropped, colors, box('jp2c', codestream)),
      inBoxes(colors, dropped, box('jp2c', codestream)),
      inBoxes(colors, box('jp2c', codestream), dropped),
    ]) {
      await expectSame(file, plain);
      const { findings } = (await scrubWithReport(file)).report;
      expect(findings.every((finding) => finding.where.startsWith(where) && finding.action === 'removed')).toBe(true);
      expect(findings.map((finding) => finding.kind)).toContain(kind);
    }
  });

  it('comments of the main header and of tile-parts, whose lengths follow', async () => {
    await expectSame(withSegments([com('SECRET'), com('SECRET', 0)], [com('SECRET')]), codestream);
    await expectSame(withSegments([com('SECRET')], [com('SECRET')], tiled), writeCodestream(tiled));
    const file = inBoxes(header(enumerated(16)), box('jp2c', withSegments([com('SECRET')], [com('SECRET')])));
    await expectSame(file, plain);
  });

  it('the text of a comment is shown on request', async () => {
    const { report } = await scrubWithReport(withSegments([com('SECRET')]), { values: true });
    expect(report.findings).toMatchObject([{ kind: 'comment', where: 'COM', values: { text: 'SECRET' } }]);
  });

  it.each([
    ['behind EOC', join(codestream, 'SECRET'), codestream],
    ['behind EOC in the box', inBoxes(header(enumerated(16)), box('jp2c', codestream, 'SECRET')), plain],
    ['behind the last box', join(plain, 'SECRET'), plain],
    ['a second codestream', join(plain, box('jp2c', gray)), plain],
  ])('data %s', async (_, file, clean) => {
    await expectSame(file, clean);
  });

  it.each<[string, Uint8Array]>([
    ['other boxes', header(enumerated(16), box('xml ', 'SECRET'))],
    ['the flag that tells of rights', box('jp2h', ihdr(HEIGHT, WIDTH, 3, 1), enumerated(16))],
    ['what stands behind an enumerated colour', header(box('colr', [1, 0, 0], be32(16), 'SECRET'))],
    ['colours in a way that no standard knows', header(enumerated(16), box('colr', [9, 0, 0], 'SECRET'))],
    ['a second image header', header(enumerated(16), ihdr(HEIGHT, WIDTH, 3))],
  ])('from the header box %s', async (_, dirty) => {
    await expectSame(inBoxes(dirty, box('jp2c', codestream)), plain);
  });

  it('data behind the fields of boxes and segments, which OpenJPEG does not read', async () => {
    const longer = join(be16(0xff51), be16(size.length - 2 + 6), size.subarray(4), 'SECRET');
    expect(Buffer.compare(await scrub(writeCodestream({ ...split, main: [longer, ...main] })), codestream)).toBe(0);
    const image = box('ihdr', ihdr(HEIGHT, WIDTH, 3).subarray(8), 'SECRET');
    const file = inBoxes(box('jp2h', image, enumerated(16)), box('jp2c', codestream));
    expect(Buffer.compare(await scrub(file), plain)).toBe(0);
  });

  it('reserved markers without a meaning', async () => {
    const { output, report } = await scrubWithReport(withSegments([be16(0xff35), be16(0xff3f)]));
    expect(Buffer.compare(output, codestream)).toBe(0);
    expect(report.findings).toMatchObject([{ where: 'FF35' }, { where: 'FF3F' }]);
  });

  it('packet lengths of the main header', async () => {
    await expectSame(withSegments([segment(0xff57, [0], [1, 2, 3])]), codestream);
  });

  it('lengths of packets that are wrong', async () => {
    await expectSame(withSegments([], [segment(0xff58, [0], [5])]), codestream);
  });

  it('lengths of tile-parts that are wrong', async () => {
    await expectSame(withSegments([segment(0xff55, [0, 0x60], be16(0), be32(7))]), codestream);
  });

  it('what a resolution says beside the shape of a pixel', async () => {
    const clean = (vertical: number, horizontal: number): Uint8Array =>
      inBoxes(header(enumerated(16), box('res ', resolution('resd', vertical, horizontal))), box('jp2c', codestream));
    const file = (...resolutions: Uint8Array[]): Uint8Array =>
      inBoxes(header(enumerated(16), box('res ', ...resolutions)), box('jp2c', codestream));
    await expectSame(file(resolution('resc', 300, 300), resolution('resd', 300, 150)), clean(2, 1));
    await expectSame(file(resolution('resd', 300, 300)), plain);
    await expectSame(file(resolution('resd', 3, 300, [2, 0])), plain);
    await expectSame(file(resolution('resd', 0, 300)), plain);
    await expectSame(file(box('resd', 'short')), plain);
  });
});

describe('what stays of a JPEG 2000 file', () => {
  const told = { tileLengths: true };
  it.each<[string, Uint8Array]>([
    ['a bare codestream', codestream],
    ['boxes', plain],
    ['several tiles', writeCodestream(tiled)],
    ['lengths of tile-parts', writeCodestream(tiled, told)],
    ['a last tile-part of open length', writeCodestream(tiled, { isOpen: true })],
    [
      'a palette',
      inBoxes(
        box(
          'jp2h',
          ihdr(HEIGHT, WIDTH, 1),
          enumerated(16),
          box('pclr', be16(2), [3, 7, 7, 7], [0, 0, 0, 255, 255, 255]),
          box('cmap', [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2]),
        ),
        box('jp2c', gray),
      ),
    ],
    [
      'definitions of channels',
      inBoxes(
        header(
          enumerated(16),
          box('cdef', be16(3), be16(0), be16(0), be16(1), be16(1), be16(0), be16(2), be16(2), be16(0), be16(3)),
        ),
        box('jp2c', codestream),
      ),
    ],
    [
      'depths of components',
      inBoxes(
        box(
          'jp2h',
          box('ihdr', ihdr(HEIGHT, WIDTH, 3).subarray(8, 18), [255, 7, 0, 0]),
          box('bpcc', [7, 7, 7]),
          enumerated(16),
        ),
        box('jp2c', codestream),
      ),
    ],
    ['positions of components', withSegments([segment(0xff63, be16(0), be16(0), be16(1), be16(1), be16(2), be16(2))])],
  ])('everything of a clean file, which comes back itself: %s', async (_, clean) => {
    const { output, report } = await scrubWithReport(clean);
    expect(output).toBe(clean);
    expect(report.findings.filter(({ action }) => action !== 'kept')).toEqual([]);
  });

  it('lengths of tile-parts, which follow what goes', async () => {
    const dirty = writeCodestream(
      {
        ...tiled,
        tileParts: tiled.tileParts.map((part) => ({ ...part, segments: [...part.segments, com('SECRET')] })),
      },
      told,
    );
    await expectSame(dirty, writeCodestream(tiled, told));
  });

  it('a file that is JP2 beside JPX, as JP2', async () => {
    const file = join(opening('jpx ', 'jpx ', 'jp2 ', 'jpxb'), box('rreq', [1]), plain.subarray(opening().length));
    await expectSame(file, plain);
  });

  it('a file of the brand of high throughput', async () => {
    const file = join(opening('jph ', 'jph ', 'abcd'), plain.subarray(opening().length));
    const { output, report } = await scrubWithReport(file);
    expect(report.mediaType).toBe('image/jph');
    expect(findBox(output, 'ftyp')).toEqual(join('jph ', be32(0), 'jph '));
  });

  it('resolutions, if density is kept', async () => {
    const res = box('res ', resolution('resd', 300, 150), resolution('resc', 72, 72));
    const file = inBoxes(header(enumerated(16), res), box('jp2c', codestream));
    const output = await scrub(file, { keep: ['density'] });
    expect(Buffer.from(findBox(output, 'jp2h', 'res '))).toEqual(Buffer.from(res.subarray(8)));
  });

  it('no shape of a pixel, if it is dropped', async () => {
    const file = inBoxes(header(enumerated(16), box('res ', resolution('resd', 300, 150))), box('jp2c', codestream));
    expect(Buffer.compare(await scrub(file, { drop: ['pixelAspect'] }), plain)).toBe(0);
  });
});

describe('colour profiles of JPEG 2000', () => {
  const curve = curv(1.8);
  const tags = {
    wtpt: xyz(0.9642, 1, 0.8249),
    rXYZ: xyz(0.4, 0.2, 0.1),
    gXYZ: xyz(0.3, 0.7, 0.1),
    bXYZ: xyz(0.2, 0.1, 0.6),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
  };
  const profile = (maker: string): Uint8Array =>
    iccProfile({ tags: { desc: desc(maker), cprt: text(maker), ...tags } });
  const file = (maker: string): Uint8Array => inBoxes(header(profiled(profile(maker))), box('jp2c', codestream));

  it('stay without their makers', async () => {
    const output = await scrub(file('SECRET'));
    expect(Buffer.compare(output, await scrub(file('Somebody else')))).toBe(0);
    expect(Buffer.from(output).includes('SECRET')).toBe(false);
    const [before, after] = [await decodeJpeg2000(file('SECRET')), await decodeJpeg2000(output)];
    expect(after).toEqual(before);
  });

  it('go if they are dropped: the samples are taken for sRGB', async () => {
    expect(Buffer.compare(await scrub(file('SECRET'), { drop: ['colorProfile'] }), plain)).toBe(0);
  });

  it('go if they can’t be read, as decoders do without them', async () => {
    const { output, report } = await scrubWithReport(
      inBoxes(header(profiled(new Uint8Array(200))), box('jp2c', codestream)),
    );
    expect(Buffer.compare(output, plain)).toBe(0);
    expect(report.findings).toContainEqual(expect.objectContaining({ kind: 'color-profile', action: 'removed' }));
  });
});

describe('what is mended in JPEG 2000 files', () => {
  it.each<[string, Uint8Array, Uint8Array, string]>([
    ['a codestream without its end', writeCodestream(split, { isUnended: true }), codestream, 'EOC'],
    ['something in the place of its end', join(codestream.subarray(0, -2), 'SECRET'), codestream, 'EOC'],
    [
      'a box that reaches behind the end of the file',
      plain.map((byte, at) => (at === plain.length - codestream.length - 8 ? 1 : byte)),
      plain,
      '',
    ],
    [
      'a box that reaches to the end of the file',
      inBoxes(header(enumerated(16)), be32(0), 'jp2c', codestream),
      plain,
      '',
    ],
  ])('%s', async (_, file, clean, where) => {
    const { output, report } = await scrubWithReport(file);
    expect(Buffer.compare(output, clean)).toBe(0);
    if (where !== '') expect(report.findings[0]).toMatchObject({ where, action: 'rewritten' });
  });
});

describe('which JPEG 2000 files are refused', () => {
  const [part] = split.tileParts;
  const again = part === undefined ? [] : [part, part];
  const colors = header(enumerated(16));
  const [firstTile, ...otherTiles] = tiled.tileParts.map((own) =>
    writeCodestream({ main: [], tileParts: [own] }).slice(2, -2),
  );
  const tiledHeader = writeCodestream({ ...tiled, tileParts: [] }).slice(0, -2);
  const [boxesBefore, length] = [plain.subarray(0, plain.length - codestream.length - 8), codestream.length];
  const longer = codestream.slice(0, -2);
  const swallowed = box('xml ', 'SECRET');
  new DataView(longer.buffer).setUint32(length - readTileParts(split) + 4, readTileParts(split) + swallowed.length);
  const swallowing = join(boxesBefore, be32(length + 6), 'jp2c', longer, swallowed, be16(0xffd9));
  const interrupted = join(tiledHeader, firstTile ?? [], 'SECRET', ...otherTiles);

  it.each<[string, Uint8Array, string]>([
    [
      'of several pictures',
      join(opening('jpx ', 'jpx ', 'jp2 '), colors, box('jp2c', codestream), box('jp2c', gray)),
      'unsupported',
    ],
    ['that is JPX alone', join(opening('jpx '), colors, box('jp2c', codestream)), 'unsupported'],
    ['of pages', join(opening('jpm ', 'jpm ', 'jp2 '), colors, box('jp2c', codestream)), 'unsupported'],
    ['of films', join(opening('mjp2'), box('moov')), 'unsupported'],
    ['put together from layers', inBoxes(colors, box('comp', 'x'), box('jp2c', codestream)), 'unsupported'],
    [
      'whose layer has an opacity',
      inBoxes(colors, box('jplh', box('opct', [0])), box('jp2c', codestream)),
      'unsupported',
    ],
    ['of parts in other files', inBoxes(colors, box('ftbl', 'x'), box('jp2c', codestream)), 'unsupported'],
    ['without a codestream', inBoxes(colors), 'malformed'],
    ['without a header box', inBoxes(box('jp2c', codestream)), 'malformed'],
    ['with two header boxes', inBoxes(colors, colors, box('jp2c', codestream)), 'malformed'],
    ['without an image header', inBoxes(box('jp2h', enumerated(16)), box('jp2c', codestream)), 'malformed'],
    ['without a file type', join(opening().subarray(0, 12), colors, box('jp2c', codestream)), 'malformed'],
    ['with a segment of protection', withSegments([segment(0xff65, [0])]), 'unsupported'],
    ['without a size', inBoxes(colors, box('jp2c', writeCodestream({ ...split, main }))), 'malformed'],
    ['with two sizes', withSegments([size]), 'malformed'],
    [
      'with a segment that is too short',
      writeCodestream({ ...split, main: [size, segment(0xff52, [0])] }),
      'malformed',
    ],
    ['that ends in a segment', codestream.subarray(0, 30), 'malformed'],
    ['that ends in a tile-part', codestream.subarray(0, -9), 'malformed'],
    [
      'whose tiles are missing',
      writeCodestream({ ...tiled, tileParts: tiled.tileParts.slice(1) }, { isUnended: true }),
      'malformed',
    ],
    ['with a part of a tile twice', writeCodestream({ ...split, tileParts: again }), 'malformed'],
    [
      'with a tile that the picture does not have',
      writeCodestream({ ...split, tileParts: split.tileParts.map((own) => ({ ...own, tile: 9 })) }),
      'malformed',
    ],
    ['whose packets reach into the next box', swallowing, 'malformed'],
    ['with something between its tile-parts', interrupted, 'malformed'],
  ])('one %s', async (_, file, code) => {
    await expect(scrub(file)).rejects.toMatchObject({ name: 'ScrubError', code, format: 'jp2' });
  });

  it('tell where', async () => {
    await expect(scrub(withSegments([segment(0xff65, [0])]))).rejects.toMatchObject({
      trail: ['FF65'],
      offset: codestream.length - 2 - readTileParts(split),
    });
  });
});

/** Length of all tile-parts. */
function readTileParts({ tileParts }: Codestream): number {
  return tileParts.reduce((sum, { segments, data }) => sum + 14 + join(...segments).length + data.length, 0);
}

describe('what hostile JPEG 2000 files cost', () => {
  it('time in proportion to their length, for comments and boxes without end', async () => {
    const comments = Array.from({ length: 20_000 }, () => com('x'));
    expect(Buffer.compare(await scrub(withSegments(comments, comments)), codestream)).toBe(0);
    const boxes = Array.from({ length: 20_000 }, () => box('free'));
    expect(Buffer.compare(await scrub(join(plain, ...boxes)), plain)).toBe(0);
  }, 10_000);

  it('no more structures than the limit says', async () => {
    const file = withSegments(Array.from({ length: 1000 }, () => com('x')));
    await expect(scrub(file, { limits: { structures: 500 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('no header box that is longer than may be buffered', async () => {
    const file = inBoxes(header(enumerated(16), box('free', new Uint8Array(5000))), box('jp2c', codestream));
    await expect(scrub(file, { limits: { bufferedBytes: 4096 } })).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('boxes of a clean file are those of JP2', async () => {
    expect(readBoxes(await scrub(join(plain, box('xml ', 'x')))).map(({ type }) => type)).toEqual([
      'jP  ',
      'ftyp',
      'jp2h',
      'jp2c',
    ]);
  });
});
