import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How a file is put in its place. */
export interface Placing {
  /** Permissions of the new file, less those of the process's mask. */
  mode: number;
  /** Whether a file that is already there may be replaced. */
  overwrite: boolean;
}

/** Enough of a name to recognise it by; with the random part it stays under the 255 bytes that file systems allow. */
const NAME_LENGTH = 40;

/**
 * Writes a file so that at every moment there is under its name either what was there before or all of the new content,
 * also when the process or the machine stops half-way. After an error nothing is left behind.
 * @param write writes the content and checks whatever must hold before it takes its place
 * @throws an `EEXIST` error where a file is in the way that may not be replaced
 */
export async function replaceFile(
  target: string,
  { mode, overwrite }: Placing,
  write: (output: FileHandle) => Promise<void>,
): Promise<void> {
  const folder = dirname(target);
  const temporary = join(folder, `.${basename(target).slice(0, NAME_LENGTH)}.${crypto.randomUUID()}.tmp`);
  // Exclusive: whoever guesses the name can't have put a link to another file there.
  const output = await open(temporary, 'wx', mode);
  try {
    try {
      await write(output);
      await output.sync();
    } finally {
      await output.close();
    }
    await (overwrite ? rename(temporary, target) : renameToFree(temporary, target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Renames to a name that no one has; an empty file holds it for the moment, as not every file system has hard links. */
async function renameToFree(from: string, to: string): Promise<void> {
  await (await open(to, 'wx')).close();
  try {
    await rename(from, to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

/** Has the new name written to disk. Where a system can't do that for folders, it does so in its own time. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows opens no folders, and some network file systems don't sync them: the file itself is complete all the same.
  }
}
