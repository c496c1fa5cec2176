import { latin1, latin1Bytes } from './text.ts';

/** Decodes Base64 as browsers do (WHATWG Infra §7, forgiving-base64 decode); undefined where it is none. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return latin1Bytes(atob(text));
  } catch {
    return undefined;
  }
}

/** Writes bytes as Base64 without line ends. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(latin1(bytes));
}
