import type { Chunk } from '../../containers/chunks.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { CHUNK_HEADER_LENGTH, nextChunk, RIFF_HEADER_LENGTH } from './chunk.ts';
import { Picture } from './picture.ts';
import { nameChunk, ruleFor } from './policy.ts';

/** Walks the chunks of a WebP file. */
export function* walkWebp(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, RIFF_HEADER_LENGTH)) yield window.need(0, RIFF_HEADER_LENGTH, 'RIFF');
  const statedEnd = CHUNK_HEADER_LENGTH + window.u32le(4);
  const end = Math.min(statedEnd, window.size);
  const picture = new Picture(window, plan, context);
  let at = RIFF_HEADER_LENGTH;
  for (;;) {
    const chunk = yield* nextChunk(window, at, end);
    if (chunk === undefined) break;
    context.countStructures();
    const { id, bodyStart, bodyEnd } = chunk;
    if (bodyEnd > end) {
      dropCut(plan, picture, chunk, end, statedEnd > end);
      at = end;
      break;
    }
    if (bodyEnd > bodyStart && !window.has(bodyEnd - 1, 1)) yield window.need(bodyEnd - 1, 1, nameChunk(id));
    yield* picture.take(chunk);
    at = chunk.next;
  }
  if (at < end) {
    plan.found({ kind: 'structure', where: 'RIFF', action: 'removed', bytes: end - at, offset: at });
  }
  picture.finish(at);
  if (statedEnd > end) {
    const note = 'Its size says more than the file has.';
    plan.found({ kind: 'structure', where: 'RIFF', action: 'rewritten', bytes: CHUNK_HEADER_LENGTH, offset: 0, note });
  }
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

/** Drops a chunk of metadata that is cut off, behind a picture that is whole. */
function dropCut(plan: Plan, picture: Picture, { id, start }: Chunk, end: number, isFileCut: boolean): void {
  const name = nameChunk(id);
  const { use, kind } = ruleFor(id);
  if (use === 'frame' || use === 'alpha' || use === 'bitstream' || !picture.isComplete) {
    const sentence = isFileCut
      ? `The file is cut off: it ends at byte ${end}, inside ${name}.`
      : 'A chunk runs past the end of the file that the RIFF size gives.';
    throw malformed(sentence, start, name);
  }
  plan.found({ kind, where: name, action: 'removed', bytes: end - start, offset: start, note: 'It is cut off.' });
}
