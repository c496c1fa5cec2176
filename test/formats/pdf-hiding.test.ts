import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { scrub } from '../../src/index.ts';
import { buildPdf, flate, type Source } from '../builders/pdf.ts';
import { page, SECRET, unpacked } from '../builders/pdf-page.ts';
import { unpackPdf } from '../readers/pdf.ts';

const xmp: Source = { dict: '/Type/Metadata/Subtype/XML', body: `<x:xmpmeta>${SECRET}</x:xmpmeta>` };
const annotation = (entries: string): string => `/Annots[<</Type/Annot/Rect[0 0 9 9]${entries}>>]`;
const form = (entries: string): Source => ({ dict: `/Type/XObject/Subtype/Form/BBox[0 0 1 1]${entries}`, body: '' });
const picture = '/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8';
const hex = Buffer.from(SECRET).toString('hex');
const wide = `<feff001b656e001b${[...SECRET].map((letter) => `00${letter.charCodeAt(0).toString(16)}`).join('')}>`;

/** Places in which no program of today looks, or which only a hand can have made. */
const hidden: readonly (readonly [name: string, file: () => Uint8Array])[] = [
  ['private data of a page', () => page({ page: `/PieceInfo<</A<</Private<</D(${SECRET})>>>>>>` })],
  ['a vendor’s key of a page', () => page({ page: `/Foxit(${SECRET})` })],
  [
    'private data of a form XObject',
    () =>
      page({
        resources: '/XObject<</X 9 0 R>>',
        objects: { 9: form(`/PieceInfo<</A(${SECRET})>>/LastModified(${SECRET})`) },
      }),
  ],
  [
    'XMP of a form XObject',
    () => page({ resources: '/XObject<</X 9 0 R>>', objects: { 9: form('/Metadata 10 0 R'), 10: xmp } }),
  ],
  [
    'XMP of an image',
    () =>
      page({
        resources: '/XObject<</X 9 0 R>>',
        objects: { 9: { dict: `${picture}/Metadata 10 0 R`, body: '0' }, 10: xmp },
      }),
  ],
  [
    'a name of an image, and where it came from',
    () =>
      page({
        resources: '/XObject<</X 9 0 R>>',
        objects: { 9: { dict: `${picture}/Name/${SECRET}/ID(${SECRET})/Source(${SECRET})`, body: '0' } },
      }),
  ],
  [
    'XMP of a font program',
    () =>
      page({
        objects: {
          5: '<</Type/Font/Subtype/TrueType/BaseFont/F/FontDescriptor 9 0 R>>',
          9: '<</Type/FontDescriptor/FontName/F/FontFile2 10 0 R>>',
          10: { dict: '/Metadata 11 0 R/Length1 1', body: '0' },
          11: xmp,
        },
      }),
  ],
  [
    'XMP of a colour profile',
    () =>
      page({
        resources: '/ColorSpace<</C[/ICCBased 9 0 R]>>',
        objects: { 9: { dict: `/N 3/Metadata 10 0 R/Maker(${SECRET})`, body: '' }, 10: xmp },
      }),
  ],
  [
    'a vendor’s key of a character map',
    () =>
      page({
        objects: {
          5: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 9 0 R>>',
          9: { dict: `/Made(${SECRET})`, body: '' },
        },
      }),
  ],
  [
    'a resource of a Type 3 glyph',
    () =>
      page({
        objects: {
          5: `<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 65/LastChar 65/Widths[1]/Encoding<</Differences[65/A]>>/CharProcs<</A 9 0 R>>/Made(${SECRET})>>`,
          9: { dict: `/Made(${SECRET})`, body: '0 0 d0' },
        },
      }),
  ],
  [
    'a key of a content stream',
    () => page({ objects: { 4: { dict: `/Made(${SECRET})/Metadata 9 0 R`, body: '' }, 9: xmp } }),
  ],
  ['title of a pop-up', () => page({ page: annotation(`/Subtype/Popup/T(${SECRET})/M(${SECRET})`) })],
  [
    'vendor’s key of a link',
    () => page({ page: annotation(`/Subtype/Link/NM(${SECRET})/M(${SECRET})/T(${SECRET})/Foxit(${SECRET})`) }),
  ],
  ['dates of a field', () => page({ page: annotation(`/Subtype/Widget/FT/Tx/T(f)/M(${SECRET})/NM(${SECRET})`) })],
  [
    'a picture on a button',
    () =>
      page({
        page: annotation('/Subtype/Widget/FT/Btn/T(f)/MK<</I 9 0 R>>'),
        objects: { 9: form(`/PTEX.FileName(${SECRET})/Foxit(${SECRET})`) },
      }),
  ],
  ['a key of an annotation’s border', () => page({ page: annotation(`/Subtype/Square/BS<</W 1/Made(${SECRET})>>`) })],
  [
    'a key of a sound',
    () =>
      page({
        page: annotation('/Subtype/Sound/Sound 9 0 R'),
        objects: { 9: { dict: `/R 8000/Title(${SECRET})`, body: '0' } },
      }),
  ],
  ['folders of a film', () => page({ page: annotation(`/Subtype/Movie/Movie<</F(/home/${SECRET}/a.mov)>>`) })],
  [
    'folders of a rich media asset',
    () =>
      page({
        page: annotation(
          `/Subtype/RichMedia/RichMediaContent<</Assets<</Names[(a.swf)<</Type/Filespec/F(C:\\\\${SECRET}\\\\a.swf)/UF(C:\\\\${SECRET}\\\\a.swf)/EF<</F 9 0 R>>>>]>>>>`,
        ),
        objects: { 9: { dict: `/Params<</CreationDate(${SECRET})>>`, body: 'a' } },
      }),
  ],
  [
    'creator of a layer',
    () =>
      page({
        resources: '/Properties<</L 9 0 R>>',
        objects: {
          9: `<</Type/OCG/Name(L)/Usage<</CreatorInfo<</Creator(${SECRET})/Subtype/Artwork>>>>/Made(${SECRET})>>`,
        },
      }),
  ],
  [
    'a layer’s name in the program that drew it',
    () =>
      page({ resources: `/Properties<</L<</Title(${SECRET})/Visible true/Metadata 9 0 R>>>>`, objects: { 9: xmp } }),
  ],
  [
    'a key of an outline item',
    () =>
      page({
        catalog: '/Outlines<</First 9 0 R/Last 9 0 R>>',
        objects: { 9: `<</Title(t)/Made(${SECRET})/Dest[3 0 R/Fit]>>` },
      }),
  ],
  ['a key of a page label', () => page({ catalog: `/PageLabels<</Nums[0<</S/D/Made(${SECRET})>>]/Made(${SECRET})>>` })],
  [
    'a key of the viewer’s preferences',
    () => page({ catalog: `/ViewerPreferences<</HideMenubar true/Made(${SECRET})>>` }),
  ],
  ['legal attestations', () => page({ catalog: `/Legal<</Attestation(${SECRET})>>` })],
  ['rights of a reader', () => page({ catalog: `/Perms<</UR3<</Type/Sig/Name(${SECRET})/Contents<${hex}>>>>>` })],
  [
    'security store of signers',
    () => page({ catalog: '/DSS<</Certs[9 0 R]>>', objects: { 9: { dict: '', body: SECRET } } }),
  ],
  [
    'attributes of a vendor',
    () =>
      page({
        catalog: '/StructTreeRoot 9 0 R',
        objects: { 9: `<</Type/StructTreeRoot/K<</S/P/K 0/Pg 3 0 R/A<</O/Vendor/Made(${SECRET})>>>>>>` },
      }),
  ],
  [
    'a key of the structure tree',
    () =>
      page({
        catalog: '/StructTreeRoot 9 0 R',
        objects: {
          9: `<</Type/StructTreeRoot/Made(${SECRET})/K<</S/P/K 0/Pg 3 0 R/Made(${SECRET})/AF[(${SECRET})]>>>>`,
        },
      }),
  ],
  [
    'names of programs of all systems',
    () =>
      page({
        catalog: `/OpenAction<</S/Launch/Win<</F(C:\\\\${SECRET}\\\\a.exe)/P(${SECRET})>>/Mac(${SECRET})/Unix(${SECRET})>>`,
      }),
  ],
  [
    'folders behind a trigger',
    () =>
      page({
        page: `/AA<</O<</S/GoToR/D[0/Fit]/F<</Type/Filespec/F(\\\\\\\\${SECRET}\\\\b.pdf)/UF(\\\\\\\\${SECRET}\\\\b.pdf)>>>>>>`,
      }),
  ],
  [
    'folders in wide characters',
    () =>
      page({
        page: annotation(
          `/Subtype/Link/A<</S/GoToR/D[0/Fit]/F<feff002f${[...`home/${SECRET}/b.pdf`].map((letter) => `00${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}>>>`,
        ),
      }),
  ],
  ['a local base of addresses', () => page({ catalog: `/URI<</Base(file:///home/${SECRET}/)>>` })],
  ['an author in wide characters with a language', () => page({ page: annotation(`/Subtype/Text/T ${wide}`) })],
  [
    'an author under a key that is spelt otherwise',
    () => page({ page: annotation(`/Subtype/Text/#54(${SECRET})/#4e#4d(${SECRET})`) }),
  ],
  ['XMP under a key that is spelt otherwise', () => page({ catalog: '/Met#61data 9 0 R', objects: { 9: xmp } })],
  ['a dictionary in an array that no page leads to', () => page({ catalog: `/Made[<</A[<</B(${SECRET})>>]>>]` })],
  [
    'a second, unused pages tree',
    () =>
      page({
        objects: {
          9: '<</Type/Pages/Kids[10 0 R]/Count 1>>',
          10: `<</Type/Page/Parent 9 0 R/MediaBox[0 0 9 9]/Made(${SECRET})>>`,
        },
      }),
  ],
  ['an encryption dictionary that is not used', () => page({ objects: { 9: `<</Filter/Standard/O(${SECRET})>>` } })],
  [
    'a page that is content of another',
    () =>
      page({
        catalog: '/Names<</Pages<</Names[(p)9 0 R]>>>>',
        objects: { 9: `<</Type/Page/Contents 10 0 R/MediaBox[0 0 9 9]>>`, 10: { dict: '', body: SECRET } },
      }),
  ],
  [
    'a deleted page that is called a template',
    () =>
      page({
        catalog: '/Names<</Templates<</Names[(t)9 0 R]>>>>',
        objects: { 9: '<</Type/Page/MediaBox[0 0 9 9]/Contents 10 0 R>>', 10: { dict: '', body: SECRET } },
      }),
  ],
  [
    'comments in a form’s template',
    () =>
      page({
        catalog: '/AcroForm<</Fields[]/XFA[(template)9 0 R]>>',
        objects: {
          9: {
            dict: '',
            body: `<template xmlns="http://www.xfa.org/schema/xfa-template/3.0/"><subform><desc><text name="author">${SECRET}</text></desc><?made ${SECRET}?><!--${SECRET}--></subform></template>`,
          },
        },
      }),
  ],
  [
    'comments in shared JBIG2 segments',
    () =>
      page({
        resources: '/XObject<</X 9 0 R>>',
        objects: {
          9: { dict: `${picture}/Filter/JBIG2Decode/DecodeParms<</JBIG2Globals 10 0 R/Made(${SECRET})>>`, body: '' },
          10: {
            dict: '',
            body: Buffer.concat([Buffer.from([0, 0, 0, 0, 62, 0, 1, 0, 0, 0, SECRET.length]), Buffer.from(SECRET)]),
          },
        },
      }),
  ],
  [
    'a key of an object stream and of a cross-reference stream',
    () => page({}, { packed: true, trailer: `/Made(${SECRET})` }),
  ],
  [
    'a key of decode parameters',
    () =>
      page({
        objects: {
          4: { dict: `/Filter/FlateDecode/DecodeParms<</Predictor 1/Made(${SECRET})>>`, body: deflateSync('0 g') },
        },
      }),
  ],
];

it.each(hidden)('goes: %s', async (_, make) => {
  const file = make();
  const before = (await unpackPdf(file)).toString('latin1') + Buffer.from(file).toString('latin1');
  const spellings = [SECRET, hex, [...SECRET].join('\0')];
  const spelt = (text: string): boolean => spellings.some((spelling) => text.includes(spelling));
  expect(spelt(before) || before.toLowerCase().includes(wide.slice(20, -1))).toBe(true);
  const after = (await unpacked(file)) + Buffer.from(await scrub(file)).toString('latin1');
  expect(spelt(after) || after.toLowerCase().includes(wide.slice(20, -1))).toBe(false);
});

it('leaves gaps, heads and tails of an object stream behind', async () => {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>',
  ];
  let head = '';
  let text = '';
  for (const [index, object] of objects.entries()) {
    text += `%${SECRET}\n(${SECRET}) `;
    head += `${index + 1} ${text.length} `;
    text += `${object} `;
  }
  head += `%${SECRET}\n`;
  const packed = flate(`${head}${text}(${SECRET})`, `/Type/ObjStm/N 3/First ${head.length}/Made(${SECRET})`);
  const rows = Buffer.from([0, 0, 0, 2, 4, 0, 2, 4, 1, 2, 4, 2, 1, 15, 0, 1, 0, 0]);
  const body = packed as Exclude<Source, string>;
  const start = `%PDF-1.5\n%1234\n`;
  const stream = Buffer.concat([
    Buffer.from(`${start}4 0 obj\n<<${body.dict}/Length ${body.body.length}>>\nstream\n`),
    Buffer.from(body.body),
    Buffer.from(`\nendstream\nendobj\n%${SECRET}\n`),
  ]);
  rows.writeUInt8(15, 13);
  const table = `5 0 obj\n<</Type/XRef/W[1 1 1]/Size 6/Root 1 0 R/Length 18/Made(${SECRET})>>\nstream\n`;
  const file = Buffer.concat([
    stream,
    Buffer.from(table),
    rows,
    Buffer.from(`\nendstream\nendobj\nstartxref\n${stream.length}\n%%EOF\n`),
  ]);
  const clean = await unpacked(new Uint8Array(file));
  expect(clean).toContain('MediaBox');
  expect(clean).not.toContain(SECRET);
});

it('gives the same bytes whether an object was there and taken out again or never was', async () => {
  const objects = {
    1: '<</Type/Catalog/Pages 2 0 R>>',
    2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    3: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>',
  };
  const [first, second] = await Promise.all([
    scrub(buildPdf(objects)),
    scrub(
      buildPdf(
        { ...objects, 9: xmp },
        { between: `%${SECRET}\n`, before: 'junk\n', revisions: [{ 3: '<</Type/Page/Made(x)>>' }, { 3: objects[3] }] },
      ),
    ),
  ]);
  expect(first).toEqual(second);
});
