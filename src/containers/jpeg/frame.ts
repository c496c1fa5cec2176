// Frame and scan headers (ITU-T T.81 §B.2.2, §B.2.3): which components there are and which tables each scan needs.
import { malformed, unsupported } from '../../core/errors.ts';
import type { Window } from '../../core/window.ts';
import { Marker, nameMarker } from './marker.ts';

/** A component of a frame. */
export interface FrameComponent {
  id: number;
  /** Sampling factors, horizontal in the high four bits. */
  sampling: number;
  /** Number of its quantization table. */
  quantization: number;
}

/** A frame header. */
export interface Frame {
  /** Marker code: which process codes the frame. */
  process: number;
  /** Bits per sample. */
  precision: number;
  height: number;
  width: number;
  components: FrameComponent[];
}

/** A scan header. */
export interface Scan {
  /** Which component of the frame, with which tables: its quantization table is named by the frame. */
  components: { component: FrameComponent; dcTable: number; acTable: number }[];
  spectralStart: number;
  spectralEnd: number;
  /** Ah in the high four bits, Al in the low. */
  approximation: number;
}

/** Processes that decoders show. */
const SHOWN = [Marker.SOF0, Marker.SOF1, Marker.SOF2, Marker.SOF3, Marker.SOF9, Marker.SOF10] as readonly number[];
const MAX_COMPONENTS = 4;
const LAST_COEFFICIENT = 63;

/** Whether a marker code begins a frame that decoders show. */
export function isShownFrame(marker: number): boolean {
  return SHOWN.includes(marker);
}

/** Whether the frame is coded arithmetically instead of by Huffman codes. */
export function isArithmetic({ process }: Frame): boolean {
  return process === Marker.SOF9 || process === Marker.SOF10;
}

/** Whether the frame's coefficients come in several passes. */
export function isProgressive({ process }: Frame): boolean {
  return process === Marker.SOF2 || process === Marker.SOF10;
}

/** Whether the frame is coded without a transform. */
export function isLossless({ process }: Frame): boolean {
  return process === Marker.SOF3;
}

/** Reads a frame header whose body is `[start, end)`. */
export function readFrame(window: Window, process: number, start: number, end: number): Frame {
  const name = nameMarker(process);
  const count = end - start >= 6 ? window.u8(start + 5) : 0;
  if (count < 1 || count > MAX_COMPONENTS || end - start !== 6 + 3 * count) {
    throw malformed('The frame header has a length that does not fit its components.', start, name);
  }
  const frame: Frame = {
    process,
    precision: window.u8(start),
    height: window.u16be(start + 1),
    width: window.u16be(start + 3),
    components: [],
  };
  if (frame.height === 0) {
    throw unsupported(
      'The height of the picture is given only after its first scan (DNL), which decoders do not show.',
      start,
      name,
    );
  }
  if (frame.width === 0) throw malformed('The picture has no width.', start, name);
  for (let at = start + 6; at < end; at += 3) {
    const component = { id: window.u8(at), sampling: window.u8(at + 1), quantization: window.u8(at + 2) };
    if (component.quantization > 3)
      throw malformed('A component names a quantization table that can not exist.', at, name);
    frame.components.push(component);
  }
  return frame;
}

/** Reads a scan header whose body is `[start, end)`. */
export function readScan(window: Window, frame: Frame, start: number, end: number): Scan {
  const count = end - start >= 1 ? window.u8(start) : 0;
  if (count < 1 || count > MAX_COMPONENTS || end - start !== 4 + 2 * count) {
    throw malformed('The scan header has a length that does not fit its components.', start, 'SOS');
  }
  const scan: Scan = {
    components: [],
    spectralStart: window.u8(end - 3),
    spectralEnd: window.u8(end - 2),
    approximation: window.u8(end - 1),
  };
  for (let at = start + 1; at < end - 3; at += 2) {
    const id = window.u8(at);
    const tables = window.u8(at + 1);
    // Some encoders give all components one id; decoders then take them in turn.
    const before = scan.components.filter(({ component }) => component.id === id).length;
    const component = frame.components.filter((candidate) => candidate.id === id)[before];
    if (component === undefined) {
      throw malformed('A scan names a component that the frame does not have.', at, 'SOS');
    }
    scan.components.push({ component, dcTable: tables >> 4, acTable: tables & 15 });
  }
  return scan;
}

/**
 * What must stand in the last three bytes of a sequential scan's header, whatever encoders write there (§B.2.3, Table B.3).
 * Nothing for scans that are as they must be, and for other processes, where the bytes say how to decode.
 */
export function repairScan(frame: Frame, { spectralStart, spectralEnd, approximation }: Scan): Uint8Array | undefined {
  if (isProgressive(frame) || isLossless(frame)) return undefined;
  const isRight = spectralStart === 0 && spectralEnd === LAST_COEFFICIENT && approximation === 0;
  return isRight ? undefined : Uint8Array.of(0, LAST_COEFFICIENT, 0);
}

/** Numbers of the entropy coding tables that a scan decodes with. */
export function tablesOf(frame: Frame, scan: Scan): { dc: number[]; ac: number[] } {
  const progressive = isProgressive(frame);
  // §G.1.2.1: a pass that refines DC coefficients has no DC differences to decode.
  const readsDc = !progressive || (scan.spectralStart === 0 && scan.approximation >> 4 === 0);
  const readsAc = !isLossless(frame) && (!progressive || scan.spectralStart > 0);
  return {
    dc: readsDc ? scan.components.map(({ dcTable }) => dcTable) : [],
    ac: readsAc ? scan.components.map(({ acTable }) => acTable) : [],
  };
}
