// What is carried over of pages and of what draws them (ISO 32000-1 §7.7.3, §8, §9, §11).
import { type Kind, kind, mapOf, type PageKind } from './kind.ts';

// Table 30. Not here: LastModified, Metadata, PieceInfo, Thumb, ID, AF, DPart, vendors' keys.
const pageKind: Kind = kind(
  'Page',
  'Type MediaBox CropBox BleedBox TrimBox ArtBox BoxColorInfo Rotate Dur StructParents Tabs TemplateInstantiated UserUnit PZ SeparationInfo VP LGIDict',
  {
    AA: 'additionalActions',
    Annots: 'annotation',
    B: 'bead',
    Contents: 'contents',
    Group: 'group',
    OutputIntents: 'outputIntent',
    Parent: 'pageNode',
    PresSteps: 'any',
    Resources: 'resources',
    Trans: 'transition',
  },
);

export const pageKinds: Readonly<Record<PageKind, Kind>> = {
  pageNode: kind('Pages', ''),
  // Table 29; inheritable keys may stand here.
  pages: kind('Pages', 'Type Count MediaBox CropBox Rotate', {
    Kids: 'pageNode',
    Parent: 'pageNode',
    Resources: 'resources',
  }),
  page: pageKind,
  // §12.7.6: a page that scripts make others from.
  template: pageKind,
  // Table 162.
  transition: kind('Trans', 'Type S D Dm M Di SS B'),
  // Table 33.
  resources: kind('Resources', 'ProcSet', {
    ColorSpace: 'colorSpaces',
    ExtGState: 'graphicsStates',
    Font: 'fonts',
    Pattern: 'patterns',
    Properties: 'propertyLists',
    Shading: 'shadings',
    XObject: 'xobjects',
  }),
  contents: kind('Contents', ''),
  graphicsStates: mapOf('ExtGState', 'graphicsState'),
  // Table 58.
  graphicsState: kind(
    'ExtGState',
    'Type LW LC LJ ML D RI OP op OPM FL SM SA BM CA ca AIS TK HT HTO HTP UseBlackPtComp',
    {
      BG: 'function',
      BG2: 'function',
      Font: 'font',
      SMask: 'softMask',
      TR: 'function',
      TR2: 'function',
      UCR: 'function',
      UCR2: 'function',
    },
  ),
  softMask: kind('SMask', 'Type S BC', { G: 'xobject', TR: 'function' }),
  colorSpaces: mapOf('ColorSpace', 'colorSpace'),
  // CIE-based parameters (Tables 63 to 65) and Lookup strings are plain; arrays are read by the family's name.
  colorSpace: kind('ColorSpace', 'WhitePoint BlackPoint Gamma Matrix Range'),
  // Table 66. Not here: Metadata.
  iccProfile: kind('ICCBased', 'N Range', { Alternate: 'colorSpace' }),
  colorants: mapOf('Colorants', 'colorSpace'),
  // Tables 71 to 73.
  deviceN: kind('DeviceN', 'Subtype Process MixingHints Solidities PrintingOrder DotGain Components', {
    ColorSpace: 'colorSpace',
    Colorants: 'colorants',
    Process: 'deviceN',
  }),
  patterns: mapOf('Pattern', 'pattern'),
  // Tables 75 and 76.
  pattern: kind('Pattern', 'Type PatternType PaintType TilingType BBox XStep YStep Matrix', {
    ExtGState: 'graphicsState',
    Resources: 'resources',
    Shading: 'shading',
  }),
  shadings: mapOf('Shading', 'shading'),
  // Tables 78 to 84.
  shading: kind(
    'Shading',
    'ShadingType Background BBox AntiAlias Domain Matrix Coords Extend BitsPerCoordinate BitsPerComponent BitsPerFlag Decode VerticesPerRow',
    { ColorSpace: 'colorSpace', Function: 'function' },
  ),
  // Tables 38 to 41.
  function: kind('Function', 'FunctionType Domain Range Size BitsPerSample Order Encode Decode C0 C1 N Bounds', {
    Functions: 'function',
  }),
  xobjects: mapOf('XObject', 'xobject'),
  xobject: mapOf('XObject', 'xobject'),
  // Table 89, with the abbreviations that viewers accept. Not here: Metadata, OPI, ID, Name, AF, PTEX.*.
  image: kind(
    'Image',
    'Type Subtype Width Height W H BitsPerComponent BPC Intent ImageMask IM Decode D Interpolate I SMaskInData StructParent Matte',
    {
      Alternates: 'alternate',
      ColorSpace: 'colorSpace',
      CS: 'colorSpace',
      Mask: 'xobject',
      OC: 'optionalContentGroup',
      SMask: 'xobject',
    },
  ),
  alternate: kind('Alternates', 'DefaultForPrinting', { Image: 'xobject', OC: 'optionalContentGroup' }),
  // Table 95. Not here: Metadata, PieceInfo, LastModified, OPI, Name, AF, PTEX.* (path and Info of an included file).
  form: kind('Form', 'Type Subtype Subtype2 FormType BBox Matrix StructParent StructParents Level1', {
    Group: 'group',
    OC: 'optionalContentGroup',
    Ref: 'reference',
    Resources: 'resources',
  }),
  // Table 97. Not here: ID, of the file that is referred to.
  reference: kind('Ref', 'Page', { F: 'filespec' }),
  group: kind('Group', 'Type S I K', { CS: 'colorSpace' }),
  fonts: mapOf('Font', 'font'),
  // Tables 111 to 121.
  font: kind('Font', 'Type Subtype BaseFont FirstChar LastChar Widths FontBBox FontMatrix DW W DW2 W2', {
    CharProcs: 'glyphs',
    CIDSystemInfo: 'cidSystemInfo',
    CIDToGIDMap: 'cidMap',
    DescendantFonts: 'font',
    Encoding: 'encoding',
    FontDescriptor: 'fontDescriptor',
    Resources: 'resources',
    ToUnicode: 'encoding',
  }),
  cidMap: kind('CIDToGIDMap', ''),
  glyphs: mapOf('CharProcs', 'contents'),
  // Tables 122 and 124.
  fontDescriptor: kind(
    'FontDescriptor',
    'Type FontName FontFamily FontStretch FontWeight Flags FontBBox ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth CharSet Style Lang FD',
    { CIDSet: 'cidMap', FontFile: 'fontFile', FontFile2: 'fontFile', FontFile3: 'fontFile' },
  ),
  // Table 127. Not here: Metadata.
  fontFile: kind('FontFile', 'Length1 Length2 Length3 Subtype'),
  // Table 114, and Table 120 for CMaps.
  encoding: kind('Encoding', 'Type BaseEncoding Differences CMapName WMode', {
    CIDSystemInfo: 'cidSystemInfo',
    UseCMap: 'encoding',
  }),
  cidSystemInfo: kind('CIDSystemInfo', 'Registry Ordering Supplement'),
  propertyLists: mapOf('Properties', 'propertyList'),
  // Tables 321 and 330, and what describes a span of text. Not here: Metadata, names of layers in the program that drew them.
  propertyList: kind('Properties', 'Type MCID Lang ActualText Alt E BBox Attached Subtype'),
  // Tables 8, 11, 12 and 14.
  decodeParms: kind(
    'DecodeParms',
    'Predictor Colors BitsPerComponent Columns EarlyChange K EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1 DamagedRowsBeforeError ColorTransform',
    { JBIG2Globals: 'jbig2Globals' },
  ),
  jbig2Globals: kind('JBIG2Globals', ''),
};
