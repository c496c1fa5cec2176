// BMP: a file header, a DIB header, a colour table, pixels, in version 5 a colour profile ([MS-WMF] §2.2.2; Windows GDI; OS/2 PM).
// What decoders read of the headers, the colours that pixels can name, the pixels and an embedded profile make the picture.
// Reserved words, resolution, gaps between the parts, the path of a linked profile and what stands behind are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** Bitmaps of Windows and OS/2. */
export const bmp: Format = {
  id: 'bmp',
  name: 'BMP',
  mediaTypes: ['image/bmp', 'image/x-ms-bmp'],
  extensions: ['bmp', 'dib'],
  summary: 'Reserved words, resolution, gaps, paths of linked profiles and trailing data go; pixels stay as they are.',
  matches: (head) => (startsWith(head, 'BM') && hasHeaderSize(head)) || isArray(head),
  walk: /* @__PURE__ */ lazily('BMP', async () => (await import('./bmp/walk.ts')).walkBmp),
};

/** Whether the length of a DIB header, a small number, stands where it should. */
function hasHeaderSize(head: Uint8Array): boolean {
  const [low = 0, ...high] = head.subarray(14, 18);
  return high.length === 3 && low >= 12 && high.every((byte) => byte === 0);
}

/** OS/2 puts bitmaps for several screens into an array; the first stands behind its header of 14 bytes. */
function isArray(head: Uint8Array): boolean {
  return startsWith(head, 'BA') && ['BM', 'IC', 'PT', 'CI', 'CP'].some((type) => startsWith(head, type, 14));
}
