import { carryTagsBehind } from '../../containers/kept-tag.ts';
import { findTags } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { walkSv7 } from './sv7.ts';
import { walkSv8 } from './sv8.ts';

/** Walks the file. */
export function* walkMpc(window: Window, plan: Plan, context: Context): Walk {
  const { audioStart, audioEnd, tags } = yield* findTags(window);
  const tagsBehind = yield* carryTagsBehind(window, plan, context, tags);
  if (!window.has(audioStart, 4)) yield window.need(audioStart, 4, 'header');
  const version = window.u8(audioStart + 3) & 0x0f;
  if (window.fourCC(audioStart) === 'MPCK') yield* walkSv8(window, plan, context, audioStart, audioEnd);
  else if (version === 7) yield* walkSv7(window, plan, context, audioStart, audioEnd);
  else {
    throw unsupported(`The sound is of stream version ${version}, which is too old.`, audioStart + 3, 'header');
  }
  plan.appendPieces(tagsBehind);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}
