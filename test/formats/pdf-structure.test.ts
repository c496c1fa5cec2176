import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inspect, scrub } from '../../src/index.ts';
import { buildPdf, flate, type Objects, type Source } from '../builders/pdf.ts';
import { page, refusal, SECRET, unpacked } from '../builders/pdf-page.ts';
import { showPdf } from '../readers/pdf.ts';

const CONTENT = 'BT /F1 18 Tf 20 100 Td (Shown) Tj ET';
const basic: Objects = {
  1: '<</Type/Catalog/Pages 2 0 R>>',
  2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
  3: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
  4: { dict: '', body: CONTENT },
  5: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
};
const text = (file: Buffer | string): Uint8Array => new Uint8Array(Buffer.from(file as string, 'latin1'));

/** Objects one behind the other, with their offsets. */
function body(objects: Objects): { text: string; offsets: Map<number, number> } {
  let written = '%PDF-1.5\n';
  const offsets = new Map<number, number>();
  for (const [num, source] of Object.entries(objects)) {
    offsets.set(Number(num), written.length);
    written +=
      typeof source === 'string'
        ? `${num} 0 obj\n${source}\nendobj\n`
        : `${num} 0 obj\n<<${source.dict}/Length ${source.body.length}>>\nstream\n${Buffer.from(source.body as string, 'latin1').toString('latin1')}\nendstream\nendobj\n`;
  }
  return { text: written, offsets };
}

/** Rows of a cross-reference stream: a byte, three bytes, a byte. */
function rows(entries: readonly (readonly [number, number, number])[]): Buffer {
  return Buffer.concat(entries.map(([kind, at, gen]) => Buffer.from([kind, at >> 16, (at >> 8) & 255, at & 255, gen])));
}

describe('cross-references', () => {
  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['no predictor', (bytes) => bytes, ''],
    ['PNG Up', (bytes) => filterRows(bytes, 2), '/DecodeParms<</Predictor 12/Columns 5>>'],
    ['PNG Sub', (bytes) => filterRows(bytes, 1), '/DecodeParms<</Predictor 11/Columns 5>>'],
    ['TIFF', tiffRows, '/DecodeParms<</Predictor 2/Columns 5>>'],
  ])('are read from a stream with %s', async (_, predict, parameters) => {
    const { text: written, offsets } = body(basic);
    const table = rows([
      [0, 0, 255],
      ...[...offsets.values()].map((at) => [1, at, 0] as const),
      [1, written.length, 0],
    ]);
    const coded = deflateSync(predict(table)).toString('latin1');
    const stream = `6 0 obj\n<</Type/XRef/W[1 3 1]/Size 7/Root 1 0 R/Filter/FlateDecode${parameters}/Length ${coded.length}>>\nstream\n${coded}\nendstream\nendobj\n`;
    const file = text(`${written}${stream}startxref\n${written.length}\n%%EOF\n`);
    const { findings } = await inspect(file);
    expect(findings.some(({ where }) => where === 'cross-reference')).toBe(false);
    expect((await showPdf(await scrub(file))).pages).toEqual((await showPdf(buildPdf(basic))).pages);
  });

  it('are read from both parts of a hybrid file', async () => {
    const { 3: kept, ...others } = basic;
    const { text: written, offsets } = body(others);
    const packedText = `3 0 ${String(kept)}`;
    const objects = `7 0 obj\n<</Type/ObjStm/N 1/First 4/Length ${packedText.length}>>\nstream\n${packedText}\nendstream\nendobj\n`;
    const streamAt = written.length + objects.length;
    const table = rows([[2, 7, 0]]).toString('latin1') + rows([[1, written.length, 0]]).toString('latin1');
    const stream = `8 0 obj\n<</Type/XRef/W[1 3 1]/Index[3 1 7 1]/Size 9/Length ${table.length}>>\nstream\n${table}\nendstream\nendobj\n`;
    const xref = `xref\n0 1\n0000000000 65535 f \n${[...offsets].map(([num, at]) => `${num} 1\n${String(at).padStart(10, '0')} 00000 n \n`).join('')}trailer\n<</Size 9/Root 1 0 R/XRefStm ${streamAt}>>\n`;
    const file = text(`${written}${objects}${stream}${xref}startxref\n${streamAt + stream.length}\n%%EOF\n`);
    const { findings } = await inspect(file);
    expect(findings.some(({ where }) => where === 'cross-reference')).toBe(false);
    expect((await showPdf(await scrub(file))).pages).toEqual((await showPdf(buildPdf(basic))).pages);
  });

  it('lead to object streams that extend others', async () => {
    const file = buildPdf({ ...basic, 6: flate('9 0 (unused)', '/Type/ObjStm/N 1/First 4') }, { packed: true });
    const extended = text(
      Buffer.from(file).toString('latin1').replace('/Type/ObjStm/N 4', '/Extends 6 0 R/Type/ObjStm/N 4'),
    );
    expect((await showPdf(await scrub(extended))).pages).toEqual((await showPdf(buildPdf(basic))).pages);
  });

  it('of a linearized file are read, and nothing says that it was one', async () => {
    const linear = {
      ...basic,
      8: '<</Linearized 1/L 9999/H[500 60]/O 3/E 900/N 1/T 1200>>',
      9: { dict: `/S 12/Made(${SECRET})`, body: 'hints' },
    };
    const clean = await unpacked(buildPdf(linear));
    expect(clean).not.toMatch(/Linearized|hints/);
    expect(await scrub(buildPdf(linear))).toEqual(await scrub(buildPdf(basic)));
  });

  it('count from the header where junk stands in front of it', async () => {
    const file = buildPdf(basic, { before: `POST /form HTTP/1.1\nHost: ${SECRET}\n\n` });
    const { findings } = await inspect(file);
    expect(findings.find(({ where }) => where === 'before the header')).toMatchObject({ kind: 'trailing-data' });
    expect(await scrub(file)).toEqual(await scrub(buildPdf(basic)));
  });

  it('do not bring a deleted object back', async () => {
    const catalog = '<</Type/Catalog/Pages 2 0 R/AcroForm 9 0 R>>';
    const file = buildPdf({ ...basic, 1: catalog, 9: `<</Fields[]/DA(${SECRET})>>` }, { revisions: [{ 9: null }] });
    expect(await unpacked(file)).not.toContain(SECRET);
  });
});

function filterRows(bytes: Buffer, filter: number): Buffer {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 5) {
    const line = Buffer.from(bytes.subarray(at, at + 5));
    const coded = line.map((byte, index) => {
      const other = filter === 2 ? (at === 0 ? 0 : bytes[at - 5 + index]) : index === 0 ? 0 : line[index - 1];
      return byte - (other ?? 0);
    });
    lines.push(Buffer.from([filter]), Buffer.from(coded));
  }
  return Buffer.concat(lines);
}

function tiffRows(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte - (index % 5 === 0 ? 0 : (bytes[index - 1] ?? 0))));
}

describe('packed streams', () => {
  const xfa = `<data><!--${SECRET}-->kept</data>`;
  const codings: readonly (readonly [string, string, Uint8Array | string])[] = [
    ['FlateDecode', '/Filter/FlateDecode', deflateSync(xfa)],
    ['ASCIIHexDecode', '/Filter/ASCIIHexDecode', `${Buffer.from(xfa).toString('hex')}>`],
    ['ASCII85Decode', '/Filter/ASCII85Decode', ascii85(Buffer.from(xfa))],
    [
      'RunLengthDecode',
      '/Filter/RunLengthDecode',
      Buffer.concat([Buffer.from([xfa.length - 1]), Buffer.from(xfa), Buffer.from([128])]),
    ],
    ['LZWDecode', '/Filter/LZWDecode', lzw(Buffer.from(xfa))],
    ['two filters', '/Filter[/AHx/Fl]', `${deflateSync(xfa).toString('hex')}>`],
  ];

  it.each(codings)('are read through %s', async (_, dict, coded) => {
    const file = page({
      catalog: '/AcroForm<</Fields[]/XFA[(datasets)9 0 R]>>',
      objects: { 9: { dict, body: coded } },
    });
    const clean = await unpacked(file);
    expect(clean).toContain('<data>kept</data>');
    expect(clean).not.toContain(SECRET);
  });

  it.each(codings.slice(1))('of pages are carried over in %s', async (_, dict) => {
    const coded: Record<string, Uint8Array | string> = {
      '/Filter/ASCIIHexDecode': `${Buffer.from(CONTENT).toString('hex')}>`,
      '/Filter/ASCII85Decode': ascii85(Buffer.from(CONTENT)),
      '/Filter/RunLengthDecode': Buffer.concat([
        Buffer.from([CONTENT.length - 1]),
        Buffer.from(CONTENT),
        Buffer.from([128]),
      ]),
      '/Filter/LZWDecode': lzw(Buffer.from(CONTENT)),
      '/Filter[/AHx/Fl]': `${deflateSync(CONTENT).toString('hex')}>`,
    };
    const file = buildPdf({ ...basic, 4: { dict, body: coded[dict] ?? '' } });
    expect((await showPdf(await scrub(file))).pages).toEqual((await showPdf(buildPdf(basic))).pages);
  });

  it('of a million runs are read', async () => {
    const runs = Buffer.alloc(400_000, Buffer.from([0, 0x41]));
    const file = page({
      catalog: '/AcroForm<</Fields[]/XFA[(datasets)9 0 R]>>',
      objects: { 9: { dict: '/Filter/RunLengthDecode', body: runs } },
    });
    expect(await scrub(file)).toBeInstanceOf(Uint8Array);
  });
});

/** Codes of nine bits, the table cleared before it grows. */
function lzw(bytes: Buffer): Buffer {
  const codes: number[] = [];
  for (const [index, byte] of bytes.entries()) codes.push(...(index % 100 === 0 ? [256, byte] : [byte]));
  const bits = [...codes, 257].map((code) => code.toString(2).padStart(9, '0')).join('');
  return Buffer.from((bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)));
}

function ascii85(bytes: Buffer): string {
  let coded = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const group = Buffer.alloc(4);
    const count = bytes.copy(group, 0, at, at + 4);
    let value = group.readUInt32BE();
    const digits: string[] = [];
    for (let index = 0; index < 5; index++) {
      digits.unshift(String.fromCharCode(33 + (value % 85)));
      value = Math.floor(value / 85);
    }
    coded += digits.join('').slice(0, count + 1);
  }
  return `${coded}~>`;
}

describe('floods', () => {
  it('of objects beyond the limit are refused', async () => {
    const objects = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index + 10, 'null']));
    const error = await refusal(page({ objects }), { limits: { structures: 200 } });
    expect(error).toMatchObject({ code: 'limit-exceeded' });
  });

  it('of attachments in attachments are refused beyond the limit', async () => {
    let file = page();
    for (let depth = 0; depth < 4; depth++) {
      file = page({
        catalog: '/Names<</EmbeddedFiles<</Names[(a.pdf)9 0 R]>>>>',
        objects: { 9: '<</Type/Filespec/F(a.pdf)/EF<</F 10 0 R>>>>', 10: { dict: '', body: file } },
      });
    }
    expect(await refusal(file, { limits: { depth: 2 } })).toMatchObject({ code: 'limit-exceeded' });
    expect(await scrub(file)).toBeInstanceOf(Uint8Array);
  });

  it.each<[string, Objects]>([
    ['a page tree that leads to itself', { 2: '<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>' }],
    ['an object that is a reference to itself', { 5: '5 0 R' }],
    ['a length that is the stream itself', { 4: { dict: '', body: CONTENT, length: '4 0 R' } as Source }],
    [
      'an outline that leads to itself',
      { 1: '<</Type/Catalog/Pages 2 0 R/Outlines 9 0 R>>', 9: '<</First 9 0 R/Next 9 0 R/Title(t)>>' },
    ],
    [
      'a structure tree that leads to itself',
      { 1: '<</Type/Catalog/Pages 2 0 R/StructTreeRoot 9 0 R>>', 9: '<</Type/StructTreeRoot/K 9 0 R>>' },
    ],
    [
      'a name tree that leads to itself',
      { 1: '<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 9 0 R>>>>', 9: '<</Kids[9 0 R]/Names[]>>' },
    ],
  ])('%s is read to its end', async (_, objects) => {
    const clean = await scrub(buildPdf({ ...basic, ...objects }));
    expect((await showPdf(clean)).pages).toHaveLength(1);
  });
});
