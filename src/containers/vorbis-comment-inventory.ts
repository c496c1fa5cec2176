// What Vorbis comments tell, for the report alone: fields by what they are about. Nothing here decides what is removed.
import { printable } from '../bytes/printable.ts';
import type { Context } from '../core/context.ts';
import type { Plan } from '../core/plan.ts';
import type { FindingKind } from '../core/report.ts';
import type { CommentList } from './vorbis-comment.ts';
import { decode, type Field } from './vorbis-comment-fields.ts';

/** Field names by what they tell about, the most telling first. */
const names: readonly (readonly [FindingKind, RegExp])[] = [
  ['location', /GPS|GEO|LOCATION|LATITUDE|LONGITUDE|COUNTRY|CITY|VENUE/],
  ['thumbnail', /^METADATA_BLOCK_PICTURE$|^COVERART/],
  ['identifier', /^MUSICBRAINZ_|^ACOUSTID|ISRC|BARCODE|^UPC|^EAN|CATALOG|DISCID|SERIAL|^MCN$|^ASIN$|GUID|UUID/],
  ['software', /^ENCODER|^ENCODING|SOFTWARE|TOOL|VERSION$|^WAVEFORMATEXTENSIBLE/],
  ['time', /DATE|YEAR|TIME$/],
  ['device', /DEVICE|^MAKE$|^MODEL$|SOURCE|MEDIA$/],
  ['author', /ARTIST|COMPOSER|PERFORMER|AUTHOR|LYRICIST|WRITER|CONDUCTOR|ENSEMBLE|ENGINEER|PRODUCER|MIXER|ARRANGER/],
  ['author', /COPYRIGHT|LICENSE|CONTACT|ORGANIZATION|PUBLISHER|LABEL|ENCODED|EMAIL|OWNER|^URL|WEBSITE/],
  ['structure', /^CHAPTER\d|^REPLAYGAIN_|^R128_|^LANGUAGE$/],
  ['comment', /TITLE|ALBUM|COMMENT|DESCRIPTION|LYRICS|GENRE|TRACK|DISC|MOOD|RATING|NOTE|SUMMARY|SYNOPSIS/],
];

/** More of a value is not shown. */
const MAX_VALUE_LENGTH = 200;

/**
 * Notes what a list of comments tells.
 * @param kept the fields that are written
 * @param start absolute offset of the list in the input, where it stands there in one piece
 */
export function describeComments(
  plan: Plan,
  context: Context,
  list: CommentList,
  where: string,
  kept: readonly Field[],
  start?: number,
): void {
  const place = (offset: number): { offset?: number } => (start === undefined ? {} : { offset: start + offset });
  if (list.vendor.length > 0) {
    const values = context.options.values ? { values: { vendor: show(list.vendor) } } : {};
    plan.found({
      kind: 'software',
      where: `${where} › vendor string`,
      action: 'removed',
      bytes: list.vendor.length,
      ...place(4),
      ...values,
    });
  }
  const written = new Set(kept.map(([name, value]) => `${name}=${value}`));
  const isRewritten = new Set(kept.map(([name]) => name));
  for (const { name, value, start: offset, length } of list.comments) {
    const isKept = isRewritten.has(name) && written.has(`${name}=${decode(value)}`);
    const action = isKept ? 'kept' : isRewritten.has(name) ? 'rewritten' : 'removed';
    const kind = names.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
    const shown = printable(name, 40) || 'comment';
    const values = context.options.values && kind !== 'thumbnail' ? { values: { [shown]: show(value) } } : {};
    plan.found({ kind, where: `${where} › ${shown}`, action, bytes: length, ...place(offset), ...values });
  }
}

function show(value: Uint8Array): string {
  return printable(new TextDecoder().decode(value.subarray(0, MAX_VALUE_LENGTH * 4)), MAX_VALUE_LENGTH);
}
