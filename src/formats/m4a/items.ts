// The item list that options keep, in canonical form: `udta › meta › ilst` (Apple, iTunes metadata).
import { latin1Bytes, startsWith } from '../../bytes/text.ts';
import { box, fullBox, type NewBox, u32 } from '../../containers/isobmff/box.ts';
import type { Context } from '../../core/context.ts';
import { ScrubError } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import { toBytes } from '../../core/write.ts';
import { loudnessNames } from './loudness.ts';
import type { Keepsakes } from './user-data.ts';

/** Types of `data` (QTFF, "Well-Known Types"). */
const DataType = { utf8: 1, jpeg: 13, png: 14, bmp: 27 } as const;
const TEXT_ORDER = ['\xa9nam', '\xa9ART', 'aART', 'cprt', '\xa9day'];
const where = 'moov › udta › meta › ilst';

/** The `udta` box with what is kept, if anything is. */
export function* writeItems(keepsakes: Keepsakes, plan: Plan, context: Context): Walk<NewBox | undefined> {
  const { texts, loudness } = keepsakes;
  const items: NewBox[] = [];
  for (const type of TEXT_ORDER) {
    const text = texts.get(type);
    if (text !== undefined) items.push(box(type, data(DataType.utf8, new TextEncoder().encode(text))));
  }
  for (const name of loudnessNames) {
    const value = loudness.get(name);
    if (value !== undefined) items.push(freeForm(name, value));
  }
  const covers = yield* scrubCovers(keepsakes, plan, context);
  if (covers.length > 0) items.push({ type: 'covr', parts: covers });
  if (items.length === 0) return undefined;
  for (const item of items) {
    const name = item.type.replace('\xa9', '©');
    plan.found({ kind: 'other', where: `${where} › ${name}`, action: 'kept', bytes: 0, note: 'Kept by option.' });
  }
  const handler = fullBox('hdlr', 0, 0, u32(0), latin1Bytes('mdirappl'), new Uint8Array(9));
  return box('udta', fullBox('meta', 0, 0, handler, { type: 'ilst', parts: items }));
}

function data(type: number, value: Uint8Array): NewBox {
  return box('data', u32(type), u32(0), value);
}

function freeForm(name: string, value: string): NewBox {
  return box(
    '----',
    fullBox('mean', 0, 0, latin1Bytes('com.apple.iTunes')),
    fullBox('name', 0, 0, latin1Bytes(name)),
    data(DataType.utf8, new TextEncoder().encode(value)),
  );
}

/** Cover pictures, each as clean as a picture of its own. One that can't be cleaned is dropped. */
function* scrubCovers({ covers }: Keepsakes, plan: Plan, context: Context): Walk<NewBox[]> {
  const kept: NewBox[] = [];
  for (const { picture, start } of covers) {
    try {
      const nested = yield* context.nestedBytes(picture);
      const pieces = nested.plan.flat();
      const bytes = toBytes(pieces, nested.plan.length, picture);
      const type = pictureType(bytes);
      if (type === undefined) continue;
      kept.push(data(type, bytes));
      plan.adopt(nested.plan, start, `${where} › covr`);
    } catch (error) {
      if (!(error instanceof ScrubError) || error.code === 'limit-exceeded' || error.code === 'aborted') throw error;
      const note = `The cover picture can't be cleaned: ${error.message}`;
      plan.found({ kind: 'thumbnail', where: `${where} › covr`, action: 'removed', bytes: picture.length, note });
    }
  }
  return kept;
}

function pictureType(picture: Uint8Array): number | undefined {
  if (startsWith(picture, '\xff\xd8')) return DataType.jpeg;
  if (startsWith(picture, '\x89PNG')) return DataType.png;
  return startsWith(picture, 'BM') ? DataType.bmp : undefined;
}
