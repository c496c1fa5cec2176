// A logical stream (RFC 3533 §4): its header packets are gathered, then written anew; its data pages are carried over with
// serial and sequence number of their own.
import { concatAll } from '../../bytes/concat.ts';
import { type HeaderPages, writeHeaderPages } from '../../containers/ogg/header-pages.ts';
import { endsUnfinished, FULL_SEGMENT, PAGE_HEADER_LENGTH, type Page, PageFlag } from '../../containers/ogg/page.ts';
import type { Codec } from './codecs.ts';

/** A stream that is kept. */
export class Stream {
  readonly codec: Codec;
  /** Its number in the output. */
  readonly serial: number;
  /** Header packets that are whole. */
  readonly packets: Uint8Array[] = [];
  /** Whether all header packets are there. */
  isComplete = false;
  /** Whether a packet came that is no header where one should be: nothing of the stream can be decoded. */
  isBroken = false;
  /** Its header pages in canonical form, once they can be written. */
  pages: HeaderPages | undefined;
  /** Whether its last header page is marked as its last page. */
  isEnded = false;
  /** Bytes of header packets so far. */
  headerLength = 0;
  #nextSequence = 0;
  /** Number that the next page had if none were lost. */
  #expectedSequence = 0;
  /** Whether the last page ends inside a packet. */
  #isUnfinished = false;
  #parts: Uint8Array[] = [];

  constructor(codec: Codec, serial: number) {
    this.codec = codec;
    this.serial = serial;
  }

  /**
   * Takes header packets from a page.
   * @returns index of the first segment that belongs to none
   */
  readHeaders(page: Page, body: Uint8Array): number {
    const { flags, header } = page;
    const isContinued = (flags & PageFlag.continued) !== 0 && (flags & PageFlag.first) === 0;
    if (!isContinued) this.#parts = [];
    // What goes on from a page that is not there is lost.
    let isLost = isContinued && this.#parts.length === 0;
    let packetStart = 0;
    let end = 0;
    for (let segment = PAGE_HEADER_LENGTH; segment < header.length && !this.isBroken; segment++) {
      if (end === packetStart && this.#parts.length === 0 && this.codec.isData?.(body[end] ?? 0)) {
        this.isComplete = true;
        this.#notePage(page.sequence, endsUnfinished(header));
        return segment - PAGE_HEADER_LENGTH;
      }
      const length = header[segment] ?? 0;
      end += length;
      if (length === FULL_SEGMENT && segment < header.length - 1) continue;
      this.#take(isLost ? body.subarray(end) : body.subarray(packetStart, end), length, isLost);
      isLost = false;
      packetStart = end;
      if (this.isComplete) {
        this.#notePage(page.sequence, endsUnfinished(header));
        this.isEnded = (flags & PageFlag.last) !== 0 && segment === header.length - 1;
        return segment + 1 - PAGE_HEADER_LENGTH;
      }
    }
    return header.length - PAGE_HEADER_LENGTH;
  }

  #take(part: Uint8Array, lastSegmentLength: number, isLost: boolean): void {
    this.headerLength += part.length;
    const isWhole = lastSegmentLength < FULL_SEGMENT;
    if (isLost) return;
    this.#parts.push(part);
    if (!isWhole) return;
    this.packets.push(this.#parts.length === 1 ? part : concatAll(this.#parts));
    this.#parts = [];
    const isComplete = this.codec.isComplete(this.packets);
    this.isBroken = isComplete === undefined;
    this.isComplete = isComplete ?? false;
  }

  /** Puts these pages in place of those that were found. */
  writeHeaders(packets: readonly Uint8Array[]): void {
    this.pages = writeHeaderPages(packets, this.serial, this.isEnded);
    this.#nextSequence = this.pages.count;
  }

  /**
   * Gives a data page its number. A lost page leaves a gap only where the packet that it broke would seem to go on: decoders
   * then know not to join what does not belong together.
   */
  numberPage(sequence: number, isUnfinished: boolean | undefined): number {
    if (sequence !== this.#expectedSequence && this.#isUnfinished) this.#nextSequence++;
    this.#notePage(sequence, isUnfinished);
    return this.takeSequence();
  }

  /** The number of the next data page. */
  takeSequence(): number {
    return this.#nextSequence++;
  }

  /** Remembers what the next page has to follow. */
  #notePage(sequence: number, isUnfinished: boolean | undefined): void {
    this.#expectedSequence = (sequence + 1) >>> 0;
    this.#isUnfinished = isUnfinished ?? this.#isUnfinished;
  }
}
