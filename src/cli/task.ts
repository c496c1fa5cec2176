import { parseArgs } from 'node:util';
import { type Keepable, resolveOptions, type ScrubOptions } from '../core/options.ts';

/** What the command is asked to do. */
export interface Task {
  kind: 'scrub' | 'inspect' | 'check' | 'help' | 'version';
  files: string[];
  /** File or folder for the output. */
  output: string | undefined;
  inPlace: boolean;
  json: boolean;
  options: ScrubOptions;
}

/**
 * Understands the arguments.
 * @throws TypeError with a sentence for the user
 */
export function parseTask(args: string[]): Task {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o' },
      'in-place': { type: 'boolean', default: false },
      inspect: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      keep: { type: 'string', multiple: true, default: [] },
      drop: { type: 'string', multiple: true, default: [] },
      values: { type: 'boolean', default: false },
      thorough: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  const options: ScrubOptions = {
    keep: namesIn(values.keep),
    drop: namesIn(values.drop),
    values: values.values,
    thorough: values.thorough,
  };
  const task: Task = {
    kind: 'scrub',
    files: positionals,
    output: values.output,
    inPlace: values['in-place'],
    json: values.json,
    options,
  };
  if (values.help) return { ...task, kind: 'help' };
  if (values.version) return { ...task, kind: 'version' };
  if (values.inspect) task.kind = 'inspect';
  if (values.check) task.kind = 'check';
  if (Number(values.inspect) + Number(values.check) + Number(values.output !== undefined) + Number(task.inPlace) > 1) {
    throw new TypeError('Only one of --output, --in-place, --inspect and --check can be used at a time.');
  }
  if (values.output === '') throw new TypeError('--output needs the name of a file or folder.');
  if (task.files.length === 0) throw new TypeError('No file was named.');
  resolveOptions(options);
  return task;
}

/** The names in `--keep a,b --keep c`; whether they exist is checked where the options are resolved. */
function namesIn(lists: string[]): Keepable[] {
  const names = lists.flatMap((list) => list.split(',')).map((name) => name.trim());
  return names.filter((name) => name !== '') as Keepable[];
}
