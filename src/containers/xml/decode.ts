// The text of an XML document, whatever encoding it is in (XML 1.0 §4.3.3, appendix F).
import { latin1, startsWith } from '../../bytes/text.ts';
import { unsupported } from '../../core/errors.ts';

/** Length of the longest declaration that is looked at. */
const DECLARATION_LENGTH = 512;

/** A document's text. */
export interface DecodedText {
  text: string;
  /** Bytes that stand for no character were replaced, as browsers do. */
  isRepaired: boolean;
  /** Length of the byte order mark and the white space in front, which are not part of the text; undefined where it isn't UTF-8. */
  skipped: number | undefined;
}

/**
 * Decodes a document by its byte order mark, or else by its declaration, or else as UTF-8.
 * @throws ScrubError `unsupported` for an encoding that this runtime does not know
 */
export function decodeXml(bytes: Uint8Array): DecodedText {
  const encoding = encodingOf(bytes);
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    throw unsupported(`The file is written in ${encoding}, which can't be read here. Save it in UTF-8.`, 0);
  }
  let text: string;
  let isRepaired = false;
  try {
    text = decoder.decode(bytes);
  } catch {
    text = new TextDecoder(encoding).decode(bytes);
    isRepaired = true;
  }
  const trimmed = text.trimStart();
  const mark = startsWith(bytes, '\xef\xbb\xbf') ? 3 : 0;
  return { text: trimmed, isRepaired, skipped: encoding === 'utf-8' ? mark + text.length - trimmed.length : undefined };
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (startsWith(bytes, '\xef\xbb\xbf')) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  const beginning = latin1(bytes.subarray(0, DECLARATION_LENGTH));
  const declared = /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(beginning)?.[1] ?? 'utf-8';
  // Text that could be read thus far is not UTF-16, whatever it says.
  return /^(utf|ucs|iso-10646-ucs)-?(16|2)/i.test(declared) ? 'utf-8' : declared.toLowerCase();
}
