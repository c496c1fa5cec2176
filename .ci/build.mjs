// Builds dist/ from src/: JavaScript by Rolldown, declarations by tsc.
// Loading a module costs Node about a millisecond, whatever its length. So all that is needed at once is put into two files, and
// what only some files need, a format's walker above all, into files of its own that are imported when one of them comes.
// The values of the formats lie in a file that no walker imports: esbuild leaves nothing out of a file that is imported on demand.
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const formats = readdirSync(`${root}src/formats`)
  .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
  .map((name) => name.slice(0, -'.ts'.length));

/** Modules that `import 'metadata-cleaner'` loads at once, by path. */
const core = new Set();

const isIndex = (id) => id === `${root}src/index.ts`;
const isFormat = (id) => /[\\/]src[\\/]formats[\\/][^\\/]+\.ts$/.test(id);

rmSync(`${root}dist`, { recursive: true, force: true });

await build({
  cwd: root,
  input: {
    index: 'src/index.ts',
    scrub: 'src/scrub.ts',
    node: 'src/node.ts',
    cli: 'src/cli.ts',
    ...Object.fromEntries(formats.map((name) => [`formats/${name}`, `src/formats/${name}.ts`])),
  },
  platform: 'neutral',
  external: (id) => !/^[./]/.test(id) && !/^src\//.test(id),
  treeshake: { moduleSideEffects: false },
  plugins: [
    {
      name: 'find-core',
      buildEnd() {
        const waiting = [`${root}src/index.ts`];
        for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
          if (core.has(id)) continue;
          core.add(id);
          waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []));
        }
      },
    },
  ],
  output: {
    dir: 'dist',
    format: 'esm',
    chunkFileNames: 'parts/[name]-[hash].js',
    codeSplitting: {
      groups: [
        { name: 'core', test: (id) => core.has(id) && !isFormat(id) && !isIndex(id), priority: 1 },
        { name: 'formats', test: isFormat },
      ],
    },
  },
});

execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}src/tsconfig.json`], {
  stdio: 'inherit',
});
