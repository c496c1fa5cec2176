import { latin1Bytes } from '../../bytes/text.ts';
import { findTagsAtEnd } from '../../containers/tags.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const SIGNATURE = '.snd';
const HEADER_LENGTH = 24;
/** A data size that says it is not known. */
const UNKNOWN_SIZE = 0xffffffff;

/** Bits of a sample by number of the coding; those not here are not played by decoders. */
const bitsOfCoding: ReadonlyMap<number, number> = new Map([
  [1, 8], // µ-law
  [2, 8],
  [3, 16],
  [4, 24],
  [5, 32], // linear
  [6, 32],
  [7, 64], // float
  [23, 4], // G.721
  [24, 8], // G.722
  [25, 3], // G.723, 3 bits
  [26, 5], // G.723, 5 bits
  [27, 8], // A-law
]);

/** Walks the file. */
export function* walkAu(window: Window, plan: Plan, _context: Context): Walk {
  if (!window.has(0, HEADER_LENGTH)) yield window.need(0, HEADER_LENGTH, 'header');
  const dataStart = window.u32be(4);
  const stored = window.u32be(8);
  const coding = window.u32be(12);
  const rate = window.u32be(16);
  const channels = window.u32be(20);
  const bits = bitsOfCoding.get(coding);
  if (bits === undefined) throw unsupported(`The sound is coded in a way that is not known (${coding}).`, 12, 'header');
  if (dataStart < HEADER_LENGTH || dataStart > window.size || channels === 0) {
    throw malformed('The header does not describe a sound.', 4, 'header');
  }
  const rest = window.size - dataStart;
  let length = Math.min(stored, rest);
  if (stored === 0 || stored >= rest) {
    // Who writes to a pipe leaves no size; then the sound is all that is no tag.
    const [tag] = yield* findTagsAtEnd(window, dataStart, window.size);
    length = (tag?.start ?? window.size) - dataStart;
  }
  const frameLength = bits >= 8 ? (bits / 8) * channels : 1;
  const exact = length - (length % frameLength);
  const size = Math.min(exact, UNKNOWN_SIZE);
  if (dataStart > HEADER_LENGTH) {
    const bytes = dataStart - HEADER_LENGTH;
    plan.found({ kind: 'comment', where: 'annotation', action: 'removed', bytes, offset: HEADER_LENGTH });
  }
  if (exact < rest) {
    const offset = dataStart + exact;
    plan.found({ kind: 'trailing-data', where: 'after the data', action: 'removed', bytes: rest - exact, offset });
  }
  const header = new Uint8Array(HEADER_LENGTH);
  const view = new DataView(header.buffer);
  header.set(latin1Bytes(SIGNATURE));
  for (const [index, word] of [HEADER_LENGTH, size, coding, rate, channels].entries()) {
    view.setUint32(4 + index * 4, word);
  }
  plan.insert(header);
  plan.keep(dataStart, dataStart + exact);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}
