import { PDFDocument, StandardFonts } from 'pdf-lib';
import { describe, expect, it } from 'vitest';
import { inspect, ScrubError, type ScrubOptions, scrub, scrubWithReport } from '../../src/index.ts';
import { COM, encodeJpeg, exif, exifBlock, joinJpeg, segment, splitJpeg } from '../builders/jpeg.ts';
import { aes128, buildPdf, flate, type Layout, type Objects, type Source } from '../builders/pdf.ts';
import { showPdf, unpackPdf } from '../readers/pdf.ts';
import { canaries, specimens } from '../specimens/pdf.ts';

const SECRET = 'SecretWord';

/** One page with text; each argument is put into the dictionary of its name. */
function page(
  extra: { catalog?: string; page?: string; resources?: string; objects?: Objects } = {},
  layout: Layout = {},
) {
  const { catalog = '', page: entries = '', resources = '', objects = {} } = extra;
  return buildPdf(
    {
      1: `<</Type/Catalog/Pages 2 0 R${catalog}>>`,
      2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
      3: `<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>${resources}>>${entries}>>`,
      4: flate('BT /F1 18 Tf 20 100 Td (Shown) Tj ET'),
      5: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
      ...objects,
    },
    layout,
  );
}

/** Everything that another parser finds in the scrubbed file. */
async function unpacked(file: Uint8Array, options?: ScrubOptions): Promise<string> {
  return (await unpackPdf(await scrub(file, options))).toString('latin1');
}

async function refusal(file: Uint8Array, options?: ScrubOptions): Promise<ScrubError> {
  const error: unknown = await scrub(file, options).catch((reason: unknown) => reason);
  if (!(error instanceof ScrubError)) throw new Error('The file was not refused.');
  return error;
}

/** A signature, an annotation and so on that tell the secret. */
const dropped: readonly (readonly [name: string, file: () => Uint8Array])[] = [
  ['Info of the trailer', () => page({ objects: { 9: `<</Author(${SECRET})>>` } }, { trailer: '/Info 9 0 R' })],
  ['private keys of the trailer', () => page({}, { trailer: `/DocChecksum/${SECRET}` })],
  ['bytes before the header', () => page({}, { before: `${SECRET}\n` })],
  ['bytes behind %%EOF', () => page({}, { after: SECRET })],
  ['comments between objects', () => page({}, { between: `%${SECRET}\n` })],
  ['unreferenced objects', () => page({ objects: { 9: `(${SECRET})` } })],
  ['unreferenced objects in object streams', () => page({ objects: { 9: `(${SECRET})` } }, { packed: true })],
  ['replaced objects', () => page({ objects: { 9: 'null' } }, { revisions: [{ 9: `(${SECRET})` }, { 9: null }] })],
  ['XMP of the catalog', () => page({ catalog: '/Metadata 9 0 R', objects: { 9: xmpStream() } })],
  [
    'XMP of a font',
    () => page({ objects: { 5: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Metadata 9 0 R>>', 9: xmpStream() } }),
  ],
  ['PieceInfo of the catalog', () => page({ catalog: `/PieceInfo<</A<</Private(${SECRET})>>>>` })],
  ['vendors’ keys of the catalog', () => page({ catalog: `/AAPL:Key(${SECRET})` })],
  ['SpiderInfo', () => page({ catalog: `/SpiderInfo<</C[(${SECRET})]>>` })],
  ['URLs of captured pages', () => page({ catalog: `/Names<</URLS<</Names[(${SECRET})null]>>>>` })],
  ['Perms', () => page({ catalog: `/Perms<</DocMDP<</Type/Sig/Name(${SECRET})>>>>` })],
  ['DSS', () => page({ catalog: `/DSS<</Certs[(${SECRET})]>>` })],
  ['DPartRoot', () => page({ catalog: `/DPartRoot<</DPM<</Recipient(${SECRET})>>>>` })],
  [
    'information of a thread',
    () =>
      page({
        catalog: `/Threads[<</I<</Author(${SECRET})>>/F 9 0 R>>]`,
        objects: { 9: '<</Type/Bead/P 3 0 R/R[0 0 9 9]>>' },
      }),
  ],
  [
    'information of an output intent',
    () => page({ catalog: `/OutputIntents[<</S/GTS_PDFX/OutputConditionIdentifier(CGATS)/Info(${SECRET})>>]` }),
  ],
  [
    'creator of a layer configuration',
    () =>
      page({
        catalog: `/OCProperties<</OCGs[9 0 R]/D<</Creator(${SECRET})>>>>`,
        objects: { 9: `<</Type/OCG/Name(L)/Usage<</User<</Name(${SECRET})>>>>>>` },
      }),
  ],
  [
    'title of a structure element',
    () =>
      page({
        catalog: '/StructTreeRoot 9 0 R',
        objects: { 9: `<</Type/StructTreeRoot/K<</S/P/K 0/Pg 3 0 R/T(${SECRET})>>>>` },
      }),
  ],
  [
    'user properties of a structure element',
    () =>
      page({
        catalog: '/StructTreeRoot 9 0 R',
        objects: {
          9: `<</Type/StructTreeRoot/K<</S/P/K 0/Pg 3 0 R/A<</O/UserProperties/P[<</N(a)/V(${SECRET})>>]>>>>>>`,
        },
      }),
  ],
  [
    'texts of elements on a deleted page',
    () =>
      page({
        catalog: '/StructTreeRoot 9 0 R',
        objects: {
          9: '<</Type/StructTreeRoot/K[10 0 R 11 0 R]>>',
          10: '<</S/P/P 9 0 R/K 0/Pg 3 0 R>>',
          11: `<</S/P/P 9 0 R/K 0/Pg 12 0 R/ActualText(${SECRET})>>`,
          12: '<</Type/Page/MediaBox[0 0 9 9]>>',
        },
      }),
  ],
  [
    'a deleted page behind a destination',
    () =>
      page({
        catalog: '/Dests<</a[9 0 R/Fit]>>',
        objects: { 9: `<</Type/Page/MediaBox[0 0 9 9]/Contents 10 0 R>>`, 10: { dict: '', body: SECRET } },
      }),
  ],
  [
    'a field on a deleted page',
    () =>
      page({
        catalog: '/AcroForm<</Fields[9 0 R]>>',
        objects: { 9: `<</Subtype/Widget/FT/Tx/T(f)/V(${SECRET})/P 10 0 R>>`, 10: '<</Type/Page/MediaBox[0 0 9 9]>>' },
      }),
  ],
  [
    'thumbnails of pages',
    () => page({ page: '/Thumb 9 0 R', objects: { 9: { dict: '/Width 1/Height 1', body: SECRET } } }),
  ],
  ['date of a page', () => page({ page: `/LastModified(D:${SECRET})` })],
  ['author of a comment', () => page({ page: `/Annots[<</Subtype/Text/Rect[0 0 9 9]/Contents(c)/T(${SECRET})>>]` })],
  [
    'name, dates and subject of a comment',
    () =>
      page({
        page: `/Annots[<</Subtype/Highlight/Rect[0 0 9 9]/NM(${SECRET})/M(${SECRET})/CreationDate(${SECRET})/Subj(${SECRET})>>]`,
      }),
  ],
  [
    'writer of a rich text',
    () =>
      page({
        page: `/Annots[<</Subtype/FreeText/Rect[0 0 9 9]/RC(<body xfa:APIVersion="${SECRET}"><p>t</p></body>)>>]`,
      }),
  ],
  [
    'signatures',
    () =>
      page({
        catalog: '/AcroForm<</SigFlags 3/Fields[9 0 R]>>',
        objects: { 9: `<</FT/Sig/T(s)/V<</Type/Sig/Contents<00>/Name(${SECRET})/Location(${SECRET})>>>>` },
      }),
  ],
  [
    'seed values of signatures',
    () =>
      page({ catalog: '/AcroForm<</Fields[9 0 R]>>', objects: { 9: `<</FT/Sig/T(s)/SV<</Reasons[(${SECRET})]>>>>` } }),
  ],
  [
    'folders of a file that is linked to',
    () => page({ page: `/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/GoToR/D[0/Fit]/F(/C/Users/${SECRET}/b.pdf)>>>>]` }),
  ],
  [
    'folders of an attached file that is named only',
    () => page({ page: `/Annots[<</Subtype/FileAttachment/Rect[0 0 9 9]/FS(C:\\\\Users\\\\${SECRET}\\\\a.txt)>>]` }),
  ],
  [
    'folders of a media clip',
    () =>
      page({
        page: `/Annots[<</Subtype/Screen/Rect[0 0 9 9]/A<</S/Rendition/R<</S/MR/C<</S/MCD/D(C:\\\\${SECRET}\\\\a.mp4)>>>>>>>>]`,
      }),
  ],
  [
    'folders of a local address',
    () => page({ page: `/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(file:///C:/${SECRET}/b.pdf)>>>>]` }),
  ],
  [
    'parameters of a program',
    () =>
      page({
        page: `/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/Win<</F(C:\\\\${SECRET}\\\\a.exe)/D(${SECRET})>>>>>>]`,
      }),
  ],
  [
    'spellings of a path for one system',
    () =>
      page({
        catalog: `/AF[<</Type/Filespec/F(a.txt)/DOS(${SECRET})/Mac(${SECRET})/Unix(${SECRET})/EF<</F 9 0 R>>>>]`,
        objects: { 9: { dict: `/Params<</CheckSum(${SECRET})>>`, body: 'text' } },
      }),
  ],
  [
    'path and Info of an included document',
    () =>
      page({
        resources: '/XObject<</X 9 0 R>>',
        objects: {
          9: {
            dict: `/Subtype/Form/BBox[0 0 1 1]/PTEX.FileName(${SECRET})/PTEX.InfoDict<</Author(${SECRET})>>`,
            body: '',
          },
        },
      }),
  ],
  [
    'OPI',
    () =>
      page({
        resources: '/XObject<</X 9 0 R>>',
        objects: { 9: { dict: `/Subtype/Form/BBox[0 0 1 1]/OPI<</2.0<</F(${SECRET})>>>>`, body: '' } },
      }),
  ],
  [
    'a file that stands in for a stream',
    () =>
      page({
        resources: '/XObject<</X 9 0 R>>',
        objects: { 9: { dict: `/Subtype/Form/BBox[0 0 1 1]/F(/home/${SECRET}/x)`, body: '' } },
      }),
  ],
  [
    'packets of a form’s making',
    () =>
      page({
        catalog: '/AcroForm<</Fields[]/XFA[(config)9 0 R(datasets)10 0 R]>>',
        objects: { 9: { dict: '', body: SECRET }, 10: { dict: '', body: `<data><!--${SECRET}-->d</data>` } },
      }),
  ],
  [
    'data between a stream’s length and its end',
    () =>
      page({
        objects: { 4: { ...(flate('BT /F1 18 Tf 20 100 Td (Shown) Tj ET') as Exclude<Source, string>), ...slack() } },
      }),
  ],
];

function xmpStream(): Source {
  return { dict: '/Type/Metadata/Subtype/XML', body: `<x:xmpmeta>${SECRET}</x:xmpmeta>` };
}

/** A body with more behind its declared length. */
function slack(): { body: Uint8Array; length: string } {
  const { body } = flate('BT /F1 18 Tf 20 100 Td (Shown) Tj ET') as Exclude<Source, string>;
  return { body: Buffer.concat([Buffer.from(body), Buffer.from(SECRET)]), length: String(body.length) };
}

describe('what tells of its making', () => {
  it.each(dropped)('goes: %s', async (_, make) => {
    const file = make();
    expect(Buffer.from(file).includes(SECRET) || (await unpackPdf(file)).includes(SECRET)).toBe(true);
    expect(await unpacked(file)).not.toContain(SECRET);
    const { report } = await scrubWithReport(file);
    expect(report.changed).toBe(true);
  });

  it('is in no stream of a specimen, whatever they are packed with', async () => {
    for (const specimen of specimens) {
      for (const seed of [1, 2, 7]) {
        const text = await unpacked(await specimen.make(seed));
        expect(canaries(seed).filter((word) => text.includes(word))).toEqual([]);
      }
    }
  });

  it('leaves no identifier that is not of the output itself', async () => {
    const [first, second] = await Promise.all(
      ['a', 'b'].map((letter) => scrub(page({}, { trailer: `/ID[<${letter}0><${letter}1>]` }))),
    );
    expect(first).toEqual(second);
  });
});

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

describe('pictures', () => {
  const image = (body: Uint8Array | string, filter: string): Uint8Array =>
    page({
      resources: '/XObject<</X 9 0 R>>',
      objects: {
        4: flate('q 100 0 0 100 0 0 cm /X Do Q'),
        9: { dict: `/Subtype/Image/Width 24/Height 16/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter${filter}`, body },
      },
    });
  const dressed = async (): Promise<Uint8Array> => {
    const [first, ...rest] = splitJpeg(await encodeJpeg({ width: 24, height: 16 }));
    if (first === undefined) throw new Error('There is no picture.');
    const told = exif(exifBlock({ 0x010f: { text: SECRET }, 0x0112: { short: 6 } }));
    return joinJpeg([first, told, segment(COM, SECRET), ...rest], SECRET);
  };

  it('lose the metadata of JPEG, its orientation too, which viewers of pages do not obey', async () => {
    const file = image(await dressed(), '/DCTDecode');
    const clean = await scrub(file);
    expect((await unpackPdf(clean)).includes(SECRET)).toBe(false);
    expect(Buffer.from(clean).includes('Exif')).toBe(false);
    expect((await showPdf(clean)).pages).toEqual((await showPdf(file)).pages);
  });

  it('lose it where the picture is packed once more', async () => {
    const packed = flate(await dressed()) as Exclude<Source, string>;
    const file = image(packed.body, '[/FlateDecode/DCTDecode]');
    const clean = await scrub(file);
    expect((await unpackPdf(clean)).includes(SECRET)).toBe(false);
    expect((await showPdf(clean)).pages).toEqual((await showPdf(file)).pages);
  });

  it('lose it where the picture is damaged', async () => {
    const whole = await dressed();
    const file = image(whole.subarray(0, whole.length - SECRET.length - 30), '/DCTDecode');
    expect(await unpacked(file)).not.toContain(SECRET);
  });

  it('lose comments of a JBIG2 stream', async () => {
    const comment = Buffer.concat([Buffer.from([0, 0, 0, 0, 62, 0, 1, 0, 0, 0, SECRET.length]), Buffer.from(SECRET)]);
    expect(await unpacked(image(comment, '/JBIG2Decode'))).not.toContain(SECRET);
  });

  it('lose boxes and comments of JPEG 2000', async () => {
    const box = (type: string, ...content: Uint8Array[]): Buffer => {
      const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(type), ...content]);
      whole.writeUInt32BE(whole.length);
      return whole;
    };
    const comment = Buffer.concat([Buffer.from([0xff, 0x64, 0, 4 + SECRET.length, 0, 1]), Buffer.from(SECRET)]);
    const size = Buffer.concat([Buffer.from([0xff, 0x51, 0, 41]), Buffer.alloc(39)]);
    const stream = Buffer.concat([Buffer.from([0xff, 0x4f]), size, comment, Buffer.from([0xff, 0x90, 0, 10])]);
    const file = Buffer.concat([
      box('jP  ', Buffer.from([13, 10, 0x87, 10])),
      box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ')),
      box('xml ', Buffer.from(SECRET)),
      box('jp2h', box('ihdr', Buffer.alloc(14)), box('uuid', Buffer.from(SECRET))),
      box('jp2c', stream),
    ]);
    const text = await unpacked(image(file, '/JPXDecode'));
    expect(text).not.toContain(SECRET);
    expect(text).toContain('ihdr');
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

describe('encrypted files', () => {
  const objects: Objects = {
    1: '<</Type/Catalog/Pages 2 0 R>>',
    2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    3: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    4: flate('BT /F1 18 Tf 20 100 Td (Shown) Tj ET'),
    5: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  };

  it('that open with the empty password are written open, and that is told', async () => {
    const { trailer, encrypt, code } = aes128('0123456789abcdef', new Uint8Array(16).fill(7));
    const file = buildPdf({ ...objects, 9: encrypt }, { trailer: `/Encrypt 9 0 R${trailer}` }, code);
    const { output, report } = await scrubWithReport(file);
    expect((await showPdf(output)).pages).toEqual((await showPdf(file)).pages);
    expect(report.findings.some(({ where }) => where === 'Trailer › Encrypt')).toBe(true);
    expect(Buffer.from(output).includes('Encrypt')).toBe(false);
  });

  it('that need a password are refused without it', async () => {
    const { trailer, encrypt, code } = aes128('0123456789abcdef', new Uint8Array(16));
    const other = encrypt.replace(/\/U <..../, '/U <ffff');
    const file = buildPdf({ ...objects, 9: other }, { trailer: `/Encrypt 9 0 R${trailer}` }, code);
    expect(await refusal(file)).toMatchObject({ code: 'encrypted', format: 'pdf', trail: ['Encrypt'] });
    expect(await refusal(file, { password: 'wrong' })).toMatchObject({ code: 'encrypted' });
  });

  it('of other handlers are refused', async () => {
    const file = buildPdf({ ...objects, 9: '<</Filter/Adobe.PubSec/V 4>>' }, { trailer: '/Encrypt 9 0 R' });
    expect(await refusal(file)).toMatchObject({ code: 'encrypted' });
  });
});

describe('revisions', () => {
  it('that added something and took it back leave no trace', async () => {
    const plain = page();
    const edited = page(
      {},
      {
        revisions: [
          { 9: `(${SECRET})`, 3: '<</Type/Page>>' },
          { 9: null, 3: String(pageObject()) },
        ],
      },
    );
    expect(await scrub(edited)).toEqual(await scrub(plain));
  });

  it('are counted in the report', async () => {
    const { findings } = await inspect(page({}, { revisions: [{ 9: '(a)' }, { 9: '(b)' }] }));
    expect(findings.find(({ where }) => where === 'revisions')).toMatchObject({ kind: 'history', action: 'removed' });
  });

  function pageObject(): string {
    return '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>';
  }
});

describe('repairs', () => {
  it.each<[string, () => Uint8Array]>([
    ['a wrong startxref', () => page({}, { startxref: 3 })],
    [
      'a stream length that lies',
      () =>
        page({
          objects: {
            4: { ...(flate('BT /F1 18 Tf 20 100 Td (Shown) Tj ET') as Exclude<Source, string>), length: '3' },
          },
        }),
    ],
    ['a file without its end', () => page().slice(0, -60)],
    [
      'ends of lines of another system',
      () =>
        new Uint8Array(
          Buffer.from(
            Buffer.from(page({}, { packed: false }))
              .toString('latin1')
              .replace('startxref\n', 'startxref\r'),
            'latin1',
          ),
        ),
    ],
  ])('%s', async (_, make) => {
    const { pages } = await showPdf(await scrub(make()));
    expect(pages).toEqual((await showPdf(page())).pages);
  });

  it('are reported', async () => {
    const { findings } = await inspect(page({}, { startxref: 3 }));
    expect(findings.find(({ where }) => where === 'cross-reference')).toMatchObject({ action: 'rewritten' });
  });
});

describe('hostile files', () => {
  it('without pages are refused', async () => {
    const file = buildPdf({ 1: '<</Type/Catalog/Pages 2 0 R>>', 2: '<</Type/Pages/Kids[2 0 R]/Count 1>>' });
    expect(await refusal(file)).toMatchObject({ code: 'malformed', trail: ['Catalog', 'Pages'] });
  });

  it('whose sections lead in a circle are read', async () => {
    expect(await scrub(page({}, { trailer: '/Prev 15' }))).toBeInstanceOf(Uint8Array);
  });

  it('that unpack to too much are refused soon', async () => {
    const file = page({ catalog: '/AcroForm<</XFA 9 0 R>>', objects: { 9: flate(new Uint8Array(3_000_000)) } });
    expect(await refusal(file, { limits: { inflatedBytes: 1_000_000 } })).toMatchObject({ code: 'limit-exceeded' });
  });

  it.each([
    ['arrays', '['],
    ['dictionaries', '<</A'],
    ['strings', '('],
  ])('of nested %s are read in linear time', async (_, opener) => {
    const nested = opener.repeat(100_000);
    const started = performance.now();
    await scrub(page({ catalog: `/ViewerPreferences ${nested}` })).catch((error: unknown) => {
      if (!(error instanceof ScrubError)) throw error;
    });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('whose objects overlap are given up', async () => {
    const overlapping = Array.from({ length: 20_000 }, (_, index) => `${index + 10} 0 obj (`).join('\n');
    const file = new Uint8Array(Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n${overlapping}`));
    const started = performance.now();
    expect(await refusal(file)).toBeInstanceOf(ScrubError);
    expect(performance.now() - started).toBeLessThan(5000);
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
