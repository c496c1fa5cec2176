import type { FindingKind } from '../../../core/report.ts';

/** Kinds of the catalog and of what it leads to. */
export type DocumentKind =
  | 'catalog'
  | 'names'
  | 'destinationTree'
  | 'scriptTree'
  | 'pageTree'
  | 'templateTree'
  | 'appearanceTree'
  | 'fileTree'
  | 'renditionTree'
  | 'pageLabels'
  | 'pageLabel'
  | 'destination'
  | 'destinations'
  | 'outline'
  | 'thread'
  | 'bead'
  | 'outputIntent'
  | 'optionalContent'
  | 'optionalContentConfig'
  | 'optionalContentGroup'
  | 'optionalContentUsage'
  | 'structTree'
  | 'structKid'
  | 'structParents'
  | 'structAttributes'
  | 'classMap'
  | 'namespace'
  | 'markInfo'
  | 'acroForm'
  | 'xfa'
  | 'uri'
  | 'collection'
  | 'extensions'
  | 'extension'
  | 'viewerPreferences';

/** Kinds of pages and of what draws them. */
export type PageKind =
  | 'pageNode'
  | 'pages'
  | 'page'
  | 'template'
  | 'resources'
  | 'contents'
  | 'graphicsStates'
  | 'graphicsState'
  | 'softMask'
  | 'colorSpaces'
  | 'colorSpace'
  | 'iccProfile'
  | 'colorants'
  | 'deviceN'
  | 'patterns'
  | 'pattern'
  | 'shadings'
  | 'shading'
  | 'function'
  | 'xobjects'
  | 'xobject'
  | 'image'
  | 'alternate'
  | 'form'
  | 'reference'
  | 'group'
  | 'fonts'
  | 'font'
  | 'glyphs'
  | 'fontDescriptor'
  | 'fontFile'
  | 'encoding'
  | 'cidSystemInfo'
  | 'propertyLists'
  | 'propertyList'
  | 'cidMap'
  | 'jbig2Globals'
  | 'transition'
  | 'decodeParms';

/** Kinds of annotations, fields, actions and files. */
export type InteractiveKind =
  | 'annotation'
  | 'appearance'
  | 'appearanceCharacteristics'
  | 'iconFit'
  | 'border'
  | 'sound'
  | 'movie'
  | 'script'
  | 'action'
  | 'additionalActions'
  | 'filespec'
  | 'embeddedFiles'
  | 'embeddedFile'
  | 'relatedFiles';

/** The typed contexts in which an object can stand. */
export type KindName = 'any' | DocumentKind | PageKind | InteractiveKind;

/** What of a dictionary is carried over. All keys that are not named are left behind. */
export interface Kind {
  /** The name in a finding's trail. */
  name: string;
  /** What each key's value is. */
  keys: ReadonlyMap<string, KindName>;
  /** What the values of keys are that users choose, such as names of resources. */
  members: KindName | undefined;
}

/**
 * A kind of dictionary.
 * @param plain keys whose values hold nothing of a kind of its own, separated by blanks
 * @param typed keys whose values do
 */
export function kind(name: string, plain: string, typed: Readonly<Record<string, KindName>> = {}): Kind {
  const keys = new Map<string, KindName>();
  for (const key of plain.split(' ')) if (key !== '') keys.set(key, 'any');
  for (const [key, value] of Object.entries(typed)) keys.set(key, value);
  return { name, keys, members: undefined };
}

/** A dictionary whose keys are chosen by users. */
export function mapOf(name: string, members: KindName): Kind {
  return { name, keys: new Map(), members };
}

/** What keys that are left behind tell about; all others: something else. */
export const toldBy: Readonly<Record<string, FindingKind>> = {
  AF: 'embedded-file',
  AN: 'other',
  Author: 'author',
  Cert: 'author',
  ContactInfo: 'author',
  Contents: 'provenance',
  CreationDate: 'time',
  Creator: 'software',
  CreatorInfo: 'software',
  DocChecksum: 'identifier',
  DOS: 'author',
  DPM: 'other',
  DPartRoot: 'other',
  DSS: 'provenance',
  F: 'author',
  I: 'author',
  ID: 'identifier',
  IDS: 'identifier',
  Keywords: 'comment',
  LastModified: 'time',
  Legal: 'provenance',
  M: 'time',
  Mac: 'author',
  Metadata: 'history',
  ModDate: 'time',
  NM: 'identifier',
  Name: 'structure',
  OPI: 'author',
  Params: 'time',
  Perms: 'provenance',
  PieceInfo: 'history',
  Producer: 'software',
  ProcSet: 'structure',
  SigFlags: 'provenance',
  SpiderInfo: 'history',
  Subj: 'comment',
  Subject: 'comment',
  SV: 'provenance',
  T: 'author',
  Thumb: 'thumbnail',
  Title: 'comment',
  Unix: 'author',
  URLS: 'history',
  User: 'author',
  V: 'provenance',
  Win: 'author',
};
