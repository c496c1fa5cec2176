// Filters of streams (ISO 32000-1 §7.4) that pack bytes; those that code pictures are left to who reads pictures.
import { concatAll } from '../../bytes/concat.ts';
import { isWhite } from './characters.ts';
import { hasHeader, Inflater, type Spend } from './inflate.ts';
import { countOf, type Dict } from './objects.ts';
import { unpredict } from './predictor.ts';

/** Full names by the abbreviations that inline images, and some streams, use (Table 94). */
const abbreviations: Readonly<Record<string, string>> = {
  A85: 'ASCII85Decode',
  AHx: 'ASCIIHexDecode',
  CCF: 'CCITTFaxDecode',
  DCT: 'DCTDecode',
  Fl: 'FlateDecode',
  LZW: 'LZWDecode',
  RL: 'RunLengthDecode',
};

/** The full name of a filter. */
export function filterName(name: string): string {
  return Object.hasOwn(abbreviations, name) ? (abbreviations[name] ?? name) : name;
}

/** Undoes filters, and counts what they unpack to. */
export class Unpacker {
  readonly #inflater: Inflater;
  readonly #spend: Spend;

  constructor(spend: Spend) {
    this.#inflater = new Inflater(spend);
    this.#spend = spend;
  }

  /** Undoes one filter; nothing for a filter that packs no bytes, or one whose parameters make no sense. */
  unfilter(name: string, data: Uint8Array, parameters: Dict | undefined): Uint8Array | undefined {
    switch (name) {
      case 'FlateDecode':
        return unpredict(this.#inflater.inflate(data).bytes, parameters);
      case 'LZWDecode':
        return unpredict(decodeLzw(data, countOf(parameters?.get('EarlyChange')) ?? 1, this.#spend), parameters);
      case 'ASCII85Decode':
        return decodeAscii85(data);
      case 'ASCIIHexDecode':
        return decodeAsciiHex(data);
      case 'RunLengthDecode':
        return decodeRunLength(data, this.#spend);
      default:
        return undefined;
    }
  }

  /** Unpacks zlib data that come to their own end, whatever stands behind it; nothing for others. */
  inflateWhole(data: Uint8Array): Uint8Array | undefined {
    const { bytes, isComplete } = this.#inflater.inflate(data);
    return isComplete ? bytes : undefined;
  }

  /** Whether zlib data come to their own end. */
  isCompleteZlib(data: Uint8Array): boolean {
    return hasHeader(data) && this.#inflater.inflate(data).isComplete;
  }
}

/** §7.4.2: pairs of hexadecimal digits up to `>`. */
function decodeAsciiHex(data: Uint8Array): Uint8Array {
  const output = new Uint8Array((data.length + 1) >> 1);
  let digits = 0;
  for (const code of data) {
    if (code === 0x3e) break;
    const digit = code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
    if (digit < 0 || digit > 15 || (code > 0x39 && digit < 10)) continue;
    output[digits >> 1] = (output[digits >> 1] ?? 0) | (digits % 2 === 0 ? digit << 4 : digit);
    digits++;
  }
  return output.subarray(0, (digits + 1) >> 1);
}

/** §7.4.3: groups of five digits in base 85, `z` for four zeros, up to `~>`. */
function decodeAscii85(data: Uint8Array): Uint8Array {
  let zeros = 0;
  for (const code of data) if (code === 0x7a) zeros++;
  const output = new Uint8Array(Math.ceil(data.length / 5) * 4 + zeros * 4);
  let length = 0;
  const group = [84, 84, 84, 84, 84];
  let count = 0;
  const flush = (digits: number): void => {
    let value = 0;
    for (const digit of group) value = value * 85 + digit;
    for (let index = 0; index < digits - 1; index++) output[length++] = Math.floor(value / 256 ** (3 - index)) & 0xff;
    group.fill(84);
    count = 0;
  };
  for (let at = data[0] === 0x3c && data[1] === 0x7e ? 2 : 0; at < data.length; at++) {
    const code = data[at] ?? 0;
    if (code === 0x7e) break;
    if (isWhite(code)) continue;
    if (code === 0x7a && count === 0) {
      length += 4;
      continue;
    }
    if (code < 0x21 || code > 0x75) continue;
    group[count++] = code - 0x21;
    if (count === 5) flush(5);
  }
  if (count > 1) flush(count);
  return output.slice(0, length);
}

/** §7.4.5: a length byte and literal bytes, or one byte repeated; 128 ends. */
function decodeRunLength(data: Uint8Array, spend: Spend): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    const code = data[at++] ?? 128;
    if (code === 128) break;
    const part = code < 128 ? data.subarray(at, at + code + 1) : new Uint8Array(257 - code).fill(data[at] ?? 0);
    at += code < 128 ? code + 1 : 1;
    spend(part.length);
    parts.push(part);
  }
  return concatAll(parts);
}

const CLEAR_TABLE = 256;
const END_OF_DATA = 257;

/** §7.4.4: codes of 9 to 12 bits, the highest bit first. */
function decodeLzw(data: Uint8Array, earlyChange: number, spend: Spend): Uint8Array {
  const prefixes = new Uint16Array(4096);
  const suffixes = new Uint8Array(4096);
  const lengths = new Uint16Array(4096);
  for (let code = 0; code < 256; code++) {
    suffixes[code] = code;
    lengths[code] = 1;
  }
  let output = new Uint8Array(Math.max(1024, data.length * 4));
  let length = 0;
  let next = END_OF_DATA + 1;
  let width = 9;
  let previous = -1;
  let bits = 0;
  let held = 0;
  for (const byte of data) {
    held = ((held << 8) | byte) & 0xffffff;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === END_OF_DATA) break;
    if (code === CLEAR_TABLE) {
      next = END_OF_DATA + 1;
      width = 9;
      previous = -1;
      continue;
    }
    if (code > next || (code === next && previous < 0)) break;
    const isNew = code === next;
    const known = isNew ? previous : code;
    const count = (lengths[known] ?? 0) + (isNew ? 1 : 0);
    spend(count);
    if (length + count > output.length) {
      const grown = new Uint8Array(output.length * 2 + count);
      grown.set(output);
      output = grown;
    }
    let at = length + (lengths[known] ?? 0);
    for (let walk = known; at > length; walk = prefixes[walk] ?? 0) output[--at] = suffixes[walk] ?? 0;
    const first = output[length] ?? 0;
    if (isNew) output[length + count - 1] = first;
    length += count;
    if (previous >= 0 && next < 4096) {
      prefixes[next] = previous;
      suffixes[next] = first;
      lengths[next] = (lengths[previous] ?? 0) + 1;
      next++;
      if (next + earlyChange >= 1 << width && width < 12) width++;
    }
    previous = code;
  }
  return output.slice(0, length);
}
