import { beginsWithoutSound, neutralizeLeadingElements } from '../../containers/aac.ts';
import { Guid, readFileObject } from '../../containers/asf.ts';
import { readPacket } from '../../containers/asf-packet.ts';
import type { Context } from '../../core/context.ts';
import { limitExceeded, malformed } from '../../core/errors.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';
import { DATA_HEADER_LENGTH, type Header, readHeader, writeDataHeader, writeHeader } from './header.ts';
import { dropped } from './policy.ts';

/** Walks a file of sound streams. */
export function* walkAsf(window: Window, plan: Plan, context: Context): Walk {
  const object = yield* readFileObject(window, 0);
  if (object === undefined) throw malformed('The header has no size.', 0, 'Header Object');
  if (object.end > context.options.limits.bufferedBytes && object.end <= window.size) {
    throw limitExceeded('The header is too large; raise limits.bufferedBytes to clean the file.', 0, 'Header Object');
  }
  if (!window.has(0, object.end)) yield window.need(0, object.end, 'Header Object');
  const header = readHeader(window.view(0, object.end), plan, context);
  const data = yield* findData(window, plan, context, object.end);
  const { packetSize } = header.file;
  const count = Math.floor((data.end - data.start) / packetSize);
  plan.insert(writeHeader(header, count));
  plan.insert(writeDataHeader(packetSize, count));
  yield* copyPackets(window, plan, context, header, data.start, count);
  const rest = data.start + count * packetSize;
  if (rest < data.end) {
    const bytes = data.end - rest;
    plan.found({
      kind: 'trailing-data',
      where: 'Data Object › part of a packet',
      action: 'removed',
      bytes,
      offset: rest,
    });
  }
  yield* noteRest(window, plan, context, data.end);
  plan.residual.add('What can be heard: voices, names, noises of a place.');
  plan.residual.add('Coded sound, whose manner and padding can tell encoders apart.');
}

/** Where the packets are. Objects in front of them are dropped. */
function* findData(window: Window, plan: Plan, context: Context, start: number): Walk<Span> {
  let at = start;
  for (;;) {
    const object = yield* readFileObject(window, at);
    if (object === undefined) throw malformed('The file has no sound in it; it may be cut off.', at, 'Data Object');
    context.countStructures();
    if (object.guid !== Guid.data) {
      noteObject(plan, object.guid, object.start, Math.min(object.end, window.size));
      at = object.end;
      continue;
    }
    const packets = object.start + DATA_HEADER_LENGTH;
    // Live streams are written without a size, to the end.
    const isOpen = object.end < packets || object.end > window.size;
    return { start: packets, end: Math.max(packets, isOpen ? window.size : object.end) };
  }
}

function* copyPackets(
  window: Window,
  plan: Plan,
  context: Context,
  { file: { packetSize }, numbers, aac }: Header,
  start: number,
  count: number,
): Walk {
  context.countStructures(count);
  for (let index = 0, at = start; index < count; index++, at += packetSize) {
    if (!window.has(at, packetSize)) yield window.need(at, packetSize, 'Data Object', 'data packet');
    const { payloads, padding } = readPacket(window, at, packetSize);
    let keptFrom = at;
    const blank = ({ start: from, end: to }: Span, where: string): void => {
      if (isBlank(window, from, to)) return;
      plan.keep(keptFrom, from);
      plan.insert(new Uint8Array(to - from));
      plan.found({
        kind: 'other',
        where: `Data Object › ${where}`,
        action: 'rewritten',
        bytes: to - from,
        offset: from,
      });
      keptFrom = to;
    };
    const neutralize = ({ start: from, end: to }: Span): void => {
      if (from === to || !beginsWithoutSound(window.u8(from))) return;
      const neutral = neutralizeLeadingElements(window.view(from, to));
      if (neutral === undefined) return;
      const bytes = neutral.length;
      plan.keep(keptFrom, from);
      plan.insert(neutral);
      plan.found({
        kind: 'software',
        where: 'Data Object › AAC fill element',
        action: 'rewritten',
        bytes,
        offset: from,
      });
      keptFrom = from + bytes;
    };
    for (const { stream, extension, data, beginsObject } of payloads) {
      blank(extension, 'payload extension');
      if (!numbers.has(stream)) blank(data, 'payload of another stream');
      else if (beginsObject && aac.has(stream)) neutralize(data);
    }
    blank(padding, 'packet padding');
    plan.keep(keptFrom, at + packetSize);
  }
}

function isBlank(window: Window, from: number, to: number): boolean {
  for (let at = from - window.base; at < to - window.base; at++) if (window.bytes[at] !== 0) return false;
  return true;
}

/** Notes the indexes, and whatever else stands behind the packets. */
function* noteRest(window: Window, plan: Plan, context: Context, start: number): Walk {
  let at = start;
  while (at < window.size) {
    const object = yield* readFileObject(window, at);
    if (object === undefined || object.end <= at || object.end > window.size) break;
    context.countStructures();
    noteObject(plan, object.guid, at, object.end);
    at = object.end;
  }
  if (at < window.size) {
    const bytes = window.size - at;
    plan.found({ kind: 'trailing-data', where: 'after the last object', action: 'removed', bytes, offset: at });
  }
}

function noteObject(plan: Plan, guid: string, start: number, end: number): void {
  const { name, kind } = dropped.get(guid) ?? { name: guid, kind: 'other' as const };
  plan.found({ kind, where: name, action: 'removed', bytes: end - start, offset: start });
}
