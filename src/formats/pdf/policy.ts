// What is carried over of each kind of object: an allowlist of keys for each dictionary of the specification. Objects that no
// table names (renditions, 3D, halftones, measures …) are carried over without the keys that tell of their making.
import { documentKinds } from './policy/document.ts';
import { interactiveKinds } from './policy/interactive.ts';
import { type Kind, type KindName, mapOf } from './policy/kind.ts';
import { pageKinds } from './policy/page.ts';

export { type Kind, type KindName, toldBy } from './policy/kind.ts';

/** Every kind by its name. */
export const kinds: Readonly<Record<KindName, Kind>> = {
  any: mapOf('object', 'any'),
  ...documentKinds,
  ...pageKinds,
  ...interactiveKinds,
};

/** Keys that tell of an object's making wherever they stand (§14.3, §14.5, §14.10, Annex E). */
const madeKeys = new Set([
  'AF',
  'Author',
  'CreationDate',
  'Creator',
  'LastModified',
  'Metadata',
  'ModDate',
  'NM',
  'OPI',
  'PieceInfo',
  'Producer',
  'Thumb',
]);

/** Whether a key of an object without a table is left behind. A dot or a colon is in names of vendors' keys alone. */
export function isOfMaking(key: string): boolean {
  return madeKeys.has(key) || key.startsWith('PTEX.') || key.includes(':');
}

/** Kinds of which an array loses the members that are left behind, because nothing counts them by their place. */
export const compactKinds: ReadonlySet<KindName> = new Set([
  'annotation',
  'pageNode',
  'structKid',
  'action',
  'filespec',
]);

/** Kinds whose references say nothing sure of what they lead to: the object itself is looked at. */
export const looseKinds: ReadonlySet<KindName> = new Set([
  'any',
  'structParents',
  'xobject',
  'propertyList',
  'template',
]);

/** Kinds of which some objects are left behind as a whole. */
export const droppableKinds: ReadonlySet<KindName> = new Set(['action', 'annotation', 'filespec', 'structAttributes']);

/** Kinds that are written where they are referred to, and not at all when nothing of them is left: that they were there tells something. */
export const inlineKinds: ReadonlySet<KindName> = new Set([
  ...(['additionalActions', 'embeddedFiles', 'extension', 'extensions', 'markInfo', 'names'] as const),
  ...(['optionalContentUsage', 'uri'] as const),
]);

/** Name trees: their leaves are pairs of a name and a value (§7.9.6). */
export const nameTreeKinds: ReadonlySet<KindName> = new Set([
  ...([
    'appearanceTree',
    'destinationTree',
    'fileTree',
    'pageTree',
    'renditionTree',
    'scriptTree',
    'templateTree',
  ] as const),
]);
