// What dropped chunks and the data behind IEND tell, for the report alone.
import { printable } from '../../bytes/printable.ts';
import { latin1, startsWith } from '../../bytes/text.ts';
import { describeExif } from '../../containers/exif-inventory.ts';
import { readKeyword, readText, type TextType } from '../../containers/png/text.ts';
import { type Chunk, EMPTY_CHUNK_LENGTH, isPng, nameChunk, PNG_SIGNATURE } from '../../containers/png.ts';
import { describeXmp } from '../../containers/xmp-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { Finding, FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { ruleFor } from './policy.ts';

/** More of a dropped chunk is not looked at. */
const MAX_LENGTH = 256 * 1024;

/** What a text tells about, by its keyword; others are `comment`. */
const kindOfKeyword: readonly (readonly [FindingKind, RegExp])[] = [
  ['history', /^XML:com\.adobe\.xmp$|^Raw profile type (xmp|8bim)/],
  ['location', /gps|location/i],
  ['author', /^(author|artist|copyright|exif:(artist|copyright))$|^Raw profile type iptc/i],
  ['device', /^(source|make|model|exif:(make|model|lens.*))$|^Raw profile type (exif|APP1)/i],
  ['time', /date|time/i],
  ['software', /^(software|parameters|prompt|workflow|exif:software)$/i],
  ['color-profile', /^(icc|png):|^Raw profile type ic[cm]/],
];

/** Notes what an Exif block tells. */
export function describeExifBlock(
  plan: Plan,
  context: Context,
  block: Uint8Array,
  where: string,
  start: number | undefined,
): void {
  if (!context.describes) return;
  describeExif(plan, block, where, start);
  if (context.options.values) plan.exhibit(block, where);
}

/** Notes a chunk that is dropped. */
export function* describeDropped(window: Window, plan: Plan, context: Context, chunk: Chunk): Walk {
  const { type, start, dataStart, dataEnd, end } = chunk;
  const rule = ruleFor(type);
  const finding: Finding = {
    kind: rule.kind,
    where: nameChunk(type),
    action: 'removed',
    bytes: end - start,
    offset: start,
  };
  if (rule.use === 'text') {
    const length = Math.min(dataEnd - dataStart, MAX_LENGTH);
    if (!window.has(dataStart, length)) yield window.need(dataStart, length, type);
    describeText(finding, context, type as TextType, window.view(dataStart, dataStart + length));
  }
  plan.found(finding);
}

function describeText(finding: Finding, context: Context, type: TextType, data: Uint8Array): void {
  const keyword = readKeyword(data)?.keyword;
  if (keyword === undefined) return;
  finding.where = `${type} › ${printable(keyword)}`;
  finding.kind = kindOfKeyword.find(([, pattern]) => pattern.test(keyword))?.[0] ?? 'comment';
  const text = readText(type, data);
  if (text === undefined || text.isCompressed) return;
  if (keyword === 'XML:com.adobe.xmp') Object.assign(finding, describeXmp(text.content));
  else if (context.options.values) finding.values = { [printable(keyword)]: printable(latin1(text.content)) };
}

/** Notes what stands behind IEND, all of which is dropped. */
export function* describeTrailer(window: Window, plan: Plan, start: number): Walk {
  if (!window.has(start, 1)) yield window.want(start, PNG_SIGNATURE.length);
  if (!window.has(start, 1)) return;
  const beginning = window.view(start, Math.min(window.end, start + PNG_SIGNATURE.length));
  const place = { where: 'after IEND', action: 'removed', bytes: window.size - start, offset: start } as const;
  if (isPng(beginning)) {
    plan.found({ kind: 'embedded-file', ...place, note: 'It is another PNG.' });
    return;
  }
  // Programs that save a smaller picture over a larger one leave the end of the larger one there: CVE-2023-21036.
  const lastChunk = Math.max(start, window.size - EMPTY_CHUNK_LENGTH);
  const length = window.size - lastChunk;
  if (!window.has(lastChunk, length)) yield window.need(lastChunk, length, 'after IEND');
  const isRemainder = startsWith(window.view(lastChunk, window.size), '\0\0\0\0IEND');
  const note = isRemainder ? { note: 'It is the end of another PNG, such as one that was saved there before.' } : {};
  plan.found({ kind: 'trailing-data', ...place, ...note });
}
