// A cover picture that is kept is a file of its own: it is scrubbed as one, and all that is said about it is its media type.
import { areEqual } from '../bytes/equal.ts';
import type { Context } from '../core/context.ts';
import { ScrubError } from '../core/errors.ts';
import type { Plan } from '../core/plan.ts';
import type { Walk } from '../core/walk.ts';
import { lengthOf, toBytes } from '../core/write.ts';
import { FRONT_COVER, type Picture, writePicture } from './flac/picture.ts';

/** Errors that are the caller's affair, not the picture's. */
const passedOn: readonly string[] = ['aborted', 'limit-exceeded'];

/**
 * The front cover among pictures, or else the first of them, scrubbed and written as FLAC has it.
 * A picture that can't be cleaned is left out.
 * @param where the trail of its findings
 */
export function* keepCover(
  context: Context,
  plan: Plan,
  pictures: readonly Picture[],
  where: string,
): Walk<Uint8Array | undefined> {
  const picture = pictures.find(({ type }) => type === FRONT_COVER) ?? pictures[0];
  if (picture === undefined) return undefined;
  for (const other of pictures) if (other !== picture) noteRemoved(plan, where, other);
  try {
    const { format, plan: nested } = yield* context.nestedBytes(picture.data);
    const mediaType = nested.mediaType ?? format.mediaTypes[0];
    if (!mediaType.startsWith('image/')) {
      noteRemoved(plan, where, picture, 'It is no picture.');
      return undefined;
    }
    plan.adopt(nested, undefined, where);
    const pieces = nested.flat();
    const written = writePicture(mediaType, toBytes(pieces, lengthOf(pieces), picture.data));
    const action = areEqual(written, picture.whole) ? 'kept' : 'rewritten';
    plan.found({ kind: 'thumbnail', where, action, bytes: picture.whole.length });
    return written;
  } catch (error) {
    if (!(error instanceof ScrubError) || passedOn.includes(error.code)) throw error;
    noteRemoved(plan, where, picture, `It can't be cleaned. ${error.message}`);
    return undefined;
  }
}

function noteRemoved(plan: Plan, where: string, { whole }: Picture, note?: string): void {
  plan.found({ kind: 'thumbnail', where, action: 'removed', bytes: whole.length, ...(note ? { note } : {}) });
}
