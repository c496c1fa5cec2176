import { areEqual } from '../../bytes/equal.ts';
import { carry } from '../../containers/carry.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { walkIconBitmap } from './bitmap.ts';

const HEADER_LENGTH = 6;
const ENTRY_LENGTH = 16;
const DIRECTORY = 'ICONDIR';
const CURSOR = 2;
const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Bits a pixel that an entry may give; 0 leaves it to the picture. */
const BIT_COUNTS = [0, 1, 4, 8, 16, 24, 32];
/** Numbers of colours that an entry may give; 0 for 256 and more. */
const COLOR_COUNTS = [0, 2, 4, 8, 16];

/** A picture, which several entries may name. */
interface Picture {
  start: number;
  /** Where its entry says that it ends. */
  statedEnd: number;
  /** Where the next one begins. */
  end: number;
  /** What it becomes. */
  plan: Plan;
  /** Where it stands in the output. */
  writtenStart: number;
}

/** Walks an icon or cursor file: its directory, then the pictures in the order of their entries. */
export function* walkIco(window: Window, plan: Plan, context: Context): Walk {
  if (!window.has(0, HEADER_LENGTH)) yield window.need(0, HEADER_LENGTH, DIRECTORY);
  const count = window.u16le(4);
  const directoryEnd = HEADER_LENGTH + count * ENTRY_LENGTH;
  if (!window.has(0, directoryEnd)) yield window.need(0, directoryEnd, DIRECTORY);
  context.countStructures(count);
  const found = window.view(0, directoryEnd);
  const isCursor = found[2] === CURSOR;
  if (isCursor) {
    plan.mediaType = 'image/x-win-bitmap';
    plan.extension = 'cur';
  }
  const view = new DataView(found.buffer, found.byteOffset, found.length);
  const pictures = readPictures(window, view, count, directoryEnd);
  const written = found.slice();
  const writtenView = new DataView(written.buffer);
  const directory = plan.slot();
  let at = directoryEnd;
  for (const [index, picture] of pictures.entries()) {
    if (picture.writtenStart === 0) {
      picture.writtenStart = at;
      picture.plan = yield* walkPicture(window, context, picture, found[entryStart(index) + 1] ?? 0);
      at += picture.plan.length;
      plan.append(picture.plan, 0, `ICONDIRENTRY ${index}`);
    }
    writeEntry(writtenView, entryStart(index), picture, isCursor);
  }
  carry(directory.plan, 0, found, written);
  noteDirectory(plan, found, written);
  noteGap(
    plan,
    directoryEnd,
    pictures.reduce((first, { start }) => Math.min(first, start), window.size),
  );
  plan.residual.add('What the picture shows.');
}

function entryStart(index: number): number {
  return HEADER_LENGTH + index * ENTRY_LENGTH;
}

/**
 * The pictures that the entries name. One ends where the next begins: their sizes are often wrong, and decoders go by what the
 * pictures say of themselves. Entries that name the same place share a picture.
 */
function readPictures(window: Window, view: DataView, count: number, directoryEnd: number): Picture[] {
  const byStart = new Map<number, Picture>();
  const pictures: Picture[] = [];
  for (let index = 0; index < count; index++) {
    const start = view.getUint32(entryStart(index) + 12, true);
    if (start < directoryEnd || start >= window.size) {
      const trail = [DIRECTORY, `ICONDIRENTRY ${index}`];
      throw malformed('A picture of the icon lies outside the file.', entryStart(index), ...trail);
    }
    const statedEnd = start + view.getUint32(entryStart(index) + 8, true);
    const picture = byStart.get(start) ?? { start, statedEnd, end: window.size, plan: new Plan(), writtenStart: 0 };
    byStart.set(start, picture);
    pictures.push(picture);
  }
  let last: Picture | undefined;
  for (const picture of [...byStart.values()].sort((a, b) => a.start - b.start)) {
    if (last !== undefined) last.end = picture.start;
    last = picture;
  }
  return pictures;
}

/** @param height as the entry gives it */
function* walkPicture(window: Window, context: Context, picture: Picture, height: number): Walk<Plan> {
  const { start, end } = picture;
  const length = Math.min(PNG_SIGNATURE.length, end - start);
  if (!window.has(start, length)) yield window.need(start, length, DIRECTORY);
  if (!areEqual(window.view(start, start + length), PNG_SIGNATURE)) {
    return yield* walkIconBitmap(window, context, picture, height);
  }
  const plan = new Plan(context.describes);
  // Who shows an icon does not turn it.
  const nested = yield* context.without('orientation', 'exifColor').nested(window, start, end);
  plan.append(nested.plan, start, 'PNG');
  return plan;
}

/** Writes an entry: sizes and hotspots as they are, counts only where they can be right. */
function writeEntry(view: DataView, start: number, picture: Picture, isCursor: boolean): void {
  if (!COLOR_COUNTS.includes(view.getUint8(start + 2))) view.setUint8(start + 2, 0);
  view.setUint8(start + 3, 0);
  if (!isCursor) {
    if (view.getUint16(start + 4, true) > 1) view.setUint16(start + 4, 1, true);
    if (!BIT_COUNTS.includes(view.getUint16(start + 6, true))) view.setUint16(start + 6, 0, true);
  }
  view.setUint32(start + 8, picture.plan.length, true);
  view.setUint32(start + 12, picture.writtenStart, true);
}

/** Notes where entries say something else than sizes and places. */
function noteDirectory(plan: Plan, found: Uint8Array, written: Uint8Array): void {
  for (let at = HEADER_LENGTH; at < found.length; at += ENTRY_LENGTH) {
    const counts = (bytes: Uint8Array): Uint8Array => bytes.subarray(at + 2, at + 8);
    const places = (bytes: Uint8Array): Uint8Array => bytes.subarray(at + 8, at + ENTRY_LENGTH);
    if (!areEqual(counts(found), counts(written))) {
      plan.found({ kind: 'other', where: `${DIRECTORY} › unread fields`, action: 'removed', bytes: 6, offset: at + 2 });
    }
    if (!areEqual(places(found), places(written))) {
      const where = `${DIRECTORY} › sizes and offsets`;
      plan.found({ kind: 'structure', where, action: 'rewritten', bytes: 8, offset: at + 8 });
    }
  }
}

function noteGap(plan: Plan, start: number, end: number): void {
  const place = { kind: 'other', where: 'between directory and pictures', action: 'removed' } as const;
  if (end > start) plan.found({ ...place, bytes: end - start, offset: start });
}
