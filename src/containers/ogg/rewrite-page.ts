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

/** What changes in most headers: numbers and checksum, which stand one behind the other. */
const NUMBERS_LENGTH = CRC_AT + 4 - SERIAL_AT;

/** Gives pages other numbers. */
export class Renumbering {
  readonly #patch = new CrcPatch();
  readonly #numbers: Uint8Array = new Uint8Array(NUMBERS_LENGTH);

  /**
   * The bytes of a page's header from its serial number to its checksum, with other numbers: valid until the next call. The
   * checksum is patched by the difference alone, so a wrong one stays wrong.
   * @param at index in `bytes` at which the page begins
   * @param length of the whole page
   * @param flags those that it gets
   */
  page(bytes: Uint8Array, at: number, length: number, flags: number, serial: number, sequence: number): Uint8Array {
    const numbers = this.#numbers;
    const difference = numbersCrc(
      readWord(bytes, at + SERIAL_AT) ^ serial,
      readWord(bytes, at + SEQUENCE_AT) ^ sequence,
      flagsCrc((bytes[at + FLAGS_AT] as number) ^ flags),
    );
    writeWord(numbers, 0, serial);
    writeWord(numbers, SEQUENCE_AT - SERIAL_AT, sequence);
    const crc = readWord(bytes, at + CRC_AT) ^ this.#patch.shift(difference, length - CRC_AT);
    writeWord(numbers, CRC_AT - SERIAL_AT, crc);
    return numbers;
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
