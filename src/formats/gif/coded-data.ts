// Cuts what stands in the sub-blocks of an image behind the end of its LZW code (GIF89a Appendix F).
import { areEqual } from '../../bytes/equal.ts';
import {
  IMAGE_DESCRIPTOR_LENGTH,
  Introducer,
  joinSubBlocks,
  readImageDescriptor,
  readScreen,
  SCREEN_LENGTH,
  SIGNATURE_LENGTH,
} from '../../containers/gif.ts';
import { findLzwEnd, type LzwEnd } from '../../containers/lzw-end.ts';
import type { Context } from '../../core/context.ts';
import type { FormatWalk } from '../../core/format.ts';
import { Plan } from '../../core/plan.ts';
import { PlannedOutput } from '../../core/planned.ts';
import type { Walk } from '../../core/walk.ts';
import { Window } from '../../core/window.ts';

const WHERE = 'Table Based Image Data';
const EXTENSION_HEADER_LENGTH = 2;
/** How much of the output is read at first to find where sub-blocks end, and then at most. */
const FIRST_READ_LENGTH = 512;
const MAX_READ_LENGTH = 64 * 1024;
/** §16: what ends sub-blocks. */
const TERMINATOR = new Uint8Array(1);

/** Cuts the images of a planned file to the ends of their codes, where those can be told. */
export const trimCodedData: FormatWalk = function* (window, plan, context) {
  const output = new PlannedOutput(window, plan);
  const trimmed = new Plan(false);
  const header = Window.over(yield* output.read(0, SIGNATURE_LENGTH + SCREEN_LENGTH));
  let at = SIGNATURE_LENGTH + SCREEN_LENGTH + readScreen(header, SIGNATURE_LENGTH).tableLength;
  output.copy(trimmed, 0, at);
  while (at < output.length) {
    const [introducer] = yield* output.read(at, at + 1);
    let end = at + 1;
    if (introducer === Introducer.extension) end = yield* subBlocksEnd(output, at + EXTENSION_HEADER_LENGTH);
    if (introducer === Introducer.image) end = yield* trimImage(output, plan, trimmed, context, at);
    else output.copy(trimmed, at, end);
    at = end;
  }
  plan.takeOver(trimmed);
};

/** Where sub-blocks end that begin at `start`: behind their terminator, which the output has. */
function* subBlocksEnd(output: PlannedOutput, start: number): Walk<number> {
  let at = start;
  for (let reach = FIRST_READ_LENGTH; ; reach = Math.min(reach * 2, MAX_READ_LENGTH)) {
    const bytes = yield* output.read(at, Math.min(at + reach, output.length));
    let index = 0;
    while (index < bytes.length) {
      const length = bytes[index] ?? 0;
      index += 1 + length;
      if (length === 0) return at + index;
    }
    at += index;
  }
}

/** Copies the image at `start`, up to the end of its code; returns where the next block begins. */
function* trimImage(output: PlannedOutput, plan: Plan, trimmed: Plan, context: Context, start: number): Walk<number> {
  const descriptor = readImageDescriptor(Window.over(yield* output.read(start, start + IMAGE_DESCRIPTOR_LENGTH)), 0);
  const sizeAt = start + IMAGE_DESCRIPTOR_LENGTH + descriptor.tableLength;
  const dataStart = sizeAt + 1;
  const [minimumSize = 0] = yield* output.read(sizeAt, dataStart);
  const end = yield* subBlocksEnd(output, dataStart);
  const isShort = end - dataStart <= context.options.limits.bufferedBytes;
  const raw = isShort ? yield* output.read(dataStart, end) : new Uint8Array(0);
  const found = findLzwEnd(joinSubBlocks(raw), minimumSize, descriptor.width * descriptor.height);
  if (found === undefined) {
    plan.residual.add('LZW codes that are damaged or too long to be followed: they are carried over as they are.');
    output.copy(trimmed, start, end);
    return end;
  }
  output.copy(trimmed, start, dataStart);
  const kept = trimSubBlocks(raw, found);
  const copied = kept.copied === raw.length ? end : dataStart + kept.copied;
  output.copy(trimmed, dataStart, copied);
  if (copied === end) return end;
  trimmed.insert(kept.last);
  const bytes = raw.length - kept.copied - kept.last.length;
  const offset = output.origin(copied);
  plan.found({
    kind: bytes > 0 ? 'trailing-data' : 'structure',
    where: `${WHERE} › behind the end code`,
    action: bytes > 0 ? 'removed' : 'rewritten',
    bytes: Math.max(bytes, 1),
    ...(offset === undefined ? {} : { offset }),
  });
  return end;
}

/**
 * The sub-blocks that hold the codes up to their end.
 * @returns how many bytes of the sub-blocks stay as they are, and what stands behind them, the terminator included
 */
function trimSubBlocks(raw: Uint8Array, { end, tail, replaced }: LzwEnd): { copied: number; last: Uint8Array } {
  let position = 0;
  let copied = 0;
  const written: number[] = [];
  for (let at = 0; position < end; at += 1 + (raw[at] ?? 0)) {
    const length = Math.min(raw[at] ?? 0, end - position);
    const data = raw.subarray(at + 1, at + 1 + length);
    const isSame = length === raw[at] && position + length <= end - replaced;
    if (isSame) copied = at + 1 + length;
    else {
      written.push(length);
      for (const [index, byte] of data.entries()) {
        const inTail = position + index - (end - replaced);
        written.push(inTail < 0 ? byte : (tail[inTail] ?? 0));
      }
    }
    position += length;
  }
  const last = Uint8Array.of(...written, ...TERMINATOR);
  return areEqual(last, raw.subarray(copied)) ? { copied: raw.length, last: TERMINATOR } : { copied, last };
}
