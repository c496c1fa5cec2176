// Whether a file begins as an SVG document does: byte order mark, XML declaration, comments, document type, then `<svg`.
import { latin1 } from '../../bytes/text.ts';

/** What may stand in front of the root: processing instructions, comments, white space (XML 1.0 §2.8). */
const MISC = /(?:[\s\ufeff]|<\?(?:(?!\?>)[\s\S])*\?>|<!--(?:(?!-->)[\s\S])*-->)+/y;
/** The document type up to its internal subset or its end. */
const DOCTYPE = /<!DOCTYPE\s+(?:[\w.-]+:)?(\w+)(?:[^[>"']|"[^"]*"|'[^']*')*/iy;
const SUBSET = /\[(?:[^\]"'<]|"[^"]*"|'[^']*'|<!--(?:(?!-->)[\s\S])*-->|<(?!!--))*\]\s*/y;
const ROOT = /<(?:[\w.-]+:)?svg[\s/>]/y;

/** Whether the beginning of a file is that of an SVG document. */
export function isSvgHead(head: Uint8Array): boolean {
  const text = headText(head);
  let at = skip(MISC, text, 0);
  DOCTYPE.lastIndex = at;
  const doctype = DOCTYPE.exec(text);
  if (doctype !== null) {
    if (doctype[1] !== 'svg') return false;
    // An internal subset may be longer than what is seen of the file.
    at += doctype[0].length;
    if (text[at] === '[') {
      const end = skip(SUBSET, text, at);
      if (end === at) return true;
      at = end;
    }
    if (text[at] !== '>') return at >= text.length;
    at = skip(MISC, text, at + 1);
  }
  ROOT.lastIndex = at;
  return ROOT.test(text);
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
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
