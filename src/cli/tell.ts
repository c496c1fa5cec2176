import { getSystemErrorMap } from 'node:util';
import { ScrubError } from '../core/errors.ts';
import type { ScrubOptions } from '../core/options.ts';
import { destinationOf } from './destination.ts';
import { count, describeReport, summarize, visible } from './print.ts';
import type { Task } from './task.ts';

/** How a file fared. */
export type Outcome = 'clean' | 'dirty' | 'error' | 'unsupported';

/** How a file fared, in the forms it may be printed in. */
export interface Told {
  outcome: Outcome;
  /** For people. */
  lines: string[];
  /** For programs: plain JSON. */
  record: Record<string, unknown>;
}

/** Does what was asked with one file, and tells how it went; trouble is told too, not thrown. */
export async function tell(file: string, task: Task, options: ScrubOptions): Promise<Told> {
  try {
    return await (task.kind === 'scrub' ? tellScrub : tellInspect)(file, task, options);
  } catch (error) {
    return tellError(file, error);
  }
}

async function tellScrub(file: string, task: Task, options: ScrubOptions): Promise<Told> {
  const { scrubFile } = await import('../node.ts');
  const { path, to, overwrite } = await destinationOf(file, task);
  const report = await scrubFile(file, to, { ...options, overwrite });
  const names = path === file ? file : `${file} → ${path}`;
  const sizes = `${count(report.bytesIn)} → ${count(report.bytesOut)} bytes`;
  const done = report.changed ? `${summarize(report, 'removed', 'rewrote')} (${sizes})` : 'was clean';
  return { outcome: 'clean', lines: [visible(`${names}: ${done}`)], record: { file, output: path, report } };
}

async function tellInspect(file: string, task: Task, options: ScrubOptions): Promise<Told> {
  const { inspectFile } = await import('../node.ts');
  const report = await inspectFile(file, options);
  const record = { file, report };
  if (task.kind === 'inspect') return { outcome: 'clean', lines: describeReport(file, report), record };
  if (!report.changed) return { outcome: 'clean', lines: [visible(`${file}: clean`)], record };
  const found = summarize(report, 'would remove', 'would rewrite');
  return { outcome: 'dirty', lines: [visible(`${file}: ${found}`)], record };
}

function tellError(file: string, error: unknown): Told {
  const sentence = sentenceOf(file, error);
  const isRefusal = error instanceof ScrubError;
  const { code, offset, trail } = isRefusal ? error : { code: codeOf(error) };
  return {
    outcome: isRefusal && (code === 'unsupported' || code === 'unknown-format') ? 'unsupported' : 'error',
    lines: [visible(sentence)],
    record: { file, error: { code, message: sentence, offset, trail } },
  };
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** One sentence that begins with a file's name. */
function sentenceOf(file: string, error: unknown): string {
  const { code, errno, path, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return `${path ?? file}: there is a file of this name already; choose another with --output.`;
  const [, description] = (errno === undefined ? undefined : getSystemErrorMap().get(errno)) ?? [];
  if (description !== undefined) return `${file}: ${description}.`;
  return message.startsWith(`${file}: `) ? message : `${file}: ${message}`;
}
