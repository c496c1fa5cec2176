// Stream version 8: packets of a key of two letters, their length, and a payload.
import type { Context } from '../../core/context.ts';
import { malformed, unsupported } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { FindingKind } from '../../core/report.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

const SIGNATURE_LENGTH = 4;
const KEY_LENGTH = 2;
/** A number has seven bits a byte, in fewer bytes than this. */
const MAX_NUMBER_LENGTH = 9;
/** Version 1, then title gain, title peak, album gain, album peak of 2 bytes each. */
const REPLAY_GAIN_LENGTH = 9;
const REPLAY_GAIN_VERSION = 1;
const ENCODER_INFO_LENGTH = 4;
/** Headers are shorter than this. */
const MAX_HEADER_LENGTH = 4096;
/** Checksum 4, then the stream version. */
const STREAM_VERSION_AT = 4;
const STREAM_VERSION = 8;
/** Behind two numbers: rate, bands, channels and the like. */
const STREAM_HEADER_TAIL = 2;
/** The end has no payload. */
const END_LENGTH = 3;

/**
 * What is done with each packet. `keep`: as it is. `gain`, `encoder`: in the same length, without what it says. `offset`, `table`:
 * where to seek, kept where no sound has moved. What is not here is dropped: readers skip packets they do not know.
 */
const policy: ReadonlyMap<string, 'keep' | 'gain' | 'encoder' | 'offset' | 'table' | 'end'> = new Map([
  // What decoders must know of the stream.
  ['SH', 'keep'],
  // Loudness and peaks, which players may go by.
  ['RG', 'gain'],
  // Profile and version of the encoder.
  ['EI', 'encoder'],
  // Where the seek table is.
  ['SO', 'offset'],
  // Where sound is.
  ['ST', 'table'],
  // Sound.
  ['AP', 'keep'],
  // The end.
  ['SE', 'end'],
] as const);

/** What a dropped packet tells about. */
const dropped: ReadonlyMap<string, FindingKind> = new Map<string, FindingKind>([['CT', 'comment']]);

/** A packet's place in the file. */
interface Packet {
  key: string;
  start: number;
  payloadStart: number;
  end: number;
}

/** Walks a stream of version 8 in `[start, audioEnd)`. */
export function* walkSv8(window: Window, plan: Plan, context: Context, start: number, audioEnd: number): Walk {
  const packets: Packet[] = [];
  let at = start + SIGNATURE_LENGTH;
  while (at < audioEnd) {
    const packet = yield* readPacket(window, at, audioEnd);
    if (packet === undefined) break;
    context.countStructures();
    at = packet.end;
    // Adjacent packets of sound are one run of the file.
    const last = packets.at(-1);
    if (packet.key === 'AP' && last?.key === 'AP' && last.end === packet.start) last.end = packet.end;
    else packets.push(packet);
    if (packet.key === 'SE') break;
  }
  if (packets[0]?.key !== 'SH') throw malformed('The file does not describe its sound.', start, 'SH');
  if (!packets.some(({ key }) => key === 'AP')) throw malformed('The file holds no sound.', at, 'AP');
  for (const packet of packets) if (packet.key === 'SH') yield* checkStreamHeader(window, packet);

  const firstDropped = packets.find(({ key }) => !policy.has(key))?.start ?? audioEnd;
  const lastSound = packets.findLast(({ key }) => key === 'AP')?.start ?? 0;
  const hasMoved = firstDropped < lastSound;
  plan.keep(start, start + SIGNATURE_LENGTH);
  const table = hasMoved ? undefined : packets.find(({ key }) => key === 'ST');
  for (const packet of packets) yield* writePacket(window, plan, context, packet, table);
  if (at < audioEnd) {
    const bytes = audioEnd - at;
    plan.found({ kind: 'trailing-data', where: 'after the last packet', action: 'removed', bytes, offset: at });
  }
}

/** The packet at `start`; nothing where none can begin. */
function* readPacket(window: Window, start: number, end: number): Walk<Packet | undefined> {
  const ahead = Math.min(KEY_LENGTH + MAX_NUMBER_LENGTH, end - start);
  if (!window.has(start, ahead)) yield window.need(start, ahead, 'packet');
  const bytes = window.view(start, start + ahead);
  const key = String.fromCharCode(bytes[0] ?? 0, bytes[1] ?? 0);
  if (!/^[A-Z]{2}$/.test(key)) return undefined;
  let length = 0;
  let payload = KEY_LENGTH;
  for (let more = true; more; payload++) {
    if (payload >= ahead) return undefined;
    const byte = bytes[payload] ?? 0;
    length = length * 128 + (byte & 0x7f);
    more = byte >= 0x80;
  }
  if (length < payload) return undefined;
  // Sound that was cut off is the rest of the file; of any other packet a part is worth nothing.
  if (start + length > end && key !== 'AP') return undefined;
  return { key, start, payloadStart: start + payload, end: Math.min(start + length, end) };
}

/** The header has the fields of this version of the stream, and nothing behind them. */
function* checkStreamHeader(window: Window, { start, payloadStart, end }: Packet): Walk {
  const length = end - payloadStart;
  if (length > MAX_HEADER_LENGTH) throw malformed('The description of the sound is too long.', start, 'SH');
  if (!window.has(payloadStart, length)) yield window.need(payloadStart, length, 'SH');
  const payload = window.view(payloadStart, end);
  const version = payload[STREAM_VERSION_AT];
  if (version !== STREAM_VERSION) {
    throw unsupported(`The sound is of stream version ${version}.`, payloadStart + STREAM_VERSION_AT, 'SH');
  }
  let at = STREAM_VERSION_AT + 1;
  for (let numbers = 0; numbers < 2; at++) if ((payload[at] ?? 0) < 0x80) numbers++;
  if (at + STREAM_HEADER_TAIL !== length) {
    throw malformed('The description of the sound is of another length than its fields.', start, 'SH');
  }
}

function* writePacket(window: Window, plan: Plan, context: Context, packet: Packet, table: Packet | undefined): Walk {
  const { key, start, payloadStart, end } = packet;
  const use = policy.get(key);
  const isSeeking = use === 'offset' || use === 'table';
  if (use === undefined || (isSeeking && table === undefined)) {
    const kind = dropped.get(key) ?? (isSeeking ? 'structure' : 'other');
    plan.found({ kind, where: key, action: 'removed', bytes: end - start, offset: start });
    return;
  }
  if (use === 'keep' || use === 'table') {
    if (use === 'table') plan.residual.add('The seek table, which is carried over unread.');
    plan.keep(start, end);
    return;
  }
  if (use === 'end') {
    plan.insert(Uint8Array.of(0x53, 0x45, END_LENGTH));
    return;
  }
  const length = end - start;
  if (length > MAX_HEADER_LENGTH) throw malformed('A header is too long.', start, key);
  if (!window.has(start, length)) yield window.need(start, length, key);
  const stored = window.view(start, end);
  const written = new Uint8Array(stored);
  const payload = written.subarray(payloadStart - start);
  payload.fill(0);
  if (use === 'gain') {
    if (payload.length > 0) payload[0] = REPLAY_GAIN_VERSION;
    const isKept = context.keeps('loudness');
    const gains = stored.subarray(payloadStart - start + 1, payloadStart - start + REPLAY_GAIN_LENGTH);
    if (isKept) payload.set(gains, 1);
    if (gains.some((byte) => byte !== 0)) {
      plan.found({
        kind: 'other',
        where: key,
        action: isKept ? 'kept' : 'removed',
        bytes: gains.length,
        offset: start,
      });
    }
  } else if (use === 'encoder') {
    const said = stored.subarray(payloadStart - start).some((byte) => byte !== 0);
    if (said)
      plan.found({ kind: 'software', where: key, action: 'removed', bytes: ENCODER_INFO_LENGTH, offset: start });
  } else if (!putNumber(payload, Math.max(0, (table?.start ?? 0) - start))) {
    throw malformed('The offset of the seek table does not fit.', start, key);
  }
  plan.insert(written);
}

/** Writes a number at the start of a payload, where there is room. */
function putNumber(payload: Uint8Array, value: number): boolean {
  const digits: number[] = [];
  for (let rest = value; rest > 0 || digits.length === 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest % 128) | (digits.length === 0 ? 0 : 0x80));
  }
  if (digits.length > payload.length) return false;
  payload.set(digits);
  return true;
}
