// AAC in CAF: packets are raw data blocks, whose lengths stand in the packet table or, where all are alike, in the description.
import { beginsWithoutSound, neutralizeLeadingElements } from '../../containers/aac.ts';
import type { Context } from '../../core/context.ts';
import type { Plan, Span } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import type { Window } from '../../core/window.ts';

/** Codings whose packets begin as those of AAC LC do; low delay has another syntax. */
const AAC_CODINGS: readonly string[] = ['aac ', 'aach', 'aacp'];

/** Whether packets of this coding begin with elements that may name their encoder. */
export function isAac(coding: string): boolean {
  return AAC_CODINGS.includes(coding);
}

/** Lengths of packets one after the other; 0 where there are no more. */
export type PacketLengths = () => number;

/** All packets are of this length. */
export function uniformLengths(length: number): PacketLengths {
  return () => length;
}

/**
 * Reads lengths from a packet table: 7 bits a byte, the last one with a clear high bit.
 * @param entries the table behind its header
 * @param numbersPerPacket how many numbers a packet has, the length first
 */
export function tableLengths(entries: Uint8Array, numbersPerPacket: number): PacketLengths {
  let at = 0;
  const read = (): number => {
    let value = 0;
    for (; at < entries.length; ) {
      const byte = entries[at++] ?? 0;
      value = value * 0x80 + (byte & 0x7f);
      if (byte < 0x80) break;
    }
    return value;
  };
  return () => {
    const length = read();
    for (let number = 1; number < numbersPerPacket; number++) read();
    return length;
  };
}

/** Carries packets `[start, end)` over, with what stands in front of their sound made canonical. */
export function* writeAac(
  window: Window,
  plan: Plan,
  context: Context,
  { start, end }: Span,
  next: PacketLengths,
): Walk {
  let keptFrom = start;
  for (let at = start; at < end; ) {
    const length = Math.min(next(), end - at);
    if (length === 0) break;
    context.countStructures();
    if (!window.has(at, 1)) yield window.need(at, 1, 'data');
    if (beginsWithoutSound(window.u8(at))) {
      if (!window.has(at, length)) yield window.need(at, length, 'data');
      const neutral = neutralizeLeadingElements(window.view(at, at + length));
      if (neutral !== undefined) {
        const where = 'data › fill_element';
        plan.found({ kind: 'software', where, action: 'rewritten', bytes: neutral.length, offset: at });
        plan.keep(keptFrom, at + neutral.length);
        plan.patch(at, neutral);
        keptFrom = at + neutral.length;
      }
    }
    at += length;
  }
  plan.keep(keptFrom, end);
  plan.residual.add('Fill elements of AAC behind the first sound of a packet, which may name the encoder.');
}
