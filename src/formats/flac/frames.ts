// The frames are one chain of numbers (RFC 9639 §9.1.5), followed from header to header; where it ends or breaks, the length
// of a frame is read from the frame itself. So the last frame's end is known exactly, whatever stands behind it.
import { crc16 } from '../../containers/flac/crc.ts';
import { type Frame, findFrame, searchFrame } from '../../containers/flac/find-frame.ts';
import { FRAME_FOOTER_LENGTH, measureFrame } from '../../containers/flac/frame.ts';
import type { StreamInfo } from '../../containers/flac/stream-info.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { describeTrailer } from './describe.ts';

/** A frame is measured in so many bytes at first, then in four times as many. */
const FIRST_MEASURE_LENGTH = 32 * 1024;
/** Frames that have to be measured twice over are more broken than any decoder could mend. */
const MAX_MEASURED = 16 * 1024 * 1024;

/** The chain, as far as it was followed. */
interface Chain {
  streamInfo: StreamInfo;
  first: Frame;
  /** Where the frames begin that are kept. */
  starts: number[];
  /** Whether frames are numbered by samples, though the sync code says otherwise, as encoders did before 2007. */
  isOldVariable: boolean;
  /** Samples of one channel, as long as they are not proved wrong; 0: not known. */
  totalSamples: number;
  /** Length of the frame before, by which the next is guessed. */
  lastLength: number;
  /** How many bytes were measured. */
  measured: number;
}

/** Keeps the frames from `start` on. */
export function* walkFrames(window: Window, plan: Plan, context: Context, streamInfo: StreamInfo, start: number): Walk {
  if (!window.has(start, 1)) yield window.want(start, 1);
  // A stream of no samples has no frames.
  if (!window.has(start, 1)) return;
  const first =
    (yield* findFrame(window, start, start + 1, false)) ??
    (yield* findFrame(window, start, start + 1, true)) ??
    (yield* findFrame(window, start, window.size, false));
  if (first === undefined) throw malformed('The file holds no sound that can be found.', start, 'frame');
  if (first.start > start) note(plan, 'before the first frame', start, first.start);
  const { totalSamples } = streamInfo;
  const chain = { streamInfo, first, starts: [], isOldVariable: false, totalSamples, lastLength: 0, measured: 0 };
  const kept = yield* followFrames(window, plan, context, chain);
  yield* dropUnfinished(window, chain, kept);
  for (const span of kept) plan.keep(span.start, span.end);
  yield* describeTrailer(window, plan, kept.at(-1)?.end ?? start);
}

/** Follows the chain to its end, over all its breaks; returns the runs of frames. */
function* followFrames(window: Window, plan: Plan, context: Context, chain: Chain): Walk<Span[]> {
  const kept: Span[] = [];
  let keptFrom = chain.first.start;
  for (let frame = chain.first; ; ) {
    frame = runAhead(window, chain, context, frame);
    const next = yield* followChain(window, chain, frame);
    if (next !== undefined) {
      chain.starts.push(frame.start);
      chain.lastLength = next.start - frame.start;
      frame = next;
      continue;
    }
    const { end, next: later } = yield* repairBreak(window, chain, frame);
    if (end > frame.start) chain.starts.push(frame.start);
    if (end > keptFrom) kept.push({ start: keptFrom, end });
    if (later === undefined) return kept;
    if (later.start > end) note(plan, 'between frames', end, later.start);
    keptFrom = later.start;
    frame = later;
  }
}

/** Drops frames from the end until one is whole: a frame that is cut off may hide that the one before it is damaged. */
function* dropUnfinished(window: Window, chain: Chain, kept: Span[]): Walk {
  for (let run = kept.at(-1); run !== undefined; run = kept.at(-1)) {
    const start = chain.starts.pop() ?? run.start;
    const frame = yield* findFrame(window, start, start + 1, chain.first.header.countsSamples);
    const end = frame === undefined ? undefined : yield* measure(window, chain, frame, run.end);
    run.end = end ?? start;
    if (end !== undefined) return;
    if (run.end <= run.start) kept.pop();
  }
  const { start } = chain.first;
  throw malformed('The file is cut off inside its first frame.', start, 'frame');
}

function note(plan: Plan, where: string, start: number, end: number): void {
  plan.found({ kind: 'structure', where, action: 'removed', bytes: end - start, offset: start });
}

/** Follows the chain as far as guesses are right and what is at hand goes: in memory this is nearly all the way. */
function runAhead(window: Window, chain: Chain, context: Context, from: Frame): Frame {
  let frame = from;
  for (;;) {
    context.countStructures();
    if (chain.totalSamples === 0 || chain.lastLength === 0 || isLast(chain, frame)) return frame;
    const guess = Math.max(frame.start + shortest(frame), frame.start + guessLength(chain));
    if (guess < window.base) return frame;
    const next = searchFrame(window, guess, frame.start + longest(chain, frame), frame.header.countsSamples);
    if (typeof next === 'number' || !follows(chain, frame, next)) return frame;
    chain.starts.push(frame.start);
    chain.lastLength = next.start - frame.start;
    frame = next;
  }
}

/** Most of a frame need not be searched: the next is about as long as the one before. */
function guessLength({ lastLength }: Chain): number {
  return lastLength - (lastLength >> 3);
}

/** The frame behind this one if the chain goes on as it should; nothing where the frame has to be measured to tell. */
function* followChain(window: Window, chain: Chain, frame: Frame): Walk<Frame | undefined> {
  if (isLast(chain, frame)) return undefined;
  const from = frame.start + shortest(frame);
  const limit = frame.start + longest(chain, frame);
  const guess = Math.max(from, frame.start + guessLength(chain));
  const found = yield* search(window, guess, limit, frame);
  const next =
    guess > from && (found === undefined || !follows(chain, frame, found))
      ? yield* search(window, from, limit, frame)
      : found;
  if (next === undefined || !follows(chain, frame, next)) return undefined;
  // Without a count of samples, what follows may be of another stream: the frame's own CRC tells.
  if (chain.totalSamples === 0) {
    const length = next.start - frame.start;
    if (!window.has(frame.start, length)) yield window.need(frame.start, length, 'frame');
    if (crc16(window.bytes, frame.start - window.base, next.start - window.base) !== 0) return undefined;
  }
  return next;
}

/** {@link findFrame}, without a generator where the frame is at hand. */
function* search(window: Window, from: number, limit: number, { header }: Frame): Walk<Frame | undefined> {
  const found = from >= window.base ? searchFrame(window, from, limit, header.countsSamples) : from;
  return typeof found === 'number' ? yield* findFrame(window, found, limit, header.countsSamples) : found;
}

/** Where a frame ends that the chain does not go on from, and where it is taken up again. */
interface Break {
  end: number;
  next: Frame | undefined;
}

function* repairBreak(window: Window, chain: Chain, frame: Frame): Walk<Break> {
  const { countsSamples } = frame.header;
  const end = yield* measure(window, chain, frame, window.size);
  if (end !== undefined) {
    const adjacent = yield* findFrame(window, end, end + 1, countsSamples);
    const isWanted = adjacent !== undefined && (!isLast(chain, frame) || follows(chain, frame, adjacent));
    if (isWanted) {
      // More frames than there should be: the count of samples is wrong.
      if (isLast(chain, frame)) chain.totalSamples = 0;
      return { end, next: adjacent };
    }
    if (isLast(chain, frame)) return { end, next: undefined };
    const later = yield* findFrame(window, end, window.size, countsSamples);
    return { end, next: later !== undefined && isLater(chain, frame, later) ? later : undefined };
  }
  // Damaged, or cut off.
  const later = yield* findFrame(window, frame.start + shortest(frame), window.size, countsSamples);
  if (later === undefined || !isLater(chain, frame, later)) return { end: frame.start, next: undefined };
  const isPlausible = later.start - frame.start <= longest(chain, frame);
  return { end: isPlausible ? later.start : frame.start, next: later };
}

/**
 * The frame's end, if it is whole: told by its CRC, or by what stands there.
 * @param limit where what may be of the frame ends
 */
function* measure(window: Window, chain: Chain, frame: Frame, limit: number): Walk<number | undefined> {
  const { start, header } = frame;
  const longestLength = Math.min(longest(chain, frame), limit - start);
  for (let length = Math.min(FIRST_MEASURE_LENGTH, longestLength); ; length = Math.min(length * 4, longestLength)) {
    chain.measured += length;
    if (chain.measured > 4 * window.size + MAX_MEASURED) {
      throw malformed('The frames do not follow one another; the file is too damaged to be cleaned.', start, 'frame');
    }
    if (!window.has(start, length)) yield window.need(start, length, 'frame');
    const bytes = window.view(start, start + length);
    const measured = measureFrame(bytes, 0, header, bitsPerSample(chain, frame));
    if (measured !== undefined) {
      const end = start + measured;
      if (crc16(bytes, 0, measured) === 0 || end === limit) return end;
      return (yield* findFrame(window, end, end + 1, header.countsSamples)) === undefined ? undefined : end;
    }
    if (length === longestLength) return undefined;
  }
}

function bitsPerSample({ streamInfo }: Chain, { header }: Frame): number {
  return header.bitsPerSample === 0 ? streamInfo.bitsPerSample : header.bitsPerSample;
}

/** A frame has at least two bytes for each channel. */
function shortest({ header }: Frame): number {
  return header.length + 2 * header.channels + FRAME_FOOTER_LENGTH;
}

/** A frame is no longer than with its samples as they are; encoders see to that. */
function longest(chain: Chain, frame: Frame): number {
  const { blockSize, channels } = frame.header;
  return shortest(frame) + 64 + Math.ceil((blockSize * channels * (bitsPerSample(chain, frame) + 1)) / 8);
}

/** Whether `next` has the number that the frame behind `frame` should have. */
function follows(chain: Chain, frame: Frame, next: Frame): boolean {
  const step = next.header.number - frame.header.number;
  if (frame.header.countsSamples || chain.isOldVariable) return step === frame.header.blockSize;
  if (step === 1) return true;
  chain.isOldVariable = frame === chain.first && step === frame.header.blockSize;
  return chain.isOldVariable;
}

/** Sample at which a frame begins, counted from the first frame. */
function position({ first, isOldVariable }: Chain, { header }: Frame): number {
  const unit = header.countsSamples || isOldVariable ? 1 : first.header.blockSize;
  return (header.number - first.header.number) * unit;
}

function isLast(chain: Chain, frame: Frame): boolean {
  return chain.totalSamples > 0 && position(chain, frame) + frame.header.blockSize >= chain.totalSamples;
}

/** Whether a frame may be one of the same stream, behind a gap. */
function isLater(chain: Chain, frame: Frame, later: Frame): boolean {
  if (chain.totalSamples === 0) return follows(chain, frame, later);
  return later.header.number > frame.header.number && position(chain, later) < chain.totalSamples;
}
