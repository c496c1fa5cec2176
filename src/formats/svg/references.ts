// What an SVG document refers to: its own elements, data in the reference itself, addresses, files.
import { latin1, latin1Bytes } from '../../bytes/text.ts';

/** Where a reference leads. */
export type Target =
  | { kind: 'self' }
  | { kind: 'id'; id: string }
  | { kind: 'data'; bytes: Uint8Array | undefined; declared: string }
  | { kind: 'address'; url: string }
  | { kind: 'contact'; url: string }
  | { kind: 'script' }
  | { kind: 'file' };

/** Reads a reference as browsers do (URL Standard §4.4): without white space around it and line ends in it. */
export function targetOf(reference: string): Target {
  const url = reference.trim().replace(/[\t\n\r]/g, '');
  if (url === '' || url === '#') return { kind: 'self' };
  if (url.startsWith('#')) return { kind: 'id', id: decodeFragment(url.slice(1)) };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return { kind: 'address', url };
  if (scheme === 'mailto' || scheme === 'tel') return { kind: 'contact', url };
  if (scheme === 'javascript' || scheme === 'vbscript') return { kind: 'script' };
  return scheme === 'data' ? readData(url) : { kind: 'file' };
}

function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function readData(url: string): Target {
  const comma = url.indexOf(',');
  const head = comma < 0 ? '' : url.slice('data:'.length, comma);
  const declared = head.split(';')[0]?.trim().toLowerCase() ?? '';
  if (comma < 0) return { kind: 'data', bytes: undefined, declared };
  const fragment = url.indexOf('#', comma);
  const body = fragment < 0 ? url.slice(comma + 1) : url.slice(comma + 1, fragment);
  const bytes = percentDecode(body);
  if (!/;\s*base64\s*$/i.test(head)) return { kind: 'data', bytes, declared };
  return { kind: 'data', bytes: decodeBase64(latin1(bytes)), declared };
}

/** URL Standard §1.3. */
function percentDecode(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (!text.includes('%')) return bytes;
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const hex = byte === 0x25 ? latin1(bytes.subarray(at + 1, at + 3)) : '';
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes[length++] = Number.parseInt(hex, 16);
      at += 2;
    } else bytes[length++] = byte;
  }
  return bytes.slice(0, length);
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return latin1Bytes(atob(text.replace(/[\s=]+/g, '')));
  } catch {
    return undefined;
  }
}

/** Writes bytes as base64 without line ends. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(latin1(bytes));
}
