// What is carried over of annotations, fields, actions and files (ISO 32000-1 §7.11, §12.5, §12.6, §12.7).
import { type InteractiveKind, type Kind, kind, mapOf } from './kind.ts';

export const interactiveKinds: Readonly<Record<InteractiveKind, Kind>> = {
  // Tables 164 to 191, 220 to 232, of all subtypes and of form fields. Not here: M, CreationDate, NM, Subj, SV, and T where it
  // is an author and not the name of a field or a movie.
  annotation: kind(
    'Annot',
    'Type Subtype Rect Contents F AS Border C CA ca BM StructParent Lang ' +
      'RC RT IT Open Name State StateModel H QuadPoints BS DA Q DS CL BE RD LE L IC LL LLE Cap LLO CP Measure CO ' +
      'Vertices Path InkList Sy Movie MK FixedPrint Version AnnotStates FontFauxing RO OverlayText Repeat Sound ' +
      '3DD 3DV 3DA 3DI 3DB 3DU RichMediaContent RichMediaSettings ExData Rotate ' +
      'FT TU TM Ff V DV RV MaxLen Opt TI I Lock DR',
    {
      A: 'action',
      AA: 'additionalActions',
      AP: 'appearance',
      Dest: 'destination',
      FS: 'filespec',
      IRT: 'annotation',
      Kids: 'annotation',
      OC: 'optionalContentGroup',
      P: 'pageNode',
      PA: 'action',
      Parent: 'annotation',
      Popup: 'annotation',
      T: 'any',
    },
  ),
  // Table 168: each is a stream, or a dictionary of streams by the names of states.
  appearance: kind('AP', '', { D: 'xobject', N: 'xobject', R: 'xobject' }),
  // Tables 193 to 216. Not here: Win, Mac, Unix, parameters for one system, which name its disks.
  action: kind(
    'Action',
    'Type S NewWindow URI IsMap Volume Synchronous Repeat Mix Operation H N Flags CharSet JS OP PreserveRB Trans TA V CMD TI Sound R State',
    {
      AN: 'annotation',
      Annotation: 'annotation',
      B: 'any',
      D: 'destination',
      F: 'filespec',
      Fields: 'annotation',
      Next: 'action',
      SD: 'destination',
      T: 'any',
    },
  ),
  additionalActions: mapOf('AA', 'action'),
  // Tables 44 and 46. Not here: DOS, Mac, Unix (other spellings of the path), ID, Thumb.
  filespec: kind('Filespec', 'Type FS F UF V Desc CI AFRelationship', { EF: 'embeddedFiles', RF: 'relatedFiles' }),
  embeddedFiles: kind('EF', '', { F: 'embeddedFile', UF: 'embeddedFile' }),
  // Table 45. Not here: Params, with dates, size and checksum.
  embeddedFile: kind('EmbeddedFile', 'Type Subtype'),
  relatedFiles: mapOf('RF', 'embeddedFile'),
};
