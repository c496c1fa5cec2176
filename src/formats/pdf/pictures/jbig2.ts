// JBIG2 in pages (ISO 32000-1 §7.4.7): segments without a file header (ITU-T T.88 §7.2). Extension segments hold comments.

const EXTENSION = 62;
const UNKNOWN_LENGTH = 0xffffffff;

/** Runs `[start, end)` of the segments that are carried over; nothing where the segments can't be followed. */
export function filterJbig2(bytes: Uint8Array): { start: number; end: number }[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const runs: { start: number; end: number }[] = [];
  let at = 0;
  while (at + 11 <= bytes.length) {
    const number = view.getUint32(at);
    const flags = view.getUint8(at + 4);
    const short = view.getUint8(at + 5) >> 5;
    const isLong = short === 7;
    const count = isLong ? view.getUint32(at + 5) & 0x1fffffff : short;
    const countLength = isLong ? 4 + ((count + 8) >> 3) : 1;
    const numberLength = number <= 256 ? 1 : number <= 65536 ? 2 : 4;
    const lengthAt = at + 5 + countLength + count * numberLength + (flags & 0x40 ? 4 : 1);
    if (lengthAt + 4 > bytes.length) return undefined;
    const length = view.getUint32(lengthAt);
    const end = length === UNKNOWN_LENGTH ? bytes.length : Math.min(bytes.length, lengthAt + 4 + length);
    if ((flags & 0x3f) !== EXTENSION) {
      const last = runs.at(-1);
      if (last?.end === at) last.end = end;
      else runs.push({ start: at, end });
    }
    at = end;
  }
  return runs;
}
