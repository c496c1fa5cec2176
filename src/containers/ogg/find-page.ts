// Looking for the next page where bytes stand that are none, as libogg does: the first whose checksum is right.
import { limitExceeded } from '../../core/errors.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { CAPTURE_PATTERN, isIntact, type Page, readPage } from './page.ts';

const FIRST_BYTE = CAPTURE_PATTERN >>> 24;
/** Checksums are worked out over so many bytes at most, and so many for each byte of the file. */
const MIN_CHECKED = 16 * 1024 * 1024;
const MAX_CHECKED_RATIO = 4;

/** Finds pages, and counts what that costs. */
export class PageFinder {
  readonly #window: Window;
  #checked = 0;

  constructor(window: Window) {
    this.#window = window;
  }

  /** The first intact page from `start` on. */
  *find(start: number): Walk<Page | undefined> {
    const window = this.#window;
    let at = start;
    for (;;) {
      if (!window.has(at, 1)) yield window.want(at, 1);
      if (!window.has(at, 1)) return undefined;
      const index = window.bytes.indexOf(FIRST_BYTE, at - window.base);
      if (index < 0) {
        at = window.end;
        continue;
      }
      at = window.base + index;
      const page = yield* readPage(window, at);
      if (page !== undefined && (yield* this.isIntact(page))) return page;
      at++;
    }
  }

  /** Whether a page's checksum is right. */
  *isIntact(page: Page): Walk<boolean> {
    const window = this.#window;
    const length = page.end - page.start;
    this.#checked += length;
    if (this.#checked > MIN_CHECKED + MAX_CHECKED_RATIO * window.size) {
      throw limitExceeded('The file holds too many things that look like pages and are none.', page.start, 'page');
    }
    if (!window.has(page.start, length)) yield window.need(page.start, length, 'page');
    return isIntact(window, page);
  }
}
