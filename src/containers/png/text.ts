// Text chunks: tEXt, zTXt and iTXt (W3C PNG Third Edition §11.3.3), and the Exif blocks that ImageMagick puts into them.
import { latin1, startsWith } from '../../bytes/text.ts';
import type { Context } from '../../core/context.ts';
import type { Walk } from '../../core/walk.ts';
import { inflate } from '../zlib.ts';

/** A text chunk taken apart; the text itself may still be compressed. */
export interface Text {
  keyword: string;
  /** As stored. */
  content: Uint8Array;
  isCompressed: boolean;
  encoding: 'latin1' | 'utf-8';
}

/** §11.3.3.1: keywords have 1 to 79 bytes. */
export const MAX_KEYWORD_LENGTH = 79;

/** Types of the chunks that hold text. */
export type TextType = 'tEXt' | 'zTXt' | 'iTXt';

/** The keyword that data begins with and the offset behind its NUL; nothing where there is none. */
export function readKeyword(data: Uint8Array): { keyword: string; next: number } | undefined {
  const end = data.subarray(0, MAX_KEYWORD_LENGTH + 1).indexOf(0);
  return end < 1 ? undefined : { keyword: latin1(data.subarray(0, end)), next: end + 1 };
}

/** Takes the data of a text chunk apart; nothing where it breaks the rules. */
export function readText(type: TextType, data: Uint8Array): Text | undefined {
  const start = readKeyword(data);
  if (start === undefined) return undefined;
  const { keyword, next } = start;
  if (type === 'tEXt') return { keyword, content: data.subarray(next), isCompressed: false, encoding: 'latin1' };
  if (type === 'zTXt') {
    if (data[next] !== 0) return undefined;
    return { keyword, content: data.subarray(next + 1), isCompressed: true, encoding: 'latin1' };
  }
  // Compression flag and method, language tag, translated keyword.
  const flag = data[next];
  if (flag === undefined || flag > 1 || data[next + 1] !== 0) return undefined;
  const languageEnd = data.indexOf(0, next + 2);
  const translatedEnd = languageEnd < 0 ? -1 : data.indexOf(0, languageEnd + 1);
  if (translatedEnd < 0) return undefined;
  return { keyword, content: data.subarray(translatedEnd + 1), isCompressed: flag === 1, encoding: 'utf-8' };
}

/** The text in plain, at most `limit` bytes of it; nothing where it is longer or can't be unpacked. */
export function* unpackText(context: Context, text: Text, limit: number): Walk<Uint8Array | undefined> {
  if (!text.isCompressed) return text.content.length > limit ? undefined : text.content;
  const { bytes, isCut } = yield* inflate(context, text.content, limit);
  return isCut ? undefined : bytes;
}

/** In front of the TIFF header, as JPEG has it. */
const EXIF_HEADER = 'Exif\0\0';

/** Where the TIFF header stands in an Exif block that may begin as in JPEG. */
export function exifStart(block: Uint8Array): number {
  return startsWith(block, EXIF_HEADER) ? EXIF_HEADER.length : 0;
}

/** How ImageMagick stores a profile in a text: newline, name, newline, length, newline, hexadecimal digits in lines. */
const RAW_PROFILE = /^\n?[^\n]*\n *(\d{1,8})\n([\da-fA-F\s]*)$/;

/** The bytes of a raw profile; nothing where the text is none. */
export function readRawProfile(text: Uint8Array): Uint8Array | undefined {
  const [, length, digits] = RAW_PROFILE.exec(latin1(text)) ?? [];
  if (length === undefined || digits === undefined) return undefined;
  const hexadecimal = digits.replace(/\s+/g, '');
  const bytes = new Uint8Array(Math.min(Number(length), hexadecimal.length >> 1));
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hexadecimal.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}
