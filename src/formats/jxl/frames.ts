import { CodestreamBits, rewrite } from '../../containers/jxl/bits.ts';
import { type FrameHeader, readFrameHeader } from '../../containers/jxl/frame-header.ts';
import { type ImageHeader, readImageHeader, type Size } from '../../containers/jxl/image-header.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Codestream } from './boxes.ts';
import { describeFrame, describeImage } from './describe.ts';

/** Most headers are shorter; of longer ones more is read. */
const FIRST_LENGTH = 256;

/**
 * Walks the headers of a codestream and carries its frames over.
 * @returns where it ends, and whether the frames behind that are left out
 */
export function* walkCodestream(
  codestream: Codestream,
  plan: Plan,
  context: Context,
): Walk<{ end: number; isCut: boolean }> {
  const kept = { orientation: context.keeps('orientation'), colorProfile: context.keeps('colorProfile') };
  const image = yield* readHeader(codestream, context, 0, (bits) => readImageHeader(bits, kept));
  if (image.header.profileLength > 0 && !kept.colorProfile && image.header.hasBlack) {
    throw unsupported(
      'The colours of a picture made of inks depend on its profile; clean it without dropping colorProfile.',
      codestream.placeOf(0),
      'codestream',
    );
  }
  yield* writeRewritten(codestream, plan, 0, image.bits, image.end);
  describeImage(plan, image.header, kept);
  let at = image.end;
  if (image.header.preview !== undefined) {
    const { header, start, end } = yield* readFrame(codestream, context, image.header, image.header.preview, at);
    for (const { from, to } of yield* codestream.runs(start, end)) {
      plan.found({ kind: 'thumbnail', where: 'preview frame', action: 'removed', bytes: to - from, offset: from });
    }
    context.countStructures(header.sections);
    at = end;
  }
  for (;;) {
    const { header, bits, start, end } = yield* readFrame(codestream, context, image.header, image.header, at);
    context.countStructures(header.sections);
    const rewritten = header.entriesStart / 8;
    yield* writeRewritten(codestream, plan, start, bits, rewritten);
    yield* codestream.keep(start + rewritten, end);
    describeFrame(plan, image.header, header, codestream.placeOf(start));
    at = end;
    if (header.isLast || header.isMadeLast) return { end: at, isCut: header.isMadeLast };
  }
}

/** The header of a frame with its table of contents, and where the frame ends. */
interface ReadFrame {
  header: FrameHeader;
  bits: CodestreamBits;
  start: number;
  end: number;
}

function* readFrame(
  codestream: Codestream,
  context: Context,
  image: ImageHeader,
  size: Size,
  start: number,
): Walk<ReadFrame> {
  const { header, bits, end } = yield* readHeader(codestream, context, start, (fresh) =>
    readFrameHeader(fresh, image, size, context.keeps('animation')),
  );
  return { header, bits, start, end: start + end + header.sectionsLength };
}

/**
 * Reads a header of unknown length, from a whole byte to a whole byte: what is read doubles until it is enough.
 * @returns with `end`, its length in bytes
 */
function* readHeader<T>(
  codestream: Codestream,
  context: Context,
  start: number,
  read: (bits: CodestreamBits) => T,
): Walk<{ header: T; bits: CodestreamBits; end: number }> {
  for (let length = FIRST_LENGTH; ; length *= 2) {
    if (length > context.options.limits.bufferedBytes) {
      throw limitExceeded(
        `A header is longer than ${context.options.limits.bufferedBytes} bytes; raise limits.bufferedBytes to clean it.`,
        codestream.placeOf(start),
        'codestream',
      );
    }
    const bytes = yield* codestream.read(start, length);
    const bits = new CodestreamBits(bytes);
    const header = read(bits);
    if (!bits.isOverrun) {
      if (bits.problem === undefined) return { header, bits, end: bits.at / 8 };
      throw malformed(bits.problem, codestream.placeOf(start), 'codestream');
    }
    if (bytes.length === 0 && start === 0) throw malformed('The file holds no codestream.', undefined, 'jxlc');
    if (bytes.length < length) {
      const end = codestream.placeOf(start + bytes.length);
      throw malformed(`The codestream is cut off at byte ${end}, inside a header.`, end, 'codestream');
    }
  }
}

/** Carries the first `length` bytes of a header over: as they are found, if nothing in them is to change. */
function* writeRewritten(
  codestream: Codestream,
  plan: Plan,
  start: number,
  bits: CodestreamBits,
  length: number,
): Walk {
  if (bits.edits.length === 0) yield* codestream.keep(start, start + length);
  else plan.insert(rewrite(bits));
}
