import { u32 } from '../../containers/isobmff/box.ts';
import { Marker, nameMarker } from '../../containers/jp2/marker.ts';
import { sumPacketLengths } from '../../containers/jp2/pointers.ts';
import { malformed } from '../../core/errors.ts';
import { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import type { Segment, Segments } from './segments.ts';
import type { TilePartLengths } from './tile-lengths.ts';

/** SOT with its fields (15444-1 §A.4.2): Lsot, Isot, Psot, TPsot, TNsot. */
const SOT_LENGTH = 12;
const PSOT = 6;
/** A tile-part without even SOD, which OpenJPEG passes over. */
const EMPTY_LENGTH = SOT_LENGTH;
/** SOP with its length and number (§A.8.1), which may look like another marker. */
const SOP_LENGTH = 6;
/** How far is read at a time where the end of a tile-part must be looked for. */
const SCAN_LENGTH = 64 * 1024;

/** What a tile-part is walked with. */
export interface TileWalk {
  window: Window;
  plan: Plan;
  segments: Segments;
  lengths: TilePartLengths;
  tiles: TileCount;
  /** Where the codestream ends at the latest. */
  limit: number;
}

/** Which tiles have come. */
export class TileCount {
  readonly #tiles: number;
  /** By tile: how many of its parts are still to come, if that was told. */
  readonly #missing: Map<number, number> = new Map();

  /** By tile: the number of its next part. Decoders stop at another one, so that nobody would see what it holds. */
  readonly #next: Map<number, number> = new Map();

  constructor(tiles: number) {
    this.#tiles = tiles;
  }

  /** @param count TNsot: how many parts the tile has, 0 where that is not told */
  add(tile: number, index: number, count: number, start: number): void {
    if (tile >= this.#tiles) throw malformed('The picture does not have a tile of this number.', start, 'SOT');
    const expected = this.#next.get(tile) ?? 0;
    if (index !== expected) throw malformed('The parts of a tile are out of order.', start, 'SOT');
    this.#next.set(tile, index + 1);
    this.#missing.set(tile, count === 0 ? 0 : Math.max(0, count - index - 1));
  }

  /** Whether every tile is there with its last part. */
  get areComplete(): boolean {
    return this.#missing.size === this.#tiles && [...this.#missing.values()].every((missing) => missing === 0);
  }
}

/** Walks the tile-part at `start`: SOT, marker segments, SOD, packets. @returns where it ends */
export function* walkTilePart(walk: TileWalk, start: number): Walk<number> {
  const { window, plan, segments, lengths, tiles } = walk;
  if (!window.has(start, SOT_LENGTH)) yield window.need(start, SOT_LENGTH, 'SOT');
  if (window.u16be(start + 2) !== SOT_LENGTH - 2) throw malformed('The segment has a wrong length.', start, 'SOT');
  const sot = window.view(start, start + SOT_LENGTH);
  const tile = window.u16be(start + 4);
  const stated = window.u32be(start + PSOT);
  tiles.add(tile, window.u8(start + 10), window.u8(start + 11), start);
  if (stated === EMPTY_LENGTH) {
    plan.keep(start, start + EMPTY_LENGTH);
    lengths.add({ tile, found: stated, written: stated });
    return start + EMPTY_LENGTH;
  }
  const { headers, sod, removed, packetLengths } = yield* readHeader(segments, start + SOT_LENGTH);
  const dataStart = sod + 2;
  const end = stated === 0 ? yield* findDataEnd(window, dataStart, walk.limit) : start + stated;
  if (end < dataStart) throw malformed('The tile-part is shorter than its header.', start, 'SOT');
  // Otherwise boxes behind the codestream would be taken for packets.
  if (end > walk.limit && end <= window.size) {
    throw malformed('The tile-part reaches behind the end of its box.', start, 'SOT');
  }
  if (end > dataStart && !window.has(end - 1, 1)) yield window.need(end - 1, 1, 'tile-part');

  const dropped = removed + carryPacketLengths(segments, packetLengths, end - dataStart);
  if (dropped > 0 && stated !== 0) {
    plan.insert(sot.slice(0, PSOT));
    plan.insert(u32(stated - dropped));
    plan.insert(sot.slice(PSOT + 4));
  } else plan.keep(start, start + SOT_LENGTH);
  plan.append(headers);
  plan.keep(sod, end);
  lengths.add({ tile, found: end - start, written: end - start - dropped });
  return end;
}

/** A PLT segment, and where it stands among those that are kept. */
interface PacketLengths {
  segment: Segment;
  place: Plan;
}

/** Reads the marker segments of a tile-part up to SOD; PLT is decided on when the length of the data is known. */
function* readHeader(
  segments: Segments,
  start: number,
): Walk<{ headers: Plan; sod: number; removed: number; packetLengths: PacketLengths[] }> {
  const headers = new Plan(false);
  const packetLengths: PacketLengths[] = [];
  let removed = 0;
  for (let at = start; ; ) {
    const segment = yield* segments.next(at);
    if (segment.code === Marker.SOD) return { headers, sod: at, removed, packetLengths };
    if (segment.code === Marker.SOT || segment.rule.use === 'tileLengths') {
      throw malformed('This does not belong into a tile-part.', at, nameMarker(segment.code));
    }
    if (segment.rule.use === 'packetLengths') packetLengths.push({ segment, place: headers.slot().plan });
    else removed += segments.carry(segment, headers);
    at = segment.end;
  }
}

/** Carries PLT segments over if they tell the packets that there are. @returns how many bytes are left out */
function carryPacketLengths(segments: Segments, packetLengths: readonly PacketLengths[], dataLength: number): number {
  if (packetLengths.length === 0) return 0;
  const sums = packetLengths.map(({ segment }) => sumPacketLengths(segment.bytes));
  const total = sums.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
    0,
  );
  const isRight = total === dataLength && packetLengths.every(({ segment }, index) => segment.bytes[4] === index);
  let dropped = 0;
  for (const { segment, place } of packetLengths) {
    if (isRight) place.keep(segment.start, segment.end);
    else {
      segments.drop(segment);
      dropped += segment.end - segment.start;
    }
  }
  return dropped;
}

/**
 * Where the packets of the last tile-part end, which does not tell its length: no packet holds a marker but SOP and EPH
 * (§A.1.4), so they end in front of EOC.
 */
function* findDataEnd(window: Window, start: number, limit: number): Walk<number> {
  let at = start;
  for (;;) {
    const end = Math.min(limit, window.size, at + SCAN_LENGTH);
    if (end - at < 2) return Math.min(limit, window.size);
    if (!window.has(at, end - at)) yield window.need(at, end - at, 'tile-part');
    const found = findEoc(window.view(at, end));
    if (found.isEoc) return at + found.index;
    at += found.index;
  }
}

/** Where EOC stands in packets, or where to look on: a marker, and a number behind SOP, may be cut by their end. */
function findEoc(bytes: Uint8Array): { index: number; isEoc: boolean } {
  for (let index = 0; index < bytes.length; ) {
    const next = bytes.indexOf(0xff, index);
    if (next < 0) break;
    if (next + 1 === bytes.length) return { index: next, isEoc: false };
    const code = 0xff00 | (bytes[next + 1] ?? 0);
    if (code === Marker.EOC) return { index: next, isEoc: true };
    index = next + (code === Marker.SOP ? SOP_LENGTH : 1);
    if (index >= bytes.length) return { index, isEoc: false };
  }
  return { index: bytes.length, isEoc: false };
}
