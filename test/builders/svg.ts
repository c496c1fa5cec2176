import { type ScrubOptions, scrub, scrubWithReport } from '../../src/index.ts';

/** Namespaces of other programs, as they are declared in files. */
const NAMESPACES = [
  'xmlns:xlink="http://www.w3.org/1999/xlink"',
  'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"',
  'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"',
  'xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/"',
  'xmlns:html="http://www.w3.org/1999/xhtml"',
].join(' ');

/** A document with these elements in its root. */
export function svg(content: string, attributes = ''): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" ${NAMESPACES} width="40" height="30" ${attributes}>${content}</svg>`;
}

/** A document as a file. */
export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What a document becomes. */
export async function cleanText(document: string, options?: ScrubOptions): Promise<string> {
  return new TextDecoder().decode(await scrub(encode(document), options));
}

/** What stands in the root of a document when it is clean. */
export async function clean(content: string, options?: ScrubOptions): Promise<string> {
  const text = await cleanText(svg(content), options);
  return /^<svg [^>]*?\/>\n$/.test(text) ? '' : text.replace(/^<svg [^>]*>/, '').replace(/<\/svg>\n$/, '');
}

/** What is noted of a document. */
export async function findingsOf(document: string, options?: ScrubOptions): Promise<string[]> {
  const { report } = await scrubWithReport(encode(document), options);
  return report.findings.map(({ action, where }) => `${action} ${where}`);
}
