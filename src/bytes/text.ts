const CALL_LIMIT = 8192;

/** Bytes as Latin-1 text: one character a byte. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CALL_LIMIT) {
    text += String.fromCharCode(...bytes.subarray(at, at + CALL_LIMIT));
  }
  return text;
}

/** The four bytes at `at` as Latin-1 text, the way signatures are written; fewer where there are no more. */
export function fourCC(bytes: Uint8Array, at: number): string {
  const [first, second, third, fourth] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) {
    return latin1(bytes.subarray(at, at + 4));
  }
  return String.fromCharCode(first, second, third, fourth);
}

/** Latin-1 text as bytes; only characters up to U+00FF. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Whether the bytes at `at` spell `text`, one byte a character. */
export function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  if (bytes.length - at < text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Text that is UTF-8 or, where it can't be, Latin-1. */
export function utf8OrLatin1(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return latin1(bytes);
  }
}
