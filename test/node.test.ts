import {
  chmod,
  type FileHandle,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { inspect, ScrubError, scrub } from '../src/index.ts';
import { inspectFile, scrubFile } from '../src/node.ts';
import { photographer, takePhoto } from './builders/photo.ts';

let photo: Uint8Array;
let clean: Uint8Array;
let folder: string;
let file: string;

beforeAll(async () => {
  photo = await takePhoto();
  clean = await scrub(photo);
  expect(Buffer.from(photo).includes(photographer)).toBe(true);
  expect(Buffer.from(clean).includes(photographer)).toBe(false);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadata-cleaner-node-'));
  file = join(folder, 'photo.jpg');
  await writeFile(file, photo);
  // In the past: systems tell times no finer than some milliseconds apart.
  await utimes(file, 1_000_000_000, 1_000_000_000);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const bytesOf = async (path: string) => new Uint8Array(await readFile(path));
const at = (name: string) => join(folder, name);

/** Replaces a method of every file handle; the original is passed in. */
async function intercept<Name extends 'read' | 'write' | 'sync'>(
  name: Name,
  make: (original: (...args: unknown[]) => Promise<unknown>) => (this: FileHandle, ...args: unknown[]) => unknown,
): Promise<void> {
  const handle = await open(file, 'r');
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const original = prototype[name];
  vi.spyOn(prototype, name).mockImplementation(make(original) as never);
}

describe('scrubFile to another file', () => {
  it('writes what scrub gives and leaves the original alone', async () => {
    const report = await scrubFile(file, at('out.jpg'));
    expect(await bytesOf(at('out.jpg'))).toEqual(clean);
    expect(await bytesOf(file)).toEqual(photo);
    expect(report).toEqual(await inspect(photo));
    expect(await readdir(folder)).toEqual(['out.jpg', 'photo.jpg']);
  });

  it('takes file URLs', async () => {
    await scrubFile(pathToFileURL(file), pathToFileURL(at('out.jpg')));
    expect(await bytesOf(at('out.jpg'))).toEqual(clean);
  });

  it('copies a file that is clean already', async () => {
    await writeFile(file, clean);
    const report = await scrubFile(file, at('out.jpg'));
    expect(report.changed).toBe(false);
    expect(await bytesOf(at('out.jpg'))).toEqual(clean);
  });

  it('copies files of many blocks exactly', async () => {
    const large = await takePhoto(2400, 1800);
    expect(large.length).toBeGreaterThan(3 * 1024 * 1024);
    await writeFile(file, large);
    await scrubFile(file, at('out.jpg'));
    expect(Buffer.compare(await readFile(at('out.jpg')), await scrub(large))).toBe(0);
  });

  it('gives the output the permissions of the original', async () => {
    await chmod(file, 0o600);
    await scrubFile(file, at('out.jpg'));
    expect((await stat(at('out.jpg'))).mode & 0o777).toBe(0o600);
  });

  it('replaces a file that is there, and keeps it when told not to overwrite', async () => {
    await writeFile(at('out.jpg'), 'old');
    await expect(scrubFile(file, at('out.jpg'), { overwrite: false })).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(at('out.jpg'), 'utf8')).toBe('old');
    await scrubFile(file, at('out.jpg'));
    expect(await bytesOf(at('out.jpg'))).toEqual(clean);
    expect(await readdir(folder)).toEqual(['out.jpg', 'photo.jpg']);
  });

  it('does not overwrite a file that appears while it works, when told not to', async () => {
    await intercept(
      'sync',
      (original) =>
        async function () {
          await writeFile(at('out.jpg'), 'newer');
          return original.call(this);
        },
    );
    await expect(scrubFile(file, at('out.jpg'), { overwrite: false })).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(at('out.jpg'), 'utf8')).toBe('newer');
    expect(await readdir(folder)).toEqual(['out.jpg', 'photo.jpg']);
  });

  it('writes through a link to a file, which stays a link', async () => {
    await writeFile(at('real.jpg'), 'old');
    await symlink('real.jpg', at('out.jpg'));
    await scrubFile(file, at('out.jpg'));
    expect(await readlink(at('out.jpg'))).toBe('real.jpg');
    expect(await bytesOf(at('real.jpg'))).toEqual(clean);
  });

  it.each([
    ['the same path', () => Promise.resolve(file)],
    ['a link to it', () => symlink(file, at('same.jpg')).then(() => at('same.jpg'))],
  ])('works in place when the target is %s', async (_name, makeTarget) => {
    await scrubFile(file, await makeTarget());
    expect(await bytesOf(file)).toEqual(clean);
    const { ino } = await stat(file);
    await scrubFile(file, file);
    expect((await stat(file)).ino).toBe(ino);
  });

  it('cleans a target that is another name of the same file', async () => {
    await link(file, at('other.jpg'));
    await scrubFile(file, at('other.jpg'));
    expect(await bytesOf(at('other.jpg'))).toEqual(clean);
    expect(await bytesOf(file)).toEqual(photo);
  });
});

describe('scrubFile in place', () => {
  it('replaces the file by its clean form', async () => {
    const report = await scrubFile(file, { inPlace: true });
    expect(await bytesOf(file)).toEqual(clean);
    expect(report).toEqual(await inspect(photo));
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  it('does not touch a file that is clean', async () => {
    await writeFile(file, clean);
    await utimes(file, 1_000_000_000, 1_000_000_000);
    const before = await stat(file);
    const report = await scrubFile(file, { inPlace: true });
    const after = await stat(file);
    expect(report.changed).toBe(false);
    expect([after.ino, after.mtimeMs, after.ctimeMs]).toEqual([before.ino, before.mtimeMs, before.ctimeMs]);
  });

  it.each(['600', '444', '666'])('keeps permissions %s', async (octal) => {
    const mode = Number.parseInt(octal, 8);
    await chmod(file, mode);
    await scrubFile(file, { inPlace: true });
    expect(await bytesOf(file)).toEqual(clean);
    expect((await stat(file)).mode & 0o777).toBe(mode);
  });

  it('cleans what a link points to, in its own folder', async () => {
    await mkdir(at('links'));
    await symlink('../photo.jpg', at('links/link.jpg'));
    await scrubFile(at('links/link.jpg'), { inPlace: true });
    expect((await lstat(at('links/link.jpg'))).isSymbolicLink()).toBe(true);
    expect(await bytesOf(file)).toEqual(clean);
    expect(await readdir(at('links'))).toEqual(['link.jpg']);
  });

  it('cleans files whose names leave no room for a longer one', async () => {
    const long = at(`${'é'.repeat(125)}.jpg`);
    await writeFile(long, photo);
    await scrubFile(long, { inPlace: true });
    expect(await bytesOf(long)).toEqual(clean);
  });
});

describe('a failure', () => {
  /** Nothing has changed and nothing was left behind. */
  async function expectUntouched(content: Uint8Array = photo): Promise<void> {
    expect(await bytesOf(file)).toEqual(content);
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  }

  it('to understand the file leaves it as it was, and names it', async () => {
    const half = photo.slice(0, photo.length / 2);
    await writeFile(file, half);
    const error = await scrubFile(file, { inPlace: true }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ScrubError);
    expect(error).toMatchObject({ code: 'malformed', format: 'jpeg', cause: expect.any(ScrubError) });
    expect((error as ScrubError).message).toMatch(/^.*photo\.jpg: The file is cut off/);
    await expectUntouched(half);
  });

  it('to know the format leaves it as it was', async () => {
    const text = new TextEncoder().encode('dear diary');
    await writeFile(file, text);
    await expect(scrubFile(file, at('out.jpg'))).rejects.toMatchObject({ code: 'unknown-format' });
    await expectUntouched(text);
  });

  it('on an empty file is a refusal', async () => {
    await writeFile(file, '');
    await expect(scrubFile(file, at('out.jpg'))).rejects.toMatchObject({ name: 'ScrubError', code: 'malformed' });
    await expectUntouched(new Uint8Array(0));
  });

  it.each(['write', 'sync'] as const)('of the disk to %s leaves it as it was', async (method) => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    await intercept(method, () => () => Promise.reject(full));
    await expect(scrubFile(file, { inPlace: true })).rejects.toBe(full);
    await expectUntouched();
    await expect(scrubFile(file, at('out.jpg'))).rejects.toBe(full);
    await expectUntouched();
  });

  it('to create files in the folder leaves it as it was', async () => {
    await chmod(folder, 0o555);
    await asUnprivileged(async () => {
      await expect(scrubFile(file, { inPlace: true })).rejects.toMatchObject({ code: 'EACCES' });
      await expect(scrubFile(file, at('out.jpg'))).rejects.toMatchObject({ code: 'EACCES' });
    });
    await chmod(folder, 0o755);
    await expectUntouched();
  });

  it('by an abort in the middle of the copy leaves it as it was', async () => {
    const large = await takePhoto(2400, 1800);
    await writeFile(file, large);
    const stop = new AbortController();
    await intercept(
      'write',
      (original) =>
        async function (...args) {
          stop.abort();
          return original.apply(this, args);
        },
    );
    const options = { signal: stop.signal };
    await expect(scrubFile(file, { inPlace: true }, options)).rejects.toMatchObject({ code: 'aborted' });
    expect(Buffer.compare(await readFile(file), large)).toBe(0);
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  it('to rename leaves no file behind', async () => {
    await expect(scrubFile(file, at('missing/out.jpg'))).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(at('out.jpg'));
    await expect(scrubFile(file, at('out.jpg'))).rejects.toBeInstanceOf(TypeError);
    await rm(at('out.jpg'), { recursive: true });
    await intercept(
      'sync',
      (original) =>
        async function () {
          await mkdir(at('out.jpg'));
          return original.call(this);
        },
    );
    await expect(scrubFile(file, at('out.jpg'))).rejects.toMatchObject({ code: 'EISDIR' });
    await rm(at('out.jpg'), { recursive: true });
    await expectUntouched();
  });
});

describe('a file that changes while it is read', () => {
  it.each([
    ['written to', () => writeFile(file, new Uint8Array(photo.length).fill(0xaa))],
    ['cut off', () => writeFile(file, photo.subarray(0, 100))],
    ['replaced by another', () => rm(file).then(() => writeFile(file, 'a new one'))],
  ])('is not overwritten in place when it was %s', async (_name, change) => {
    let changed: Uint8Array | undefined;
    await intercept(
      'write',
      (original) =>
        async function (...args) {
          if (changed === undefined) {
            changed = new Uint8Array();
            await change();
            changed = await bytesOf(file);
          }
          return original.apply(this, args);
        },
    );
    await expect(scrubFile(file, { inPlace: true })).rejects.toMatchObject({ code: 'aborted' });
    expect(await bytesOf(file)).toEqual(changed);
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  it('gives no output and no report', async () => {
    const appending = (original: (...args: unknown[]) => Promise<unknown>) =>
      async function (this: FileHandle, ...args: unknown[]) {
        const result = await original.apply(this, args);
        await writeFile(file, 'more', { flag: 'a' });
        return result;
      };
    await intercept('read', appending);
    await expect(scrubFile(file, at('out.jpg'))).rejects.toMatchObject({ code: 'aborted' });
    expect(await readdir(folder)).toEqual(['photo.jpg']);
    await expect(inspectFile(file)).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('inspectFile', () => {
  it('tells what scrubFile would do', async () => {
    expect(await inspectFile(file)).toEqual(await inspect(photo));
    expect(await bytesOf(file)).toEqual(photo);
  });

  it('passes options on', async () => {
    const report = await inspectFile(file, { values: true });
    const values = report.findings.map((finding) => JSON.stringify(finding.values ?? {})).join();
    expect(values).toContain(photographer);
  });
});

describe("a caller's mistake", () => {
  it.each([
    ['a folder', () => folder],
    ['a device', () => '/dev/null'],
    ['no name', () => ''],
  ])('to name %s is a TypeError', async (_name, path) => {
    await expect(scrubFile(path(), at('out.jpg'))).rejects.toBeInstanceOf(TypeError);
    await expect(scrubFile(file, path())).rejects.toBeInstanceOf(TypeError);
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  it('leaves devices as they are', async () => {
    await expect(scrubFile(file, '/dev/full')).rejects.toBeInstanceOf(TypeError);
    expect((await lstat('/dev/full')).isCharacterDevice()).toBe(true);
  });

  it('to name a file that does not exist is the error of the system', async () => {
    await expect(scrubFile(at('no.jpg'), at('out.jpg'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('to ask for an option that does not exist is a TypeError', async () => {
    await expect(scrubFile(file, at('out.jpg'), { keep: ['nothing' as never] })).rejects.toBeInstanceOf(TypeError);
  });
});

/** Works without the rights of the superuser, to whom no folder is closed. */
async function asUnprivileged(work: () => Promise<void>): Promise<void> {
  const nobody = 65534;
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
