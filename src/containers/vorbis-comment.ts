// Vorbis comments: a vendor string and `NAME=value` fields (Vorbis I §5.2.1), the same in Vorbis, Opus (RFC 7845 §5.2), Speex,
// Theora and FLAC (RFC 9639 §8.6). Syntax only; what stands around the list differs and is left to whoever embeds it.

/** A field. Offsets count from the first byte of the list. */
export interface Comment {
  /** Upper-case: names are compared without regard to case. Empty where there is no `=`. */
  name: string;
  /** What stands behind the `=`, UTF-8 as it should be. */
  value: Uint8Array;
  start: number;
  /** Length with the length field. */
  length: number;
}

/** A list of comments. */
export interface CommentList {
  vendor: Uint8Array;
  comments: readonly Comment[];
}

const EQUALS = 0x3d;
/** Names are ASCII from 20 to 7D (§5.2.3). */
const LAST_NAME_BYTE = 0x7d;
/** More fields than this are not read. */
const MAX_COMMENTS = 16_384;
/** No name in use is longer. */
const MAX_NAME_LENGTH = 256;

/** Reads as much of a list as there is: counts and lengths that lead past the end, end it. */
export function readComments(bytes: Uint8Array): CommentList {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fits = (at: number): boolean => at + 4 <= bytes.length && at + 4 + view.getUint32(at, true) <= bytes.length;
  if (!fits(0)) return { vendor: bytes.subarray(bytes.length), comments: [] };
  let at = 4 + view.getUint32(0, true);
  const vendor = bytes.subarray(4, at);
  if (at + 4 > bytes.length) return { vendor, comments: [] };
  const count = view.getUint32(at, true);
  at += 4;
  const comments: Comment[] = [];
  while (comments.length < Math.min(count, MAX_COMMENTS)) {
    if (!fits(at)) return { vendor, comments };
    const length = 4 + view.getUint32(at, true);
    comments.push(readComment(bytes.subarray(at + 4, at + length), at, length));
    at += length;
  }
  return { vendor, comments };
}

function readComment(text: Uint8Array, start: number, length: number): Comment {
  let name = '';
  for (let index = 0; index < Math.min(text.length, MAX_NAME_LENGTH); index++) {
    const byte = text[index] ?? 0;
    if (byte === EQUALS) return { name: name.toUpperCase(), value: text.subarray(index + 1), start, length };
    if (byte > LAST_NAME_BYTE) break;
    name += String.fromCharCode(byte);
  }
  return { name: '', value: text, start, length };
}

/** A list with an empty vendor string and these fields. */
export function writeComments(fields: readonly (readonly [name: string, value: string])[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const texts = fields.map(([name, value]) => encoder.encode(`${name}=${value}`));
  const list = new Uint8Array(8 + texts.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(list.buffer);
  view.setUint32(4, texts.length, true);
  let at = 8;
  for (const text of texts) {
    view.setUint32(at, text.length, true);
    list.set(text, at + 4);
    at += 4 + text.length;
  }
  return list;
}
