// What Photoshop image resources tell, for the report alone (Adobe Photoshop File Formats, "Image Resource Blocks").
// Nothing here decides what is removed: all of them are.
import { startsWith } from '../bytes/text.ts';
import type { FindingKind } from '../core/report.ts';
import { readIptcValues } from './iptc-inventory.ts';

const IPTC_RECORD = 0x0404;

/** Resource numbers by what they tell about, the most telling first; others are `other`. */
const resources: readonly (readonly [FindingKind, string, readonly number[]])[] = [
  ['author', 'IPTC record', [IPTC_RECORD]],
  ['thumbnail', 'thumbnail', [0x0409, 0x040c]],
  ['device', 'Exif', [0x0422, 0x0423]],
  ['history', 'XMP', [0x0424]],
  ['author', 'copyright', [0x040a, 0x040b]],
  ['identifier', 'digest and layer ids', [0x0425, 0x0435, 0x0426]],
  ['comment', 'slices, which often hold the file name', [0x041a]],
  ['comment', 'paths and their names', [0x0bb7, ...Array.from({ length: 998 }, (_, index) => 0x07d0 + index)]],
];

/** What a finding says of image resources. */
interface ResourcesDescription {
  kind: FindingKind;
  note?: string;
  values?: Record<string, string>;
}

/**
 * What a run of image resource blocks tells about: the most telling kind, and a sentence that names the resources.
 * @param withValues whether what the IPTC record says is wanted too
 */
export function describeImageResources(blocks: Uint8Array, withValues = false): ResourcesDescription {
  const numbers = new Set<number>();
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  let values: Record<string, string> = {};
  // Signature 4, number 2, name as a Pascal string padded to even, size 4, data padded to even.
  for (let at = 0; at + 12 <= blocks.length && startsWith(blocks, '8BIM', at); ) {
    const number = view.getUint16(at + 4);
    numbers.add(number);
    const nameLength = (view.getUint8(at + 6) + 2) & ~1;
    const sizeAt = at + 6 + nameLength;
    if (sizeAt + 4 > blocks.length) break;
    const size = view.getUint32(sizeAt);
    if (withValues && number === IPTC_RECORD) values = readIptcValues(blocks.subarray(sizeAt + 4, sizeAt + 4 + size));
    at = sizeAt + 4 + size + (size & 1);
  }
  const met = resources.filter(([, , ids]) => ids.some((id) => numbers.has(id)));
  const [first] = met;
  const description: ResourcesDescription = { kind: first === undefined ? 'other' : first[0] };
  if (met.length > 0) description.note = `It holds: ${met.map(([, name]) => name).join(', ')}.`;
  if (Object.keys(values).length > 0) description.values = values;
  return description;
}
