import { describe, expect, it } from 'vitest';
import { inspect, ScrubError, scrub } from '../../src/index.ts';
import { buildPdf, flate, type Source } from '../builders/pdf.ts';
import { page, refusal, SECRET } from '../builders/pdf-page.ts';
import { showPdf } from '../readers/pdf.ts';

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
