// NAL units of AVC and HEVC (ITU-T H.264 §7.3.1, H.265 §7.3.1) and the messages in SEI units. Syntax only.
import { concatAll } from '../bytes/concat.ts';

/** A coding of NAL units: how their headers are laid out. */
export interface NalCoding {
  /** Length of the header in bytes. */
  headerLength: number;
  /** Type of a unit by its header; −1 for one that decoders discard, because it breaks the syntax or belongs to another layer. */
  typeOf(first: number, second: number): number;
}

/** H.264 §7.4.1. */
export const avcNal: NalCoding = { headerLength: 1, typeOf: (first) => (first >= 0x80 ? -1 : first & 0x1f) };

/** H.265 §7.4.2.2: bit 0 of the layer's number stands in the first byte, temporal number 0 is none. */
export const hevcNal: NalCoding = {
  headerLength: 2,
  typeOf: (first, second) => (first >= 0x80 || first & 1 || second >= 8 || second === 0 ? -1 : first >> 1),
};

/** A message in an SEI unit. */
export interface SeiMessage {
  type: number;
  payload: Uint8Array;
}

/** The messages of an SEI unit behind its header (§7.3.2.3), as far as they are whole. */
export function readSeiMessages(unit: Uint8Array, headerLength: number): SeiMessage[] {
  const rbsp = unescapeNal(unit.subarray(headerLength));
  const messages: SeiMessage[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    while (rbsp[at] === 0xff) value += rbsp[at++] ?? 0;
    return value + (rbsp[at++] ?? 0);
  };
  // One byte is left for the trailing bits.
  while (at + 2 < rbsp.length) {
    const type = number();
    const length = number();
    if (at + length > rbsp.length) break;
    messages.push({ type, payload: rbsp.subarray(at, at + length) });
    at += length;
  }
  return messages;
}

/** An SEI unit with these messages; their types and lengths are below 255. */
export function writeSei(header: Uint8Array, messages: readonly SeiMessage[]): Uint8Array {
  const parts = messages.flatMap(({ type, payload }) => [Uint8Array.of(type, payload.length), payload]);
  return concatAll([header, escapeNal(concatAll([...parts, Uint8Array.of(0x80)]))]);
}

/** Takes out the bytes that keep start codes from appearing (§7.4.1.1). */
function unescapeNal(bytes: Uint8Array): Uint8Array {
  const plain = new Uint8Array(bytes.length);
  let length = 0;
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) zeros = 0;
    else {
      plain[length++] = byte;
      zeros = byte === 0 ? zeros + 1 : 0;
    }
  }
  return plain.subarray(0, length);
}

function escapeNal(bytes: Uint8Array): Uint8Array {
  const escaped: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte <= 3) {
      escaped.push(3);
      zeros = 0;
    }
    escaped.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(escaped);
}
