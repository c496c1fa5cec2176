import { type Dict, dictOf, nameOf, PdfString, type Value } from '../../containers/pdf/objects.ts';
import { isLocalPath, textOf } from '../../containers/pdf/text.ts';
import type { Walk } from '../../core/walk.ts';
import { cutPath } from './files.ts';
import type { Sweep } from './sweep.ts';

/** Actions that lead out of the document (§12.6.4). */
const LINKS = new Set(['URI', 'Launch', 'GoToR', 'GoToE', 'ImportData', 'SubmitForm']);

/** Whether an action is one that options leave behind. */
export function* isDroppedAction(sweep: Sweep, value: Value): Walk<boolean> {
  const dict = dictOf(value);
  if (dict === undefined) return false;
  const type = nameOf(yield* sweep.document.get(dict, 'S'));
  if (type === undefined) return false;
  if (type === 'JavaScript' && !sweep.context.keeps('scripts')) {
    sweep.removed('other', 'Action › JavaScript', yield* sweep.sizeOf(dict.get('JS') ?? null));
    return true;
  }
  if (LINKS.has(type) && !sweep.context.keeps('links')) {
    sweep.removed('other', `Action › ${type}`, yield* sweep.sizeOf(dict.get('URI') ?? dict.get('F') ?? null));
    return true;
  }
  return false;
}

/** An action: files by their last names, no parameters for one system. */
export function* ruleAction(sweep: Sweep, dict: Dict): Walk<Dict> {
  const type = nameOf(yield* sweep.document.get(dict, 'S'));
  if (type === 'JavaScript' || dict.has('JS')) {
    if (!sweep.context.keeps('scripts')) dict.delete('JS');
    else sweep.count('scripts');
  }
  if (type === 'URI') {
    const uri = yield* sweep.document.get(dict, 'URI');
    if (uri instanceof PdfString && isLocalPath(textOf(uri))) dict.set('URI', cutPath(sweep, uri, 'Action › URI'));
  }
  const file = yield* sweep.document.get(dict, 'F');
  if (file instanceof PdfString) dict.set('F', cutPath(sweep, file, `Action › ${type ?? ''} › F`));
  else if (type === 'Launch' && file === null) {
    const win = dictOf(yield* sweep.document.get(dict, 'Win'));
    const program = yield* sweep.document.get(win, 'F');
    if (program instanceof PdfString) dict.set('F', cutPath(sweep, program, 'Action › Launch › Win', true));
  }
  return dict;
}
