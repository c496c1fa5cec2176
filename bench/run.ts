// npm run bench [-- --quick] [-- --only TEXT]: speed against a copy of the same bytes and against other packages, on the
// built package.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inspect, scrub } from 'metadata-cleaner';
import { cases } from './cases.ts';
import { type Contender, measure } from './measure.ts';
import { peers } from './peers.ts';
import { measureStartup } from './startup.ts';
import { format, type Result, tell } from './tell.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
/** A peer that takes longer than this for one file is timed on one run alone. */
const SLOW_MS = 2000;

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const results: Result[] = [];
for (const { name, format: id, make } of cases) {
  if (!name.includes(options.only)) continue;
  const file = await make();
  const bytes = new Uint8Array(file);
  const target = new Uint8Array(bytes.length);
  const contenders: Contender[] = [
    { name: 'slice()', run: () => bytes.slice() },
    { name: 'copy into warm memory', run: () => target.set(bytes) },
    { name: 'metadata-cleaner', run: () => scrub(bytes) },
    { name: 'metadata-cleaner, inspect', run: () => inspect(bytes) },
    ...(await quickPeers(name, id, file)),
  ];
  const timings = await measure(contenders, options.quick ? 1000 : 6000);
  const result = { name, bytes: file.length, timings, memory: measureMemory(file) };
  results.push(result);
  tell(result);
}
const startup = measureStartup(folder);
console.log(
  `\nimport in a fresh process: ${format(startup.package)} ms, of an empty module ${format(startup.empty)} ms`,
);
rmSync(folder, { recursive: true });

/** The peers that can take the file and are not too slow to be timed along. */
async function quickPeers(name: string, id: string, file: Buffer): Promise<Contender[]> {
  const quick: Contender[] = [];
  for (const peer of peers.filter(({ formats }) => formats.includes(id))) {
    const start = performance.now();
    try {
      await peer.run(file);
    } catch (error) {
      console.error(`${peer.name} can't take ${name}: ${error}`);
      continue;
    }
    const elapsed = performance.now() - start;
    if (elapsed < SLOW_MS) quick.push({ name: peer.name, run: () => peer.run(file) });
    else console.error(`${peer.name} takes ${format(elapsed)} ms on ${name}: too slow to be timed along.`);
  }
  return quick;
}

/** Peak of resident memory of a process that scrubs a file, and of one that copies it, in bytes. */
function measureMemory(file: Buffer): Result['memory'] {
  const path = join(folder, 'file');
  writeFileSync(path, file);
  const peak = (task: string) =>
    Math.min(
      ...[1, 2, 3].map(() =>
        Number(execFileSync(process.execPath, ['--import', 'tsx', join(here, 'memory.ts'), path, task])),
      ),
    );
  return { scrub: peak('scrub'), slice: peak('slice') };
}

if (!options.quick && options.only === '') {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    platform: `${process.platform} ${process.arch}`,
  };
  mkdirSync(join(here, 'results'), { recursive: true });
  writeFileSync(
    join(here, 'results/results.json'),
    `${JSON.stringify({ version, machine, startup, results }, null, 1)}\n`,
  );
}
