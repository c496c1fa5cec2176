/** The value of a hexadecimal digit's character, or -1. */
export function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Letters that stand for control characters behind a backslash (Table 3). */
const escapes: ReadonlyMap<number, number> = new Map([
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
  [0x62, 8],
  [0x66, 12],
]);

/** The bytes of a literal string: escapes resolved, every end of line a line feed (§7.3.4.2). */
export function resolveEscapes(body: Uint8Array): Uint8Array {
  const string = new Uint8Array(body.length);
  let length = 0;
  for (let at = 0; at < body.length; at++) {
    const code = body[at] ?? 0;
    if (code === 13) {
      string[length++] = 10;
      if (body[at + 1] === 10) at++;
      continue;
    }
    if (code !== 0x5c) {
      string[length++] = code;
      continue;
    }
    const escaped = body[++at];
    if (escaped === undefined) break;
    if (escaped >= 0x30 && escaped <= 0x37) {
      let value = escaped - 0x30;
      for (let digits = 1; digits < 3; digits++) {
        const digit = body[at + 1];
        if (digit === undefined || digit < 0x30 || digit > 0x37) break;
        value = value * 8 + digit - 0x30;
        at++;
      }
      string[length++] = value & 0xff;
    } else if (escaped === 13) {
      if (body[at + 1] === 10) at++;
    } else if (escaped !== 10) string[length++] = escapes.get(escaped) ?? escaped;
  }
  return string.slice(0, length);
}

/** The bytes of a hexadecimal string (§7.3.4.3): what is no digit is passed over, a missing last digit is 0. */
export function readHex(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const string = new Uint8Array((end - start + 1) >> 1);
  let count = 0;
  for (let at = start; at < end; at++) {
    const digit = hexDigit(bytes[at]);
    if (digit < 0) continue;
    string[count >> 1] = (string[count >> 1] ?? 0) | (count % 2 === 0 ? digit << 4 : digit);
    count++;
  }
  return count === end - start ? string : string.slice(0, (count + 1) >> 1);
}
