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
const RAW_PROFILE_HEADER = /^\n?[^\n]*\n *(\d{1,8})\n/;
/** More than any such header has. */
const MAX_RAW_PROFILE_HEADER_LENGTH = 200;

/** The bytes of a raw profile; nothing where the text is none. */
export function readRawProfile(text: Uint8Array): Uint8Array | undefined {
  const [header, length] = RAW_PROFILE_HEADER.exec(latin1(text.subarray(0, MAX_RAW_PROFILE_HEADER_LENGTH))) ?? [];
  if (header === undefined) return undefined;
  const bytes = new Uint8Array(Math.min(Number(length), (text.length - header.length) >> 1));
  let digits = 0;
  for (let at = header.length; at < text.length && digits < bytes.length * 2; at++) {
    const digit = readDigit(text[at] ?? 0);
    if (digit === undefined) continue;
    bytes[digits >> 1] = ((bytes[digits >> 1] ?? 0) << 4) | digit;
    digits++;
  }
  return bytes.subarray(0, digits >> 1);
}

/** The value of a hexadecimal digit; nothing for line breaks and whatever else stands between digits. */
function readDigit(character: number): number | undefined {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const letter = character | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
