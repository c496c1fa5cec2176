import { latin1Bytes } from '../../bytes/text.ts';
import { carryTagsBehind } from '../../containers/kept-tag.ts';
import { findTags } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** The descriptor has an MD5 over all that follows it. */
const md5: Tool<typeof import('@noble/hashes/legacy.js')> = {
  name: 'MD5',
  load: () => import('@noble/hashes/legacy.js'),
};

/** Before version 3.98 there was no descriptor; version 3.99 has been the last format. */
const MIN_VERSION = 3980;
const MAX_VERSION = 3999;
/** Id 4, version 2, padding 2, seven lengths of 4 bytes, MD5 16. */
const DESCRIPTOR_LENGTH = 52;
/** Level 2, flags 2, blocks per frame 4, blocks of the last frame 4, frames 4, bits 2, channels 2, rate 4. */
const HEADER_LENGTH = 24;
/** The decoder is to write a header of its own: the packed file's is not here. */
const CREATE_WAV_HEADER = 0x20;
/** What the samples are like; other flags say what kind of file was packed, or are of older versions. */
const SAMPLE_FLAGS = 0x1 | 0x8 | 0x1000;
/** How much of the frames is hashed at a time. */
const HASH_STEP = 64 * 1024;

/** Where everything stands. */
interface Layout {
  version: number;
  header: Span;
  seekTable: Span;
  headerData: Span;
  frames: Span;
  terminatingData: Span;
}

/** Walks a Monkey's Audio file. */
export function* walkApe(window: Window, plan: Plan, context: Context): Walk {
  const { audioStart, audioEnd, tags } = yield* findTags(window);
  const tagsBehind = yield* carryTagsBehind(window, plan, context, tags);
  const layout = yield* readDescriptor(window, audioStart, audioEnd);
  const { header, seekTable, headerData, frames, terminatingData } = layout;
  for (const [where, { start, end }] of [
    ['header data', headerData],
    ['terminating data', terminatingData],
  ] as const) {
    if (end > start) plan.found({ kind: 'author', where, action: 'removed', bytes: end - start, offset: start });
  }
  if (terminatingData.end < audioEnd) {
    const offset = terminatingData.end;
    const bytes = audioEnd - offset;
    plan.found({ kind: 'trailing-data', where: 'after the last frame', action: 'removed', bytes, offset });
  }

  if (!window.has(header.start, HEADER_LENGTH)) yield window.need(header.start, HEADER_LENGTH, 'header');
  const written = new Uint8Array(window.view(header.start, header.start + HEADER_LENGTH));
  const view = new DataView(written.buffer);
  view.setUint16(2, (view.getUint16(2, true) & SAMPLE_FLAGS) | CREATE_WAV_HEADER, true);
  const frameCount = view.getUint32(12, true);
  if (frameCount === 0) throw malformed('The file holds no frame.', header.start + 12, 'header');
  if (frameCount * 4 > seekTable.end - seekTable.start) {
    throw malformed('The seek table has fewer entries than there are frames.', seekTable.start, 'seek table');
  }
  const table = yield* moveSeekTable(window, context, seekTable.start, frameCount, {
    start: frames.start - audioStart,
    end: DESCRIPTOR_LENGTH + HEADER_LENGTH + frameCount * 4,
  });
  plan.insert(writeDescriptor(layout, table.length, yield* hashFile(window, context, frames, written, table)));
  plan.insert(written);
  plan.insert(table);
  plan.keep(frames.start, frames.end);
  plan.appendPieces(tagsBehind);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

function* readDescriptor(window: Window, start: number, end: number): Walk<Layout> {
  if (start + 6 > end) throw malformed('The file is cut off.', start, 'descriptor');
  if (!window.has(start, 6)) yield window.need(start, 6, 'descriptor');
  const version = window.u16le(start + 4);
  if (version < MIN_VERSION || version > MAX_VERSION) {
    throw unsupported(
      `The file is of format ${version / 1000} of Monkey's Audio, which is too old or not known. Convert it and try again.`,
      start + 4,
      'descriptor',
    );
  }
  if (!window.has(start, DESCRIPTOR_LENGTH)) yield window.need(start, DESCRIPTOR_LENGTH, 'descriptor');
  const u32 = (at: number): number => window.u32le(start + at);
  if (u32(8) < DESCRIPTOR_LENGTH || u32(12) < HEADER_LENGTH) {
    throw malformed('The descriptor is too short.', start + 8, 'descriptor');
  }
  const lengths = [u32(12), u32(16), u32(20), u32(24) + u32(28) * 0x1_0000_0000, u32(32)];
  let at = start + u32(8);
  const spans = lengths.map((length): Span => {
    const span = { start: at, end: at + length };
    at = span.end;
    return span;
  });
  const [header, seekTable, headerData, frames, terminatingData] = spans as [Span, Span, Span, Span, Span];
  // The sound of a file that was cut off is the rest of it.
  frames.end = Math.min(frames.end, end);
  if (frames.start >= frames.end) throw malformed('The file ends before its sound.', start, 'descriptor');
  terminatingData.start = Math.min(terminatingData.start, end);
  terminatingData.end = Math.min(terminatingData.end, end);
  return { version, header, seekTable, headerData, frames, terminatingData };
}

/** The seek table, whose entries count from the descriptor, with the first frame moved from `start` to `end`. */
function* moveSeekTable(
  window: Window,
  context: Context,
  tableStart: number,
  count: number,
  { start, end }: Span,
): Walk<Uint8Array> {
  const length = count * 4;
  if (length > context.options.limits.bufferedBytes) {
    throw limitExceeded('The seek table is too long.', tableStart, 'seek table');
  }
  if (!window.has(tableStart, length)) yield window.need(tableStart, length, 'seek table');
  const table = new Uint8Array(length);
  const view = new DataView(table.buffer);
  for (let at = 0; at < length; at += 4) {
    view.setUint32(at, (window.u32le(tableStart + at) + end - start) >>> 0, true);
  }
  return table;
}

/** The MD5 over what follows the seek table, then the header and the seek table. */
function* hashFile(
  window: Window,
  context: Context,
  { start, end }: Span,
  header: Uint8Array,
  table: Uint8Array,
): Walk<Uint8Array> {
  const { md5: algorithm } = yield* context.use(md5);
  const hash = algorithm.create();
  for (let at = start; at < end; ) {
    if (!window.has(at, 1)) yield window.want(at, Math.min(HASH_STEP, end - at));
    const to = Math.min(window.end, end);
    hash.update(window.view(at, to));
    at = to;
  }
  return hash.update(header).update(table).digest();
}

function writeDescriptor({ version, frames }: Layout, seekTableLength: number, digest: Uint8Array): Uint8Array {
  const descriptor = new Uint8Array(DESCRIPTOR_LENGTH);
  const view = new DataView(descriptor.buffer);
  descriptor.set(latin1Bytes('MAC '));
  view.setUint16(4, version, true);
  view.setUint32(8, DESCRIPTOR_LENGTH, true);
  view.setUint32(12, HEADER_LENGTH, true);
  view.setUint32(16, seekTableLength, true);
  // No header data, no terminating data.
  view.setBigUint64(24, BigInt(frames.end - frames.start), true);
  descriptor.set(digest, DESCRIPTOR_LENGTH - digest.length);
  return descriptor;
}
