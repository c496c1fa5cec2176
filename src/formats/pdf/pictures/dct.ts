import { concatAll } from '../../../bytes/concat.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP14 = 0xee;
/** Frames (C0 to CF but JPG), tables and scans: DHT and DAC stand among the frames. */
const JPG = 0xc8;
const DRI = 0xdd;
/** JFIF's identifier, version, density and size of a thumbnail (T.871 §10.1): square pixels, no thumbnail. */
const JFIF = [0xff, APP0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
/** Adobe's segment with its transform (T.872 §6.5.3). */
const ADOBE_LENGTH = 12;

/**
 * A JPEG stream that is too damaged for a picture file but that viewers of pages draw as far as it goes: without application
 * segments and comments, except those that tell the colour model. Nothing where it is none at all.
 */
export function filterDamagedJpeg(bytes: Uint8Array): Uint8Array | undefined {
  let at = 0;
  while (at + 1 < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] === SOI)) at++;
  if (at + 1 >= bytes.length) return undefined;
  const parts: Uint8Array[] = [Uint8Array.of(0xff, SOI)];
  at += 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff || bytes[at + 1] === 0xff || bytes[at + 1] === 0) {
      at++;
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    if (marker === EOI) {
      parts.push(bytes.subarray(at, at + 2));
      break;
    }
    if (marker === SOI || (marker >= 0xd0 && marker <= 0xd7) || marker === 1) {
      at += 2;
      continue;
    }
    const end = Math.min(bytes.length, at + 2 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0));
    if (marker === APP0 && bytes[at + 4] === 0x4a && bytes[at + 7] === 0x46) parts.push(Uint8Array.from(JFIF));
    else if (marker === APP14 && end - at >= 4 + ADOBE_LENGTH) {
      parts.push(Uint8Array.of(0xff, APP14, 0, 2 + ADOBE_LENGTH), bytes.subarray(at + 4, at + 4 + ADOBE_LENGTH));
    } else if (isCoding(marker)) parts.push(bytes.subarray(at, end));
    at = Math.max(end, at + 2);
    if (marker === SOS) {
      const scan = scanEnd(bytes, at);
      parts.push(bytes.subarray(at, scan));
      at = scan;
    }
  }
  return concatAll(parts);
}

function isCoding(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== JPG) || (marker >= SOS && marker <= DRI);
}

/** Where entropy-coded data end: at a marker that stands for itself. */
function scanEnd(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1] ?? 0;
    if (code !== 0 && code !== 0xff && !(code >= 0xd0 && code <= 0xd7)) return at;
  }
  return bytes.length;
}
