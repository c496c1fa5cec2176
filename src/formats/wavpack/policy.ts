// What is done with each metadata sub-block of WavPack, by its id without the bits for size. Of those that match no row,
// ids with the bit for optional data are dropped, for decoders skip them; others are needed by decoders, so the file is refused.
import type { FindingKind } from '../../core/report.ts';

/** A row of the policy table: kept with at most so many bytes, or dropped with what it tells about. */
export type SubBlockRule = { keep: number } | { drop: FindingKind; name: string };

/** Sub-blocks of this bit can be skipped by decoders that do not know them. */
export const OPTIONAL_DATA = 0x20;
/** The checksum over a block, which is written anew where the block is. */
export const BLOCK_CHECKSUM = 0x2f;

const ANY_LENGTH = Number.POSITIVE_INFINITY;

const rules: ReadonlyMap<number, SubBlockRule> = new Map<number, SubBlockRule>([
  [0x02, { keep: ANY_LENGTH }], // decorrelation terms
  [0x03, { keep: ANY_LENGTH }], // decorrelation weights
  [0x04, { keep: ANY_LENGTH }], // decorrelation samples
  [0x05, { keep: ANY_LENGTH }], // entropy variables
  [0x06, { keep: ANY_LENGTH }], // hybrid profile
  [0x07, { keep: ANY_LENGTH }], // shaping weights
  [0x08, { keep: 4 }], // how floating-point samples are made, their norm included
  [0x09, { keep: 4 }], // how 32-bit samples are made
  [0x0a, { keep: ANY_LENGTH }], // coded sound
  [0x0b, { keep: ANY_LENGTH }], // correction of coded sound
  [0x0c, { keep: ANY_LENGTH }], // extra bits of coded sound
  [0x0d, { keep: 7 }], // channels and speakers
  [0x0e, { keep: ANY_LENGTH }], // coded one-bit sound
  [0x25, { keep: 5 }], // how it was coded
  [0x26, { keep: 16 }], // MD5 of the samples
  [0x27, { keep: 4 }], // sample rate
  [0x29, { keep: 16 }], // MD5 of the samples where they are not those of a WAV file
  [0x2a, { keep: 4 + 255 }], // byte order and layout of the channels
  [BLOCK_CHECKSUM, { keep: 4 }],
  [0x00, { drop: 'structure', name: 'dummy' }],
  // The file that was packed, up to its samples, and behind them: RIFF chunks, ID3 tags.
  [0x21, { drop: 'author', name: 'RIFF header' }],
  [0x22, { drop: 'author', name: 'RIFF trailer' }],
  [0x23, { drop: 'author', name: 'alternate header' }],
  [0x24, { drop: 'author', name: 'alternate trailer' }],
  [0x28, { drop: 'other', name: 'alternate file extension' }],
]);

/** The rule for a sub-block; nothing for one that decoders need but is not known. */
export function ruleFor(id: number): SubBlockRule | undefined {
  return rules.get(id) ?? ((id & OPTIONAL_DATA) === 0 ? undefined : { drop: 'other', name: 'other optional data' });
}
