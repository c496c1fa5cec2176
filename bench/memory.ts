// Run as a process of its own: prints the peak of resident memory after one task on one file, in bytes.
// tsx bench/memory.ts FILE scrub|slice
import { readFileSync } from 'node:fs';
import { scrub } from 'metadata-cleaner';

const [path = '', task] = process.argv.slice(2);
const WARM_UP = Buffer.from('ffd8ffd9', 'hex');
await scrub(WARM_UP).catch(() => undefined);
const input = new Uint8Array(readFileSync(path));
const output = task === 'scrub' ? await scrub(input) : input.slice();
const peak = process.resourceUsage().maxRSS * 1024;
// Looked at only so that both are alive up to here.
if (input.length === 0 || output.length === 0) throw new Error('nothing was measured');
process.stdout.write(String(peak));
