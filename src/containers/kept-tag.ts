// Tags around a sound that has no place for metadata of its own: all are dropped, and what is to be kept of them goes into one
// canonical tag: ID3v2.4 in front, or APEv2 behind.
import { concat } from '../bytes/concat.ts';
import { areEqual } from '../bytes/equal.ts';
import { latin1Bytes } from '../bytes/text.ts';
import type { Context } from '../core/context.ts';
import { ScrubError } from '../core/errors.ts';
import type { Keepable } from '../core/options.ts';
import { Plan } from '../core/plan.ts';
import type { Walk } from '../core/walk.ts';
import type { Window } from '../core/window.ts';
import { toBytes } from '../core/write.ts';
import { type ApeItem, writeApeTag } from './ape-tag.ts';
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

const KEPT_NOTE = 'Only the fields that were asked for, written anew.';

/** Puts what is to be kept of the tags here, in canonical form, and notes what becomes of each tag. */
export function* carryTags(window: Window, plan: Plan, context: Context, tags: readonly Tag[]): Walk {
  const isKept = keepables.some((name) => context.keeps(name));
  const canonical = isKept ? writeCanonicalTag(yield* selectFields(window, plan, context, tags)) : undefined;
  if (canonical === undefined) {
    yield* describeTags(window, plan, context, tags);
    return;
  }
  const { length: bytes } = canonical;
  const [first] = tags;
  if (first !== undefined && (yield* isCanonical(window, first, canonical))) {
    plan.keep(first.start, first.end);
    plan.found({ kind: 'comment', where: 'ID3v2.4', action: 'kept', bytes, offset: first.start, note: KEPT_NOTE });
    yield* describeTags(window, plan, context, tags.slice(1));
    return;
  }
  plan.insert(canonical);
  yield* describeTags(window, plan, context, tags);
  plan.found({ kind: 'comment', where: 'ID3v2.4', action: 'rewritten', bytes, note: KEPT_NOTE });
}

/**
 * Like {@link carryTags} for sounds whose tags are APEv2 and stand behind them.
 * @returns what goes behind the sound
 */
export function* carryTagsBehind(window: Window, plan: Plan, context: Context, tags: readonly Tag[]): Walk<Plan> {
  const behind = new Plan(context.describes);
  const isKept = keepables.some((name) => context.keeps(name));
  const items = isKept ? apeItems(yield* selectFields(window, plan, context, tags)) : [];
  if (items.length === 0) {
    yield* describeTags(window, plan, context, tags);
    return behind;
  }
  const canonical = writeApeTag(items);
  const { length: bytes } = canonical;
  const last = tags.at(-1);
  if (last?.end === window.size && (yield* isCanonical(window, last, canonical))) {
    behind.keep(last.start, last.end);
    yield* describeTags(window, plan, context, tags.slice(0, -1));
    plan.found({ kind: 'comment', where: 'APEv2', action: 'kept', bytes, offset: last.start, note: KEPT_NOTE });
    return behind;
  }
  behind.insert(canonical);
  yield* describeTags(window, plan, context, tags);
  plan.found({ kind: 'comment', where: 'APEv2', action: 'rewritten', bytes, note: KEPT_NOTE });
  return behind;
}

/** Whether a tag is what would be written. */
function* isCanonical(window: Window, { start, end, name }: Tag, canonical: Uint8Array): Walk<boolean> {
  const { length } = canonical;
  if (end - start !== length) return false;
  if (!window.has(start, length)) yield window.need(start, length, name);
  return areEqual(window.view(start, end), canonical);
}

/** Items of an APE tag in a fixed order. There are none for chapters. */
function apeItems({ title, artist, copyright, date, language, replayGain, picture }: CanonicalTag): ApeItem[] {
  const items: ApeItem[] = [];
  const add = (key: string, text: string | undefined): void => {
    if (text !== undefined) items.push({ key, value: new TextEncoder().encode(text), isText: true });
  };
  add('Title', title);
  add('Artist', artist);
  add('Copyright', copyright);
  add('Year', date);
  add('Language', language);
  for (const [name, value] of [...(replayGain ?? [])].sort()) add(name, value);
  if (picture !== undefined) {
    const name = latin1Bytes(`cover.${picture.mediaType.slice('image/'.length)}\0`);
    items.push({ key: 'Cover Art (Front)', value: concat(name, picture.bytes), isText: false });
  }
  return items;
}

/** What the options keep of the tags' fields. */
function* selectFields(window: Window, plan: Plan, context: Context, tags: readonly Tag[]): Walk<CanonicalTag> {
  const fields = yield* readTagFields(window, context, tags);
  return {
    title: context.keeps('title') ? fields.title : undefined,
    artist: context.keeps('author') ? fields.artist : undefined,
    copyright: context.keeps('copyright') ? fields.copyright : undefined,
    date: context.keeps('dates') ? fields.date : undefined,
    language: context.keeps('language') ? fields.language : undefined,
    replayGain: context.keeps('loudness') ? fields.replayGain : undefined,
    chapters: context.keeps('chapters') ? fields.chapters : undefined,
    picture: context.keeps('coverArt') ? yield* scrubPicture(plan, context, fields) : undefined,
  };
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
