// The functions of this library for files by name. A file is read in parts and never held in memory as a whole; its clean
// form is written beside the target under a temporary name and takes the target's name only when it is complete.
import type { BigIntStats } from 'node:fs';
import { constants, type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ScrubError } from './core/errors.ts';
import { type OpenInput, openSource } from './core/input.ts';
import { formats } from './formats/index.ts';
import { copyPieces } from './node/copy-pieces.ts';
import { changedMeanwhile, feedFromFile, fileSource } from './node/file-source.ts';
import { replaceFile } from './node/replace-file.ts';
import { createScrubber, type Report, reportOn, type Scrubber, type ScrubOptions } from './scrub.ts';

/** Says that a file is to be replaced by its clean form. */
export interface InPlace {
  /** Always true. */
  inPlace: true;
}

/** How to scrub a file. */
export interface ScrubFileOptions extends ScrubOptions {
  /** Whether a file that already has the output's name is replaced. Default true. Means nothing in place. */
  overwrite?: boolean;
}

/** Where the output goes. */
interface Target {
  path: string;
  /** Whether there is a file already. */
  exists: boolean;
  /** Whether that is the file that is read. */
  isInput: boolean;
}

const scrubber: Scrubber = createScrubber(formats);

/** A file that is being read. */
interface InputFile {
  handle: FileHandle;
  stats: BigIntStats;
  open: OpenInput;
}

/**
 * Takes the metadata out of a file. Whatever goes wrong, the original and what was at the target stay as they were, and no
 * other file is left behind; only a process that is killed may leave a hidden temporary file, `.<name>.<random>.tmp`.
 *
 * In place, a file that is clean already is not written to. One that is not gets new content under its old name and keeps
 * its permissions, and its owner where the process may set it; a symbolic link stays a link, and what it points to is
 * cleaned. Another hard link to the file keeps the old content.
 * @param from path or `file:` URL of the original
 * @param to path or `file:` URL of the output, which gets the original's permissions, or `{ inPlace: true }`. When it leads
 * to the original itself, that is the same as in place.
 * @returns what was done
 * @throws ScrubError when the file can't be cleaned, with the path in front of its message; `aborted` also when the file
 * was changed while it was read
 * @throws TypeError when a path leads to something other than a regular file, or an option does not exist
 * @throws the system's own errors (`ENOENT`, `EACCES`, `ENOSPC`, …) untouched; `EEXIST` only with `overwrite: false`
 */
export async function scrubFile(
  from: string | URL,
  to: string | URL | InPlace,
  { overwrite: mayOverwrite = true, ...options }: ScrubFileOptions = {},
): Promise<Report> {
  return withFile(from, async (input) => {
    const target = await findTarget(from, to, input.stats);
    const overwrite = isInPlace(to) || mayOverwrite;
    if (target.exists && !overwrite) throw alreadyExists(pathOf(to));
    const walked = await scrubber.walk(input.open, options, true);
    const report = await reportOn(input.open, walked);
    if (target.isInput && !walked.changed) {
      await throwIfChanged(input);
      return report;
    }
    await replaceFile(target.path, { mode: modeOf(input.stats), overwrite }, async (output) => {
      await copyPieces(walked.pieces, input.handle, input.open.size, output, options.signal);
      if (target.isInput) await prepareToReplace(target.path, input.stats, output);
      await throwIfChanged(input);
    });
    return report;
  });
}

/**
 * Tells what {@link scrubFile} would do. It is the same walk; only nothing is written.
 * @param path path or `file:` URL
 * @throws ScrubError, TypeError and the system's errors as `scrubFile` does
 */
export async function inspectFile(path: string | URL, options: ScrubOptions = {}): Promise<Report> {
  return withFile(path, async (input) => {
    const report = await reportOn(input.open, await scrubber.walk(input.open, options, true));
    await throwIfChanged(input);
    return report;
  });
}

/** Opens a file, has it worked on, and puts its path in front of what is said against it. */
async function withFile(file: string | URL, work: (input: InputFile) => Promise<Report>): Promise<Report> {
  const path = pathOf(file);
  // Without waiting: a pipe that no one writes to would otherwise be waited for without end.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat({ bigint: true });
    throwUnlessRegular(stats, path);
    const source = fileSource(handle, Number(stats.size));
    if (source.size === 0) throw new ScrubError('malformed', 'The file is empty.', { offset: 0 });
    return await work({ handle, stats, open: openSource(source, feedFromFile(source)) });
  } catch (error) {
    if (!(error instanceof ScrubError)) throw error;
    throw new ScrubError(error.code, `${path}: ${error.message}`, error, { cause: error });
  } finally {
    await handle.close();
  }
}

async function findTarget(from: string | URL, to: string | URL | InPlace, input: BigIntStats): Promise<Target> {
  if (isInPlace(to)) return { path: await realpath(from), exists: true, isInput: true };
  const path = pathOf(to);
  const stats = await stat(path, { bigint: true }).catch(orMissing);
  if (stats === undefined) return { path, exists: false, isInput: false };
  throwUnlessRegular(stats, path);
  return { path: await realpath(path), exists: true, isInput: isSameFile(stats, input) };
}

/** Gives the output what the original has besides its content, and makes sure that the original is what will be replaced. */
async function prepareToReplace(path: string, original: BigIntStats, output: FileHandle): Promise<void> {
  if (!isSameFile(await stat(path, { bigint: true }), original)) throw changedMeanwhile();
  const own = await output.stat({ bigint: true });
  if (own.uid !== original.uid || own.gid !== original.gid) {
    // Only a privileged process may give a file away.
    await output.chown(Number(original.uid), Number(original.gid)).catch(() => undefined);
  }
  await output.chmod(modeOf(original));
}

async function throwIfChanged({ handle, stats }: InputFile): Promise<void> {
  const now = await handle.stat({ bigint: true });
  if (now.size !== stats.size || now.mtimeNs !== stats.mtimeNs) throw changedMeanwhile();
}

function throwUnlessRegular(stats: BigIntStats, path: string): void {
  if (!stats.isFile()) throw new TypeError(`${path}: not a regular file.`);
}

function alreadyExists(path: string): Error {
  return Object.assign(new Error(`EEXIST: file already exists, '${path}'`), { code: 'EEXIST', path });
}

function orMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function isSameFile(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

function isInPlace(to: string | URL | InPlace): to is InPlace {
  return typeof to === 'object' && 'inPlace' in to && to.inPlace;
}

function modeOf({ mode }: BigIntStats): number {
  return Number(mode & 0o777n);
}

function pathOf(file: unknown): string {
  if (file instanceof URL) return fileURLToPath(file);
  if (typeof file === 'string' && file !== '') return file;
  throw new TypeError('A file is named by a path or a file: URL; the output may also be { inPlace: true }.');
}
