// How long a fresh Node takes to import the package, and to import a module that holds nothing.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 15;

/** Median milliseconds of an import. */
export interface Startup {
  empty: number;
  package: number;
}

/** Imports both in turns, each time in a process of its own; `folder` is for the empty module. */
export function measureStartup(folder: string): Startup {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export {};\n');
  const time = (specifier: string) =>
    Number(
      execFileSync(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `const start = performance.now(); await import('${specifier}'); console.log(performance.now() - start);`,
        ],
        { cwd: fileURLToPath(new URL('..', import.meta.url)) },
      ),
    );
  const rounds = Array.from({ length: ROUNDS }, () => ({ empty: time(empty), package: time('metadata-cleaner') }));
  const median = (name: keyof Startup) =>
    rounds.map((round) => round[name]).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  return { empty: median('empty'), package: median('package') };
}
