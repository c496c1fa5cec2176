import type { Document } from '../../containers/pdf/document.ts';
import { type Dict, dictOf, nameOf, Ref, type Value } from '../../containers/pdf/objects.ts';
import { listOf } from '../../containers/pdf/xref.ts';
import type { Context } from '../../core/context.ts';
import { malformed } from '../../core/errors.ts';
import type { Walk } from '../../core/walk.ts';

/** Deeper page trees are those of no real file. */
const MAX_DEPTH = 200;

/** A node of the page tree: its kids without loops, and how many pages they have. */
export interface PageNode {
  kids: Value[];
  count: number;
}

/** The pages that the page tree leads to: all others were deleted. */
export interface PageTree {
  /** Object numbers of pages. */
  leaves: Set<number>;
  /** Nodes by object number. */
  nodes: Map<number, PageNode>;
  /** How many pages there are. */
  count: number;
}

/** Walks the page tree from the catalog. */
export function* collectPages(document: Document, root: Dict, context: Context): Walk<PageTree> {
  const tree: PageTree = { leaves: new Set(), nodes: new Map(), count: 0 };
  const top = root.get('Pages');
  if (top instanceof Ref) yield* collect(document, top, tree, context, 0);
  return tree;
}

/** Adds what a kid leads to; returns what stands for it in its parent's array. */
function* collect(document: Document, kid: Value, tree: PageTree, context: Context, depth: number): Walk<Value[]> {
  const value = kid instanceof Ref ? document.ready(kid.num) : kid;
  const dict = dictOf(value instanceof Map ? value : yield* document.resolve(kid));
  if (dict === undefined) return [];
  context.countStructures();
  const kids = yield* document.get(dict, 'Kids');
  const isNode = Array.isArray(kids) && nameOf(yield* document.get(dict, 'Type')) !== 'Page';
  if (!isNode) {
    if (nameOf(yield* document.get(dict, 'Type')) === 'Pages') return [];
    if (kid instanceof Ref) tree.leaves.add(kid.num);
    tree.count++;
    return [kid];
  }
  if (depth > MAX_DEPTH) throw malformed('The page tree is nested too deep.', undefined, 'Catalog', 'Pages');
  const before = tree.count;
  const node: PageNode = { kids: [], count: 0 };
  if (kid instanceof Ref) {
    // A node that was met before would make a loop, or show its pages twice.
    if (tree.nodes.has(kid.num)) return [];
    tree.nodes.set(kid.num, node);
  }
  for (const member of listOf(kids)) {
    for (const accepted of yield* collect(document, member, tree, context, depth + 1)) node.kids.push(accepted);
  }
  node.count = tree.count - before;
  // A node that is no object of its own gives its kids to its parent.
  return kid instanceof Ref ? [kid] : node.kids;
}
