// Data packets of ASF: payloads of streams, padding behind them (ASF Specification §5.2). Syntax only.
import { malformed } from '../core/errors.ts';
import type { Span } from '../core/plan.ts';
import type { Window } from '../core/window.ts';

/** A payload's place in the file, and the stream it is of. */
interface Payload {
  stream: number;
  /** What its media object is told beyond size and time. */
  extension: Span;
  data: Span;
  /** Whether a media object begins with it: it is whole, or its first fragment. */
  beginsObject: boolean;
}

/** A packet. */
export interface Packet {
  payloads: Payload[];
  padding: Span;
}

/** Widths of fields by the two bits that announce them (§5.2.2). */
const WIDTHS = [0, 1, 2, 4];
/** Replicated data: a compressed payload has one byte of it, others size and time of the media object (§5.2.3.1). */
const COMPRESSED = 1;
const SIZE_AND_TIME_LENGTH = 8;

/**
 * Reads the packet at `start`, all of which is at hand.
 * @throws ScrubError `malformed` where its fields do not fit into it
 */
export function readPacket(window: Window, start: number, size: number): Packet {
  const end = start + size;
  let at = start;
  const fail = (): never => {
    throw malformed('A data packet is damaged.', start, 'Data Object', 'data packet');
  };
  const read = (width: number): number => {
    if (at + width > end) fail();
    at += width;
    if (width === 1) return window.u8(at - 1);
    if (width === 2) return window.u16le(at - 2);
    return width === 4 ? window.u32le(at - 4) : 0;
  };
  const widthAt = (flags: number, bit: number): number => WIDTHS[(flags >> bit) & 3] ?? 0;
  let flags = read(1);
  if (flags & 0x80) {
    at += flags & 0x0f;
    flags = read(1);
  }
  const properties = read(1);
  const length = read(widthAt(flags, 5)) || size;
  read(widthAt(flags, 1));
  const paddingLength = read(widthAt(flags, 3));
  // Send time and duration.
  read(4);
  read(2);
  const isMultiple = (flags & 1) === 1;
  const payloadFlags = isMultiple ? read(1) : 0;
  const count = isMultiple ? payloadFlags & 0x3f : 1;
  const dataEnd = start + Math.min(length, size) - paddingLength;
  if (dataEnd < at) fail();
  const payloads: Payload[] = [];
  for (let index = 0; index < count; index++) {
    const stream = read(1) & 0x7f;
    read(widthAt(properties, 4));
    const objectOffset = read(widthAt(properties, 2));
    const replicated = read(widthAt(properties, 0));
    const extensionStart = at + (replicated === COMPRESSED ? COMPRESSED : SIZE_AND_TIME_LENGTH);
    at += replicated;
    const extension = { start: Math.min(extensionStart, at), end: at };
    const dataLength = isMultiple ? read(widthAt(payloadFlags, 6)) : dataEnd - at;
    if (dataLength < 0 || at + dataLength > dataEnd) fail();
    // Of compressed payloads the offset is a time (§5.2.3.3).
    const beginsObject = objectOffset === 0 && replicated !== COMPRESSED;
    payloads.push({ stream, extension, data: { start: at, end: at + dataLength }, beginsObject });
    at += dataLength;
  }
  return { payloads, padding: { start: at, end } };
}
