import { describe, expect, it } from 'vitest';
import { scrubWithReport } from '../../src/index.ts';
import { aes128, buildPdf, flate, type Objects } from '../builders/pdf.ts';
import { refusal } from '../builders/pdf-page.ts';
import { showPdf } from '../readers/pdf.ts';

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
