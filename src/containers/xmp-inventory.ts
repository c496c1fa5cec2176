// What an XMP packet tells, for the report alone: its properties by what they are about (ISO 16684-1; Exif in XMP: CIPA DC-010).
// Nothing here decides what is removed: the whole packet is.
import { shown } from '../bytes/printable.ts';
import { latin1, utf8OrLatin1 } from '../bytes/text.ts';
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

/** Properties whose values are shown, by the name they are shown under. */
const valued: readonly (readonly [string, string])[] = [
  ['latitude', 'exif:GPSLatitude'],
  ['longitude', 'exif:GPSLongitude'],
  ['City', 'photoshop:City'],
  ['Country', 'photoshop:Country'],
  ['Make', 'tiff:Make'],
  ['Model', 'tiff:Model'],
  ['creator', 'dc:creator'],
  ['rights', 'dc:rights'],
  ['CreateDate', 'xmp:CreateDate'],
  ['CreatorTool', 'xmp:CreatorTool'],
  ['title', 'dc:title'],
  ['description', 'dc:description'],
];

/** More of a packet is not looked at for the report. */
const MAX_LENGTH = 256 * 1024;

/** What a finding says of a packet. */
interface PacketDescription {
  kind: FindingKind;
  note?: string;
  values?: Record<string, string | number>;
}

/**
 * What a packet tells about: the most telling kind, and a sentence with all of them if there are several.
 * @param withValues whether what its properties say is wanted too
 */
export function describeXmp(packet: Uint8Array, withValues = false): PacketDescription {
  const beginning = packet.subarray(0, MAX_LENGTH);
  const text = latin1(beginning);
  const kinds = properties.filter(([, pattern]) => pattern.test(text)).map(([kind]) => kind);
  const [first = 'other'] = kinds;
  const description: PacketDescription = { kind: first };
  if (kinds.length > 1) description.note = `It tells about ${kinds.join(', ')}.`;
  const values = withValues ? readValues(utf8OrLatin1(beginning)) : {};
  if (Object.keys(values).length > 0) description.values = values;
  return description;
}

function readValues(text: string): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [name, property] of valued) {
    const value = shown(textOf(text, property).replace(/<[^<>]*>/g, ' '));
    if (value !== '') values[name] = degreesOf(value) ?? value;
  }
  return values;
}

/** What a property says: it is written as an attribute or as an element. */
function textOf(text: string, property: string): string {
  const attribute = text.indexOf(`${property}="`);
  if (attribute >= 0) return between(text, attribute + property.length + 2, '"');
  const element = text.indexOf(`<${property}>`);
  return element < 0 ? '' : between(text, element + property.length + 2, `</${property}>`);
}

function between(text: string, start: number, closing: string): string {
  const end = text.indexOf(closing, start);
  return end < 0 ? '' : text.slice(start, end);
}

/** A coordinate as Exif in XMP writes it, `48,8.5N` or `48,8,30N`, in degrees. */
function degreesOf(value: string): number | undefined {
  const match = /^(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])$/.exec(value);
  if (match === null) return undefined;
  const [, degrees, minutes, seconds = '0', direction = ''] = match;
  const angle = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600;
  return 'SW'.includes(direction) ? -angle : angle;
}
