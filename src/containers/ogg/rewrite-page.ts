// Page headers written anew for pages whose segments stay as they are.
import { type CrcPatch, flagsCrc, numbersCrc } from './crc.ts';
import { PAGE_HEADER_LENGTH, type Page, type PageFields, sealPage, writePageHeader } from './page.ts';

const FLAGS_AT = 5;
const GRANULE_AT = 6;
const SERIAL_AT = 14;
const SEQUENCE_AT = 18;
const CRC_AT = 22;

/** The header of a page, without the segment table, for other fields. The checksum is patched: a wrong one stays wrong. */
export function renumberPage(page: Page, fields: PageFields, patch: CrcPatch): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(PAGE_HEADER_LENGTH);
  const view = new DataView(header.buffer);
  header.set(page.header.subarray(0, PAGE_HEADER_LENGTH));
  header[FLAGS_AT] = fields.flags;
  view.setUint32(SERIAL_AT, fields.serial, true);
  view.setUint32(SEQUENCE_AT, fields.sequence, true);
  const flags = page.flags ^ fields.flags;
  const difference = numbersCrc(page.serial ^ fields.serial, page.sequence ^ fields.sequence, flagsCrc(flags));
  view.setUint32(CRC_AT, page.crc ^ patch.shift(difference, page.end - page.start - CRC_AT), true);
  return header;
}

/** The header of a page that holds the last segments of another, whose body is given. */
export function splitPage(
  { header }: Page,
  fields: PageFields,
  segments: Uint8Array,
  body: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const written = writePageHeader(fields, header.subarray(GRANULE_AT, SERIAL_AT), segments);
  sealPage(written, body);
  return written;
}
