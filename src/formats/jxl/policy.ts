import type { FindingKind } from '../../core/report.ts';

/** What becomes of a box. */
export type BoxUse =
  /** Signature, brand, level: written anew where they are needed. */
  | 'signature'
  | 'ftyp'
  | 'level'
  /** The codestream, or a part of it. */
  | 'codestream'
  | 'part'
  | 'drop';

/** A row of the policy table. */
export interface BoxRule {
  use: BoxUse;
  /** What a box of this type that is dropped tells about. */
  kind: FindingKind;
  note?: string;
}

const rules: ReadonlyMap<string, BoxRule> = new Map<string, BoxRule>([
  // 18181-2 §9.1 to §9.3.
  ['JXL ', { use: 'signature', kind: 'structure' }],
  ['ftyp', { use: 'ftyp', kind: 'structure' }],
  ['jxll', { use: 'level', kind: 'structure' }],
  // §9.9 and §9.10: the picture.
  ['jxlc', { use: 'codestream', kind: 'structure' }],
  ['jxlp', { use: 'part', kind: 'structure' }],
  // §9.4: places of frames, which decoders find without it.
  ['jxli', { use: 'drop', kind: 'structure' }],
  // §9.11: header segments of the JPEG that the picture was made from, Exif, comments and what stood behind its end among them.
  [
    'jbrd',
    { use: 'drop', kind: 'history', note: 'The JPEG that the picture was made from can no longer be restored.' },
  ],
  // The picture of ISO 21496-1 that carries HDR brightness: its metadata and profile are not rewritten yet.
  ['jhgm', { use: 'drop', kind: 'other', note: 'The gain map for HDR screens is not kept.' }],
  // All rows below only say what a dropped box tells about. `Exif` may not say how the picture is turned (§9.5).
  ['Exif', { use: 'drop', kind: 'other' }],
  ['xml ', { use: 'drop', kind: 'history' }],
  ['jumb', { use: 'drop', kind: 'provenance' }],
  ['brob', { use: 'drop', kind: 'other' }],
  ['uuid', { use: 'drop', kind: 'other' }],
]);

const unknown: BoxRule = { use: 'drop', kind: 'other' };

/** The rule for a box; of a `brob` box (§9.7) for the one that is compressed in it. */
export function ruleFor(type: string): BoxRule {
  return rules.get(type) ?? unknown;
}
