import { type Dict, dictOf, Name, type Value } from '../../containers/pdf/objects.ts';

/** Keys of streams that say how their bodies are coded (Table 5); they are written anew. */
export const codingKeys: ReadonlySet<string> = new Set([
  ...['DecodeParms', 'DL', 'DP', 'F', 'FDecodeParms', 'FFilter', 'Filter', 'Length'],
]);

/** Says in a stream's dictionary how its body is coded. */
export function setCoding(dict: Dict, filters: readonly string[], parameters: readonly Value[]): void {
  const [only = ''] = filters;
  if (filters.length === 0) return;
  dict.set('Filter', filters.length === 1 ? new Name(only) : filters.map((filter) => new Name(filter)));
  if (!parameters.some((one) => dictOf(one) !== undefined && dictOf(one)?.size !== 0)) return;
  dict.set('DecodeParms', filters.length === 1 ? (parameters[0] ?? null) : [...parameters]);
}
