// Tags in front of a file whose format has no place for them: decoders that look behind ID3v2 tags for any format play it.
import type { FormatWalk } from '../core/format.ts';
import type { Walk } from '../core/walk.ts';
import { describeTags } from './tag-inventory.ts';
import { findTagsInFront } from './tags.ts';

/** The same walk, which begins behind the tags in front. */
export function behindTags(walk: FormatWalk): FormatWalk {
  return function* (window, plan, context): Walk {
    const tags = yield* findTagsInFront(window, 0, window.size);
    const start = tags.at(-1)?.end ?? 0;
    if (start === 0) {
      yield* walk(window, plan, context);
      return;
    }
    yield* describeTags(window, plan, context, tags);
    const { plan: inner } = yield* context.nested(window, start, window.size);
    plan.append(inner, start);
    plan.mediaType = inner.mediaType;
    plan.extension = inner.extension;
  };
}
