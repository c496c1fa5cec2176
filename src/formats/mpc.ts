// Musepack, stream versions 7 and 8 (Musepack SV7 and SV8 specifications). What the header says of the stream, and the frames,
// make the sound; what it says of the encoder and of loudness, chapters, and the tags around it are metadata.
import { startsWith } from '../bytes/text.ts';
import { describeTags } from '../containers/tag-inventory.ts';
import { findTags } from '../containers/tags.ts';
import type { Context } from '../core/context.ts';
import { unsupported } from '../core/errors.ts';
import type { Format } from '../core/format.ts';
import type { Plan } from '../core/plan.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import { walkSv7 } from './mpc/sv7.ts';
import { walkSv8 } from './mpc/sv8.ts';

/** Musepack sound of stream versions 7 and 8. */
export const mpc: Format = {
  id: 'mpc',
  name: 'Musepack',
  mediaTypes: ['audio/x-musepack', 'audio/musepack'],
  extensions: ['mpc', 'mp+'],
  summary: 'Frames stay; tags, chapters, and what the header says of encoder and loudness go.',
  mayFollowId3: true,
  matches: (head) => startsWith(head, 'MPCK') || startsWith(head, 'MP+'),
  walk: walkMpc,
};

function* walkMpc(window: Window, plan: Plan, context: Context): Walk {
  const { audioStart, audioEnd, tags } = yield* findTags(window);
  yield* describeTags(window, plan, context, tags);
  if (!window.has(audioStart, 4)) yield window.need(audioStart, 4, 'header');
  const version = window.u8(audioStart + 3) & 0x0f;
  if (window.fourCC(audioStart) === 'MPCK') yield* walkSv8(window, plan, context, audioStart, audioEnd);
  else if (version === 7) yield* walkSv7(window, plan, context, audioStart, audioEnd);
  else {
    throw unsupported(`The sound is of stream version ${version}, which is too old.`, audioStart + 3, 'header');
  }
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}
