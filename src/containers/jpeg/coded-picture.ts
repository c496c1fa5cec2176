// Where the entropy-coded data of a picture's scans ends, MCU by MCU (ITU-T T.81 §A.2, §E.2).
import { mcuReader, type ScanComponent } from './coded-blocks.ts';
import { type Frame, type FrameComponent, isArithmetic, isLossless, isProgressive, type Scan } from './frame.ts';
import { BitReader, type HuffmanDecoder, readHuffmanTable } from './huffman.ts';
import { Marker } from './marker.ts';

/** Side of a block. */
const BLOCK = 8;
const COEFFICIENTS = 64;
const BYTES_OF_HISTORY = 8;
const MAX_SAMPLING = 4;
/** Runs of blocks without coefficients cost time but no data: that many of them are looked at, and more where there is data. */
const MAX_IDLE_BLOCKS = 16 * 1024 * 1024;
const IDLE_BLOCKS_PER_BYTE = 64;
/** No coefficient has as many bits. */
const UNCODED = 16;

/** The data between two restart markers: indices into a scan's data. */
export interface Interval {
  start: number;
  /** Behind the last byte with a coded bit; a zero stuffed behind it counts. */
  end: number;
  /** How many bits of the last byte pad it. */
  unused: number;
}

/** A scan with all that its data is read by. */
export interface CodedScan {
  scan: Scan;
  /** For each of its components the Huffman tables as DHT has them, as far as they are defined. */
  tables: { dc: Uint8Array | undefined; ac: Uint8Array | undefined }[];
  restartInterval: number;
  /** Where its data begins and ends: absolute offsets. */
  start: number;
  end: number;
}

/** Walks the scans of a picture one after the other. */
export class CodedPicture {
  readonly #frame: Frame;
  readonly #horizontal: number;
  readonly #vertical: number;
  readonly #maxHistory: number;
  readonly #histories: Map<FrameComponent, Uint32Array> = new Map();
  readonly #decoders: Map<number, { table: Uint8Array; decoder: HuffmanDecoder | undefined }> = new Map();
  /** For each component, to which bit each of its coefficients is known. */
  readonly #precisions: Map<FrameComponent, Uint8Array> = new Map();
  #idleBlocks = MAX_IDLE_BLOCKS;

  /** @param maxHistory how many bytes may be spent on remembering coefficients */
  constructor(frame: Frame, maxHistory: number) {
    this.#frame = frame;
    this.#maxHistory = maxHistory;
    this.#horizontal = Math.max(...frame.components.map(({ sampling }) => sampling >> 4));
    this.#vertical = Math.max(...frame.components.map(({ sampling }) => sampling & 15));
    for (const component of frame.components) {
      this.#precisions.set(component, new Uint8Array(COEFFICIENTS).fill(UNCODED));
    }
  }

  /** Whether every coefficient of every component was coded to its last bit by the scans that were walked. */
  get isComplete(): boolean {
    return [...this.#precisions.values()].every((precisions) => precisions.every((bit) => bit === 0));
  }

  /**
   * Walks the data of the next scan.
   * @returns the intervals between restart markers; nothing where the data does not follow its tables
   */
  walk(coded: CodedScan, data: Uint8Array): Interval[] | undefined {
    const { scan, restartInterval } = coded;
    const components = this.#prepare(coded);
    if (components === undefined) return undefined;
    this.#idleBlocks += data.length * IDLE_BLOCKS_PER_BYTE;
    const beginInterval = mcuReader(this.#frame, scan, components);
    const [first] = components;
    const mcus = components.length === 1 ? (first?.blocks ?? 0) : this.#mcus;
    const intervals: Interval[] = [];
    let at = 0;
    for (let mcu = 0; mcu < mcus; ) {
      if (intervals.length > 0) {
        const restart = findRestart(data, at, (intervals.length - 1) & 7);
        if (restart === undefined) return undefined;
        at = restart;
      }
      const reader = new BitReader(data, at);
      const readMcus = beginInterval();
      const last = restartInterval === 0 ? mcus : Math.min(mcus, mcu + restartInterval);
      while (mcu < last) {
        const read = readMcus(reader, mcu, last - mcu);
        this.#idleBlocks--;
        if (read === 0 || this.#idleBlocks < 0) return undefined;
        mcu += read;
      }
      const { index, unused } = reader.end;
      if (index === at) return undefined;
      intervals.push({ start: at, end: index, unused });
      at = index;
    }
    this.#note(scan);
    return intervals;
  }

  /** §A.2.3: how many MCUs there are where components alternate. */
  get #mcus(): number {
    const { width, height } = this.#frame;
    return Math.ceil(width / (BLOCK * this.#horizontal)) * Math.ceil(height / (BLOCK * this.#vertical));
  }

  #prepare({ scan, tables }: CodedScan): ScanComponent[] | undefined {
    const frame = this.#frame;
    if (isArithmetic(frame) || isLossless(frame)) return undefined;
    const components: ScanComponent[] = [];
    for (const [index, { component, dcTable, acTable }] of scan.components.entries()) {
      const [horizontal, vertical] = [component.sampling >> 4, component.sampling & 15];
      if (Math.min(horizontal, vertical) < 1 || Math.max(horizontal, vertical) > MAX_SAMPLING) return undefined;
      // §A.1.1 and §A.2.2: samples of the component, and the blocks that they fill.
      const columns = Math.ceil(Math.ceil((frame.width * horizontal) / this.#horizontal) / BLOCK);
      const rows = Math.ceil(Math.ceil((frame.height * vertical) / this.#vertical) / BLOCK);
      const blocks = columns * rows;
      const history =
        isProgressive(frame) && scan.spectralStart > 0 ? this.#historyOf(component, blocks) : new Uint32Array(0);
      if (history === undefined || scan.spectralEnd >= COEFFICIENTS) return undefined;
      components.push({
        dc: this.#decoderOf(tables[index]?.dc, dcTable * 2),
        ac: this.#decoderOf(tables[index]?.ac, acTable * 2 + 1),
        blocksInMcu: horizontal * vertical,
        blocks,
        history,
      });
    }
    return components;
  }

  #historyOf(component: FrameComponent, blocks: number): Uint32Array | undefined {
    const known = this.#histories.get(component);
    if (known !== undefined) return known;
    let length = blocks * BYTES_OF_HISTORY;
    for (const history of this.#histories.values()) length += history.byteLength;
    if (length > this.#maxHistory) return undefined;
    const history = new Uint32Array(blocks * 2);
    this.#histories.set(component, history);
    return history;
  }

  /** @param key destination and class of the table: where one stands for several scans, its codes are worked out once */
  #decoderOf(table: Uint8Array | undefined, key: number): HuffmanDecoder | undefined {
    if (table === undefined) return undefined;
    const known = this.#decoders.get(key);
    if (known?.table.buffer === table.buffer && known.table.byteOffset === table.byteOffset) return known.decoder;
    const decoder = readHuffmanTable(table);
    this.#decoders.set(key, { table, decoder });
    return decoder;
  }

  #note({ components, spectralStart, spectralEnd, approximation }: Scan): void {
    const isSequential = !isProgressive(this.#frame);
    for (const { component } of components) {
      const precisions = this.#precisions.get(component);
      if (isSequential) precisions?.fill(0);
      else precisions?.fill(approximation & 15, spectralStart, spectralEnd + 1);
    }
  }
}

/** Where the interval behind the next marker begins, if that is the restart marker of this number. */
function findRestart(bytes: Uint8Array, from: number, number: number): number | undefined {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const code = bytes[at + 1] as number;
    if (code === Marker.RST0 + number) return at + 2;
    if (code >= Marker.SOF0 && code !== 0xff) return undefined;
  }
  return undefined;
}
