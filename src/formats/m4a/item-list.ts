// iTunes metadata: `udta › meta › ilst` (Apple; QTFF, "Metadata"). Of it only the gapless numbers are obeyed by players.
import { latin1 } from '../../bytes/text.ts';
import { type Box, type BoxReader, printable } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';

/** How many samples at the start and at the end are no sound, from the `iTunSMPB` item. */
export interface Gapless {
  priming: number;
  /** Samples of sound. */
  length: number;
}

/** What items tell about; others are `other`. */
const kinds: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([
  ['\xa9nam', 'comment'],
  ['\xa9ART', 'author'],
  ['aART', 'author'],
  ['\xa9wrt', 'author'],
  ['\xa9alb', 'comment'],
  ['\xa9cmt', 'comment'],
  ['desc', 'comment'],
  ['cprt', 'author'],
  ['\xa9day', 'time'],
  ['purd', 'time'],
  ['\xa9too', 'software'],
  ['\xa9enc', 'software'],
  ['covr', 'thumbnail'],
  ['apID', 'identifier'],
  ['ownr', 'author'],
  ['cnID', 'identifier'],
  ['xid ', 'identifier'],
  ['\xa9xyz', 'location'],
  ['----', 'other'],
]);

/** `meta` is a full box in ISO files and a plain one in QuickTime's: told by where its handler stands. */
function metaSkip(reader: BoxReader, meta: Box): number {
  return meta.end - meta.bodyStart >= 8 && reader.fourCC(meta.bodyStart + 4) === 'hdlr' ? 0 : 4;
}

/** Reads the gapless numbers, and notes what the user data boxes tell. */
export function readUserData(reader: BoxReader, udta: Box, plan: Plan, context: Context): Gapless | undefined {
  let gapless: Gapless | undefined;
  for (const box of reader.children(udta.bodyStart, udta.end, 'udta')) {
    if (box.type !== 'meta') {
      noteBox(reader, plan, box, `moov › udta › ${printable(box.type)}`);
      continue;
    }
    const ilst = reader.find(box, 'ilst', metaSkip(reader, box));
    if (ilst === undefined) {
      noteBox(reader, plan, box, 'moov › udta › meta');
      continue;
    }
    for (const item of reader.children(ilst.bodyStart, ilst.end, 'ilst')) {
      if (item.type === '----') gapless ??= readGapless(reader, item);
      if (context.describes) noteBox(reader, plan, item, `ilst › ${nameItem(reader, item)}`);
    }
  }
  return gapless;
}

function noteBox(reader: BoxReader, plan: Plan, { type, start, end }: Box, where: string): void {
  const kind = kinds.get(type) ?? 'other';
  plan.found({ kind, where, action: 'removed', bytes: end - start, offset: reader.fileStart + start });
}

function nameItem(reader: BoxReader, item: Box): string {
  if (item.type !== '----') return printable(item.type);
  const name = reader.find(item, 'name');
  return name === undefined ? '----' : printable(latin1(reader.body(name).subarray(4, 44)));
}

/** `iTunSMPB`: hexadecimal words: zero, priming, padding, length of the sound (Apple, Technical Note TN2258). */
function readGapless(reader: BoxReader, item: Box): Gapless | undefined {
  const name = reader.find(item, 'name');
  const data = reader.find(item, 'data');
  if (name === undefined || data === undefined || latin1(reader.body(name).subarray(4)) !== 'iTunSMPB')
    return undefined;
  const words = latin1(reader.body(data).subarray(8, 8 + 128))
    .trim()
    .split(/\s+/);
  const [priming, , length] = words
    .slice(1)
    .map((word) => (/^[0-9A-Fa-f]+$/.test(word) ? Number.parseInt(word, 16) : 0));
  return priming === undefined || length === undefined || length === 0 ? undefined : { priming, length };
}
