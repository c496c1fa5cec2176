// Text strings (ISO 32000-1 §7.9.2.2) and file specification strings (§7.11.2).
import { latin1, latin1Bytes } from '../../bytes/text.ts';
import { PdfString } from './objects.ts';

/** The text of a text string. PDFDocEncoding is read as Latin-1, with which it agrees for letters. */
export function textOf({ bytes }: PdfString): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes.subarray(2));
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes.subarray(2));
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return new TextDecoder().decode(bytes.subarray(3));
  return latin1(bytes);
}

/** A text string: Latin-1 where that is enough, else UTF-16BE. */
export function textString(text: string): PdfString {
  // Between 0x18 and 0xA0 PDFDocEncoding has signs of its own.
  if (/^[\t\n\r -~\u00a1-\u00ff]*$/.test(text)) return new PdfString(latin1Bytes(text));
  const bytes = new Uint8Array(2 + text.length * 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff);
  for (let index = 0; index < text.length; index++) view.setUint16(2 + index * 2, text.charCodeAt(index));
  return new PdfString(bytes);
}

const SCHEME = /^[a-z][a-z0-9+.-]+:/i;
const LOCAL = /^(\/|\\|[a-z]:[\\/]|[a-z]\|[\\/]|[a-z]:[^\\/]*:|file:)/i;

/** Whether a name of a file says where on a disk or in a network it lies. */
export function isLocalPath(path: string): boolean {
  return LOCAL.test(path);
}

/** Whether it is the address of something on the network, which is no place on a disk. */
export function isAddress(path: string): boolean {
  return SCHEME.test(path) && !isLocalPath(path);
}

/** The last part of a path, in any system's spelling; escaped separators (§7.11.2.1) count as separators. */
export function baseName(path: string): string {
  const parts = path.replace(/[?#].*$/s, (rest) => (/^file:/i.test(path) ? '' : rest)).split(/[\\/]+/);
  return parts.findLast((part) => part !== '' && !/^([a-z][:|]|file:)$/i.test(part))?.replace(/^[a-z]:/i, '') ?? '';
}
