import { describe, expect, it } from 'vitest';
import { scrub, scrubWithReport } from '../../src/index.ts';
import { flate, type Source } from '../builders/pdf.ts';
import { page, SECRET, unpacked } from '../builders/pdf-page.ts';
import { unpackPdf } from '../readers/pdf.ts';
import { canaries, specimens } from '../specimens/pdf.ts';

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
