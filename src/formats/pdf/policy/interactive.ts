// What is carried over of annotations, fields, actions and files (ISO 32000-1 §7.11, §12.5, §12.6, §12.7).
import { type InteractiveKind, type Kind, kind, mapOf } from './kind.ts';

export const interactiveKinds: Readonly<Record<InteractiveKind, Kind>> = {
  // Tables 164 to 191, 220 to 232, of all subtypes and of form fields. Not here: M, CreationDate, NM, Subj, SV, and T where it
  // is an author and not the name of a field or a movie.
  annotation: kind(
    'Annot',
    'Type Subtype Rect Contents F AS Border C CA ca BM StructParent Lang ' +
      'RC RT IT Open Name State StateModel H QuadPoints DA Q DS CL RD LE L IC LL LLE Cap LLO CP Measure CO ' +
      'Vertices Path InkList Sy FixedPrint Version AnnotStates FontFauxing RO OverlayText Repeat ' +
      '3DD 3DV 3DA 3DI 3DB 3DU RichMediaContent RichMediaSettings ExData Rotate ' +
      'FT TU TM Ff V DV RV MaxLen Opt TI I Lock DR',
    {
      A: 'action',
      AA: 'additionalActions',
      AP: 'appearance',
      BE: 'border',
      BS: 'border',
      Dest: 'destination',
      FS: 'filespec',
      IRT: 'annotation',
      Kids: 'annotation',
      MK: 'appearanceCharacteristics',
      Movie: 'movie',
      OC: 'optionalContentGroup',
      P: 'pageNode',
      PA: 'action',
      Parent: 'annotation',
      Popup: 'annotation',
      Sound: 'sound',
      T: 'any',
    },
  ),
  // Table 168: each is a stream, or a dictionary of streams by the names of states.
  appearance: kind('AP', '', { D: 'xobject', N: 'xobject', R: 'xobject' }),
  // Tables 189 and 247.
  appearanceCharacteristics: kind('Annot › MK', 'R BC BG CA RC AC TP', {
    I: 'xobject',
    IF: 'iconFit',
    IX: 'xobject',
    RI: 'xobject',
  }),
  iconFit: kind('Annot › MK › IF', 'SW S A FB'),
  // Tables 166 and 167.
  border: kind('Annot › BS', 'Type W S D I'),
  // Tables 294 and 295.
  sound: kind('Sound', 'Type R C B E CO CP'),
  movie: kind('Movie', 'Aspect Rotate', { F: 'filespec', Poster: 'xobject' }),
  // Tables 193 to 216. Not here: Win, Mac, Unix, parameters for one system, which name its disks.
  action: kind(
    'Action',
    'Type S NewWindow URI IsMap Volume Synchronous Repeat Mix Operation H N Flags CharSet OP PreserveRB TA V CMD TI R State',
    {
      AN: 'annotation',
      Annotation: 'annotation',
      B: 'any',
      D: 'destination',
      F: 'filespec',
      Fields: 'annotation',
      JS: 'script',
      Next: 'action',
      SD: 'destination',
      Sound: 'sound',
      T: 'any',
      Trans: 'transition',
    },
  ),
  script: kind('JavaScript', ''),
  additionalActions: mapOf('AA', 'action'),
  // Tables 44 and 46. Not here: DOS, Mac, Unix (other spellings of the path), ID, Thumb.
  filespec: kind('Filespec', 'Type FS F UF V Desc CI AFRelationship', { EF: 'embeddedFiles', RF: 'relatedFiles' }),
  embeddedFiles: kind('EF', '', { F: 'embeddedFile', UF: 'embeddedFile' }),
  // Table 45. Not here: Params, with dates, size and checksum.
  embeddedFile: kind('EmbeddedFile', 'Type Subtype'),
  relatedFiles: mapOf('RF', 'embeddedFile'),
};
