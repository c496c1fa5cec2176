import { type ScrubError, type ScrubOptions, scrub } from '../../src/index.ts';
import { unpackPdf } from '../readers/pdf.ts';
import { refusalOf } from './outcome.ts';
import { buildPdf, flate, type Layout, type Objects } from './pdf.ts';

/** What must not be in a clean file. */
export const SECRET = 'SecretWord';

/** One page with text; each argument is put into the dictionary of its name. */
export function page(
  extra: { catalog?: string; page?: string; resources?: string; objects?: Objects } = {},
  layout: Layout = {},
): Uint8Array {
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
export async function unpacked(file: Uint8Array, options?: ScrubOptions): Promise<string> {
  return (await unpackPdf(await scrub(file, options))).toString('latin1');
}

/** The error with which a file is refused. */
export const refusal = (file: Uint8Array, options?: ScrubOptions): Promise<ScrubError> =>
  refusalOf(scrub(file, options));
