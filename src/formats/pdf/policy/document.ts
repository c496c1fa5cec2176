// What is carried over of the catalog and of what it leads to (ISO 32000-1 §7.7, §8.11, §12.3, §12.7, §14.7, §14.11).
import { type DocumentKind, type Kind, kind, mapOf } from './kind.ts';

/** A name or number tree (§7.9.6, §7.9.7), whose leaves hold values of one kind under `Names` or `Nums`. */
function tree(name: string, values: Parameters<typeof mapOf>[1], self: Parameters<typeof mapOf>[1]): Kind {
  return kind(name, 'Limits', { Kids: self, Names: values, Nums: values });
}

export const documentKinds: Readonly<Record<DocumentKind, Kind>> = {
  // Table 28. Not here: Metadata (written anew where a standard is claimed), PieceInfo, SpiderInfo, Perms, Legal, DSS,
  // DPartRoot (the record of each recipient of a mailing), Version (the header says it), vendors' keys.
  catalog: kind('Catalog', 'Type PageLayout PageMode Lang NeedsRendering Requirements Metadata', {
    AA: 'additionalActions',
    AcroForm: 'acroForm',
    AF: 'filespec',
    Collection: 'collection',
    Dests: 'destinations',
    Extensions: 'extensions',
    MarkInfo: 'markInfo',
    Names: 'names',
    OCProperties: 'optionalContent',
    OpenAction: 'action',
    Outlines: 'outline',
    OutputIntents: 'outputIntent',
    PageLabels: 'pageLabels',
    Pages: 'pageNode',
    StructTreeRoot: 'structKid',
    Threads: 'thread',
    URI: 'uri',
    ViewerPreferences: 'viewerPreferences',
  }),
  // Table 31. Not here: IDS and URLS, which say where and when pages were captured from the Web.
  names: kind('Names', '', {
    AlternatePresentations: 'any',
    AP: 'appearanceTree',
    Dests: 'destinationTree',
    EmbeddedFiles: 'fileTree',
    JavaScript: 'scriptTree',
    Pages: 'pageTree',
    Renditions: 'renditionTree',
    Templates: 'templateTree',
  }),
  destinationTree: tree('Dests', 'destination', 'destinationTree'),
  scriptTree: tree('JavaScript', 'action', 'scriptTree'),
  pageTree: tree('Pages', 'pageNode', 'pageTree'),
  templateTree: tree('Templates', 'template', 'templateTree'),
  appearanceTree: tree('AP', 'xobject', 'appearanceTree'),
  fileTree: tree('EmbeddedFiles', 'filespec', 'fileTree'),
  renditionTree: tree('Renditions', 'any', 'renditionTree'),
  pageLabels: tree('PageLabels', 'pageLabel', 'pageLabels'),
  pageLabel: kind('PageLabels', 'Type S P St'),
  // §12.3.2: an array, or a dictionary with one.
  destination: kind('destination', '', { D: 'destination', SD: 'destination' }),
  destinations: mapOf('Dests', 'destination'),
  // Tables 152 and 153.
  outline: kind('Outlines', 'Type Count Title C F', {
    A: 'action',
    Dest: 'destination',
    First: 'outline',
    Last: 'outline',
    Next: 'outline',
    Parent: 'outline',
    Prev: 'outline',
    SE: 'structKid',
  }),
  // Tables 160 and 161. Not here: I, an information dictionary.
  thread: kind('Threads', 'Type', { F: 'bead' }),
  bead: kind('bead', 'Type R', { N: 'bead', P: 'pageNode', T: 'thread', V: 'bead' }),
  // Table 365. Not here: Info, RegistryName where it is an address is kept for the registered condition's sake.
  outputIntent: kind('OutputIntents', 'Type S OutputCondition OutputConditionIdentifier RegistryName', {
    DestOutputProfile: 'iccProfile',
  }),
  // Tables 100 and 101. Not here: Creator and Name of a configuration, which no viewer needs.
  optionalContent: kind('OCProperties', '', {
    Configs: 'optionalContentConfig',
    D: 'optionalContentConfig',
    OCGs: 'optionalContentGroup',
  }),
  optionalContentConfig: kind('OCProperties › D', 'BaseState Intent ListMode', {
    AS: 'optionalContentUsage',
    Locked: 'optionalContentGroup',
    OFF: 'optionalContentGroup',
    ON: 'optionalContentGroup',
    Order: 'optionalContentGroup',
    RBGroups: 'optionalContentGroup',
  }),
  // Tables 98 and 99: groups and memberships.
  optionalContentGroup: kind('OCG', 'Type Name Intent P', {
    OCGs: 'optionalContentGroup',
    Usage: 'optionalContentUsage',
    VE: 'optionalContentGroup',
  }),
  // Tables 102 and 103. Not here: CreatorInfo, and User, which names persons.
  optionalContentUsage: kind('OCG › Usage', 'Category Event Export Language PageElement Print View Zoom', {
    OCGs: 'optionalContentGroup',
  }),
  // Tables 322 to 325. Not here: T, the title of an element, and AF.
  structTree: kind('StructTreeRoot', 'Type ParentTreeNextKey RoleMap', {
    ClassMap: 'classMap',
    IDTree: 'structParents',
    K: 'structKid',
    Namespaces: 'namespace',
    ParentTree: 'structParents',
  }),
  structKid: kind('StructElem', 'Type S ID R Lang Alt E ActualText MCID Phoneme PhoneticAlphabet', {
    A: 'structAttributes',
    C: 'any',
    K: 'structKid',
    NS: 'namespace',
    Obj: 'any',
    P: 'structKid',
    Pg: 'pageNode',
    Ref: 'structKid',
    Stm: 'any',
    StmOwn: 'any',
  }),
  structParents: tree('ParentTree', 'structParents', 'structParents'),
  structAttributes: mapOf('StructElem › A', 'any'),
  classMap: mapOf('ClassMap', 'structAttributes'),
  namespace: kind('Namespaces', 'Type NS RoleMapNS'),
  markInfo: kind('MarkInfo', 'Marked Suspects'),
  // Table 218. Not here: SigFlags, which speak of signatures.
  acroForm: kind('AcroForm', 'NeedAppearances DA Q', {
    CO: 'annotation',
    DR: 'resources',
    Fields: 'annotation',
    XFA: 'xfa',
  }),
  xfa: kind('XFA', ''),
  uri: kind('URI', 'Base'),
  collection: kind('Collection', 'Type Schema D View Sort Colors Split'),
  // Table 150.
  viewerPreferences: kind(
    'ViewerPreferences',
    'HideToolbar HideMenubar HideWindowUI FitWindow CenterWindow DisplayDocTitle NonFullScreenPageMode Direction ' +
      'ViewArea ViewClip PrintArea PrintClip PrintScaling Duplex PickTrayByPDFSize PrintPageRange NumCopies Enforce',
  ),
  extensions: mapOf('Extensions', 'extension'),
  extension: kind('Extensions', 'Type BaseVersion ExtensionLevel ExtensionRevision'),
};
