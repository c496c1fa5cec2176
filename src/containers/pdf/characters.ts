// Character classes (ISO 32000-1 §7.2.2).

const WHITE = 1;
const DELIMITER = 2;
const classes: Uint8Array = new Uint8Array(256);
for (const code of [0, 9, 10, 12, 13, 32]) classes[code] = WHITE;
for (const character of '()<>[]{}/%') classes[character.charCodeAt(0)] = DELIMITER;

/** Whether a byte is white space. */
export function isWhite(code: number | undefined): boolean {
  return code !== undefined && classes[code] === WHITE;
}

/** Whether a byte is a character of a name, a number or a keyword. */
export function isRegular(code: number): boolean {
  return classes[code] === 0;
}
