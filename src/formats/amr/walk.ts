import { startsWith } from '../../bytes/text.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const NARROWBAND = '#!AMR\n';
const WIDEBAND = '#!AMR-WB\n';

/** Lengths of frames with their header byte, by frame type; types of 0 are reserved (RFC 4867 §4.3.2; 3GPP TS 26.101, 26.201). */
const narrowbandLengths = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
const widebandLengths = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];
/** Tags that are put behind the frames of other formats; their first byte might pass for a frame's. */
const tagSignatures = ['ID3', 'TAG', 'APETAGEX'];
const TAG_SIGNATURE_LENGTH = 8;
/** Frame type and quality bit; the others are padding (RFC 4867 §5.3). */
const HEADER_MASK = 0x7c;

/** Walks the file. */
export function* walkAmr(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, NARROWBAND.length)) yield window.need(0, NARROWBAND.length, 'magic');
  const isWide = window.u8(NARROWBAND.length - 1) !== NARROWBAND.charCodeAt(NARROWBAND.length - 1);
  const lengths = isWide ? widebandLengths : narrowbandLengths;
  let at = isWide ? WIDEBAND.length : NARROWBAND.length;
  if (isWide) plan.mediaType = 'audio/amr-wb';
  plan.keep(0, at);
  const start = at;
  while (at < window.size) {
    const ahead = Math.min(TAG_SIGNATURE_LENGTH, window.size - at);
    if (!window.has(at, ahead)) yield window.need(at, ahead, 'frame');
    if (beginsTag(window, at, ahead)) break;
    const header = window.u8(at);
    const length = lengths[(header >> 3) & 15] ?? 0;
    if (length === 0) throw malformed('A frame is of a type that does not exist.', at, 'frame');
    // A recorder that was stopped leaves a part of a frame.
    if (at + length > window.size) break;
    if ((header & ~HEADER_MASK) === 0) plan.keep(at, at + length);
    else {
      context.countStructures();
      plan.found({ kind: 'other', where: 'frame header padding', action: 'removed', bytes: 1, offset: at });
      plan.insert(Uint8Array.of(header & HEADER_MASK));
      plan.keep(at + 1, at + length);
    }
    at += length;
  }
  if (at === start) throw malformed('The file holds no whole frame.', at, 'frame');
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last frame', action: 'removed', bytes, offset: at });
  }
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}

function beginsTag(window: Window, at: number, ahead: number): boolean {
  const bytes = window.view(at, at + ahead);
  return tagSignatures.some((signature) => startsWith(bytes, signature));
}
