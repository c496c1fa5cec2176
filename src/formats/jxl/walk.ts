import { concat } from '../../bytes/concat.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { box, u32, u64, writeBox } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import type { Plan, Slot } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { Codestream } from './boxes.ts';
import { walkCodestream } from './frames.ts';

/** First byte of a bare codestream. */
const CODESTREAM = 0xff;
/** Levels that a decoder need not support are announced in a box (18181-2 §9.3). */
const USUAL_LEVEL = 5;
const HIGH_LEVEL = 10;
const MAX_SHORT_BOX = 0xffffffff;

/** Walks a JPEG XL file: its boxes, and the headers of the codestream in them. */
export function* walkJxl(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, 1)) yield window.need(0, 1, 'codestream');
  const isBare = window.u8(0) === CODESTREAM;
  const slot = plan.slot();
  const codestream = new Codestream(window, plan, context, isBare);
  const { end, isCut } = yield* walkCodestream(codestream, plan, context);
  yield* codestream.finish(end, isCut);
  if (!isBare) writeBoxes(plan, slot, codestream);
  plan.residual.add('What the picture shows.');
  plan.residual.add('How the picture is coded, which tells encoders and their settings apart.');
  plan.residual.add(
    'Data behind the end of a coded section, frames that are never shown, and pixels outside of frames or under others.',
  );
}

/** Puts the boxes in front of the codestream without which its level would not be known; at the usual level it stands alone. */
function writeBoxes(plan: Plan, slot: Slot, codestream: Codestream): void {
  const isHigh = codestream.level !== USUAL_LEVEL;
  if (isHigh) slot.plan.insert(writeHeader(plan.length));
  if (isHigh && codestream.startsAt(slot.plan.length)) return;
  const note = isHigh ? undefined : 'The codestream stands alone.';
  plan.found({
    kind: 'structure',
    where: 'boxes',
    action: isHigh ? 'rewritten' : 'removed',
    bytes: codestream.boxesLength,
    offset: 0,
    ...(note === undefined ? {} : { note }),
  });
}

/** Signature, brand, level, and the header of a `jxlc` box with a codestream of so many bytes. */
function writeHeader(length: number): Uint8Array {
  const isLong = length + 8 > MAX_SHORT_BOX;
  return concat(
    writeBox(box('JXL ', Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a))),
    writeBox(box('ftyp', latin1Bytes('jxl '), u32(0), latin1Bytes('jxl '))),
    writeBox(box('jxll', Uint8Array.of(HIGH_LEVEL))),
    u32(isLong ? 1 : length + 8),
    latin1Bytes('jxlc'),
    isLong ? u64(length + 16) : new Uint8Array(0),
  );
}
