import {
  IMAGE_DESCRIPTOR_LENGTH,
  Introducer,
  readImageDescriptor,
  readScreen,
  SCREEN_LENGTH,
  SIGNATURE_LENGTH,
  skipSubBlocks,
} from '../../containers/gif.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { FormatWalk } from '../../core/format.ts';
import type { Plan } from '../../core/plan.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { EXTENSION_HEADER_LENGTH, walkExtension } from './extension.ts';
import { Picture } from './picture.ts';

const HEADER_LENGTH = SIGNATURE_LENGTH + SCREEN_LENGTH;
/** Appendix F: LZW codes have at most 12 bits, and the first ones have one more than this. */
const MAX_LZW_CODE_SIZE = 11;
const TRAILER = Uint8Array.of(Introducer.trailer);

const codedData: Tool<FormatWalk> = {
  name: 'coded data of GIF',
  load: async () => (await import('./coded-data.ts')).trimCodedData,
};

/** Walks the blocks of a GIF file to its trailer. */
export function* walkGif(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, HEADER_LENGTH)) yield window.need(0, HEADER_LENGTH, 'Logical Screen Descriptor');
  const screen = readScreen(window, SIGNATURE_LENGTH);
  const picture = new Picture(plan, context, screen);
  let at = HEADER_LENGTH + screen.tableLength;
  for (;;) {
    if (!window.has(at, 1)) yield window.want(at, 1);
    if (!window.has(at, 1) && picture.images > 0) break;
    if (!window.has(at, 1)) yield window.need(at, 1, at > window.size ? 'Global Color Table' : 'block');
    context.countStructures();
    const introducer = window.u8(at);
    if (introducer === Introducer.extension) at = yield* walkExtension(window, plan, context, picture, at);
    else if (introducer === Introducer.image) at = yield* walkImage(window, picture, at);
    else if (introducer === Introducer.trailer) break;
    else at = yield* skipJunk(window, plan, context, picture, at);
  }
  if (picture.images === 0) throw malformed('The file holds no image.', at, 'Trailer');
  picture.finish(HEADER_LENGTH);
  yield* endFile(window, plan, at);
  plan.residual.add('What the picture shows.');
  plan.residual.add('How colours are chosen, ordered and coded, which tells encoders and their settings apart.');
  plan.residual.add('Colours that no pixel uses, which no viewer shows.');
  plan.residual.add('How the data of an image is cut into sub-blocks.');
  if (context.options.thorough) yield* (yield* context.use(codedData))(window, plan, context);
  else plan.residual.add('Data behind the end of the LZW code of an image, which no viewer shows.');
}

/**
 * Walks the image at `start`: descriptor, local colour table, data.
 * @returns where the next block begins
 */
function* walkImage(window: Window, picture: Picture, start: number): Walk<number> {
  if (!window.has(start, IMAGE_DESCRIPTOR_LENGTH)) {
    yield window.need(start, IMAGE_DESCRIPTOR_LENGTH, 'Image Descriptor');
  }
  const descriptor = readImageDescriptor(window, start);
  const found = window.view(start, start + IMAGE_DESCRIPTOR_LENGTH);
  const dataStart = start + IMAGE_DESCRIPTOR_LENGTH + descriptor.tableLength;
  if (!window.has(dataStart, 1)) {
    yield window.need(dataStart, 1, descriptor.tableLength > 0 ? 'Local Color Table' : 'Table Based Image Data');
  }
  if (window.u8(dataStart) > MAX_LZW_CODE_SIZE) {
    throw malformed('The image has codes longer than LZW has.', dataStart, 'Table Based Image Data');
  }
  const { end, isEnded } = yield* skipSubBlocks(window, dataStart + 1);
  // Where nothing is missing but the zero behind the last sub-block, nothing of the image is.
  const isWhole = isEnded || (end === window.size && end > dataStart + 1);
  if (!isWhole) yield window.need(end, 1, 'Table Based Image Data');
  picture.takeImage(descriptor, start, end, found, isEnded);
  return end;
}

/**
 * Skips what is no block. Some decoders end the file there, as browsers do, others look for the next block byte by byte. So
 * nothing that is shown may follow.
 * @returns where the trailer stands, or the end of the file
 */
function* skipJunk(window: Window, plan: Plan, context: Context, picture: Picture, start: number): Walk<number> {
  let at = start;
  for (;;) {
    if (!window.has(at, 1)) yield window.want(at, 1);
    if (!window.has(at, 1)) break;
    const code = window.u8(at);
    if (code === Introducer.trailer) break;
    if (code === Introducer.image || picture.images === 0) {
      throw malformed('Something that is no block stands between two blocks.', start, 'block');
    }
    if (code === Introducer.extension) {
      context.countStructures();
      at = (yield* skipSubBlocks(window, at + EXTENSION_HEADER_LENGTH)).end;
    } else at++;
  }
  const end = Math.min(at, window.size);
  plan.found({
    kind: 'trailing-data',
    where: 'after the last block',
    action: 'removed',
    bytes: end - start,
    offset: start,
  });
  return end;
}

/** Writes the trailer, which should stand at `start`, and notes what is behind it. */
function* endFile(window: Window, plan: Plan, start: number): Walk {
  if (!window.has(start, 1)) {
    plan.insert(TRAILER);
    const note = 'The file ends without it.';
    plan.found({ kind: 'structure', where: 'Trailer', action: 'rewritten', bytes: 0, offset: start, note });
    return;
  }
  const end = start + 1;
  plan.keep(start, end);
  if (!window.has(end, 1)) yield window.want(end, 1);
  if (window.has(end, 1)) {
    const bytes = window.size - end;
    plan.found({ kind: 'trailing-data', where: 'after Trailer', action: 'removed', bytes, offset: end });
  }
}
