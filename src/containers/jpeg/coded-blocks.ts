// The blocks of a scan, read code by code as far as it takes to tell where the last one ends (ITU-T T.81 §F.2, §G.2). No
// coefficient is computed; of progressive pictures it is kept which are not zero, since refining passes have a bit for each of them.
import { type Frame, isProgressive, type Scan } from './frame.ts';
import type { BitReader, HuffmanDecoder } from './huffman.ts';

const COEFFICIENTS = 64;
/** A run of 16 zeros, or the end of the block where the run is shorter (§F.1.2.2). */
const ZERO_RUN = 15;
const MAX_DC_BITS = 16;

/** A component of a scan, with what its codes are read by. */
export interface ScanComponent {
  dc: HuffmanDecoder | undefined;
  ac: HuffmanDecoder | undefined;
  /** How many of its blocks an MCU has where components alternate (§A.2.3). */
  blocksInMcu: number;
  /** How many blocks it has in a scan of its own (§A.2.2). */
  blocks: number;
  /** Two words of bits for each block: which coefficients are not zero. Progressive pictures alone have them. */
  history: Uint32Array;
}

/** Reads the next MCUs, at most `count`, from the one of this number on; how many were read, 0 where the codes are wrong. */
export type McuReader = (reader: BitReader, from: number, count: number) => number;

/** How to read the MCUs of a scan. A reader begins anew at each restart marker. */
export function mcuReader(frame: Frame, scan: Scan, components: readonly ScanComponent[]): () => McuReader {
  const { spectralStart, spectralEnd, approximation } = scan;
  const isRefinement = approximation >> 4 !== 0;
  if (!isProgressive(frame)) return () => eachBlock(components, readBlock);
  if (spectralStart === 0) return () => eachBlock(components, isRefinement ? refineDc : readDc);
  const [component] = components;
  if (component === undefined || components.length > 1) return () => () => 0;
  return isRefinement
    ? () => refineAc(component, spectralStart, spectralEnd)
    : () => readAc(component, spectralStart, spectralEnd);
}

function eachBlock(
  components: readonly ScanComponent[],
  read: (reader: BitReader, component: ScanComponent) => boolean,
): McuReader {
  const isAlone = components.length === 1;
  return (reader) => {
    for (const component of components) {
      for (let block = isAlone ? 1 : component.blocksInMcu; block > 0; block--) {
        if (!read(reader, component) || reader.isOverrun) return 0;
      }
    }
    return 1;
  };
}

function readDc(reader: BitReader, { dc }: ScanComponent): boolean {
  const bits = dc === undefined ? -1 : reader.decode(dc);
  if (bits < 0 || bits > MAX_DC_BITS) return false;
  reader.skip(bits);
  return true;
}

function refineDc(reader: BitReader): boolean {
  reader.skip(1);
  return true;
}

/** A block of a sequential scan: all its coefficients. */
function readBlock(reader: BitReader, component: ScanComponent): boolean {
  const { ac } = component;
  if (ac === undefined || !readDc(reader, component)) return false;
  for (let index = 1; index < COEFFICIENTS; index++) {
    const code = reader.decode(ac);
    const bits = code & 15;
    if (code < 0) return false;
    if (bits === 0) {
      if (code >> 4 !== ZERO_RUN) return true;
      index += ZERO_RUN;
      continue;
    }
    index += code >> 4;
    if (index >= COEFFICIENTS) return false;
    reader.skip(bits);
  }
  return true;
}

/** §G.1.2.2: a band of coefficients, blocks without any counted in runs. */
function readAc({ ac, history }: ScanComponent, first: number, last: number): McuReader {
  let ended = 0;
  return (reader, from, count) => {
    if (ended > 0) {
      const passed = Math.min(ended, count);
      ended -= passed;
      return passed;
    }
    if (ac === undefined) return 0;
    for (let index = first; index <= last; index++) {
      const code = reader.decode(ac);
      if (code < 0) return 0;
      const run = code >> 4;
      const bits = code & 15;
      if (bits === 0) {
        if (run !== ZERO_RUN) {
          ended = (1 << run) + reader.read(run) - 1;
          break;
        }
        index += ZERO_RUN;
        continue;
      }
      index += run;
      if (index > last) return 0;
      reader.skip(bits);
      mark(history, from, index);
    }
    return reader.isOverrun ? 0 : 1;
  };
}

/** §G.1.2.3: one more bit for each coefficient that is not zero, and those that are not zero any more. */
function refineAc({ ac, history }: ScanComponent, first: number, last: number): McuReader {
  let ended = 0;
  return (reader, from) => {
    let index = first;
    for (; ended === 0 && index <= last; index++) {
      const code = ac === undefined ? -1 : reader.decode(ac);
      const bits = code & 15;
      let run = code >> 4;
      if (code < 0 || bits > 1) return 0;
      if (bits === 0 && run !== ZERO_RUN) {
        ended = (1 << run) + reader.read(run);
        break;
      }
      reader.skip(bits);
      for (; index <= last; index++) {
        if (isMarked(history, from, index)) reader.skip(1);
        else if (--run < 0) break;
      }
      if (bits === 0) continue;
      if (index > last) return 0;
      mark(history, from, index);
    }
    if (ended > 0) {
      for (; index <= last; index++) if (isMarked(history, from, index)) reader.skip(1);
      ended--;
    }
    return reader.isOverrun ? 0 : 1;
  };
}

function mark(history: Uint32Array, block: number, index: number): void {
  const word = block * 2 + (index >> 5);
  history[word] = (history[word] ?? 0) | (1 << (index & 31));
}

function isMarked(history: Uint32Array, block: number, index: number): boolean {
  return (((history[block * 2 + (index >> 5)] ?? 0) >>> (index & 31)) & 1) !== 0;
}
