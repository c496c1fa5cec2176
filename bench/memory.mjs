// Run as a process of its own: prints the peak of resident memory after one task on one file, in bytes.
// node bench/memory.mjs FILE scrub|slice
import { readFileSync } from 'node:fs';
import { scrub } from 'metadata-cleaner';

const [path = '', task] = process.argv.slice(2);
const WARM_UP = Buffer.from('ffd8ffd9', 'hex');
await scrub(WARM_UP).catch(() => undefined);
const input = new Uint8Array(readFileSync(path));
const output = task === 'scrub' ? await scrub(input) : input.slice();
// Reading the end keeps both alive up to here.
process.stdout.write(`${process.resourceUsage().maxRSS * 1024 + (output.at(-1) ?? 0) * 0 + (input.at(-1) ?? 0) * 0}`);
