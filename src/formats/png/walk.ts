import { areEqual } from '../../bytes/equal.ts';
import { IMAGE_HEADER_LENGTH, readImageHeader } from '../../containers/png/image-header.ts';
import { MAX_KEYWORD_LENGTH, readKeyword, type TextType } from '../../containers/png/text.ts';
import {
  CHUNK_HEADER_LENGTH,
  type Chunk,
  EMPTY_CHUNK_LENGTH,
  isSound,
  loadChunk,
  nextChunk,
  PNG_SIGNATURE,
  readChunk,
  writeChunk,
} from '../../containers/png.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan, Slot } from '../../core/plan.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { Animation } from './animation.ts';
import type { CompressedDataWalk } from './compressed-data.ts';
import { describeDropped, describeTrailer } from './describe.ts';
import { Exif } from './exif.ts';
import { Header } from './header.ts';
import { ImageData } from './image-data.ts';
import { ruleFor } from './policy.ts';
import { Texts } from './texts.ts';

const IEND: Uint8Array = writeChunk('IEND', new Uint8Array(0));

/** What the chunks of a file are taken by. */
interface Parts {
  header: Header;
  image: ImageData;
  animation: Animation;
  exif: Exif;
  texts: Texts;
  /** In front of the coded picture: for what may be met behind it. */
  early: { notes: Slot; animation: Slot } | undefined;
}

const BEHIND_STREAM = 'Data behind the end of the compressed picture inside its chunks, which no viewer shows.';

const compressedData: Tool<CompressedDataWalk> = {
  name: 'compressed data of PNG',
  load: async () => (await import('./compressed-data.ts')).trimCompressedData,
};

/** Walks the chunks of a PNG file to IEND. */
export function* walkPng(window: Window, plan: Plan, context: Context): Walk {
  const header = yield* readBeginning(window, plan, context);
  const parts: Parts = {
    header,
    image: new ImageData(window, plan, context, header.image),
    animation: new Animation(window, plan, context, header.image),
    exif: new Exif(window, plan, context),
    texts: new Texts(window, plan, context),
    early: undefined,
  };
  let at = PNG_SIGNATURE.length + EMPTY_CHUNK_LENGTH + IMAGE_HEADER_LENGTH;
  for (;;) {
    if (parts.image.isThere && (yield* isCutBehindImage(window, parts, at))) break;
    const chunk = yield* nextChunk(window, at);
    context.countStructures();
    if (chunk.type === 'IEND') break;
    at =
      chunk.type === 'IDAT'
        ? yield* takeImageData(plan, parts, chunk)
        : yield* takeOther(window, plan, context, parts, chunk);
  }
  if (parts.early === undefined || !parts.image.isThere) {
    throw malformed('The file holds no picture: it ends before the first IDAT chunk with data.', at, 'IEND');
  }
  parts.exif.write(parts.early.notes.plan);
  parts.texts.write(parts.early.notes.plan);
  if (parts.animation.finish(parts.early.animation)) plan.mediaType = 'image/apng';
  const end = yield* writeEnd(window, plan, at);
  if (context.options.thorough) yield* (yield* context.use(compressedData))(window, plan, context, header.image);
  else plan.residual.add(BEHIND_STREAM);
  if (context.describes) yield* describeTrailer(window, plan, end);
  plan.residual.add('What the picture shows.');
  plan.residual.add(
    'How the picture is compressed and cut into chunks, which tells encoders and their settings apart.',
  );
  plan.residual.add('Colours of fully transparent pixels and unused palette entries, which no viewer shows.');
}

/** Reads signature and IHDR, and keeps them. */
function* readBeginning(window: Window, plan: Plan, context: Context): Walk<Header> {
  const start = PNG_SIGNATURE.length;
  const chunk = yield* nextChunk(window, start);
  const { type, dataStart, dataEnd, end } = chunk;
  if (type === 'CgBI') refuse(chunk);
  if (type !== 'IHDR') throw malformed('The file does not begin with an image header.', start, type);
  if (dataEnd - dataStart !== IMAGE_HEADER_LENGTH) throw malformed('The image header has a wrong length.', start, type);
  if (!(yield* loadChunk(window, chunk, end - start))) {
    throw malformed('The image header is damaged: its CRC is wrong.', start, type);
  }
  const image = readImageHeader(window.view(dataStart, dataEnd), start);
  plan.keep(0, end);
  return new Header(plan, context, image);
}

/** @throws ScrubError `unsupported`, always */
function refuse({ type, start }: Chunk): never {
  const sentence =
    type === 'CgBI'
      ? 'The file is a PNG in the form that Xcode makes for iOS apps, which only Apple devices show. Open it there, save it as an ordinary PNG and try again.'
      : `The file has a critical chunk that PNG does not know (${type}), so viewers do not show it. Save it as an ordinary PNG and try again.`;
  throw unsupported(sentence, start, type);
}

function* takeImageData(plan: Plan, parts: Parts, chunk: Chunk): Walk<number> {
  const { animation, early, header, image } = parts;
  if (early === undefined) {
    yield* header.write();
    parts.early = { notes: plan.slot(), animation: plan.slot() };
    animation.beginImage();
  }
  if (animation.isInFrame) throw malformed('Data of the picture stands behind a frame.', chunk.start, 'IDAT');
  return yield* image.take(chunk);
}

/** Takes a chunk that is neither IDAT nor IEND; returns where the next one begins. */
function* takeOther(window: Window, plan: Plan, context: Context, parts: Parts, chunk: Chunk): Walk<number> {
  const { type, start, end } = chunk;
  const { animation, early, exif, header, texts } = parts;
  const { use } = ruleFor(type);
  if (use === 'begin') throw malformed('The file has two image headers.', start, type);
  if (use === 'refuse') refuse(chunk);
  let isTaken = true;
  if (use === 'header' && early === undefined) yield* header.take(window, chunk);
  else if (use === 'animation') yield* animation.takeControl(chunk);
  else if (use === 'frame-control') yield* animation.takeFrameControl(chunk);
  else if (use === 'frame-data') yield* animation.takeFrameData(chunk);
  else if (use === 'exif') isTaken = yield* exif.takeChunk(chunk, early === undefined);
  else if (use === 'text') isTaken = yield* takeText(window, parts, chunk);
  else if (use === 'time') isTaken = yield* texts.takeTime(chunk);
  else isTaken = false;
  if (!isTaken && context.describes) yield* describeDropped(window, plan, context, chunk);
  return end;
}

/** Takes a text chunk: an Exif block in disguise, or a text that the options keep. */
function* takeText(window: Window, { exif, texts }: Parts, chunk: Chunk): Walk<boolean> {
  const { dataStart, dataEnd } = chunk;
  const type = chunk.type as TextType;
  const length = Math.min(dataEnd - dataStart, MAX_KEYWORD_LENGTH + 1);
  if (!window.has(dataStart, length)) yield window.need(dataStart, length, type);
  const keyword = readKeyword(window.view(dataStart, dataStart + length))?.keyword;
  if (keyword === undefined) return false;
  return (yield* exif.takeText(chunk, type, keyword)) || (yield* texts.takeText(chunk, type, keyword));
}

/**
 * Whether the file ends at `at`, or nothing but a piece of a chunk or junk is left, and the picture is complete: decoders
 * show such a file. An animation might lack frames.
 */
function* isCutBehindImage(window: Window, { animation, image }: Parts, at: number): Walk<boolean> {
  if (animation.isAnnounced) return false;
  if (at + CHUNK_HEADER_LENGTH <= window.size) {
    if (!window.has(at, CHUNK_HEADER_LENGTH)) yield window.need(at, CHUNK_HEADER_LENGTH, 'chunk header');
    const chunk = readChunk(window, at);
    if (isSound(chunk) && (chunk.end <= window.size || chunk.type === 'IDAT')) return false;
  }
  return yield* image.isComplete();
}

/** Writes IEND, which has no data; returns where the one of the input ends. */
function* writeEnd(window: Window, plan: Plan, start: number): Walk<number> {
  let end = start;
  if (start + CHUNK_HEADER_LENGTH <= window.size) {
    const length = Math.min(IEND.length, window.size - start);
    if (!window.has(start, length)) yield window.need(start, length, 'IEND');
    if (areEqual(window.view(start, start + length), IEND)) {
      plan.keep(start, start + length);
      return start + length;
    }
    const found = readChunk(window, start);
    if (found.type === 'IEND') end = Math.min(found.end, window.size);
  }
  plan.insert(IEND);
  plan.found({ kind: 'structure', where: 'IEND', action: 'rewritten', bytes: end - start, offset: start });
  return end;
}
