// The merged picture: channel after channel, as it is or with each row packed by PackBits behind a table of their lengths.
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import type { PsdHeader } from './walk.ts';

const WHERE = 'image data';
const Compression = { raw: 0, packed: 1 } as const;
/** In PackBits the byte that codes nothing. */
const NOTHING = 128;

/**
 * Carries the channels of colours over, and leaves all others.
 * @returns where the channels of the input end
 */
export function* keepMerged(window: Window, plan: Plan, header: PsdHeader, start: number): Walk<number> {
  if (!window.has(start, 2)) yield window.need(start, 2, WHERE);
  const compression = window.u16be(start);
  const { channels, kept, height } = header;
  const rowLength = Math.ceil((header.width * header.depth) / 8);
  const dataStart = start + 2;
  if (compression === Compression.raw) {
    const end = dataStart + rowLength * height * channels;
    const keptEnd = dataStart + rowLength * height * kept;
    if (!window.has(keptEnd - 1, 1)) yield window.need(keptEnd - 1, 1, WHERE);
    plan.keep(start, keptEnd);
    noteChannels(plan, keptEnd, Math.min(end, window.size));
    return Math.min(end, window.size);
  }
  if (compression !== Compression.packed) {
    throw unsupported('The merged picture is compressed in a way that other programs do not read.', start, WHERE);
  }
  return yield* keepPacked(window, plan, header, dataStart, rowLength);
}

function* keepPacked(
  window: Window,
  plan: Plan,
  { version, channels, kept, height }: PsdHeader,
  start: number,
  rowLength: number,
): Walk<number> {
  const entry = version === 1 ? 2 : 4;
  const rows = height * kept;
  const tableLength = height * channels * entry;
  if (!window.has(start, tableLength)) yield window.need(start, tableLength, WHERE);
  const table = window.view(start, start + tableLength);
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const lengthOf = (row: number): number => (entry === 2 ? view.getUint16(row * 2) : view.getUint32(row * 4));
  const written = new Uint8Array(2 + rows * entry);
  written[1] = Compression.packed;
  const writtenView = new DataView(written.buffer);
  plan.insert(written);
  let at = start + tableLength;
  let slack = 0;
  for (let row = 0; row < rows; row++) {
    const end = at + lengthOf(row);
    const used = yield* unpackedTo(window, at, end, rowLength);
    plan.keep(at, used);
    if (entry === 2) writtenView.setUint16(2 + row * 2, used - at);
    else writtenView.setUint32(2 + row * 4, used - at);
    slack += end - used;
    at = end;
  }
  if (slack > 0) {
    plan.found({ kind: 'other', where: `${WHERE} › behind rows`, action: 'removed', bytes: slack, offset: start });
  }
  let end = at;
  for (let row = rows; row < height * channels; row++) end += lengthOf(row);
  noteChannels(plan, at, Math.min(end, window.size));
  return Math.min(end, window.size);
}

/** @returns where the packed row `[start, end)` has coded `length` bytes */
function* unpackedTo(window: Window, start: number, end: number, length: number): Walk<number> {
  if (end > start && !window.has(start, end - start)) yield window.need(start, end - start, WHERE);
  let at = start;
  for (let left = length; left > 0; ) {
    if (at >= end) throw malformed('A row of the merged picture is cut off.', at, WHERE);
    const code = window.u8(at);
    left -= code < NOTHING ? code + 1 : code > NOTHING ? 257 - code : 0;
    at += code < NOTHING ? code + 2 : code > NOTHING ? 2 : 1;
    if (left < 0 || at > end) throw malformed('A row of the merged picture codes more than it has.', start, WHERE);
  }
  return at;
}

function noteChannels(plan: Plan, start: number, end: number): void {
  const note = 'Transparency and spot colours are no part of the merged picture.';
  const place = { where: `${WHERE} › extra channels`, bytes: end - start, offset: start };
  if (end > start) plan.found({ kind: 'other', action: 'removed', ...place, note });
}
