// ICO and CUR: a directory of pictures of one thing in several sizes, each a DIB or a PNG ([MS-WMF] and Windows' GRPICONDIR).
// The directory, with the hotspots of cursors, and the pictures are content.
// What stands between and behind the pictures, and what their own formats count as metadata, is metadata.
import { type Format, lazily } from '../core/format.ts';

const HEADER_LENGTH = 6;
const ENTRY_LENGTH = 16;

/** Icons and cursors of Windows. */
export const ico: Format = {
  id: 'ico',
  name: 'ICO',
  mediaTypes: ['image/x-icon', 'image/vnd.microsoft.icon', 'image/x-win-bitmap'],
  extensions: ['ico', 'cur'],
  summary: 'Gaps, trailing data and the metadata of PNG pictures go; pictures and hotspots stay as they are.',
  matches(head) {
    const [zero, zeroHigh, type, typeHigh, low = 0, high = 0] = head;
    const count = low | (high << 8);
    const isIcon = zero === 0 && zeroHigh === 0 && (type === 1 || type === 2) && typeHigh === 0;
    return isIcon && count > 0 && u32(head, 14) > 0 && u32(head, 18) >= HEADER_LENGTH + ENTRY_LENGTH * count;
  },
  walk: /* @__PURE__ */ lazily('ICO', async () => (await import('./ico/walk.ts')).walkIco),
};

/** A 32-bit number of the first directory entry, 0 where there is none. */
function u32(head: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(at, at + 4);
  return a + b * 0x100 + c * 0x10000 + d * 0x1000000;
}
