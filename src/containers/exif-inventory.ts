// What an Exif block tells, for the report alone: each IFD's tags by what they are about.
// CIPA DC-008-2023 §4.6; TIFF 6.0 §8. Nothing here decides what is removed: all of it is.
import type { Plan } from '../core/plan.ts';
import type { FindingKind } from '../core/report.ts';
import { ExifPointer, type Ifd, openExif, readIfd } from './exif.ts';

/** What a tag tells about, by number, in IFD0, IFD1 and the Exif IFD. Others are `other`. */
const kindOfTag: ReadonlyMap<number, FindingKind> = new Map<number, FindingKind>([
  [0x010e, 'comment'], // ImageDescription
  [0x010f, 'device'], // Make
  [0x0110, 'device'], // Model
  [0x0112, 'orientation'],
  [0x0131, 'software'],
  [0x0132, 'time'], // DateTime
  [0x013b, 'author'], // Artist
  [0x013c, 'device'], // HostComputer
  [0x0201, 'thumbnail'], // JPEGInterchangeFormat
  [0x02bc, 'other'], // XMP
  [0x8298, 'author'], // Copyright
  [0x83bb, 'other'], // IPTC
  [0x9003, 'time'], // DateTimeOriginal
  [0x9004, 'time'], // DateTimeDigitized
  [0x9010, 'time'],
  [0x9011, 'time'],
  [0x9012, 'time'], // OffsetTime…
  [0x9290, 'time'],
  [0x9291, 'time'],
  [0x9292, 'time'], // SubSecTime…
  [0x927c, 'device'], // MakerNote
  [0x9286, 'comment'], // UserComment
  [0x9c9b, 'comment'], // XPTitle
  [0x9c9c, 'comment'], // XPComment
  [0x9c9d, 'author'], // XPAuthor
  [0x9c9e, 'comment'], // XPKeywords
  [0x9c9f, 'comment'], // XPSubject
  [0xa420, 'identifier'], // ImageUniqueID
  [0xa430, 'author'], // CameraOwnerName
  [0xa431, 'identifier'], // BodySerialNumber
  [0xa432, 'device'],
  [0xa433, 'device'],
  [0xa434, 'device'], // Lens…
  [0xa435, 'identifier'], // LensSerialNumber
]);

/** Tags that only say how the block is laid out, or how the samples of the picture are coded. */
const structural: ReadonlySet<number> = new Set<number>([
  ...Object.values(ExifPointer),
  ...[0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0115, 0x011a, 0x011b, 0x0128, 0x0202, 0x0213, 0x9000, 0x9101, 0xa000],
  ...[0xa001, 0xa002, 0xa003],
]);

/** More directories than this are not described; Exif has five. */
const MAX_IFDS = 16;

/**
 * Notes what an Exif block tells, by IFD and kind.
 * @param block begins with the TIFF header
 * @param start absolute offset of the block in the input, if it stands there as it is
 */
export function describeExif(plan: Plan, block: Uint8Array, where: string, start?: number): void {
  const exif = openExif(block);
  const place = start === undefined ? {} : { offset: start };
  if (exif === undefined) {
    plan.found({ kind: 'other', where, action: 'removed', bytes: block.length, note: 'It is damaged.', ...place });
    return;
  }
  const { view, littleEndian, firstIfd } = exif;
  let rest = block.length;
  const seen = new Set<number>();
  const queue: { offset: number; name: string }[] = [{ offset: firstIfd, name: 'IFD0' }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { offset, name } = next;
    if (seen.has(offset) || seen.size >= MAX_IFDS) continue;
    seen.add(offset);
    const ifd = readIfd(view, littleEndian, offset);
    if (ifd === undefined) continue;
    rest -= describeIfd(plan, ifd, `${where} › ${name}`, name, place);
    for (const { tag, count, valueStart, valueLength } of ifd.entries) {
      const pointed = subIfdName(tag);
      if (pointed !== undefined && count === 1 && valueLength === 4) {
        queue.push({ offset: view.getUint32(valueStart, littleEndian), name: pointed });
      }
      if (tag === 0x0202 && count === 1 && valueLength === 4) {
        rest -= describeThumbnail(plan, view.getUint32(valueStart, littleEndian), rest, `${where} › ${name}`, place);
      }
    }
    if (name === 'IFD0' && ifd.next !== 0) queue.push({ offset: ifd.next, name: 'IFD1' });
  }
  plan.found({ kind: 'structure', where, action: 'removed', bytes: Math.max(0, rest), ...place });
}

function subIfdName(tag: number): string | undefined {
  if (tag === ExifPointer.exif) return 'Exif IFD';
  if (tag === ExifPointer.gps) return 'GPS IFD';
  return tag === ExifPointer.interoperability ? 'Interoperability IFD' : undefined;
}

/** Notes the entries of one IFD; returns how many bytes they take. */
function describeIfd(plan: Plan, ifd: Ifd, where: string, name: string, place: { offset?: number }): number {
  let total = 0;
  for (const { tag, valueLength } of ifd.entries) {
    const bytes = 12 + (valueLength > 4 ? valueLength : 0);
    const kind = kindOf(tag, name);
    if (kind === 'structure') continue;
    total += bytes;
    plan.found({ kind, where, action: 'removed', bytes, ...place });
  }
  return total;
}

function kindOf(tag: number, ifd: string): FindingKind {
  if (ifd === 'GPS IFD') return 'location';
  if (ifd === 'Interoperability IFD' || structural.has(tag)) return 'structure';
  return kindOfTag.get(tag) ?? 'other';
}

function describeThumbnail(
  plan: Plan,
  length: number,
  rest: number,
  where: string,
  place: { offset?: number },
): number {
  const bytes = Math.max(0, Math.min(length, rest));
  plan.found({ kind: 'thumbnail', where, action: 'removed', bytes, ...place });
  return bytes;
}
