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

/** Text from a file as a report shows it word for word: one line without control characters, at most `length` long. */
export function shown(text: string, length = 200): string {
  return text
    .slice(0, length * 4)
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, length);
}
