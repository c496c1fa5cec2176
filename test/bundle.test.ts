import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';

/** Bundles an entry of the package as a browser's bundler would, with what comes from other packages left outside. */
async function bundle(entry: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: { entry: fileURLToPath(new URL(`../src/${entry}`, import.meta.url)) },
    outdir: 'out',
    bundle: true,
    splitting: true,
    format: 'esm',
    packages: 'external',
    write: false,
    metafile: true,
  });
  return metafile;
}

/** What is loaded from outside as soon as the entry is, through however many files. */
function loadedAtOnce({ outputs }: Metafile): string[] {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind !== 'import-statement') continue;
      if (external) packages.add(path);
      else visit(path);
    }
  };
  visit('out/entry.js');
  expect(seen).toContain('out/entry.js');
  return [...packages];
}

it.each(['index.ts', 'scrub.ts'])(
  '%s loads no other package until a file needs it, and nothing of Node',
  async (entry) => {
    const metafile = await bundle(entry);
    expect(Object.keys(metafile.outputs)).toContain('out/entry.js');
    expect(loadedAtOnce(metafile)).toEqual([]);
    const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    expect(imported).toContain('file-type/core');
    expect(imported.filter((path) => path.startsWith('node:'))).toEqual([]);
  },
);

it('node.ts loads nothing but modules of Node', async () => {
  const packages = loadedAtOnce(await bundle('node.ts'));
  expect(packages.length).toBeGreaterThan(0);
  expect(packages.filter((path) => !path.startsWith('node:'))).toEqual([]);
});

it('cli.ts loads no format until there is a file to work on', async () => {
  const { outputs } = await bundle('cli.ts');
  const { inputs = {}, imports = [] } = outputs['out/entry.js'] ?? {};
  expect(Object.keys(inputs)).toContain('src/cli/task.ts');
  const atOnce = [
    inputs,
    ...imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => outputs[path]?.inputs ?? {}),
  ];
  expect(atOnce.flatMap((files) => Object.keys(files)).filter((path) => path.startsWith('src/formats/'))).toEqual([]);
});
