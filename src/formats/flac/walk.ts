import { ID3V2_HEADER_LENGTH, id3v2Length } from '../../bytes/id3v2-length.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { walkFrames } from './frames.ts';
import { walkMetadata } from './metadata.ts';

const SIGNATURE = 'fLaC';

/** Walks a FLAC stream and the tags in front of it. */
export function* walkFlac(window: Window, plan: Plan, context: Context): Walk {
  const start = yield* skipTags(window, plan, context);
  plan.keep(start, start + SIGNATURE.length);
  const { streamInfo, end } = yield* walkMetadata(window, plan, context, start + SIGNATURE.length);
  yield* walkFrames(window, plan, context, streamInfo, end);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
  plan.residual.add(
    'Frames, which are found by their headers and carried over unread, with what may be hidden between two of them.',
  );
  plan.residual.add('How the sound was coded, which tells encoders and their settings apart.');
}

/** Skips ID3v2 tags, and the zeros that pad them, up to the signature. */
function* skipTags(window: Window, plan: Plan, context: Context): Walk<number> {
  let at = 0;
  for (;;) {
    if (!window.has(at, SIGNATURE.length)) yield window.need(at, SIGNATURE.length, SIGNATURE);
    if (window.fourCC(at) === SIGNATURE) return at;
    context.countStructures();
    if (!window.has(at, ID3V2_HEADER_LENGTH)) yield window.need(at, ID3V2_HEADER_LENGTH, 'ID3v2');
    const tag = id3v2Length(window.view(at, at + ID3V2_HEADER_LENGTH));
    if (tag === 0 && window.u8(at) !== 0) throw malformed('What stands in front of the sound is no tag.', at);
    const bytes = tag === 0 ? 1 : tag;
    plan.found({ kind: tag === 0 ? 'structure' : 'author', where: 'ID3v2', action: 'removed', bytes, offset: at });
    at += bytes;
  }
}
