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

const scrubber: Scrubber = createScrubber(formats);

/** A file that is being read. */
interface InputFile {
  path: string;
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
  options: ScrubFileOptions = {},
): Promise<Report> {
  return withFile(from, async (input) => {
    const target = await findTarget(input, to);
    const overwrite = isInPlace(to) || (options.overwrite ?? true);
    if (target.exists && !overwrite) throw alreadyExists(target.path);
    const walked = await scrubber.walk(input.open, options, true);
    const report = await reportOn(input.open, walked);
    if (target.isInput && !walked.changed) return report;
    await replaceFile(target.path, { mode: modeOf(input.stats), overwrite }, async (output) => {
      await copyPieces(walked.pieces, input.handle, input.open.size, output, options.signal);
      if (target.isInput) await copyOwnerAndMode(input.stats, output);
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
  return withFile(path, async (input) => reportOn(input.open, await scrubber.walk(input.open, options, true)));
}

/** Opens a file, lets it be worked on, and puts its path in front of what is then said against it. */
async function withFile(file: string | URL, work: (input: InputFile) => Promise<Report>): Promise<Report> {
  const path = pathOf(file);
  // Without waiting: a pipe that no one writes to would be waited for without end.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat({ bigint: true });
    throwUnlessRegular(stats, path);
    const source = fileSource(handle, Number(stats.size));
    const input: InputFile = { path, handle, stats, open: openSource(source, feedFromFile(source)) };
    if (source.size === 0) throw new ScrubError('malformed', 'The file is empty.', { offset: 0 });
    const report = await work(input);
    await throwIfChanged(input);
    return report;
  } catch (error) {
    if (!(error instanceof ScrubError)) throw error;
    throw new ScrubError(error.code, `${path}: ${error.message}`, error, { cause: error });
  } finally {
    await handle.close();
  }
}
