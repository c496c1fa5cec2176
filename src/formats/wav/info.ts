// LIST INFO: texts by id (Microsoft/IBM 1991, "INFO List Chunk"). On demand, title, artist, copyright and date are kept.
import { latin1 } from '../../bytes/text.ts';
import { type ChunkLayout, readChunk } from '../../containers/chunks.ts';
import type { Context } from '../../core/context.ts';
import type { Keepable } from '../../core/options.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Texts that may be kept, in the order in which they are written. */
const keepableTexts: readonly (readonly [string, Keepable])[] = [
  ['INAM', 'title'],
  ['IART', 'author'],
  ['ICOP', 'copyright'],
  ['ICRD', 'dates'],
];
/** A day, month or year; what stands behind it is not kept. */
const DATE = /^\d{4}(-\d\d(-\d\d)?)?/;
/** Texts are shorter than this. */
const MAX_TEXT_LENGTH = 65536;

/** The ids of the texts that the options keep. */
export function keptTexts(context: Context): string[] {
  return keepableTexts.flatMap(([id, name]) => (context.keeps(name) ? [id] : []));
}

/** Reads the texts of these ids between `start` and `end`; of each the first, up to its NUL. */
export function* readTexts(
  window: Window,
  context: Context,
  layout: ChunkLayout,
  start: number,
  end: number,
  ids: readonly string[],
): Walk<Map<string, Uint8Array>> {
  const texts = new Map<string, Uint8Array>();
  for (let at = start; at + layout.idLength + layout.sizeLength <= end; ) {
    const chunk = yield* readChunk(window, layout, at);
    if (chunk === undefined || chunk.bodyEnd > end) break;
    context.countStructures();
    const { id, bodyStart } = chunk;
    const length = Math.min(chunk.bodyEnd - bodyStart, MAX_TEXT_LENGTH);
    if (ids.includes(id) && !texts.has(id)) {
      if (!window.has(bodyStart, length)) yield window.need(bodyStart, length, 'LIST', 'INFO', id);
      const text = canonicalText(id, window.view(bodyStart, bodyStart + length));
      if (text.length > 0) texts.set(id, text);
    }
    at = chunk.next;
  }
  return texts;
}

function canonicalText(id: string, stored: Uint8Array): Uint8Array {
  const nul = stored.indexOf(0);
  const text = nul < 0 ? stored : stored.subarray(0, nul);
  return id === 'ICRD' ? text.subarray(0, DATE.exec(latin1(text.subarray(0, 10)))?.[0].length ?? 0) : text;
}
