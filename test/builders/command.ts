import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The command, built from the present sources. */
export interface Command {
  /** Path of the built file. */
  path: string;
  remove(): Promise<void>;
}

/** How a program ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the command into a folder laid out like the package, inside the project so that it finds its dependencies. */
export async function buildCommand(): Promise<Command> {
  const folder = await mkdtemp(join(root, 'node_modules/.metadata-cleaner-'));
  await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
  await build({
    entryPoints: [join(root, 'src/cli.ts')],
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
  });
  return { path: join(folder, 'dist/cli.js'), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs a program in a folder to its end. */
export async function run(folder: string, program: string, ...args: string[]): Promise<Ended> {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const [out, err, how] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { ...how, out, err };
}
