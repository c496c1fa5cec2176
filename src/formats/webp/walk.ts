import { nextChunk, openList, reach } from '../../containers/riff.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { Picture } from './picture.ts';
import { nameChunk } from './policy.ts';

/** Walks the chunks of a WebP file. */
export function* walkWebp(window: Window, plan: Plan, context: Context): Walk {
  const { contentStart, dataEnd: end } = yield* openList(window, 0, 'RIFF');
  const picture = new Picture(window, plan, context);
  let at = contentStart;
  for (;;) {
    const chunk = yield* nextChunk(window, at, end, 'RIFF');
    if (chunk === undefined) break;
    context.countStructures();
    const name = nameChunk(chunk.fourCC);
    if (chunk.dataEnd > end)
      throw malformed('A chunk runs past the end of the file that the RIFF size gives.', at, name);
    yield* reach(window, chunk.dataEnd, name);
    yield* picture.take(chunk);
    at = chunk.end;
  }
  // The last pad byte may be missing; anything else that the size promises may not.
  if (at < end) {
    yield* reach(window, end, 'RIFF');
    plan.found({ kind: 'structure', where: 'RIFF', action: 'removed', bytes: end - at, offset: at });
  }
  picture.finish(at);
  if (!window.has(end, 1)) yield window.want(end, 1);
  if (window.has(end, 1)) {
    const bytes = window.size - end;
    plan.found({ kind: 'trailing-data', where: 'after RIFF', action: 'removed', bytes, offset: end });
  }
  plan.residual.add('What the picture shows.');
  plan.residual.add('How the picture is coded, which tells encoders and their settings apart.');
  plan.residual.add(
    'Colours of fully transparent pixels, and data behind the last coded pixel, which no viewer shows.',
  );
}
