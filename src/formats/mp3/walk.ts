import { findCut, findFrames } from '../../containers/frame-chain.ts';
import { carryTags } from '../../containers/kept-tag.ts';
import { isFreeFormat, mpegAudio, readClass } from '../../containers/mpeg-audio/header.ts';
import { describeTags } from '../../containers/tag-inventory.ts';
import { findTags } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { malformed, type ScrubError, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { PEEK_LENGTH, Sound } from './sound.ts';

/** A last frame of less than header, CRC and side information is none. */
const MIN_LAST_LENGTH = 38;
const CUT_NOTE = 'A frame without its end, in front of what was joined to it.';

/** Walks a file of MPEG audio. */
export function* walkMp3(window: Window, plan: Plan, context: Context): Walk {
  const { audioStart, audioEnd, tags } = yield* findTags(window);
  yield* carryTags(window, plan, context, tags);
  const sound = new Sound(plan, audioEnd);
  let at = audioStart;
  while (at < audioEnd) {
    const between = yield* findFrames(window, context, mpegAudio, at, audioEnd, sound.frameClass?.key ?? 0);
    yield* describeTags(window, plan, context, between.tags);
    noteJunk(plan, sound, at, between.end, audioEnd, between.tags);
    if (between.end >= audioEnd) break;
    at = yield* walkFrames(window, plan, context, sound, between.end, audioEnd);
  }
  if (sound.frameClass === undefined) throw yield* refuse(window, audioStart, audioEnd);
  sound.finish();
  plan.residual.add('What can be heard: voices, names, noises of a place.');
  plan.residual.add('How the sound was encoded, and what the encoder put into the unused ends of frames.');
}

/** Carries frames over until their chain breaks; returns where to look for what follows. */
function* walkFrames(
  window: Window,
  plan: Plan,
  context: Context,
  sound: Sound,
  start: number,
  end: number,
): Walk<number> {
  let at = start;
  for (;;) {
    const peek = Math.min(PEEK_LENGTH, end - at);
    if (!window.has(at, peek)) yield window.need(at, peek);
    if (at === start) sound.begin(readClass(window.u8(at + 1), window.u8(at + 2), window.u8(at + 3)));
    const before = sound.frames;
    const stop = sound.runOn(window, at);
    context.countStructures(sound.frames - before);
    if (stop > at) at = stop;
    else {
      const length = sound.lengthAt(window, at);
      if (length === 0) return at;
      const isStump = end - at < Math.min(length, MIN_LAST_LENGTH);
      const cut = isStump ? end : yield* findCut(window, mpegAudio, at, length, end);
      if (cut !== undefined) {
        const [where, bytes] = ['between frames', cut - at];
        plan.found({ kind: 'trailing-data', where, action: 'removed', bytes, offset: at, note: CUT_NOTE });
        return cut;
      }
      const whole = Math.min(length, end - at);
      sound.take(window, at, whole);
      context.countStructures();
      at += whole;
    }
  }
}

function noteJunk(
  plan: Plan,
  sound: Sound,
  start: number,
  end: number,
  audioEnd: number,
  tags: readonly { start: number; end: number }[],
): void {
  const bytes = tags.reduce((rest, tag) => rest - (tag.end - tag.start), end - start);
  if (bytes <= 0) return;
  const isFirst = sound.frameClass === undefined;
  const where = end >= audioEnd ? 'after the last frame' : isFirst ? 'before the first frame' : 'between frames';
  plan.found({ kind: 'trailing-data', where, action: 'removed', bytes, offset: start });
}

function* refuse(window: Window, at: number, end: number): Walk<ScrubError> {
  const length = Math.min(4, end - at);
  if (!window.has(at, length)) yield window.need(at, length);
  if (length === 4 && isFreeFormat(window.u8(at), window.u8(at + 1), window.u8(at + 2), window.u8(at + 3))) {
    return unsupported(
      'The sound has a free bit rate, so where its frames end can only be guessed. Encode it with one of the usual bit rates.',
      at,
      'frame',
    );
  }
  return malformed('The file holds no frames of MPEG audio that follow one another.', at, 'frame');
}
