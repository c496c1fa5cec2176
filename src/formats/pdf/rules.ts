// What is done with each kind of object besides choosing its keys.
import { type Dict, dictOf, nameOf, PdfString, type Value } from '../../containers/pdf/objects.ts';
import type { Walk } from '../../core/walk.ts';
import { isDroppedAction, ruleAction } from './actions.ts';
import { isDroppedAnnotation, ruleAnnotation } from './annotations.ts';
import { type Preface, ruleAcroForm, ruleCatalog, ruleNames, rulePage, rulePages } from './catalog.ts';
import { cutPath, ruleFilespec, writeEmbeddedFile } from './files.ts';
import { writeFont } from './font.ts';
import { writeProfile } from './icc.ts';
import { writeImage } from './pictures/image.ts';
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
    },
    bodies: {
      embeddedFile: writeEmbeddedFile,
      fontFile: writeFont,
      iccProfile: writeProfile,
      image: writeImage,
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

function* isDropped(sweep: Sweep, value: Value, kind: KindName): Walk<boolean> {
  if (kind === 'annotation') return yield* isDroppedAnnotation(sweep, value);
  if (kind === 'action') return yield* isDroppedAction(sweep, value);
  const dict = dictOf(value);
  if (dict === undefined) return false;
  if (kind === 'filespec') return dict.has('EF') && !sweep.context.keeps('attachments');
  // §14.7.5.6: properties that an author gave to an element.
  if (kind !== 'structAttributes' || nameOf(dict.get('O')) !== 'UserProperties') return false;
  sweep.removed('other', 'StructElem › A › UserProperties', yield* sweep.sizeOf(dict.get('P') ?? null));
  return true;
}
