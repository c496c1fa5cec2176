// AMR: a magic line and frames of coded speech (RFC 4867 §5).
// Every frame is sound; the padding bits of a frame header, and bytes behind the last whole frame, are not.
import { startsWith } from '../bytes/text.ts';
import type { Context } from '../core/context.ts';
import { malformed } from '../core/errors.ts';
import type { Format } from '../core/format.ts';
import type { Plan } from '../core/plan.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

const NARROWBAND = '#!AMR\n';
const WIDEBAND = '#!AMR-WB\n';

/** Lengths of frames with their header byte, by frame type; types without one are reserved (RFC 4867 §3.6, 3GPP TS 26.101, 26.201). */
const narrowbandLengths = [13, 14, 16, 18, 20, 21, 27, 32, 6, 7, 6, 6, 0, 0, 0, 1];
const widebandLengths = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];
/** Frame type and quality bit; the others are padding (RFC 4867 §5.3). */
const HEADER_MASK = 0x7c;

/** AMR and AMR-WB speech. */
export const amr: Format = {
  id: 'amr',
  name: 'AMR',
  mediaTypes: ['audio/amr', 'audio/amr-wb'],
  extensions: ['amr', 'awb'],
  summary: 'Frames stay; padding bits and bytes behind the last frame go.',
  matches: (head) => startsWith(head, NARROWBAND) || startsWith(head, WIDEBAND),
  walk: walkAmr,
};

function* walkAmr(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, NARROWBAND.length)) yield window.need(0, NARROWBAND.length, 'magic');
  const isWide = window.u8(5) !== 0x0a;
  const lengths = isWide ? widebandLengths : narrowbandLengths;
  let at = isWide ? WIDEBAND.length : NARROWBAND.length;
  if (isWide) plan.mediaType = 'audio/amr-wb';
  plan.keep(0, at);
  let frames = 0;
  for (;;) {
    if (!window.has(at, 1)) yield window.want(at, 1);
    if (!window.has(at, 1)) break;
    const header = window.u8(at);
    const length = lengths[(header >> 3) & 15] ?? 0;
    if (length === 0 || at + length > window.size) break;
    frames++;
    if ((header & ~HEADER_MASK) === 0) plan.keep(at, at + length);
    else {
      context.countStructures();
      plan.found({ kind: 'other', where: 'frame header padding', action: 'removed', bytes: 1, offset: at });
      plan.insert(Uint8Array.of(header & HEADER_MASK));
      plan.keep(at + 1, at + length);
    }
    at += length;
  }
  if (frames === 0) throw malformed('The file holds no whole frame.', at, 'frame');
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last frame', action: 'removed', bytes, offset: at });
  }
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}
