// Page headers written anew for pages whose segments stay as they are.
import { CrcPatch, flagsCrc, numbersCrc } from './crc.ts';
import {
  CRC_AT,
  FLAGS_AT,
  GRANULE_AT,
  type Page,
  type PageFields,
  SEQUENCE_AT,
  SERIAL_AT,
  sealPage,
  writePageHeader,
} from './page.ts';

/** What changes in a header: all from the flags to the checksum. */
export const CHANGED_START: number = FLAGS_AT;
const CHANGED_LENGTH = CRC_AT + 4 - CHANGED_START;

/** Gives pages other numbers. */
export class Renumbering {
  readonly #patch = new CrcPatch();
  readonly #changed: Uint8Array = new Uint8Array(CHANGED_LENGTH);

  /**
   * The bytes of a page's header from {@link CHANGED_START} on, with other numbers: valid until the next call. The checksum is patched
   * by the difference alone, so a wrong one stays wrong.
   * @param at index in `bytes` at which the page begins
   * @param length of the whole page
   */
  page(bytes: Uint8Array, at: number, length: number, flags: number, serial: number, sequence: number): Uint8Array {
    const changed = this.#changed;
    changed[0] = flags;
    for (let index = GRANULE_AT; index < SERIAL_AT; index++) changed[index - FLAGS_AT] = bytes[at + index] as number;
    const difference = numbersCrc(
      readWord(bytes, at + SERIAL_AT) ^ serial,
      readWord(bytes, at + SEQUENCE_AT) ^ sequence,
      flagsCrc((bytes[at + FLAGS_AT] as number) ^ flags),
    );
    writeWord(changed, SERIAL_AT - FLAGS_AT, serial);
    writeWord(changed, SEQUENCE_AT - FLAGS_AT, sequence);
    const crc = readWord(bytes, at + CRC_AT) ^ this.#patch.shift(difference, length - CRC_AT);
    writeWord(changed, CRC_AT - FLAGS_AT, crc);
    return changed;
  }
}

/** A 32-bit little-endian number, signed. */
export function readWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
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
