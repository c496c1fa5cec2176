// What is done with each extension of a GIF file. Rows that are kept are written anew from what was read of them.
// Everything that matches no row is dropped.
import { printable } from '../../bytes/printable.ts';
import { Label } from '../../containers/gif.ts';
import type { FindingKind } from '../../core/report.ts';

/** What an extension is read as. */
export type ExtensionUse = 'control' | 'loop' | 'profile' | 'drop';

/** A row of the policy table. */
interface Row {
  use: ExtensionUse;
  /** What an extension of this name that is dropped tells about. */
  kind: FindingKind;
}

/** What is done with an extension. */
export interface ExtensionRule extends Row {
  /** Its names, for findings and errors. */
  trail: readonly string[];
}

/** Length of an application's identifier with its authentication code (§26). */
export const APPLICATION_LENGTH = 11;
const IDENTIFIER_LENGTH = 8;

const unknown: Row = { use: 'drop', kind: 'other' };

const extensions: ReadonlyMap<number, Row & { name: string }> = new Map<number, Row & { name: string }>([
  // §23: disposal, delay and transparency of the image behind it.
  [Label.graphicControl, { use: 'control', kind: 'structure', name: 'Graphic Control Extension' }],
  // §24 and §25: no viewer shows them.
  [Label.comment, { use: 'drop', kind: 'comment', name: 'Comment Extension' }],
  [Label.plainText, { use: 'drop', kind: 'comment', name: 'Plain Text Extension' }],
]);

/** By identifier with authentication code, or by identifier alone where the code does not matter. */
const applications: ReadonlyMap<string, Row> = new Map<string, Row>([
  // How often an animation is repeated.
  ['NETSCAPE2.0', { use: 'loop', kind: 'structure' }],
  ['ANIMEXTS1.0', { use: 'loop', kind: 'structure' }],
  // ICC.1:2001-04 Annex B.5: the meaning of the colours, in canonical form; browsers ignore it, other decoders obey it.
  ['ICCRGBG1012', { use: 'profile', kind: 'color-profile' }],
  // All rows below only say what a dropped extension tells about.
  ['XMP Data', { use: 'drop', kind: 'history' }],
  ['C2PA_GIF', { use: 'drop', kind: 'provenance' }],
  ['MGKIPTC0', { use: 'drop', kind: 'author' }],
  ['MGK8BIM0', { use: 'drop', kind: 'author' }],
  ['ImageMag', { use: 'drop', kind: 'software' }],
  ['ADOBE:IR', { use: 'drop', kind: 'software' }],
  ['STARDATE', { use: 'drop', kind: 'software' }],
  ['fractint', { use: 'drop', kind: 'software' }],
  ['MIDICTRL', { use: 'drop', kind: 'embedded-file' }],
  ['MIDISONG', { use: 'drop', kind: 'embedded-file' }],
]);

/**
 * The rule for an extension.
 * @param application the identifier with the authentication code of an application extension
 * @param isSound whether those stand alone in the first sub-block, without which no decoder reads on
 */
export function ruleFor(label: number, application: string, isSound: boolean): ExtensionRule {
  if (label !== Label.application) {
    const name = `Extension 0x${label.toString(16).padStart(2, '0')}`;
    const { use, kind, ...known } = extensions.get(label) ?? { ...unknown, name };
    return { use, kind, trail: [known.name] };
  }
  const identifier = application.slice(0, IDENTIFIER_LENGTH);
  const row = applications.get(application) ?? applications.get(identifier) ?? unknown;
  return { kind: row.kind, use: isSound ? row.use : 'drop', trail: ['Application Extension', printable(identifier)] };
}
