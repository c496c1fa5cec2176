import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import type { InPlace } from '../node.ts';
import type { Task } from './task.ts';

/** Where a clean file goes. */
export interface Destination {
  /** The name of the file that is written. */
  path: string;
  /** What `scrubFile` is told. */
  to: string | InPlace;
  /** Whether a file of that name may be replaced: only where it was named itself. */
  overwrite: boolean;
}

/** Where the clean form of a file goes. A folder that was asked for is made. */
export async function destinationOf(file: string, { files, inPlace, output }: Task): Promise<Destination> {
  if (inPlace) return { path: file, to: { inPlace: true }, overwrite: true };
  if (output === undefined) {
    const { name, ext } = parse(file);
    const path = join(dirname(file), `${name}.clean${ext}`);
    return { path, to: path, overwrite: false };
  }
  if (files.length === 1 && !(await isFolder(output))) return { path: output, to: output, overwrite: true };
  await mkdir(output, { recursive: true });
  const path = join(output, basename(file));
  return { path, to: path, overwrite: false };
}

async function isFolder(path: string): Promise<boolean> {
  if (/[/\\]$/.test(path)) return true;
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // What is not there will be a file; any other trouble comes up again when it is written.
    return false;
  }
}
