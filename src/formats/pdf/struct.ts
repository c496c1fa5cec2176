import type { Document } from '../../containers/pdf/document.ts';
import { type Dict, dictOf, nameOf, Ref, type Value } from '../../containers/pdf/objects.ts';
import { listOf } from '../../containers/pdf/xref.ts';
import type { Context } from '../../core/context.ts';
import type { Walk } from '../../core/walk.ts';
import type { PageTree } from './pages.ts';

/** Deeper structure trees are taken to show something. */
const MAX_DEPTH = 500;

/** Whether an element's content is on a page that is there, on one that was deleted, or on none. */
interface Standing {
  onLive: boolean;
  onDead: boolean;
}

/** Structure elements all of whose content stood on deleted pages: their texts quote it (§14.7). */
export function* findDeadElements(
  document: Document,
  catalog: Dict,
  pages: PageTree,
  context: Context,
): Walk<Set<number>> {
  const dead = new Set<number>();
  const seen = new Set<number>();
  const root = dictOf(yield* document.get(catalog, 'StructTreeRoot'));

  function isDead(page: Value | undefined): boolean {
    return page instanceof Ref && !pages.leaves.has(page.num);
  }

  function* stand(value: Value, page: Value | undefined, depth: number): Walk<Standing> {
    const unknown = { onLive: false, onDead: false };
    if (typeof value === 'number') return { onLive: !isDead(page) && page !== undefined, onDead: isDead(page) };
    if (value instanceof Ref) {
      if (seen.has(value.num)) return unknown;
      seen.add(value.num);
    }
    const dict = dictOf(yield* document.resolve(value));
    if (dict === undefined) return unknown;
    if (depth > MAX_DEPTH) return { onLive: true, onDead: false };
    context.countStructures();
    const own = dict.get('Pg') ?? page;
    const type = nameOf(dict.get('Type'));
    if (type === 'MCR' || type === 'OBJR') return { onLive: own !== undefined && !isDead(own), onDead: isDead(own) };
    const standing = { onLive: false, onDead: isDead(dict.get('Pg')) };
    for (const kid of listOf(yield* document.get(dict, 'K'))) {
      const { onLive, onDead } = yield* stand(kid, own, depth + 1);
      standing.onLive ||= onLive;
      standing.onDead ||= onDead;
    }
    if (value instanceof Ref && standing.onDead && !standing.onLive) dead.add(value.num);
    return standing;
  }

  for (const kid of listOf(yield* document.get(root, 'K'))) yield* stand(kid, undefined, 0);
  return dead;
}
