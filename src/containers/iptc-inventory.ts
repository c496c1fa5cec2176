// What an IPTC record says, for the report alone (IPTC-IIM 4.2): data sets of a marker, record, number, length and text.
import { shown } from '../bytes/printable.ts';
import { utf8OrLatin1 } from '../bytes/text.ts';

/** Data sets of the application record that tell about people, places and times. */
const names: ReadonlyMap<number, string> = new Map([
  [5, 'ObjectName'],
  [55, 'DateCreated'],
  [80, 'By-line'],
  [90, 'City'],
  [92, 'Sub-location'],
  [95, 'Province-State'],
  [101, 'Country'],
  [110, 'Credit'],
  [115, 'Source'],
  [116, 'CopyrightNotice'],
  [120, 'Caption-Abstract'],
]);

const TAG_MARKER = 0x1c;
const APPLICATION_RECORD = 2;

/** The text of each data set that is there, by its name in the standard; the first where one is repeated. */
export function readIptcValues(record: Uint8Array): Record<string, string> {
  const values: Record<string, string> = {};
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  for (let at = 0; at + 5 <= record.length && view.getUint8(at) === TAG_MARKER; ) {
    const length = view.getUint16(at + 3);
    const name = view.getUint8(at + 1) === APPLICATION_RECORD ? names.get(view.getUint8(at + 2)) : undefined;
    if (name !== undefined && values[name] === undefined) {
      const text = shown(utf8OrLatin1(record.subarray(at + 5, at + 5 + length)));
      if (text !== '') values[name] = text;
    }
    at += 5 + length;
  }
  return values;
}
