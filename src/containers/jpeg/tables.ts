// Quantization tables, entropy coding tables, restart interval (ITU-T T.81 §B.2.4): defined anywhere between segments, in force
// until defined again. Only those that a scan needs are carried over, right in front of what needs them, one to a segment.
import { areEqual } from '../../bytes/equal.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Window } from '../../core/window.ts';
import { type Frame, isArithmetic, isLossless, isProgressive, type Scan, tablesOf } from './frame.ts';
import { Marker, nameMarker, writeSegment } from './marker.ts';

/** High four bits of a table's first byte: class 1 is AC. */
const AC_CLASS = 0x10;
/** Marker and length field stand in front of a segment's body. */
const SEGMENT_HEADER_LENGTH = 4;

/** A table as it stands in the input. */
interface Table {
  /** Its destination identifier, with its class. */
  number: number;
  /** Bytes that were at hand when it was read, and where in them it begins. */
  bytes: Uint8Array;
  index: number;
  /** Absolute offset. */
  start: number;
  length: number;
  /** Whether the segment holds this table alone. */
  isAlone: boolean;
}

/** Tables of one kind by number: those defined but not yet needed, and those in force in the output. */
class TableStore {
  readonly #marker: number;
  /** In the order of their definition. */
  #pending: Table[] = [];
  readonly #inForce: Table[] = [];
  /** Bytes of tables that were replaced before use, or that say again what is in force. */
  #idleBytes = 0;
  /** Bytes of tables that shared a segment and got one of their own. */
  #movedBytes = 0;

  constructor(marker: number) {
    this.#marker = marker;
  }

  define(table: Table): void {
    const replaced = this.#pending.findIndex(({ number }) => number === table.number);
    if (replaced >= 0) this.#idleBytes += this.#pending.splice(replaced, 1)[0]?.length ?? 0;
    this.#pending.push(table);
  }

  has(number: number): boolean {
    const isIt = (table: Table) => table.number === number;
    return this.#inForce.some(isIt) || this.#pending.some(isIt);
  }

  /** The table of this number that the output has. */
  inForce(number: number): Uint8Array | undefined {
    const table = this.#inForce.find((candidate) => candidate.number === number);
    return table?.bytes.subarray(table.index, table.index + table.length);
  }

  /** Carries over those of `numbers` that are not in force yet, in the order of their definition. */
  write(plan: Plan, numbers: readonly number[]): void {
    const waiting: Table[] = [];
    for (const table of this.#pending) {
      const { number, start, length, isAlone } = table;
      if (!numbers.includes(number)) {
        waiting.push(table);
        continue;
      }
      const before = this.#inForce.findIndex((other) => other.number === number);
      const inForce = this.#inForce[before];
      if (inForce !== undefined && areSame(inForce, table)) {
        this.#idleBytes += length;
        continue;
      }
      if (inForce === undefined) this.#inForce.push(table);
      else this.#inForce[before] = table;
      if (!isAlone) {
        this.#movedBytes += length;
        plan.insert(Uint8Array.of(0xff, this.#marker, (length + 2) >> 8, (length + 2) & 0xff));
      }
      plan.keep(isAlone ? start - SEGMENT_HEADER_LENGTH : start, start + length);
    }
    this.#pending = waiting;
  }

  /** Notes tables that no scan needed, and those that were moved. */
  describe(plan: Plan): void {
    const where = nameMarker(this.#marker);
    let idle = this.#idleBytes;
    for (const { length } of this.#pending) idle += length;
    if (idle > 0) {
      plan.found({ kind: 'structure', where, action: 'removed', bytes: idle, note: 'No scan needs these tables.' });
    }
    if (this.#movedBytes > 0) {
      const note = 'Each table gets a segment of its own.';
      plan.found({ kind: 'structure', where, action: 'rewritten', bytes: this.#movedBytes, note });
    }
  }
}

/** The tables of a JPEG stream as they come and as they are needed. */
export class Tables {
  readonly #quantization: TableStore = new TableStore(Marker.DQT);
  readonly #huffman: TableStore = new TableStore(Marker.DHT);
  readonly #conditioning: TableStore = new TableStore(Marker.DAC);
  #restartInterval = 0;
  #writtenRestartInterval = 0;

  /** Reads a DQT segment's body `[start, end)`: any number of tables of 64 bytes or 64 words. */
  readQuantization(window: Window, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const precision = window.u8(at) >> 4;
      const length = 1 + (precision === 0 ? 64 : 128);
      if (precision > 1) throw malformed('A quantization table has a precision that does not exist.', at, 'DQT');
      at = define(this.#quantization, window, window.u8(at) & 15, at, length, start, end, 'DQT');
    }
  }

  /** Reads a DHT segment's body `[start, end)`: any number of tables of 16 counts and as many values as they add up to. */
  readHuffman(window: Window, start: number, end: number): void {
    for (let at = start; at < end; ) {
      let length = 17;
      if (at + length > end) throw malformed('A Huffman table runs past its segment.', at, 'DHT');
      for (let index = 1; index <= 16; index++) length += window.u8(at + index);
      const number = window.u8(at);
      if (length > 17 + 256 || (number & ~AC_CLASS) > 3)
        throw malformed('A Huffman table can not be right.', at, 'DHT');
      at = define(this.#huffman, window, number, at, length, start, end, 'DHT');
    }
  }

  /** Reads a DAC segment's body `[start, end)`: pairs of table and value. */
  readConditioning(window: Window, start: number, end: number): void {
    for (let at = start; at < end; ) at = define(this.#conditioning, window, window.u8(at), at, 2, start, end, 'DAC');
  }

  /** Reads a DRI segment's body `[start, end)`. */
  readRestartInterval(window: Window, start: number, end: number): void {
    if (end - start !== 2) throw malformed('The restart interval segment must be 4 bytes long.', start, 'DRI');
    this.#restartInterval = window.u16be(start);
  }

  /** Carries over what goes in front of the frame header: its quantization tables, as far as they are defined. */
  writeBeforeFrame(plan: Plan, frame: Frame): void {
    if (isLossless(frame)) return;
    this.#quantization.write(
      plan,
      frame.components.map(({ quantization }) => quantization),
    );
  }

  /**
   * Carries over what goes in front of a scan header.
   * @throws ScrubError `malformed` where the scan needs a table that is not defined
   */
  writeBeforeScan(plan: Plan, frame: Frame, scan: Scan, start: number): void {
    if (!isLossless(frame)) {
      const numbers = scan.components.map(({ component }) => component.quantization);
      if (numbers.some((number) => !this.#quantization.has(number))) {
        throw malformed('A quantization table that the scan needs is not defined.', start, 'SOS');
      }
      this.#quantization.write(plan, numbers);
    }
    if (this.#restartInterval !== this.#writtenRestartInterval) {
      this.#writtenRestartInterval = this.#restartInterval;
      plan.insert(writeSegment(Marker.DRI, [this.#restartInterval >> 8, this.#restartInterval & 0xff]));
    }
    const { dc, ac } = tablesOf(frame, scan);
    const numbers = [...dc, ...ac.map((number) => number | AC_CLASS)];
    if (isArithmetic(frame)) {
      this.#conditioning.write(plan, numbers);
      return;
    }
    for (const number of numbers) {
      // Motion JPEG leaves the tables of Annex K out, and decoders put them in: numbers 0 and 1, sequential only.
      const isImplied = !isProgressive(frame) && !isLossless(frame) && (number & 15) <= 1;
      if (!isImplied && !this.#huffman.has(number)) {
        throw malformed('A Huffman table that the scan needs is not defined.', start, 'SOS');
      }
    }
    this.#huffman.write(plan, numbers);
  }

  /** The restart interval in force, in MCUs; 0 for none. */
  get restartInterval(): number {
    return this.#restartInterval;
  }

  /** The Huffman tables of a scan's components that were carried over. */
  huffmanTablesOf({ components }: Scan): { dc: Uint8Array | undefined; ac: Uint8Array | undefined }[] {
    return components.map(({ dcTable, acTable }) => ({
      dc: this.#huffman.inForce(dcTable),
      ac: this.#huffman.inForce(acTable | AC_CLASS),
    }));
  }

  /** Notes what was not carried over as it was. */
  describe(plan: Plan): void {
    for (const store of [this.#quantization, this.#huffman, this.#conditioning]) store.describe(plan);
  }
}

function areSame(a: Table, b: Table): boolean {
  return areEqual(a.bytes.subarray(a.index, a.index + a.length), b.bytes.subarray(b.index, b.index + b.length));
}

/** Defines the table `[at, at + length)` of the segment body `[start, end)`; returns where the next one begins. */
function define(
  store: TableStore,
  window: Window,
  number: number,
  at: number,
  length: number,
  start: number,
  end: number,
  segment: string,
): number {
  const next = at + length;
  if (next > end) throw malformed('A table runs past its segment.', at, segment);
  const isAlone = at === start && next === end;
  store.define({ number, bytes: window.bytes, index: at - window.base, start: at, length, isAlone });
  return next;
}
