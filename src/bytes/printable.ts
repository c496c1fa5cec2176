/** What stands for a character that can't be shown. */
const SUBSTITUTE = '?';

/** Text from a file in a form that a report can show: one line of printable Latin-1, at most `length` characters. */
export function printable(text: string, length = 200): string {
  return text
    .slice(0, length)
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/[^ -~\u00a0-\u00ff]/g, SUBSTITUTE)
    .trim();
}
