// Which fields of Vorbis comments can be kept, and how their values are written: each in one canonical form, so that nothing
// travels in spelling. Every other field is dropped.
import type { Context } from '../core/context.ts';
import type { Keepable } from '../core/options.ts';
import type { Comment } from './vorbis-comment.ts';

/** A field that is kept. */
export type Field = readonly [name: string, value: string];

/** What a value is read as; nothing where it is none. */
type Canonical = (text: string) => string | undefined;

interface Row {
  option: Keepable;
  name: string;
  canonical: Canonical;
}

const line: Canonical = (text) => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim() || undefined;
const date: Canonical = (text) => /^\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d)?)?)?)?/.exec(text.trim())?.[0];
const language: Canonical = (text) => /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.exec(text.trim())?.[0];
const gain: Canonical = (text) => unit(/^([+-]?\d{1,3}(?:\.\d{1,9})?) ?dB$/i.exec(text.trim())?.[1], 2, ' dB');
const loudness: Canonical = (text) =>
  unit(/^([+-]?\d{1,3}(?:\.\d{1,9})?) ?(?:dB|LUFS)$/i.exec(text.trim())?.[1], 2, ' dB');
const peak: Canonical = (text) => unit(/^\d{1,3}(?:\.\d{1,15})?$/.exec(text.trim())?.[0], 6, '');
/** RFC 7845 §5.2.1: a Q7.8 number in decimal. */
const q78: Canonical = (text) => unit(/^[+-]?\d{1,5}$/.exec(text.trim())?.[0], 0, '');

function unit(number: string | undefined, decimals: number, suffix: string): string | undefined {
  if (number === undefined) return undefined;
  // Zero is added so that there is no negative one.
  const rounded = Number(Number(number).toFixed(decimals)) + 0;
  return rounded.toFixed(decimals) + suffix;
}

const rows: readonly Row[] = [
  { option: 'title', name: 'TITLE', canonical: line },
  { option: 'author', name: 'ARTIST', canonical: line },
  { option: 'copyright', name: 'COPYRIGHT', canonical: line },
  { option: 'dates', name: 'DATE', canonical: date },
  { option: 'language', name: 'LANGUAGE', canonical: language },
  { option: 'loudness', name: 'REPLAYGAIN_REFERENCE_LOUDNESS', canonical: loudness },
  { option: 'loudness', name: 'REPLAYGAIN_TRACK_GAIN', canonical: gain },
  { option: 'loudness', name: 'REPLAYGAIN_TRACK_PEAK', canonical: peak },
  { option: 'loudness', name: 'REPLAYGAIN_ALBUM_GAIN', canonical: gain },
  { option: 'loudness', name: 'REPLAYGAIN_ALBUM_PEAK', canonical: peak },
  { option: 'loudness', name: 'R128_TRACK_GAIN', canonical: q78 },
  { option: 'loudness', name: 'R128_ALBUM_GAIN', canonical: q78 },
];

/** The fields that the options keep, in the order of the table, then the chapters. */
export function selectFields(comments: readonly Comment[], context: Context): Field[] {
  const kept: Field[] = [];
  for (const { option, name, canonical } of rows) {
    if (!context.keeps(option)) continue;
    for (const comment of comments) {
      const value = comment.name === name ? canonical(decode(comment.value) ?? '') : undefined;
      if (value !== undefined) kept.push([name, value]);
    }
  }
  return context.keeps('chapters') ? [...kept, ...selectChapters(comments)] : kept;
}

/** Chapter marks (Xiph wiki, "Chapter Extension"), numbered anew in the order of their times. */
function selectChapters(comments: readonly Comment[]): Field[] {
  const times = new Map<number, string>();
  const names = new Map<number, string>();
  for (const { name, value } of comments) {
    const [, number, suffix] = /^CHAPTER(\d{1,3})(NAME)?$/.exec(name) ?? [];
    if (number === undefined) continue;
    const text = decode(value)?.trim() ?? '';
    if (suffix !== undefined) names.set(Number(number), line(text) ?? '');
    else if (/^\d\d:\d\d:\d\d\.\d{3}$/.test(text)) times.set(Number(number), text);
  }
  return [...times]
    .sort(([a, first], [b, second]) => (first === second ? a - b : first < second ? -1 : 1))
    .flatMap(([number, time], index): Field[] => {
      const label = `CHAPTER${String(index + 1).padStart(3, '0')}`;
      const name = names.get(number);
      return name
        ? [
            [label, time],
            [`${label}NAME`, name],
          ]
        : [[label, time]];
    });
}

/** A value as text; nothing where it is not UTF-8. */
export function decode(value: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return undefined;
  }
}
