import type { Dict } from '../../containers/pdf/objects.ts';

/** The keys of a dictionary, sorted. */
export function inOrder(dict: Dict): Iterable<string> {
  let last = '';
  for (const key of dict.keys()) {
    if (key < last) return [...dict.keys()].sort();
    last = key;
  }
  return dict.keys();
}

/** Keys are names, which may hold anything. */
export function showKey(key: string): string {
  return key.slice(0, 40).replace(/[^ -~]/g, '?');
}
