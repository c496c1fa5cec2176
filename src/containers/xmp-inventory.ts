// What an XMP packet tells, for the report alone: its properties by what they are about (ISO 16684-1; Exif in XMP: CIPA DC-010).
// Nothing here decides what is removed: the whole packet is.
import { latin1 } from '../bytes/text.ts';
import type { FindingKind } from '../core/report.ts';

/** Property names by what they tell about, the most telling first. */
const properties: readonly (readonly [FindingKind, RegExp])[] = [
  ['location', /exif:GPS|Iptc4xmp(Core|Ext):Location|photoshop:(City|Country|State)|drone-dji:/],
  ['device', /tiff:(Make|Model)|aux:Lens|exifEX:(Camera|Lens)/],
  ['author', /dc:creator|dc:rights|xmpRights:|photoshop:(Credit|AuthorsPosition|CaptionWriter)/],
  ['time', /xmp:(Create|Modify|Metadata)Date|photoshop:DateCreated|exif:DateTime/],
  ['software', /xmp:CreatorTool|x:xmptk|tiff:Software/],
  ['identifier', /xmpMM:(DocumentID|InstanceID|OriginalDocumentID)|aux:SerialNumber|exifEX:(Body|Lens)SerialNumber/],
  ['thumbnail', /xmpGImg:|xmp:Thumbnails/],
  ['embedded-file', /GDepth:|GImage:|GAudio:|hdr-plus/i],
  ['comment', /dc:(title|description|subject)|exif:UserComment|photoshop:Headline/],
  ['history', /xmpMM:(History|DerivedFrom|Ingredients)|photoshop:History|crs:/],
  ['provenance', /dcterms:provenance|c2pa|trainedAlgorithmicMedia/i],
];

/** More of a packet is not looked at for the report. */
const MAX_LENGTH = 256 * 1024;

/** What a packet tells about: the most telling kind, and a sentence with all of them if there are several. */
export function describeXmp(packet: Uint8Array): { kind: FindingKind; note?: string } {
  const text = latin1(packet.subarray(0, MAX_LENGTH));
  const kinds = properties.filter(([, pattern]) => pattern.test(text)).map(([kind]) => kind);
  const [first = 'other'] = kinds;
  return kinds.length > 1 ? { kind: first, note: `It tells about ${kinds.join(', ')}.` } : { kind: first };
}
