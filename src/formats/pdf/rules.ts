// What is done with each kind of object besides choosing its keys.
import { type Dict, dictOf, nameOf, PdfString, type Value } from '../../containers/pdf/objects.ts';
import type { Walk } from '../../core/walk.ts';
import { isDroppedAction, ruleAction } from './actions.ts';
import { isDroppedAnnotation, ruleAnnotation } from './annotations.ts';
import { type Preface, ruleAcroForm, ruleCatalog, ruleNames, rulePage, rulePages, ruleTemplate } from './catalog.ts';
import { cutPath, ruleFilespec, writeEmbeddedFile } from './files.ts';
import { writeFont } from './font.ts';
import { writeProfile } from './icc.ts';
import { writeImage, writeJbig2Globals } from './pictures/image.ts';
import type { KindName } from './policy.ts';
import type { Rules, Sweep } from './sweep.ts';
import { writeXfa } from './xfa.ts';

/** The rules for one document. */
export function rulesFor(preface: Preface): Rules {
  return {
    dicts: {
      acroForm: ruleAcroForm,
      any: ruleObject,
      action: ruleAction,
      annotation: ruleAnnotation,
      catalog: (sweep: Sweep, dict: Dict) => ruleCatalog(sweep, dict, preface),
      filespec: ruleFilespec,
      names: ruleNames,
      page: rulePage,
      pages: rulePages,
      template: ruleTemplate,
    },
    bodies: {
      embeddedFile: writeEmbeddedFile,
      fontFile: writeFont,
      iccProfile: writeProfile,
      image: writeImage,
      jbig2Globals: writeJbig2Globals,
      xfa: writeXfa,
    },
    cutFile: (sweep: Sweep, path: PdfString) => cutPath(sweep, path, 'Filespec'),
    isDropped,
  };
}

/** Keys under which objects without a table (media clips, remote targets) name files. */
const FILE_KEYS = ['D', 'F', 'UF'];

function ruleObject(sweep: Sweep, dict: Dict): Dict {
  for (const key of FILE_KEYS) {
    const value = dict.get(key);
    if (value instanceof PdfString) dict.set(key, cutPath(sweep, value, `object › ${key}`));
  }
  return dict;
}

/** Owners of attributes that readers know (Table 327, ISO 32000-2 Table 376). Not here: UserProperties, which an author gave. */
const ATTRIBUTE_OWNERS = new Set([
  ...['Layout', 'List', 'PrintField', 'Table', 'Artifact', 'FENote', 'NSO', 'ARIA-1.1'],
  ...[
    'XML-1.00',
    'HTML-3.20',
    'HTML-4.01',
    'HTML-5.00',
    'OEB-1.00',
    'RTF-1.05',
    'CSS-1',
    'CSS-1.00',
    'CSS-2',
    'CSS-2.00',
    'CSS-3',
  ],
]);

function* isDropped(sweep: Sweep, value: Value, kind: KindName): Walk<boolean> {
  if (kind === 'annotation') return yield* isDroppedAnnotation(sweep, value);
  if (kind === 'action') return yield* isDroppedAction(sweep, value);
  const dict = dictOf(value);
  if (dict === undefined) return false;
  if (kind === 'filespec') return dict.has('EF') && !sweep.context.keeps('attachments');
  const owner = nameOf(yield* sweep.document.get(dict, 'O'));
  if (kind !== 'structAttributes' || owner === undefined || ATTRIBUTE_OWNERS.has(owner)) return false;
  const where = owner === 'UserProperties' ? owner : 'of a vendor';
  sweep.removed('other', `StructElem › A › ${where}`, yield* sweep.sizeOf(dict.get('P') ?? null));
  return true;
}
