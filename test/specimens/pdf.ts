import { COM, encodeJpeg, exif, exifBlock, joinJpeg, segment, splitJpeg, xmp } from '../builders/jpeg.ts';
import { buildPdf, flate, type Layout, type Objects, type Source } from '../builders/pdf.ts';
import { encryption } from '../builders/pdf-encryption.ts';
import { showPdf } from '../readers/pdf.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

export const words = [
  ...['author', 'title', 'producer', 'private', 'xmp', 'piece', 'thumb', 'reviewer', 'subject', 'modified', 'name'],
  ...['exif', 'orphan', 'revision', 'identifier', 'usage', 'element', 'signer', 'path', 'vendor', 'comment', 'trailer'],
] as const;
type Word = (typeof words)[number];

export function canaries(seed: number): string[] {
  return words.map((word) => canary(seed, word));
}

const CONTENT =
  'BT /F1 18 Tf 20 160 Td (Some text to select) Tj ET 0.2 0.5 0.9 rg 20 20 60 40 re f ' +
  '/OC /L1 BDC 1 0 0 rg 120 20 40 40 re f EMC q 60 0 0 40 20 90 cm /Im1 Do Q /Span <</MCID 0>> BDC EMC';

/** A document whose dictionaries carry metadata of a seed wherever `tell` is asked for some. */
async function objects(seed: number): Promise<Objects> {
  const random = randomFrom(seed);
  const word = (name: Word): string => canary(seed, name);
  const maybe = (text: string): string => (random() < 0.75 ? text : '');
  const picture = splitJpeg(await encodeJpeg({ width: 24, height: 16 }));
  const dressed = joinJpeg(
    [
      ...picture.slice(0, 1),
      ...(random() < 0.8
        ? [exif(exifBlock({ 0x010f: { text: word('exif') }, 0x0112: { short: 1 + (seed % 8) } }))]
        : []),
      xmp(`<x:xmpmeta>${word('exif')}</x:xmpmeta>`),
      segment(COM, word('exif')),
      ...picture.slice(1),
    ],
    word('exif'),
  );
  const date = `(D:20${10 + (seed % 15)}0102030405Z)`;
  const metadata: Source = {
    dict: '/Type/Metadata/Subtype/XML',
    body: `<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>${word('xmp')}</dc:creator></x:xmpmeta>${' '.repeat(seed % 200)}`,
  };
  return {
    1: `<</Type/Catalog/Pages 2 0 R/Outlines 9 0 R/PageLabels<</Nums[0<</S/r>>]>>/Names<</Dests<</Names[(there)[4 0 R/Fit]]>>${maybe(`/IDS<</Names[(x)(${word('private')})]>>`)}>>/AcroForm<</Fields[12 0 R 13 0 R]/DA(/F1 12 Tf)/SigFlags 3>>/OCProperties<</OCGs[14 0 R]/D<</Order[14 0 R]${maybe(`/Creator(${word('producer')})/Name(${word('usage')})`)}>>>>/MarkInfo<</Marked true>>/StructTreeRoot 16 0 R/Lang(en)/ViewerPreferences<</HideToolbar false>>${maybe('/Metadata 20 0 R')}${maybe(`/PieceInfo<</App<</Private(${word('piece')})/LastModified${date}>>>>/LastModified${date}`)}${maybe(`/VendorKey(${word('vendor')})`)}>>`,
    2: '<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 200 200]>>',
    3: `<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources 6 0 R/Annots[10 0 R 11 0 R 12 0 R 13 0 R]/StructParents 0${maybe('/Thumb 21 0 R')}${maybe(`/PieceInfo<</App<</Private(${word('piece')})>>>>`)}${maybe('/Metadata 20 0 R')}${maybe(`/VendorPage(${word('vendor')})`)}>>`,
    4: `<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources 6 0 R/Rotate 90/LastModified${date}>>`,
    5: flate(CONTENT),
    6: '<</Font<</F1 7 0 R>>/XObject<</Im1 8 0 R>>/Properties<</L1 14 0 R>>/ProcSet[/PDF/Text]>>',
    7: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
    8: {
      dict: `/Type/XObject/Subtype/Image/Width 24/Height 16/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode${maybe(`/PTEX.FileName(${word('path')})`)}${maybe('/Metadata 20 0 R')}`,
      body: dressed,
    },
    9: '<</Type/Outlines/First 15 0 R/Last 15 0 R/Count 1>>',
    10: `<</Type/Annot/Subtype/Text/Rect[150 150 170 170]/Contents(A comment to keep)/Name/Note/T(${word('reviewer')})${maybe(`/M${date}/CreationDate${date}`)}${maybe(`/NM(${word('identifier')})/Subj(${word('subject')})`)}>>`,
    11: '<</Type/Annot/Subtype/Link/Rect[20 150 120 180]/Border[0 0 0]/A<</S/URI/URI(https://example.org/)>>>>',
    12: `<</Type/Annot/Subtype/Widget/FT/Tx/T(given)/V(filled in)/Rect[100 100 180 120]/DA(/F1 12 Tf)/P 3 0 R${maybe(`/M${date}`)}>>`,
    13: `<</Type/Annot/Subtype/Widget/FT/Sig/T(signature)/Rect[0 0 0 0]/P 3 0 R/V<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 1 2 3]/Contents<00>/Name(${word('signer')})>>>>`,
    14: `<</Type/OCG/Name(Layer)${maybe(`/Usage<</CreatorInfo<</Creator(${word('producer')})/Subtype/Artwork>>/User<</Type/Ind/Name(${word('usage')})>>>>`)}>>`,
    15: '<</Title(First chapter)/Parent 9 0 R/Dest[4 0 R/XYZ 0 100 0]>>',
    16: '<</Type/StructTreeRoot/K 17 0 R/ParentTree<</Nums[0[17 0 R]]>>>>',
    17: `<</Type/StructElem/S/P/P 16 0 R/Pg 3 0 R/K 0/Alt(An alternate text)/T(${word('element')})>>`,
    20: metadata,
    21: { dict: '/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8', body: word('thumb') },
    22: `<</Author(${word('author')})/Title(${word('title')})/Producer(${word('producer')})/CreationDate${date}/Custom(${word('modified')})>>`,
    23: `<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Orphan(${word('orphan')})>>`,
  };
}

function trailer(seed: number): string {
  const id = `<${Buffer.from(canary(seed, 'identifier')).toString('hex').slice(0, 32)}>`;
  return `/Info 22 0 R/ID[${id}${id}]/DocChecksum/${canary(seed, 'trailer')}`;
}

function specimen(name: string, make: (seed: number) => Promise<Uint8Array>): Specimen {
  return { name, make, canaries, decode: (file) => showPdf(file) };
}

async function plain(seed: number, layout: Layout = {}): Promise<Uint8Array> {
  const comment = `%${canary(seed, 'comment')}\n`;
  return buildPdf(await objects(seed), {
    trailer: trailer(seed),
    between: seed % 3 === 0 ? comment : '',
    before: seed % 4 === 0 ? `${canary(seed, 'path')}\n` : '',
    after: seed % 2 === 0 ? canary(seed, 'trailer') : '',
    ...layout,
  });
}

export const specimens: readonly Specimen[] = [
  specimen('cross-reference table', (seed) => plain(seed)),
  specimen('object streams', (seed) => plain(seed, { packed: true, between: '' })),
  specimen('revisions', async (seed) =>
    plain(seed, {
      revisions: [
        { 30: `<</Old(${canary(seed, 'revision')})>>`, 15: `<</Title(${canary(seed, 'revision')})/Parent 9 0 R>>` },
        { 30: null, 15: '<</Title(First chapter)/Parent 9 0 R/Dest[4 0 R/XYZ 0 100 0]>>' },
        ...(seed % 2 === 0 ? [{ 31: `(${canary(seed, 'revision')})` }] : []),
      ],
    }),
  ),
  specimen('encrypted with the empty password', async (seed) => {
    const random = randomFrom(seed);
    const vector = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
    const id = canary(seed, 'identifier').slice(0, 16);
    const { trailer: entries, encrypt, code } = encryption({ scheme: 'AES-128', id, vector, strings: false });
    return buildPdf(
      { ...(await objects(seed)), 40: encrypt },
      { trailer: `/Info 22 0 R/Encrypt 40 0 R${entries}` },
      code,
    );
  }),
  specimen('wrong place of the cross-references', (seed) => plain(seed, { startxref: 7 + (seed % 50) })),
  specimen('attachments', async (seed) => {
    const attached = buildPdf(await objects(seed + 1), { trailer: trailer(seed + 1) });
    const path = `C:\\\\Users\\\\${canary(seed, 'path')}\\\\report.pdf`;
    const all = await objects(seed);
    all[1] = String(all[1]).replace('/Names<<', '/Names<</EmbeddedFiles<</Names[(report.pdf)18 0 R]>>');
    all[18] = `<</Type/Filespec/F(${path})/UF(${path})/Desc(The report)/EF<</F 19 0 R>>/DOS(${canary(seed, 'path')})>>`;
    all[19] = flate(
      attached,
      `/Type/EmbeddedFile/Subtype/application#2Fpdf/Params<</ModDate(D:20200101)/Mac(${canary(seed, 'modified')})>>`,
    );
    return buildPdf(all, { trailer: trailer(seed) });
  }),
];

/** The version, what the pages are made of, and how they are shown. */
export const structuralTags =
  /^JFIF:|^PDF:(MediaBox|PDFVersion|PageCount|PageLayout|PageMode|TaggedPDF|Language|Linearized|HasXFA|EmbeddedImage\w*)=/;
