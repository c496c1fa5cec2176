// What an SVG document refers to: its own elements, data in the reference itself, addresses, files.
import { decodeBase64 } from '../../bytes/base64.ts';
import { latin1 } from '../../bytes/text.ts';

/** Where a reference leads. */
export type Target =
  | { kind: 'self' }
  | { kind: 'id'; id: string }
  | { kind: 'data'; bytes: Uint8Array | undefined; fragment: string }
  | { kind: 'address'; url: string }
  | { kind: 'contact'; url: string }
  | { kind: 'script' }
  | { kind: 'file' };

/** Reads a reference as browsers do (URL Standard §4.4): without white space around it and line ends in it. */
export function targetOf(reference: string): Target {
  const url = trimControls(reference).replace(/[\t\n\r]/g, '');
  if (url === '' || url === '#') return { kind: 'self' };
  if (url.startsWith('#')) return { kind: 'id', id: idOf(url.slice(1)) };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return { kind: 'address', url };
  if (scheme === 'mailto' || scheme === 'tel') return { kind: 'contact', url };
  if (scheme === 'javascript' || scheme === 'vbscript') return { kind: 'script' };
  return scheme === 'data' ? readData(url) : { kind: 'file' };
}

/** Without spaces and control characters at either end. */
function trimControls(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}

/** The id that a fragment names (SVG 1.1 §5.3.2: bare, or as `xpointer(id(…))`). */
function idOf(fragment: string): string {
  let id = fragment;
  try {
    id = decodeURIComponent(fragment);
  } catch {
    // It stands for itself.
  }
  return /^xpointer\(id\(["']?([^"')]*)["']?\)\)$/.exec(id)?.[1] ?? id;
}

function readData(url: string): Target {
  const comma = url.indexOf(',');
  const hash = url.indexOf('#');
  const fragment = hash < 0 ? '' : url.slice(hash + 1);
  if (comma < 0 || (hash >= 0 && hash < comma)) return { kind: 'data', bytes: undefined, fragment };
  const isBase64 = /;\s*base64\s*$/i.test(url.slice('data:'.length, Math.min(comma, MAX_TYPE_LENGTH)));
  const body = hash < 0 ? url.slice(comma + 1) : url.slice(comma + 1, hash);
  if (!isBase64) return { kind: 'data', bytes: percentDecode(body), fragment };
  return { kind: 'data', bytes: decodeBase64(body.includes('%') ? latin1(percentDecode(body)) : body), fragment };
}

/** Media types with their parameters are shorter. */
const MAX_TYPE_LENGTH = 1024;

/** URL Standard §1.3. */
function percentDecode(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (!text.includes('%')) return bytes;
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const value = byte === 0x25 ? hexDigit(bytes[at + 1]) * 16 + hexDigit(bytes[at + 2]) : Number.NaN;
    if (!Number.isNaN(value)) at += 2;
    bytes[length++] = Number.isNaN(value) ? byte : value;
  }
  return bytes.slice(0, length);
}

function hexDigit(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}
