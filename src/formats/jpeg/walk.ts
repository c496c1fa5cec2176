import { type Frame, isArithmetic, isShownFrame } from '../../containers/jpeg/frame.ts';
import { Marker, nameMarker } from '../../containers/jpeg/marker.ts';
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Tool, Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { describeSegment, describeTrailer } from './describe.ts';
import type { GainMapWalk } from './gain-map.ts';
import { Header } from './header.ts';
import { IDENTIFIER_LENGTH, ruleFor } from './policy.ts';
import { Scans } from './scans.ts';

const gainMap: Tool<GainMapWalk> = {
  name: 'gain map',
  load: async () => (await import('./gain-map.ts')).carryGainMap,
};

/** Walks a JPEG stream from SOI to its first EOI, which ends the picture. */
export function* walkJpeg(window: Window, plan: Plan, context: Context): Walk {
  const header = new Header(plan, context);
  const scans = new Scans(plan, context, header);
  let at = 2;
  let isClosed = true;
  for (;;) {
    if (at + 2 > window.size && (yield* scans.isWhole(window))) {
      isClosed = false;
      break;
    }
    if (!window.has(at, 2)) yield window.need(at, 2, 'marker');
    const isMarker = window.u8(at) === 0xff && window.u8(at + 1) !== 0 && window.u8(at + 1) !== 0xff;
    if (!isMarker) at = yield* findSegment(window, plan, at);
    context.countStructures();
    const marker = window.u8(at + 1);
    if (marker === Marker.EOI) break;
    if (isParameterless(marker)) {
      plan.found({ kind: 'structure', where: nameMarker(marker), action: 'removed', bytes: 2, offset: at });
      at += 2;
      continue;
    }
    if (!window.has(at, 4)) yield window.need(at, 4, nameMarker(marker));
    const end = at + 2 + window.u16be(at + 2);
    if (header.isComplete && !(mayFollowScan(marker) && end >= at + 4 && end <= window.size)) {
      isClosed = false;
      break;
    }
    if (end < at + 4) throw malformed('A segment is shorter than its own length field.', at, nameMarker(marker));
    if (marker === Marker.SOS) {
      at = yield* scans.walk(window, at, end);
    } else {
      yield* readSegment(window, plan, context, header, at, end);
      at = end;
    }
  }
  if (header.frame === undefined || !header.isWritten) {
    throw malformed('The file holds no picture: it ends before its first scan.', at, 'EOI');
  }
  const end = at + (isClosed ? 2 : 0);
  if (isClosed) plan.keep(at, end);
  else {
    // What stands here belongs to no picture that decoders show, but the one in front of it is whole.
    plan.insert(Uint8Array.of(0xff, Marker.EOI));
    const note = 'It is missing behind the picture, and is added.';
    plan.found({ kind: 'structure', where: 'EOI', action: 'rewritten', bytes: 0, offset: at, note });
  }
  const isCarried = isClosed && header.announcement.isMade && (yield* carryGainMap(window, plan, context, header, end));
  if (!context.describes) return;
  header.tables.describe(plan);
  noteResidual(plan, header.frame, scans.isWalked);
  if (isCarried) return;
  for (const { rule, segment, start } of header.announcement.held) {
    describeSegment(plan, context, header.hints, rule, segment, start);
  }
  yield* describeTrailer(window, plan, header.hints, end);
}

/** Carries over the gain map that is announced; returns whether there is one that can be. */
function* carryGainMap(window: Window, plan: Plan, context: Context, header: Header, end: number): Walk<boolean> {
  const { announcement, hints } = header;
  const carry = yield* context.use(gainMap);
  hints.gainMapTrouble = (yield* carry(window, plan, context, announcement, hints, end)) ?? '';
  return hints.gainMapTrouble === '';
}

/** Reads or drops one segment `[start, end)` in front of, or between, scans. */
function* readSegment(window: Window, plan: Plan, context: Context, header: Header, start: number, end: number): Walk {
  const marker = window.u8(start + 1);
  const body = start + 4;
  const { tables } = header;
  if (isTable(marker)) {
    if (!window.has(start, end - start)) yield window.need(start, end - start, nameMarker(marker));
    if (marker === Marker.DQT) tables.readQuantization(window, body, end);
    else if (marker === Marker.DHT) tables.readHuffman(window, body, end);
    else if (marker === Marker.DAC) tables.readConditioning(window, body, end);
    else tables.readRestartInterval(window, body, end);
  } else if (isShownFrame(marker)) {
    if (header.frame !== undefined) throw malformed('The file has two frame headers.', start, nameMarker(marker));
    if (!window.has(start, end - start)) yield window.need(start, end - start, nameMarker(marker));
    header.readFrame(window, marker, start, end);
  } else if (isApplication(marker)) {
    yield* readApplicationSegment(window, plan, context, header, start, end);
  } else if (marker === Marker.DNL) {
    // Decoders take the height from the frame header, which has one.
    plan.found({ kind: 'structure', where: 'DNL', action: 'removed', bytes: end - start, offset: start });
  } else if (marker === Marker.SOI || isReserved(marker)) {
    throw malformed('A marker stands between the segments that can not be there.', start, nameMarker(marker));
  } else {
    throw unsupported(
      `The file uses a coding process that viewers do not show (${nameMarker(marker)}). Save it as an ordinary JPEG and try again.`,
      start,
      nameMarker(marker),
    );
  }
}

function* readApplicationSegment(
  window: Window,
  plan: Plan,
  context: Context,
  header: Header,
  start: number,
  end: number,
): Walk {
  const marker = window.u8(start + 1);
  const name = nameMarker(marker);
  const identified = Math.min(end, start + 4 + IDENTIFIER_LENGTH);
  if (!window.has(start, identified - start)) yield window.need(start, identified - start, name);
  const rule = ruleFor(marker, window.view(start + 4, identified));
  // Behind the first scan's header decoders obey none of them any more.
  const isRead = rule.use !== 'drop' && !header.isWritten;
  if (!window.has(start, end - start)) {
    if (isRead || context.describes) yield window.need(start, end - start, name);
    else if (!window.has(end - 1, 1)) yield window.need(end - 1, 1, name);
  }
  if (isRead && header.read(rule, window.view(start, end), start)) return;
  if (context.describes) describeSegment(plan, context, header.hints, rule, window.view(start, end), start);
}

/**
 * Skips fill bytes (T.81 §B.1.1.2): any number of FF in front of a marker's own.
 * @returns offset of the last FF; the byte behind it is at hand
 */
function* skipFill(window: Window, start: number): Walk<number> {
  let at = start;
  for (;;) {
    if (!window.has(at, 2)) yield window.need(at, 2, 'marker');
    if (window.u8(at + 1) !== 0xff) return at;
    at++;
  }
}

/**
 * Finds the next marker between segments the way libjpeg does: bytes that are not FF, and FF00, are skipped.
 * @returns offset of the FF right in front of the marker code; both are at hand
 */
function* findSegment(window: Window, plan: Plan, start: number): Walk<number> {
  let at = start;
  for (;;) {
    if (!window.has(at, 2)) yield window.need(at, 2, 'marker');
    if (window.u8(at) !== 0xff) {
      at++;
      continue;
    }
    at = yield* skipFill(window, at);
    if (window.u8(at + 1) !== 0) break;
    at += 2;
  }
  if (at > start) {
    plan.found({ kind: 'structure', where: 'between segments', action: 'removed', bytes: at - start, offset: start });
  }
  return at;
}

function isRestart(code: number): boolean {
  return code >= Marker.RST0 && code <= Marker.RST7;
}

/** Codes that no segment has. */
function isReserved(code: number): boolean {
  return code >= Marker.TEM && code < Marker.SOF0;
}

/** Markers that stand alone and mean nothing between segments. */
function isParameterless(code: number): boolean {
  return code === Marker.TEM || isRestart(code);
}

function isTable(code: number): boolean {
  return code === Marker.DQT || code === Marker.DHT || code === Marker.DAC || code === Marker.DRI;
}

function isApplication(code: number): boolean {
  return (code >= Marker.APP0 && code <= Marker.APP15) || code === Marker.COM;
}

/** Segments that stand between scans (T.81 §B.2.1, §B.2.4). */
function mayFollowScan(code: number): boolean {
  return isTable(code) || isApplication(code) || code === Marker.SOS || code === Marker.DNL;
}

function noteResidual(plan: Plan, frame: Frame, isWalked: boolean): void {
  plan.residual.add('What the picture shows.');
  plan.residual.add('Quantization and Huffman tables, which tell encoders and their settings apart.');
  if (isWalked) return;
  plan.residual.add('Padding bits in front of markers and data behind the last coded block, which no decoder reads.');
  if (isArithmetic(frame)) plan.residual.add('Arithmetic-coded data, which is carried over unread.');
}
