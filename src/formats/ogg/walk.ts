import { PageFinder } from '../../containers/ogg/find-page.ts';
import { isBoundary, isHeaderAtHand, type Page, parsePage, readPage } from '../../containers/ogg/page.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { Bitstream } from './bitstream.ts';

/** Walks the pages of an Ogg file. */
export function* walkOgg(window: Window, plan: Plan, context: Context): Walk {
  const bitstream = new Bitstream(window, plan, context);
  const finder = new PageFinder(window);
  for (let at = 0; at < window.size; at = bitstream.readAhead(at)) {
    context.countStructures();
    let page = isHeaderAtHand(window, at) ? parsePage(window, at) : yield* readPage(window, at);
    if (page === undefined || !(yield* isInStep(window, finder, page))) {
      page = yield* finder.find(at);
      noteGap(window, plan, at, page);
      if (page === undefined) break;
    }
    yield* bitstream.read(page);
    at = page.end;
  }
  bitstream.finish();
}

/** Whether a page ends where another begins, or the file ends; if not, its checksum tells whether its length is true. */
function* isInStep(window: Window, finder: PageFinder, page: Page): Walk<boolean> {
  return (yield* isBoundary(window, page.end)) || (yield* finder.isIntact(page));
}

function noteGap(window: Window, plan: Plan, start: number, next: Page | undefined): void {
  const bytes = (next?.start ?? window.size) - start;
  if (bytes === 0) return;
  const where = start === 0 ? 'before the first page' : next === undefined ? 'after the last page' : 'between pages';
  plan.found({ kind: 'trailing-data', where, action: 'removed', bytes, offset: start });
}
