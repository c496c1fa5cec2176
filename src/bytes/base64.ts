const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 0x3d;
const INVALID = 0xff;
const BLANK = 0xfe;
/** So many bytes become text at a time. */
const RUN = 3 * 2048;

const values: Uint8Array = new Uint8Array(128).fill(INVALID);
for (let value = 0; value < 64; value++) values[ALPHABET.charCodeAt(value)] = value;
for (const blank of '\t\n\f\r ') values[blank.charCodeAt(0)] = BLANK;

/** Decodes Base64 as browsers do (WHATWG Infra §7, forgiving-base64 decode); undefined where it is none. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4) + 2);
  let length = 0;
  let bits = 0;
  let digits = 0;
  let padding = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const value = code < 128 ? (values[code] as number) : INVALID;
    if (value < 64) {
      if (padding > 0) return undefined;
      bits = (bits << 6) | value;
      if ((++digits & 3) === 0) {
        bytes[length++] = bits >> 16;
        bytes[length++] = bits >> 8;
        bytes[length++] = bits;
        bits = 0;
      }
    } else if (code === PADDING) padding++;
    else if (value !== BLANK) return undefined;
  }
  const rest = digits & 3;
  if (rest === 1 || (padding > 0 && rest + padding !== 4)) return undefined;
  if (rest === 2) bytes[length++] = bits >> 4;
  if (rest === 3) {
    bytes[length++] = bits >> 10;
    bytes[length++] = bits >> 2;
  }
  return bytes.subarray(0, length);
}

/** Writes bytes as Base64 without line ends. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += RUN) text += btoa(String.fromCharCode(...bytes.subarray(at, at + RUN)));
  return text;
}
