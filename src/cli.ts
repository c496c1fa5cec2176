#!/usr/bin/env node
// The command line: understands its arguments, then works on one file after the other. The formats are loaded when there
// is a file to work on.
import { readFile } from 'node:fs/promises';
import { visible } from './cli/print.ts';
import { parseTask, type Task } from './cli/task.ts';
import { type Outcome, tell } from './cli/tell.ts';

const exitCodes: Record<Outcome, number> = { clean: 0, dirty: 1, error: 2, unsupported: 3 };

/** Of several files, the first of these that occurred decides the exit code. */
const gravest: readonly Outcome[] = ['error', 'unsupported', 'dirty', 'clean'];

/** @returns the exit code */
async function run(args: string[]): Promise<number> {
  let task: Task;
  try {
    task = parseTask(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    print(process.stderr, `metadata-cleaner: ${error.message}`, 'Try metadata-cleaner --help.');
    return exitCodes.error;
  }
  if (task.kind === 'help') {
    process.stdout.write((await import('./cli/help.ts')).help);
  } else if (task.kind === 'version') {
    const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8');
    print(process.stdout, JSON.parse(manifest).version);
  } else return runOnFiles(task);
  return 0;
}

async function runOnFiles(task: Task): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal));
  const seen = new Set<Outcome>();
  for (const file of task.files) {
    const { outcome, lines, record } = await tell(file, task, { ...task.options, signal: stop.signal });
    // Nothing half-written is left now; the signal then does what it would have done.
    if (stop.signal.aborted) process.kill(process.pid, stop.signal.reason);
    seen.add(outcome);
    if (outcome === 'error' || outcome === 'unsupported') print(process.stderr, ...lines);
    else if (!task.json) print(process.stdout, ...lines);
    if (task.json) print(process.stdout, visible(JSON.stringify(record)));
  }
  return exitCodes[gravest.find((outcome) => seen.has(outcome)) ?? 'clean'];
}

function print(stream: NodeJS.WriteStream, ...lines: string[]): void {
  for (const line of lines) stream.write(`${line}\n`);
}

// A reader that has seen enough, such as head, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await run(process.argv.slice(2));
