import { areEqual } from '../../bytes/equal.ts';
import { startsWith } from '../../bytes/text.ts';
import { neutralizeLeadingElements } from '../../containers/aac.ts';
import {
  ADTS_CRC_LENGTH,
  ADTS_HEADER_LENGTH,
  adts,
  adtsBlocks,
  adtsKey,
  adtsLength,
  canonicalAdtsHeader,
  hasAdtsCrc,
} from '../../containers/adts.ts';
import { findCut, findFrames } from '../../containers/frame-chain.ts';
import { carryTags } from '../../containers/kept-tag.ts';
import { describeTags } from '../../containers/tag-inventory.ts';
import { findTags } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { malformed, type ScrubError, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { isLoas } from './loas.ts';

/** How far a refusal looks to name what it refuses. */
const NAMING_LENGTH = 4096;

/** Walks a file of ADTS frames. */
export function* walkAac(window: Window, plan: Plan, context: Context): Walk {
  const { audioStart, audioEnd, tags } = yield* findTags(window);
  yield* carryTags(window, plan, context, tags);
  let key = 0;
  let at = audioStart;
  while (at < audioEnd) {
    const between = yield* findFrames(window, context, adts, at, audioEnd, key);
    yield* describeTags(window, plan, context, between.tags);
    const bytes = between.tags.reduce((rest, tag) => rest - (tag.end - tag.start), between.end - at);
    if (bytes > 0) {
      const where = between.end >= audioEnd ? 'after the last frame' : 'in front of a frame';
      plan.found({ kind: 'trailing-data', where, action: 'removed', bytes, offset: at });
    }
    if (between.end >= audioEnd) break;
    key = adts.keyAt(window, between.end);
    at = yield* walkFrames(window, plan, context, between.end, audioEnd, key);
  }
  if (key === 0) throw yield* refuse(window, audioStart, audioEnd);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
  plan.residual.add('How the sound was encoded, and fill elements behind the sound of a frame.');
}

/** Carries frames over until their chain breaks; returns where to look for what follows. */
function* walkFrames(
  window: Window,
  plan: Plan,
  context: Context,
  start: number,
  end: number,
  key: number,
): Walk<number> {
  let at = start;
  while (at + ADTS_HEADER_LENGTH <= end) {
    if (!window.has(at, ADTS_HEADER_LENGTH)) yield window.need(at, ADTS_HEADER_LENGTH, 'adts_frame');
    const header = window.view(at, at + ADTS_HEADER_LENGTH);
    if (adtsKey(header) !== key) return at;
    const next = at + adtsLength(header);
    context.countStructures();
    const cut = next === end ? undefined : yield* findCut(window, adts, at, next - at, end);
    if (cut !== undefined) {
      const [where, bytes] = ['in front of a frame', cut - at];
      plan.found({ kind: 'trailing-data', where, action: 'removed', bytes, offset: at });
      return cut;
    }
    yield* carryFrame(window, plan, at, Math.min(next, end));
    at = Math.min(next, end);
  }
  return at;
}

function* carryFrame(window: Window, plan: Plan, start: number, end: number): Walk {
  if (!window.has(start, end - start)) yield window.need(start, end - start, 'adts_frame');
  const frame = window.view(start, end);
  const header = canonicalAdtsHeader(frame);
  const isProtected = hasAdtsCrc(frame[1] ?? 0);
  if (isProtected && adtsBlocks(header) > 1) {
    throw unsupported(
      'Its frames hold several blocks with checksums, which can not be computed anew. Convert it to M4A or MP3.',
      start,
      'adts_frame',
    );
  }
  const blockStart = ADTS_HEADER_LENGTH + (isProtected ? ADTS_CRC_LENGTH : 0);
  const isCanonical = areEqual(frame.subarray(0, ADTS_HEADER_LENGTH), header);
  if (!isCanonical) {
    const note = 'Bits that do not bear on the sound: private, original, home, copyright identification, checksums.';
    plan.found({ kind: 'identifier', where: 'adts_frame', action: 'rewritten', bytes: 1, offset: start, note });
  }
  if (isProtected) plan.insert(header);
  else {
    plan.keep(start, start + ADTS_HEADER_LENGTH);
    if (!isCanonical) plan.patch(start, header);
  }
  plan.keep(start + blockStart, end);
  const neutral = neutralizeLeadingElements(frame.subarray(blockStart));
  if (neutral === undefined) return;
  plan.patch(start + blockStart, neutral);
  const where = 'adts_frame › fill_element';
  plan.found({ kind: 'software', where, action: 'rewritten', bytes: neutral.length, offset: start });
}

function* refuse(window: Window, at: number, end: number): Walk<ScrubError> {
  const length = Math.min(NAMING_LENGTH, end - at);
  if (!window.has(at, length)) yield window.need(at, length);
  const head = window.view(at, at + length);
  if (startsWith(head, 'ADIF')) {
    return unsupported('The file is AAC as ADIF, which has one header and no frames. Convert it to M4A.', at, 'ADIF');
  }
  if (isLoas(head)) {
    return unsupported(
      'The file is AAC as LOAS/LATM, as broadcasts have it. Convert it to M4A.',
      at,
      'AudioSyncStream',
    );
  }
  return malformed('The file holds no ADTS frames that follow one another.', at, 'adts_frame');
}
