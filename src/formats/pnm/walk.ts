import { printable } from '../../bytes/printable.ts';
import { latin1Bytes } from '../../bytes/text.ts';
import { keepRows } from '../../containers/rows.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { type Header, type Problem, readHeader } from './header.ts';
import { rewritePlain } from './plain.ts';

const RASTER = 'raster';

/** Type and extension by magic number. */
const types: Readonly<Record<string, readonly [string, string]>> = {
  P1: ['image/x-portable-bitmap', 'pbm'],
  P2: ['image/x-portable-graymap', 'pgm'],
  P3: ['image/x-portable-pixmap', 'ppm'],
  P4: ['image/x-portable-bitmap', 'pbm'],
  P5: ['image/x-portable-graymap', 'pgm'],
  P6: ['image/x-portable-pixmap', 'ppm'],
  P7: ['image/x-portable-arbitrarymap', 'pam'],
  PF: ['image/x-portable-floatmap', 'pfm'],
  Pf: ['image/x-portable-floatmap', 'pfm'],
};

/** Walks the pictures of a portable map, which stand one right behind the other. */
export function* walkPnm(window: Window, plan: Plan, context: Context): Walk {
  const first = yield* readHeader(window, 0);
  if ('problem' in first) throw malformed(`The file is no portable map. ${first.problem}`, first.at, 'header');
  [plan.mediaType, plan.extension] = types[first.magic] ?? [];
  let end = yield* walkPicture(window, plan, context, first, 0);
  while (mayBeFollowed(first) && end < window.size) {
    const next: Header | Problem = yield* readHeader(window, end);
    if ('problem' in next || !mayBeFollowed(next) || endOf(next) > window.size) break;
    context.countStructures();
    end = yield* walkPicture(window, plan, context, next, end);
  }
  const bytes = window.size - end;
  // What a text has behind its last sample is a line feed.
  const isEnd = plan.length === window.size && bytes <= 1 && isPlain(first);
  if (bytes > 0 && !isEnd) {
    plan.found({ kind: 'trailing-data', where: `after ${RASTER}`, action: 'removed', bytes, offset: end });
  }
  plan.residual.add('What the picture shows.');
}

function isPlain({ magic }: Header): boolean {
  return magic === 'P1' || magic === 'P2' || magic === 'P3';
}

/** Text and floating-point maps hold one picture; so do thumbnails. */
function mayBeFollowed({ magic }: Header): boolean {
  return magic === 'P4' || magic === 'P5' || magic === 'P6' || magic === 'P7';
}

/** Length of a row in bytes. */
function strideOf({ magic, width, depth, maximum }: Header): number {
  if (magic === 'P4') return Math.ceil(width / 8);
  const sampleLength = magic === 'PF' || magic === 'Pf' ? 4 : maximum > 255 ? 2 : 1;
  return width * depth * sampleLength;
}

function endOf(header: Header): number {
  return header.end + strideOf(header) * header.height;
}

/** @returns where the picture whose header is at `start` ends */
function* walkPicture(window: Window, plan: Plan, context: Context, header: Header, start: number): Walk<number> {
  const { commentBytes } = header;
  if (commentBytes > 0) {
    const values = context.options.values ? { values: { text: printable(header.comment) } } : {};
    plan.found({ kind: 'comment', where: 'header', action: 'removed', bytes: commentBytes, offset: start, ...values });
  }
  const text = latin1Bytes(header.text);
  plan.insert(text);
  if (isPlain(header)) return yield* rewritePlain(window, plan, context, header);
  const stride = strideOf(header);
  const bits = header.magic === 'P4' ? header.width : stride * 8;
  const rows = { start: header.end, count: header.height, stride, bits, limit: window.size, where: RASTER };
  return yield* keepRows(window, plan, context, rows);
}
