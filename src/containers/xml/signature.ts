// Whether a file begins as an SVG document does: byte order mark, XML declaration, comments, document type, then `<svg`.
import { latin1 } from '../../bytes/text.ts';

/** `unsure`: what stands in front of the root is longer than what is seen of the file. */
export type SvgHead = 'svg' | 'other' | 'unsure';

const BLANK = /[\s\ufeff]*/y;
/** The document type up to its internal subset or its end. */
const DOCTYPE = /<!DOCTYPE\s+(?:[\w.-]+:)?svg(?=[\s[>])(?:[^[>"']|"[^"]*"|'[^']*')*/iy;
const ROOT = /<(?:[\w.-]+:)?svg(?=[\s/>])/y;
/** Everything that `<svg` may be preceded by, or begin with, when it is cut off. */
const BEGUN = /^<(?:[!?][^>]*|[\w.:-]*)$/;

/** What the beginning of a file is. */
export function svgHead(head: Uint8Array): SvgHead {
  const text = headText(head);
  let at = skipMisc(text, 0);
  DOCTYPE.lastIndex = at;
  const doctype = DOCTYPE.exec(text);
  if (doctype !== null) {
    at += doctype[0].length;
    if (text[at] === '[') at = skipSubset(text, at + 1);
    BLANK.lastIndex = at;
    at += BLANK.exec(text)?.[0].length ?? 0;
    if (at < text.length && text[at] !== '>') return 'other';
    at = skipMisc(text, at + 1);
  }
  if (at >= text.length) return 'unsure';
  ROOT.lastIndex = at;
  if (ROOT.test(text)) return 'svg';
  return BEGUN.test(text.slice(at)) ? 'unsure' : 'other';
}

/** Steps over processing instructions, comments and white space (XML 1.0 §2.8); to the end where one is not closed. */
function skipMisc(text: string, start: number): number {
  for (let at = start; ; ) {
    BLANK.lastIndex = at;
    at += BLANK.exec(text)?.[0].length ?? 0;
    const close = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : undefined;
    if (close === undefined) return at;
    const end = text.indexOf(close, at + close.length);
    if (end < 0) return text.length;
    at = end + close.length;
  }
}

/** Steps over an internal subset (XML 1.0 §2.8), to behind its bracket. */
function skipSubset(text: string, start: number): number {
  const next = /["'\]]|<!--|<\?/g;
  for (let at = start; ; ) {
    next.lastIndex = at;
    const [found] = next.exec(text) ?? [];
    if (found === undefined) return text.length;
    if (found === ']') return next.lastIndex;
    const close = found === '<!--' ? '-->' : found === '<?' ? '?>' : found;
    const end = text.indexOf(close, next.lastIndex);
    if (end < 0) return text.length;
    at = end + close.length;
  }
}

/** The beginning as text, one character a byte, or a character for two in UTF-16, which shows in its zeros. */
function headText(head: Uint8Array): string {
  const [first, second] = head;
  const isLittle = (first === 0xff && second === 0xfe) || (first === 0x3c && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c);
  if (isLittle) return latin1(head.filter((_, index) => index % 2 === 0)).replace(/^\xff/, '');
  if (isBig) return latin1(head.filter((_, index) => index % 2 === 1)).replace(/^\xff/, '');
  return latin1(head).replace(/^\xef\xbb\xbf/, '');
}
