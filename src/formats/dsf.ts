// DSF: three chunks of one-bit sound, and a pointer to metadata behind them (Sony, DSF File Format Specification 1.01).
// The chunks DSD, fmt and data make the sound; the ID3v2 tag at the pointer, and anything else, is metadata.
import { startsWith } from '../bytes/text.ts';
import { DSF_LAYOUT, readChunk, writeChunkHeader } from '../containers/chunks.ts';
import type { Context } from '../core/context.ts';
import { malformed } from '../core/errors.ts';
import type { Format } from '../core/format.ts';
import type { Plan } from '../core/plan.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';

const DSD_LENGTH = 28;
const FMT_LENGTH = 52;
const HEADER_LENGTH = 12;

/** One-bit sound in a DSF file. */
export const dsf: Format = {
  id: 'dsf',
  name: 'DSF',
  mediaTypes: ['audio/x-dsf', 'audio/dsf'],
  extensions: ['dsf'],
  summary: 'One-bit samples stay; the ID3v2 tag goes.',
  matches: (head) => startsWith(head, 'DSD \x1c\0\0\0\0\0\0\0'),
  walk: walkDsf,
};

function* walkDsf(window: Window, plan: Plan, _context: Context): Walk {
  const headersEnd = DSD_LENGTH + FMT_LENGTH;
  if (!window.has(0, headersEnd + HEADER_LENGTH)) yield window.need(0, headersEnd + HEADER_LENGTH, 'DSD');
  const fmt = yield* readChunk(window, DSF_LAYOUT, DSD_LENGTH);
  const data = yield* readChunk(window, DSF_LAYOUT, headersEnd);
  if (fmt?.id !== 'fmt ' || fmt.next !== headersEnd)
    throw malformed('The description of the sound is missing.', DSD_LENGTH, 'fmt ');
  if (data?.id !== 'data') throw malformed('The sound is missing.', headersEnd, 'data');
  if (data.bodyEnd > window.size) yield window.need(data.bodyStart, data.bodyEnd - data.bodyStart, 'data');
  const header = new Uint8Array(headersEnd);
  const view = new DataView(header.buffer);
  header.set(writeChunkHeader(DSF_LAYOUT, 'DSD ', DSD_LENGTH - HEADER_LENGTH));
  view.setBigUint64(HEADER_LENGTH, BigInt(data.bodyEnd), true);
  // The pointer to the metadata stays 0. Of `fmt `, the last word is reserved.
  header.set(window.view(DSD_LENGTH, headersEnd - 4), DSD_LENGTH);
  plan.insert(header);
  plan.insert(writeChunkHeader(DSF_LAYOUT, 'data', data.bodyEnd - data.bodyStart));
  plan.keep(data.bodyStart, data.bodyEnd);
  const bytes = window.size - data.bodyEnd;
  if (bytes > 0) {
    plan.found({ kind: 'author', where: 'metadata behind the data', action: 'removed', bytes, offset: data.bodyEnd });
  }
  plan.residual.add('What can be heard: voices, names, noises of a place.');
}
