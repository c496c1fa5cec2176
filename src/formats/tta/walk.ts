import { crc32 } from '../../bytes/crc32.ts';
import { carryTagsBehind } from '../../containers/kept-tag.ts';
import { findTags } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, ScrubError, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Signature 4, coding 2, channels 2, bits 2, rate 4, samples 4, checksum 4. */
const HEADER_LENGTH = 22;
const SIMPLE = 1;
const ENCRYPTED = 2;

/** Walks the file. */
export function* walkTta(window: Window, plan: Plan, context: Context): Walk {
  const { audioStart: start, audioEnd, tags } = yield* findTags(window);
  const tagsBehind = yield* carryTagsBehind(window, plan, context, tags);
  if (!window.has(start, HEADER_LENGTH)) yield window.need(start, HEADER_LENGTH, 'header');
  const coding = window.u16le(start + 4);
  const rate = window.u32le(start + 10);
  const samples = window.u32le(start + 14);
  if (coding === ENCRYPTED) {
    throw new ScrubError('encrypted', 'The sound is protected with a password. Save it without one and try again.', {
      offset: start + 4,
      trail: ['header'],
    });
  }
  if (coding !== SIMPLE) {
    throw unsupported(`The sound is coded in a way that is not known (${coding}).`, start + 4, 'header');
  }
  // A frame lasts 256/245 of a second.
  const frameLength = Math.floor((256 * rate) / 245);
  if (frameLength === 0) throw malformed('The sound has no sample rate.', start + 10, 'header');
  const header = withChecksum(window.view(start, start + HEADER_LENGTH - 4));

  const tableStart = start + HEADER_LENGTH;
  const tableLength = Math.ceil(samples / frameLength) * 4;
  if (tableLength > context.options.limits.bufferedBytes) {
    throw limitExceeded('The table of frames is too long.', tableStart, 'seek table');
  }
  const framesStart = tableStart + tableLength + 4;
  if (framesStart > audioEnd) throw malformed('The table of frames is cut off.', tableStart, 'seek table');
  if (!window.has(tableStart, tableLength)) yield window.need(tableStart, tableLength, 'seek table');
  let framesEnd = framesStart;
  for (let at = tableStart; at < framesStart - 4; at += 4) framesEnd += window.u32le(at);
  const table = withChecksum(window.view(tableStart, framesStart - 4));
  // The sound of a file that was cut off is the rest of it.
  const end = Math.min(framesEnd, audioEnd);

  plan.insert(header);
  plan.insert(table);
  plan.keep(framesStart, end);
  if (end < audioEnd) {
    const bytes = audioEnd - end;
    plan.found({ kind: 'trailing-data', where: 'after the last frame', action: 'removed', bytes, offset: end });
  }
  plan.appendPieces(tagsBehind);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

/** Bytes with their CRC-32 behind them. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 4);
  whole.set(bytes);
  new DataView(whole.buffer).setUint32(bytes.length, crc32(bytes), true);
  return whole;
}
