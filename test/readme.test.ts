// What README says of the formats and the size of the package is written from the sources: npm run readme.
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { keepable } from '../src/core/options.ts';
import { formats } from '../src/index.ts';

const readme = new URL('../README.md', import.meta.url);

/** The text with what stands between the two marks of this name replaced. */
function replaceBetween(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README has no place for the ${name}.`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}

function tableOfFormats(): string {
  const rows = formats.map(
    ({ name, id, extensions, summary }) =>
      `| ${name} | \`${id}\` | ${extensions.map((one) => `.${one}`).join(' ')} | ${summary} |`,
  );
  return ['| Format | Id | Extensions | What goes, what stays |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function tableOfKeepables(): string {
  const namesOf = (isKept: boolean) =>
    Object.entries(keepable)
      .filter(([, kept]) => kept === isKept)
      .map(([name]) => `\`${name}\``)
      .join(', ');
  return [
    '| Kept unless dropped | Dropped unless kept |',
    '| --- | --- |',
    `| ${namesOf(true)} | ${namesOf(false)} |`,
  ].join('\n');
}

it('lists the formats of the registry and what can be kept or dropped', async () => {
  const text = await readFile(readme, 'utf8');
  const written = replaceBetween(replaceBetween(text, 'formats', tableOfFormats()), 'keepable', tableOfKeepables());
  await expect(written).toMatchFileSnapshot('../README.md');
});

it('names every dependency with its reason', async () => {
  const text = await readFile(readme, 'utf8');
  const { dependencies } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  for (const name of Object.keys(dependencies)) expect(text).toMatch(new RegExp(`^\\| \`${name}\` \\| .+ \\|$`, 'm'));
});
