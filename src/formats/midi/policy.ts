// What is done with each meta event and system exclusive message (RP-001; MIDI 1.0 tables 7 and 7a; GS and XG specifications).
// A message that no row names is dropped.
import type { FindingKind } from '../../core/report.ts';

/** What is done with a meta event. */
export interface MetaRule {
  name: string;
  kind: FindingKind;
  /** Kept, if it holds at least this many bytes, of which it has these many; any number where it is text. */
  keep?: number | 'text';
}

/** Meta events by type. */
const metaRules: ReadonlyMap<number, MetaRule> = new Map<number, MetaRule>([
  [0x00, { name: 'Sequence Number', kind: 'identifier' }],
  [0x01, { name: 'Text Event', kind: 'comment' }],
  [0x02, { name: 'Copyright Notice', kind: 'author' }],
  [0x03, { name: 'Sequence/Track Name', kind: 'comment' }],
  [0x04, { name: 'Instrument Name', kind: 'device' }],
  // What a karaoke player shows.
  [0x05, { name: 'Lyric', kind: 'comment', keep: 'text' }],
  [0x06, { name: 'Marker', kind: 'comment' }],
  [0x07, { name: 'Cue Point', kind: 'comment' }],
  [0x08, { name: 'Program Name', kind: 'comment' }],
  [0x09, { name: 'Device Name', kind: 'device' }],
  // Which channel and port the events that follow are for.
  [0x20, { name: 'MIDI Channel Prefix', kind: 'structure', keep: 1 }],
  [0x21, { name: 'MIDI Port', kind: 'structure', keep: 1 }],
  [0x2f, { name: 'End of Track', kind: 'structure', keep: 0 }],
  // How long a tick is, when the piece begins, its bars, its key.
  [0x51, { name: 'Set Tempo', kind: 'structure', keep: 3 }],
  [0x54, { name: 'SMPTE Offset', kind: 'structure', keep: 5 }],
  [0x58, { name: 'Time Signature', kind: 'structure', keep: 4 }],
  [0x59, { name: 'Key Signature', kind: 'structure', keep: 2 }],
  [0x7f, { name: 'Sequencer-Specific Meta-Event', kind: 'software' }],
]);

const unknownMeta: MetaRule = { name: 'unknown meta event', kind: 'other' };

/** What is done with a meta event of this type. */
export function metaRule(type: number): MetaRule {
  return metaRules.get(type) ?? unknownMeta;
}

/** Bytes of a message, from the manufacturer on: a number, any (nothing), or a test. */
type Pattern = readonly (number | undefined | ((byte: number) => boolean))[];

/** Messages that set how a piece sounds. None of them holds text. */
const sounding: readonly { pattern: Pattern; maxLength: number }[] = [
  // General MIDI on, off, level 2.
  { pattern: [0x7e, undefined, 0x09, (byte) => byte >= 1 && byte <= 3], maxLength: 4 },
  // Device control: volume, balance, tuning, effects. Real-time tuning of notes, scales and octaves.
  { pattern: [0x7f, undefined, 0x04, (byte) => byte >= 1 && byte <= 5], maxLength: 32 },
  { pattern: [0x7f, undefined, 0x08, (byte) => [2, 7, 8, 9].includes(byte)], maxLength: 512 },
  { pattern: [0x7e, undefined, 0x08, (byte) => [8, 9].includes(byte)], maxLength: 40 },
  // Roland GS: data for the system, for effects and parts, for notes of drums; where its names of patches and drum maps stand, nothing.
  { pattern: [0x41, undefined, 0x42, 0x12, 0x00, 0x00, 0x7f], maxLength: 10 },
  { pattern: [0x41, undefined, 0x42, 0x12, 0x40, 0x00], maxLength: 16 },
  { pattern: [0x41, undefined, 0x42, 0x12, 0x40, 0x01, (byte) => byte >= 0x10], maxLength: 24 },
  { pattern: [0x41, undefined, 0x42, 0x12, 0x40, (byte) => byte >= 0x10], maxLength: 24 },
  { pattern: [0x41, undefined, 0x42, 0x12, 0x41, (byte) => (byte & 15) > 0], maxLength: 16 },
  // Yamaha XG: system, effects, parts, drums; not its display.
  { pattern: [0x43, (byte) => byte >> 4 === 1, 0x4c, (byte) => [0, 2, 3, 8].includes(byte)], maxLength: 24 },
  { pattern: [0x43, (byte) => byte >> 4 === 1, 0x4c, (byte) => byte >> 4 === 3], maxLength: 24 },
];

const END_OF_EXCLUSIVE = 0xf7;

/** Whether a system exclusive message, from the manufacturer to its end, sets how the piece sounds. */
export function isSounding(message: Uint8Array): boolean {
  const length = message.length - 1;
  if (message[length] !== END_OF_EXCLUSIVE || message.subarray(0, length).some((byte) => byte > 0x7f)) return false;
  return sounding.some(
    ({ pattern, maxLength }) =>
      length >= pattern.length &&
      length <= maxLength &&
      pattern.every((expected, index) => {
        const byte = message[index] ?? 0;
        return expected === undefined || (typeof expected === 'number' ? byte === expected : expected(byte));
      }),
  );
}
