import { PDFDocument, StandardFonts } from 'pdf-lib';
import { describe, expect, it } from 'vitest';
import { inspect, type ScrubOptions, scrub, scrubWithReport } from '../../src/index.ts';
import { encodeJpeg, joinJpeg, splitJpeg } from '../builders/jpeg.ts';
import { flate, type Source } from '../builders/pdf.ts';
import { page, SECRET, unpacked } from '../builders/pdf-page.ts';
import { showPdf, unpackPdf } from '../readers/pdf.ts';

/** What must still be there, as text of the unpacked output. */
const kept: readonly (readonly [name: string, text: string, file: () => Uint8Array])[] = [
  [
    'text of a comment',
    'A remark',
    () => page({ page: '/Annots[<</Subtype/Text/Rect[0 0 9 9]/Contents(A remark)/T(x)>>]' }),
  ],
  [
    'name and value of a field',
    '/T (given)',
    () =>
      page({
        catalog: '/AcroForm<</Fields[9 0 R]>>',
        page: '/Annots[9 0 R]',
        objects: { 9: '<</Subtype/Widget/FT/Tx/T(given)/V(v)/Rect[0 0 9 9]>>' },
      }),
  ],
  ['scripts', 'app.alert', () => page({ catalog: '/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>' })],
  ['language', '/Lang (de)', () => page({ catalog: '/Lang(de)' })],
  ['coordinates of a map', '/GPTS', () => page({ page: '/VP[<</Measure<</Subtype/GEO/GPTS[1 2]>>>>]' })],
  [
    'condition of an output intent',
    'CGATS',
    () => page({ catalog: '/OutputIntents[<</S/GTS_PDFX/OutputConditionIdentifier(CGATS)>>]' }),
  ],
  [
    'alternate text',
    'A tree',
    () =>
      page({
        catalog: '/StructTreeRoot 9 0 R',
        objects: { 9: '<</Type/StructTreeRoot/K<</S/Figure/K 0/Pg 3 0 R/Alt(A tree)>>>>' },
      }),
  ],
  ['a font that is named as metadata is', '/Metadata', () => page({ resources: '/ExtGState<</Metadata<</LW 2>>>>' })],
  [
    'a page that scripts make others from',
    'Pattern page',
    () =>
      page({
        catalog: '/Names<</Templates<</Names[(t)9 0 R]>>>>',
        objects: {
          9: '<</Type/Template/MediaBox[0 0 9 9]/Contents 10 0 R>>',
          10: { dict: '', body: 'BT (Pattern page) Tj ET' },
        },
      }),
  ],
  [
    'a base of relative addresses',
    'http://example.org/',
    () => page({ catalog: '/URI<</Base(http://example.org/)>>' }),
  ],
  ['transition and boxes of a page', '/TrimBox', () => page({ page: '/TrimBox[1 1 9 9]/Trans<</S/Fade>>' })],
];

describe('what a viewer uses', () => {
  it.each(kept)('stays: %s', async (_, text, make) => {
    expect(await unpacked(make())).toContain(text);
  });

  it('can be filled in afterwards', async () => {
    const document = await PDFDocument.create();
    const field = document.getForm().createTextField('given');
    field.setText('before');
    field.addToPage(document.addPage([200, 200]));
    const again = await PDFDocument.load(await scrub(await document.save()), { updateMetadata: false });
    expect(again.getForm().getTextField('given').getText()).toBe('before');
    again.getForm().getTextField('given').setText('after');
    expect((await showPdf(await again.save())).fields).toEqual(['given']);
  });

  it('keeps what a document says of standards, and nothing else of its XMP', async () => {
    const body = `<x:xmpmeta><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance><dc:creator>${SECRET}</dc:creator></x:xmpmeta>`;
    const text = await unpacked(
      page({ catalog: '/Metadata 9 0 R', objects: { 9: { dict: '/Type/Metadata/Subtype/XML', body } } }),
    );
    expect(text).toContain('<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>');
    expect(text).not.toContain(SECRET);
  });

  it('writes a table where PDF/A-1 is claimed, which knows no streams for it', async () => {
    const body = '<x:xmpmeta><pdfaid:part>1</pdfaid:part></x:xmpmeta>';
    const clean = await scrub(
      page({ catalog: '/Metadata 9 0 R', objects: { 9: { dict: '/Type/Metadata/Subtype/XML', body } } }),
    );
    expect(Buffer.from(clean).toString('latin1')).toMatch(/xref\n0 \d+\n0000000000 65535 f/);
    expect((await showPdf(clean)).pages).toHaveLength(1);
  });

  it('keeps version and trapping of PDF/X', async () => {
    const info = '<</GTS_PDFXVersion(PDF/X-4)/Trapped/False/Author(x)>>';
    const text = await unpacked(page({ objects: { 9: info } }, { trailer: '/Info 9 0 R' }));
    expect(text).toContain('PDF/X-4');
    expect(text).toContain('/Trapped /False');
  });
});

describe('options', () => {
  const comment = '<</Subtype/Text/Rect[0 0 9 9]/Contents(A remark)>>';

  it.each<[ScrubOptions, string, () => Uint8Array]>([
    [{ drop: ['comments'] }, 'A remark', () => page({ page: `/Annots[${comment}]` })],
    [{ drop: ['scripts'] }, 'app.alert', () => page({ catalog: '/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>' })],
    [{ drop: ['mapCoordinates'] }, '/GPTS', () => page({ page: '/VP[<</Measure<</GPTS[1 2]>>>>]' })],
    [
      { drop: ['links'] },
      'example',
      () => page({ page: '/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://example.org)>>>>]' }),
    ],
    [
      { drop: ['formValues'] },
      'filled in',
      () => page({ catalog: '/AcroForm<</Fields[9 0 R]>>', objects: { 9: '<</FT/Tx/T(f)/V(filled in)>>' } }),
    ],
    [
      { drop: ['attachments'] },
      'note.txt',
      () =>
        page({
          catalog: '/Names<</EmbeddedFiles<</Names[(note.txt)9 0 R]>>>>',
          objects: { 9: '<</Type/Filespec/F(note.txt)/EF<</F 10 0 R>>>>', 10: { dict: '', body: 'x' } },
        }),
    ],
  ])('%j leaves %s out', async (options, text, make) => {
    expect(await unpacked(make())).toContain(text);
    expect(await unpacked(make(), options)).not.toContain(text);
  });

  it('leave the names of a font out, and its drawing tables in', async () => {
    const table = (tag: string, content: Buffer): { tag: string; content: Buffer } => ({ tag, content });
    const tables = [table('head', Buffer.alloc(54)), table('name', Buffer.from(SECRET))];
    const head = Buffer.alloc(12 + 16 * tables.length);
    head.writeUInt32BE(0x00010000);
    head.writeUInt16BE(tables.length, 4);
    let at = head.length;
    for (const [index, { tag, content }] of tables.entries()) {
      head.write(tag, 12 + 16 * index);
      head.writeUInt32BE(at, 20 + 16 * index);
      head.writeUInt32BE(content.length, 24 + 16 * index);
      at += content.length;
    }
    const font = Buffer.concat([head, ...tables.map(({ content }) => content)]);
    const file = page({
      objects: {
        5: '<</Type/Font/Subtype/TrueType/BaseFont/Own/FontDescriptor 9 0 R>>',
        9: '<</Type/FontDescriptor/FontName/Own/Flags 4/FontFile2 10 0 R>>',
        10: flate(font, `/Length1 ${font.length}`),
      },
    });
    expect(await unpacked(file)).toContain(SECRET);
    const bare = await unpacked(file, { drop: ['fontNames'] });
    expect(bare).not.toContain(SECRET);
    expect(bare).toContain('head');
  });

  it('pack streams anew, so that nothing stands behind their ends', async () => {
    const { dict, body } = flate('BT /F1 18 Tf 20 100 Td (Shown) Tj ET') as Exclude<Source, string>;
    const file = page({ objects: { 4: { dict, body: Buffer.concat([Buffer.from(body), Buffer.from(SECRET)]) } } });
    const sentence = 'Bytes behind the end of packed data inside a stream.';
    const { output, report } = await scrubWithReport(file, { thorough: true });
    expect(Buffer.from(output).includes(SECRET)).toBe(false);
    expect(await showPdf(output)).toEqual(await showPdf(file));
    expect(await scrub(output, { thorough: true })).toEqual(output);
    expect(report.residual).not.toContain(sentence);
    expect((await inspect(file)).residual).toContain(sentence);
  });

  it('keeps the title when asked to', async () => {
    const file = page({ objects: { 9: '<</Title(My title)/Author(me)>>' } }, { trailer: '/Info 9 0 R' });
    const document = await PDFDocument.load(await scrub(file, { keep: ['title'] }), { updateMetadata: false });
    expect(document.getTitle()).toBe('My title');
    expect(document.getAuthor()).toBeUndefined();
  });

  it('gives values of the information dictionary when asked to', async () => {
    const file = page({ objects: { 9: '<</Author(Jane Roe)>>' } }, { trailer: '/Info 9 0 R' });
    const { findings } = await inspect(file, { values: true });
    expect(findings.find(({ kind }) => kind === 'author')?.values).toEqual({ Author: 'Jane Roe' });
  });
});

describe('attachments', () => {
  const portfolio = (): Uint8Array =>
    page({
      catalog:
        '/Collection<</View/D/Schema<</N<</Subtype/F/N(Name of it)>>>>>>/Names<</EmbeddedFiles<</Names[(a.xyz)9 0 R]>>>>',
      objects: {
        9: '<</Type/Filespec/F(a.xyz)/EF<</F 10 0 R>>/CI<</N(shown)/CreationDate(D:2020)>>>>',
        10: { dict: '', body: 'no known format' },
      },
    });

  it('of a portfolio keep what its list shows, without dates', async () => {
    const text = await unpacked(portfolio());
    expect(text).toContain('Name of it');
    expect(text).toContain('(shown)');
    expect(text).not.toContain('D:2020');
  });

  it('go with the portfolio that shows them', async () => {
    expect(await unpacked(portfolio(), { drop: ['attachments'] })).not.toMatch(/Collection|Name of it|no known format/);
  });

  it('are scrubbed where their format is known', async () => {
    const body = joinJpeg([...splitJpeg(await encodeJpeg({ width: 8, height: 8 }))], SECRET);
    const file = page({
      catalog: '/Names<</EmbeddedFiles<</Names[(a.jpg)9 0 R]>>>>',
      objects: { 9: '<</Type/Filespec/F(a.jpg)/EF<</F 10 0 R>>>>', 10: { dict: '', body } },
    });
    expect(await unpacked(file)).not.toContain(SECRET);
  });

  it('are kept and reported where it is not', async () => {
    const file = page({
      catalog: '/Names<</EmbeddedFiles<</Names[(a.xyz)9 0 R]>>>>',
      objects: { 9: '<</Type/Filespec/F(a.xyz)/EF<</F 10 0 R>>>>', 10: { dict: '', body: 'no known format' } },
    });
    expect(await unpacked(file)).toContain('no known format');
    expect((await inspect(file)).findings).toContainEqual(
      expect.objectContaining({ kind: 'embedded-file', action: 'kept', where: 'EmbeddedFile' }),
    );
  });
});

it('draws the same as before for what another library made', async () => {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.TimesRoman);
  for (let number = 1; number <= 3; number++) {
    document.addPage([200, 100]).drawText(`Page ${number}`, { x: 20, y: 40, size: 20, font });
  }
  document.setAuthor(SECRET);
  const file = await document.save();
  const clean = await scrub(file);
  expect(await showPdf(clean)).toEqual(await showPdf(file));
  expect((await unpackPdf(clean)).includes(SECRET)).toBe(false);
});
