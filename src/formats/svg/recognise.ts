import { startsWith } from '../../bytes/text.ts';
import { gunzipHead } from '../../containers/gzip.ts';
import { GZIP_SIGNATURE } from '../../containers/gzip-signature.ts';
import { svgHead } from '../../containers/xml/signature.ts';
import type { Context } from '../../core/context.ts';
import { HEAD_LENGTH } from '../../core/format.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** No file has so much in front of its root element. */
const MAX_PROLOG_LENGTH = 1024 * 1024;

/** Whether the file `[start, end)` is an SVG document: as much of its beginning is looked at as it takes to tell. */
export function* isSvg(window: Window, start: number, end: number, context: Context): Walk<boolean> {
  for (let length = HEAD_LENGTH; ; length *= 4) {
    const to = Math.min(start + length, end);
    if (!window.has(start, to - start)) yield window.need(start, to - start);
    const head = window.view(start, Math.min(to, window.size));
    const text = startsWith(head, GZIP_SIGNATURE) ? yield* gunzipHead(context, head, MAX_PROLOG_LENGTH) : head;
    const is = text === undefined ? 'other' : text.length === 0 ? 'unsure' : svgHead(text);
    if (is !== 'unsure') return is === 'svg';
    if (to >= end || to >= window.size || Math.max(length, text?.length ?? 0) >= MAX_PROLOG_LENGTH) return false;
  }
}
