// Builds dist/ from src/: JavaScript by esbuild, declarations by tsc.
// Loading a module costs Node about a millisecond, whatever its length, so what an entry needs at once is put into few files,
// and what only some files need (a format's walker, above all) into files of its own that are imported when one of them comes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const formats = readdirSync(`${root}src/formats`)
  .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
  .map((name) => name.slice(0, -'.ts'.length));

rmSync(`${root}dist`, { recursive: true, force: true });

await build({
  absWorkingDir: root,
  entryPoints: {
    index: 'src/index.ts',
    scrub: 'src/scrub.ts',
    node: 'src/node.ts',
    cli: 'src/cli.ts',
    'formats/all': 'every-format',
  },
  outdir: 'dist',
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2023',
  packages: 'external',
  external: ['node:*'],
  charset: 'utf8',
  plugins: [
    {
      // The values of all formats together; bundlers leave out those that are not imported.
      name: 'every-format',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^every-format$/ }, () => ({ path: 'every-format', namespace: 'every-format' }));
        onLoad({ filter: /.*/, namespace: 'every-format' }, () => ({
          contents: formats.map((name) => `export * from './${name}.ts';`).join('\n'),
          resolveDir: `${root}src/formats`,
        }));
      },
    },
  ],
});

mkdirSync(`${root}dist/formats`, { recursive: true });
const exported = await import(`${root}dist/formats/all.js`);
for (const name of formats) {
  if (!(name in exported)) throw new Error(`src/formats/${name}.ts does not export "${name}".`);
  writeFileSync(`${root}dist/formats/${name}.js`, `export { ${name} } from './all.js';\n`);
}

execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}src/tsconfig.json`], {
  stdio: 'inherit',
});
