// Tags around a sound that has no place for metadata of its own: all are dropped, and what is to be kept of them goes into one
// canonical ID3v2.4 tag in front.
import { areEqual } from '../bytes/equal.ts';
import type { Context } from '../core/context.ts';
import { ScrubError } from '../core/errors.ts';
import type { Keepable } from '../core/options.ts';
import type { Plan } from '../core/plan.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import { toBytes } from '../core/write.ts';
import { type CanonicalTag, writeCanonicalTag } from './id3-canonical.ts';
import type { Tag } from './tag.ts';
import { readTagFields, type TagFields } from './tag-fields.ts';
import { describeTags } from './tag-inventory.ts';

/** What may be kept of tags. */
const keepables: readonly Keepable[] = [
  'title',
  'author',
  'copyright',
  'dates',
  'language',
  'loudness',
  'chapters',
  'coverArt',
];

/** Puts what is to be kept of the tags here, in canonical form, and notes what becomes of each tag. */
export function* carryTags(window: Window, plan: Plan, context: Context, tags: readonly Tag[]): Walk {
  const isKept = keepables.some((name) => context.keeps(name));
  const canonical = isKept ? yield* writeKept(window, plan, context, tags) : undefined;
  if (canonical === undefined) {
    yield* describeTags(window, plan, context, tags);
    return;
  }
  const [first] = tags;
  const note = 'Only the fields that were asked for, written anew.';
  if (first !== undefined && first.end - first.start === canonical.length) {
    if (!window.has(first.start, canonical.length)) yield window.need(first.start, canonical.length, first.name);
    if (areEqual(window.view(first.start, first.end), canonical)) {
      plan.keep(first.start, first.end);
      plan.found({
        kind: 'comment',
        where: 'ID3v2.4',
        action: 'kept',
        bytes: canonical.length,
        offset: first.start,
        note,
      });
      yield* describeTags(window, plan, context, tags.slice(1));
      return;
    }
  }
  plan.insert(canonical);
  yield* describeTags(window, plan, context, tags);
  plan.found({ kind: 'comment', where: 'ID3v2.4', action: 'rewritten', bytes: canonical.length, note });
}

function* writeKept(window: Window, plan: Plan, context: Context, tags: readonly Tag[]): Walk<Uint8Array | undefined> {
  const fields = yield* readTagFields(window, context, tags);
  return writeCanonicalTag({
    title: context.keeps('title') ? fields.title : undefined,
    artist: context.keeps('author') ? fields.artist : undefined,
    copyright: context.keeps('copyright') ? fields.copyright : undefined,
    date: context.keeps('dates') ? fields.date : undefined,
    language: context.keeps('language') ? fields.language : undefined,
    replayGain: context.keeps('loudness') ? fields.replayGain : undefined,
    chapters: context.keeps('chapters') ? fields.chapters : undefined,
    picture: context.keeps('coverArt') ? yield* scrubPicture(plan, context, fields) : undefined,
  });
}

/** The cover picture, scrubbed as a file of its own; nothing where that can't be done. */
function* scrubPicture(plan: Plan, context: Context, { picture }: TagFields): Walk<CanonicalTag['picture']> {
  if (picture === undefined) return undefined;
  try {
    const { format, plan: inner } = yield* context.nestedBytes(picture);
    const mediaType = inner.mediaType ?? format.mediaTypes[0];
    if (mediaType.startsWith('image/')) {
      plan.adopt(inner, undefined, 'APIC');
      return { bytes: toBytes(inner.flat(), inner.length, picture), mediaType };
    }
  } catch (error) {
    if (!(error instanceof ScrubError) || error.code === 'limit-exceeded') throw error;
  }
  const note = 'The cover picture could not be cleaned.';
  plan.found({ kind: 'thumbnail', where: 'APIC', action: 'removed', bytes: picture.length, note });
  return undefined;
}
