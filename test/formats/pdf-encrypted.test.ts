import { describe, expect, it } from 'vitest';
import { type ScrubOptions, scrub, scrubWithReport } from '../../src/index.ts';
import { buildPdf, flate, type Layout, type Objects } from '../builders/pdf.ts';
import { type Encryption, encryption, type Scheme } from '../builders/pdf-encryption.ts';
import { refusal, SECRET } from '../builders/pdf-page.ts';
import { showPdf, unpackPdf } from '../readers/pdf.ts';

const schemes: readonly Scheme[] = ['RC4-40', 'RC4-128', 'AES-128', 'AES-256 R5', 'AES-256 R6'];

/** A page with text and an outline item, encrypted but for object 7. */
function encrypted(settings: Encryption, catalog = '', layout: Layout = {}, more: Objects = {}): Uint8Array {
  const { trailer, encrypt, code, text } = encryption(settings);
  return buildPdf(
    {
      1: `<</Type/Catalog/Pages 2 0 R/Outlines<</First 6 0 R/Last 6 0 R>>${catalog}>>`,
      2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
      3: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
      4: flate('BT /F1 18 Tf 20 100 Td (Shown) Tj ET'),
      5: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
      6: `<</Title ${text('A chapter', 6)}/Dest[3 0 R/Fit]>>`,
      ...more,
      ...(layout.packed === true ? {} : { 9: encrypt }),
    },
    // An encryption dictionary may not stand in an object stream.
    { trailer: `/Encrypt ${layout.packed === true ? encrypt : '9 0 R'}${trailer}`, ...layout },
    (bytes, num) => (num === 7 && more[7] !== undefined ? bytes : code(bytes, num)),
  );
}

describe.each(schemes)('a file encrypted with %s', (scheme) => {
  it('is opened by the empty password, written open, and that is told', async () => {
    const file = encrypted({ scheme });
    const { output, report } = await scrubWithReport(file);
    expect(await showPdf(output)).toEqual(await showPdf(file));
    expect(await showPdf(output)).toMatchObject({ outline: [{ title: 'A chapter' }], pages: [{ text: ['Shown'] }] });
    expect(report.findings.some(({ where }) => where === 'Trailer › Encrypt')).toBe(true);
    expect(Buffer.from(output).includes('Encrypt')).toBe(false);
  });

  it.each([['opens'], ['rules']])('is opened by a password that %s', async (password) => {
    const file = encrypted({ scheme, user: 'opens', owner: 'rules' });
    const clean = await scrub(file, { password });
    expect(await showPdf(clean)).toEqual(await showPdf(file, 'opens'));
  });

  it.each<[string, ScrubOptions]>([
    ['no', {}],
    ['the wrong', { password: 'wrong' }],
  ])('is refused with %s password', async (_, options) => {
    const file = encrypted({ scheme, user: 'opens', owner: 'rules' });
    expect(await refusal(file, options)).toMatchObject({ code: 'encrypted', format: 'pdf', trail: ['Encrypt'] });
  });

  it('scrubs to the bytes of the file that was never encrypted', async () => {
    const open = buildPdf({
      1: '<</Type/Catalog/Pages 2 0 R/Outlines<</First 6 0 R/Last 6 0 R>>>>',
      2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
      3: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
      4: flate('BT /F1 18 Tf 20 100 Td (Shown) Tj ET'),
      5: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
      6: '<</Title(A chapter)/Dest[3 0 R/Fit]>>',
    });
    expect(await scrub(encrypted({ scheme }))).toEqual(await scrub(open));
  });
});

describe('encrypted files', () => {
  it.each<Scheme>(['AES-128', 'AES-256 R6'])(
    'whose XMP is not (%s) are read, and what it claims stays',
    async (scheme) => {
      const body = `<x:xmpmeta><pdfaid:part>2</pdfaid:part>${SECRET}</x:xmpmeta>`;
      const file = encrypted(
        { scheme, metadata: false },
        '/Metadata 7 0 R',
        {},
        { 7: { dict: '/Type/Metadata/Subtype/XML', body } },
      );
      const text = (await unpackPdf(await scrub(file))).toString('latin1');
      expect(text).not.toContain(SECRET);
      expect(text).toContain('<pdfaid:part>2</pdfaid:part>');
      expect(text).toContain('A chapter');
    },
  );

  it('with objects in object streams are read: strings in those are not encrypted again', async () => {
    const file = encrypted({ scheme: 'AES-128', strings: false }, '', { packed: true });
    expect(await showPdf(await scrub(file))).toMatchObject({ outline: [{ title: 'A chapter' }] });
  });

  it('keep a stream that says it is not encrypted as it is', async () => {
    const { trailer, encrypt } = encryption({ scheme: 'AES-128', strings: false });
    const crypt = { dict: '/Filter/Crypt', body: 'BT /F1 18 Tf 20 100 Td (Shown) Tj ET' };
    const file = buildPdf(
      {
        1: '<</Type/Catalog/Pages 2 0 R>>',
        2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        3: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
        4: crypt,
        5: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
        9: encrypt,
      },
      { trailer: `/Encrypt 9 0 R${trailer}` },
    );
    expect(await showPdf(await scrub(file))).toMatchObject({ pages: [{ text: ['Shown'] }] });
  });

  it('of other handlers are refused', async () => {
    const file = buildPdf({ 1: '<</Type/Catalog>>', 9: '<</Filter/Adobe.PubSec/V 4>>' }, { trailer: '/Encrypt 9 0 R' });
    expect(await refusal(file)).toMatchObject({ code: 'encrypted' });
  });
});
