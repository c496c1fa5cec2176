import { deflate } from '../../containers/pdf/inflate.ts';
import { type Dict, dictOf, nameOf, PdfString, Ref, type Stream, type Value } from '../../containers/pdf/objects.ts';
import { baseName, isAddress, isLocalPath, textOf, textString } from '../../containers/pdf/text.ts';
import { ScrubError } from '../../core/errors.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import { toBytes } from '../../core/write.ts';
import { setCoding } from './coding.ts';
import type { Sweep } from './sweep.ts';

/** Spellings of a file's path for one system, which stand in where the general ones are missing (Table 44). */
const SYSTEM_KEYS = ['Unix', 'DOS', 'Mac'];
/** Deeper name trees are those of no real file. */
const MAX_DEPTH = 50;

/** A file specification (§7.11.3): names without the places that they lie in. */
export function* ruleFilespec(sweep: Sweep, dict: Dict): Walk<Dict> {
  const isAttached = dict.has('EF');
  if (isAttached) sweep.count('attachments');
  if (nameOf(dict.get('FS')) === 'URL') return dict;
  if (!dict.has('F') && !dict.has('UF')) {
    for (const key of SYSTEM_KEYS) {
      const value = yield* sweep.document.get(dict, key);
      if (value instanceof PdfString && !dict.has('F')) dict.set('F', value);
    }
  }
  for (const key of ['F', 'UF']) {
    const value = yield* sweep.document.get(dict, key);
    if (value instanceof PdfString) dict.set(key, cutPath(sweep, value, `Filespec › ${key}`, isAttached));
  }
  return dict;
}

/** A path without its folders: where it is a place on a disk, or, if so asked, in any case. */
export function cutPath(sweep: Sweep, path: PdfString, where: string, always = false): PdfString {
  const text = textOf(path);
  if (isAddress(text) || !(isLocalPath(text) || (always && /[\\/]/.test(text)))) return path;
  sweep.plan.found({
    kind: 'author',
    where,
    action: 'rewritten',
    bytes: path.bytes.length,
    note: 'The path of a file on a disk or in a network was cut to its last part.',
  });
  return textString(baseName(text));
}

/** The tree of attached files, as one leaf in the order of names without paths. */
export function* flattenFiles(sweep: Sweep, root: Value): Walk<Dict | null> {
  const pairs: { name: PdfString; key: string; file: Value }[] = [];
  const seen = new Set<number>();
  const waiting: { node: Value; depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.node instanceof Ref) {
      if (seen.has(next.node.num)) continue;
      seen.add(next.node.num);
    }
    const dict = dictOf(yield* sweep.document.resolve(next.node));
    const names = yield* sweep.document.get(dict, 'Names');
    const kids = yield* sweep.document.get(dict, 'Kids');
    if (Array.isArray(kids) && next.depth < MAX_DEPTH) {
      for (const node of kids.toReversed()) waiting.push({ node, depth: next.depth + 1 });
    }
    if (!Array.isArray(names)) continue;
    for (let index = 0; index + 1 < names.length; index += 2) {
      sweep.context.countStructures();
      const name = yield* sweep.document.resolve(names[index]);
      const target = yield* sweep.document.resolve(names[index + 1]);
      if (!(name instanceof PdfString) || (dictOf(target) === undefined && !(target instanceof PdfString))) continue;
      const cut = cutPath(sweep, name, 'Names › EmbeddedFiles', true);
      pairs.push({
        name: cut,
        key: String.fromCharCode(...cut.bytes.subarray(0, 4096)),
        file: names[index + 1] ?? null,
      });
    }
  }
  if (pairs.length === 0) return null;
  pairs.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return new Map([['Names', pairs.flatMap(({ name, file }) => [name, file])]]);
}

/** An attached file's body: scrubbed where its format is known, else as it is. */
export function* writeEmbeddedFile(sweep: Sweep, stream: Stream, dict: Dict, body: Plan): Walk<boolean> {
  const { bytes, filters } = yield* sweep.document.decode(stream);
  const where = 'EmbeddedFile';
  if (filters.length > 0 || bytes.length === 0) return false;
  try {
    const { format, plan } = yield* sweep.context.nestedBytes(bytes);
    sweep.plan.adopt(plan, undefined, where, format.name);
    body.insert(deflate(toBytes(plan.flat(), plan.length, bytes)));
    setCoding(dict, ['FlateDecode'], []);
    return true;
  } catch (error) {
    if (!(error instanceof ScrubError) || error.code === 'limit-exceeded' || error.code === 'aborted') throw error;
    const why = error.code === 'unknown-format' ? 'its format is not known' : 'it can not be cleaned';
    sweep.plan.found({
      kind: 'embedded-file',
      where,
      action: 'kept',
      bytes: stream.end - stream.start,
      note: `An attached file is kept as it is: ${why}. Drop "attachments" to leave it out.`,
    });
    sweep.plan.residual.add('Attached files of formats that can not be cleaned.');
    return false;
  }
}
