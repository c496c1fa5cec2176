// npm run bench [-- --quick] [-- --only TEXT]: speed against a copy of the same bytes and against other packages, on the built package.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scrub } from 'metadata-cleaner';
import { cases } from './cases.mjs';
import { measure } from './measure.mjs';
import { peers } from './peers.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
/** A peer that takes longer than this for one file is timed on that one run. */
const SLOW_MS = 2000;

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const results = [];
for (const { name, format, make } of cases) {
  if (!name.includes(options.only)) continue;
  const file = await make();
  const bytes = new Uint8Array(file);
  const contenders = [
    { name: 'slice()', run: () => bytes.slice() },
    { name: 'metadata-cleaner', run: () => scrub(bytes) },
  ];
  for (const peer of peers) {
    if (!peer.formats.includes(format)) continue;
    const start = performance.now();
    const works = await peer.run(file).then(
      () => true,
      () => false,
    );
    const isTimed = works && performance.now() - start < SLOW_MS;
    if (isTimed) contenders.push({ name: peer.name, run: () => peer.run(file) });
    else if (works) console.error(`${peer.name} takes over ${SLOW_MS} ms on ${name}: left out.`);
    else console.error(`${peer.name} can't read ${name}: left out.`);
  }
  const timings = await measure(contenders, options.quick ? 1000 : 6000);
  const memory = measureMemory(file);
  results.push({ name, bytes: file.length, timings, memory });
  print(name, file.length, timings, memory);
}
rmSync(folder, { recursive: true });

/** Peak of resident memory above that of a plain copy, in bytes. */
function measureMemory(file) {
  const path = join(folder, 'file');
  writeFileSync(path, file);
  const peak = (task) => Math.min(...[1, 2, 3].map(() => Number(execFileSync(process.execPath, [join(here, 'memory.mjs'), path, task]))));
  return { scrub: peak('scrub'), slice: peak('slice') };
}

function print(name, length, timings, memory) {
  const [copy, own] = timings;
  console.log(`\n${name}: ${length.toLocaleString('en')} bytes; peak memory ${mebibytes(memory.scrub - memory.slice)} MiB above slice()`);
  for (const { name: contender, median, low, high, samples } of timings) {
    const speed = length / median / 1e6;
    console.log(
      `  ${contender.padEnd(20)} ${format(median)} ms  [${format(low)} … ${format(high)}]  ${speed.toFixed(3).padStart(8)} GB/s` +
        `  ${(median / copy.median).toFixed(2).padStart(9)}× slice()  ${(median / own.median).toFixed(1).padStart(7)}× metadata-cleaner  (${samples})`,
    );
  }
}

function format(milliseconds) {
  return milliseconds.toFixed(4).padStart(10);
}

function mebibytes(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}

if (!options.quick && options.only === '') {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, platform: `${process.platform} ${process.arch}` };
  writeFileSync(join(here, 'results', 'pictures.json'), `${JSON.stringify({ version, machine, results }, null, 1)}\n`);
}
