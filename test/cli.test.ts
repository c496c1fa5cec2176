import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { help } from '../src/cli/help.ts';
import { inspect, scrub } from '../src/index.ts';
import { buildCommand, type Command, type Ended, run } from './builders/command.ts';
import { photographer, takePhoto } from './builders/photo.ts';

let command: Command;
let photo: Uint8Array;
let clean: Uint8Array;
let folder: string;

beforeAll(async () => {
  command = await buildCommand();
  photo = await takePhoto();
  clean = await scrub(photo);
});

afterAll(() => command.remove());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadata-cleaner-cli-'));
  await writeFile(at('photo.jpg'), photo);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const bytesOf = async (name: string) => new Uint8Array(await readFile(at(name)));
const metadataCleaner = (...args: string[]): Promise<Ended> => run(folder, process.execPath, command.path, ...args);

describe('without --output or --in-place', () => {
  it('writes the clean file beside the original', async () => {
    const { code, out, err } = await metadataCleaner('photo.jpg');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^photo\.jpg → photo\.clean\.jpg: removed .*location/);
    expect(await bytesOf('photo.clean.jpg')).toEqual(clean);
    expect(await bytesOf('photo.jpg')).toEqual(photo);
  });

  it('never overwrites a file', async () => {
    await writeFile(at('photo.clean.jpg'), 'precious');
    const { code, err } = await metadataCleaner('photo.jpg');
    expect(code).toBe(2);
    expect(err).toMatch(/^photo\.clean\.jpg: there is a file of this name already/);
    expect(await readFile(at('photo.clean.jpg'), 'utf8')).toBe('precious');
  });

  it('copies a file that is clean', async () => {
    await writeFile(at('photo.jpg'), clean);
    const { code, out } = await metadataCleaner('photo.jpg');
    expect([code, out]).toEqual([0, 'photo.jpg → photo.clean.jpg: was clean\n']);
    expect(await bytesOf('photo.clean.jpg')).toEqual(clean);
  });
});

describe('--output', () => {
  it('names a file, which is replaced', async () => {
    await writeFile(at('out.jpg'), 'old');
    expect((await metadataCleaner('photo.jpg', '-o', 'out.jpg')).code).toBe(0);
    expect(await bytesOf('out.jpg')).toEqual(clean);
  });

  it('names a folder, in which nothing is replaced', async () => {
    await mkdir(at('out'));
    expect((await metadataCleaner('photo.jpg', '--output', 'out')).code).toBe(0);
    expect(await bytesOf('out/photo.jpg')).toEqual(clean);
    expect((await metadataCleaner('photo.jpg', '--output', 'out')).code).toBe(2);
  });

  it('names a folder that is made, for one file with a slash or for several', async () => {
    await writeFile(at('second.jpg'), photo);
    expect((await metadataCleaner('photo.jpg', '-o', 'one/')).code).toBe(0);
    expect((await metadataCleaner('photo.jpg', 'second.jpg', '-o', 'two/deep')).code).toBe(0);
    expect(await readdir(at('one'))).toEqual(['photo.jpg']);
    expect(await readdir(at('two/deep'))).toEqual(['photo.jpg', 'second.jpg']);
  });

  it('loses no file when two have the same name', async () => {
    await mkdir(at('b'));
    await writeFile(at('b/photo.jpg'), await takePhoto(10, 10));
    const { code, err } = await metadataCleaner('photo.jpg', 'b/photo.jpg', '-o', 'out');
    expect(code).toBe(2);
    expect(err).toContain('there is a file of this name already');
    expect(await bytesOf('out/photo.jpg')).toEqual(clean);
  });

  it('does not turn into --in-place for the folder of the file', async () => {
    expect((await metadataCleaner('photo.jpg', '-o', '.')).code).toBe(2);
    expect(await bytesOf('photo.jpg')).toEqual(photo);
  });
});

describe('--in-place', () => {
  it('replaces every file, and links stay links', async () => {
    await symlink('photo.jpg', at('link.jpg'));
    expect((await metadataCleaner('--in-place', 'link.jpg')).code).toBe(0);
    expect(await bytesOf('photo.jpg')).toEqual(clean);
    expect(await readdir(folder)).toEqual(['link.jpg', 'photo.jpg']);
  });

  it('leaves the original whole when the process is killed in the middle of writing', async () => {
    const { signal } = await run(
      folder,
      process.execPath,
      '--import',
      killInMidWrite,
      command.path,
      '--in-place',
      'photo.jpg',
    );
    expect(signal).toBe('SIGKILL');
    expect(await bytesOf('photo.jpg')).toEqual(photo);
    const [temporary] = (await readdir(folder)).filter((name) => name !== 'photo.jpg');
    expect(temporary).toMatch(/^\.photo\.jpg\.[0-9a-f-]{36}\.tmp$/);
    expect((await stat(at(temporary ?? ''))).size).toBeLessThan(clean.length);
  });

  it('leaves the original whole and nothing else when the file grows over what the system allows', async () => {
    const script = `ulimit -f 1; exec "$0" "$@"`;
    const large = await takePhoto(200, 200);
    await writeFile(at('photo.jpg'), large);
    const { code, err } = await run(
      folder,
      'bash',
      '-c',
      script,
      process.execPath,
      command.path,
      '--in-place',
      'photo.jpg',
    );
    expect([code, err]).toEqual([2, 'photo.jpg: file too large.\n']);
    expect(await bytesOf('photo.jpg')).toEqual(large);
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  it.each(['SIGINT', 'SIGTERM'])('clears up when stopped by %s', async (signal) => {
    const stop = stopInMidWrite(signal);
    const ended = await run(
      folder,
      process.execPath,
      '--import',
      stop,
      command.path,
      '--in-place',
      'photo.jpg',
      'no.jpg',
    );
    expect(ended).toEqual({ code: null, signal, out: '', err: '' });
    expect(await bytesOf('photo.jpg')).toEqual(photo);
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });
});

describe('--inspect', () => {
  it('shows where, kind, action and bytes of each finding, and writes nothing', async () => {
    const { code, out } = await metadataCleaner('--inspect', 'photo.jpg');
    const { findings } = await inspect(photo);
    expect(code).toBe(0);
    expect(out).toMatch(/^photo\.jpg: image\/jpeg, /);
    for (const { where, kind, action, bytes } of findings) {
      expect(
        out.split('\n').some((line) => [where, kind, action, String(bytes)].every((cell) => line.includes(cell))),
      ).toBe(true);
    }
    expect(out).not.toContain(photographer);
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  it('walks the coded payload when asked', async () => {
    const residual = async (...args: string[]): Promise<string> =>
      JSON.parse((await metadataCleaner('--inspect', '--json', ...args, 'photo.jpg')).out).report.residual.join();
    expect(await residual()).toMatch(/behind the last coded block/);
    expect(await residual('--thorough')).not.toMatch(/behind the last coded block/);
  });

  it('shows values when asked', async () => {
    expect((await metadataCleaner('--inspect', '--values', 'photo.jpg')).out).toContain(photographer);
  });

  it('lets no control characters through to the terminal', async () => {
    const name = 'a\u001b[2J\u202egpj.jpg';
    await writeFile(at(name), photo);
    const { out } = await metadataCleaner('--inspect', name);
    expect(out).toMatch(/^a\\u001b\[2J\\u202egpj\.jpg: /);
  });
});

describe('--check', () => {
  it('exits with 1 when a file is not clean, and names what it holds', async () => {
    await writeFile(at('clean.jpg'), clean);
    const { code, out } = await metadataCleaner('--check', 'clean.jpg', 'photo.jpg');
    expect(code).toBe(1);
    expect(out).toMatch(/^clean\.jpg: clean\nphoto\.jpg: would remove .*location.*\n$/);
    expect(await bytesOf('photo.jpg')).toEqual(photo);
  });

  it('exits with 0 when all are', async () => {
    await metadataCleaner('--in-place', 'photo.jpg');
    expect((await metadataCleaner('--check', 'photo.jpg')).code).toBe(0);
  });
});

describe('--json', () => {
  it('prints one object per file, errors too', async () => {
    await writeFile(at('clean.jpg'), clean);
    const { code, out, err } = await metadataCleaner('--json', 'photo.jpg', 'no.jpg', 'clean.jpg');
    const [first, second, third, ...rest] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(2);
    expect(first).toEqual({ file: 'photo.jpg', output: 'photo.clean.jpg', report: await inspect(photo) });
    expect(second).toEqual({
      file: 'no.jpg',
      error: { code: 'ENOENT', message: 'no.jpg: no such file or directory.' },
    });
    expect(third).toMatchObject({ file: 'clean.jpg', output: 'clean.clean.jpg', report: { changed: false } });
    expect(rest).toEqual([]);
    expect(err).toBe('no.jpg: no such file or directory.\n');
  });

  it('gives names back as they are', async () => {
    const name = 'a\u202e\u{e0041}\n"é.jpg';
    await writeFile(at(name), photo);
    const { out } = await metadataCleaner('--json', '--inspect', name);
    expect(out).not.toContain('\u202e');
    expect(JSON.parse(out).file).toBe(name);
  });
});

describe('--keep and --drop', () => {
  it('take names with commas and repeatedly', async () => {
    const options = { keep: ['density', 'copyright'], drop: ['orientation', 'colorProfile'] } as const;
    const { out } = await metadataCleaner(
      '--json',
      '--inspect',
      'photo.jpg',
      '--keep',
      'density, copyright',
      '--drop',
      'orientation',
      '--drop=colorProfile',
    );
    expect(JSON.parse(out).report).toEqual(await inspect(photo, options));
    expect(JSON.parse(out).report).not.toEqual(await inspect(photo));
  });
});

describe('the exit code', () => {
  const text = 'dear diary';

  it('is 3 for a file that can not be cleaned, which is left untouched', async () => {
    await writeFile(at('diary.txt'), text);
    const { code, out, err } = await metadataCleaner('diary.txt');
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/^diary\.txt: The file is of no format that is known here/);
    expect(await readdir(folder)).toEqual(['diary.txt', 'photo.jpg']);
  });

  it('is 2 for a broken file, and the others are cleaned all the same', async () => {
    await writeFile(at('broken.jpg'), photo.subarray(0, 200));
    await writeFile(at('diary.txt'), text);
    const { code, err } = await metadataCleaner('diary.txt', 'broken.jpg', 'photo.jpg');
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toHaveLength(2);
    expect(await bytesOf('photo.clean.jpg')).toEqual(clean);
  });

  it.each([
    [['--nonsense', 'photo.jpg'], /Unknown option '--nonsense'/],
    [['--keep', 'nonsense', 'photo.jpg'], /"nonsense" is nothing that can be kept/],
    [['--in-place', '-o', 'x', 'photo.jpg'], /Only one of/],
    [['--check', '--inspect', 'photo.jpg'], /Only one of/],
    [['-o', '', 'photo.jpg'], /--output needs/],
    [[], /No file was named/],
  ])('is 2 for arguments that make no sense: %j', async (args, message) => {
    const { code, out, err } = await metadataCleaner(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(await readdir(folder)).toEqual(['photo.jpg']);
  });

  it.each(['.', 'no.jpg', '/dev/null'])('is 2 for %s, with one sentence', async (name) => {
    const { code, err } = await metadataCleaner('--in-place', name);
    expect(code).toBe(2);
    expect(err).toMatch(/^[^\n]+: [^\n]+\.\n$/);
  });
});

it('prints its help and its version', async () => {
  expect(await metadataCleaner('--help')).toMatchObject({ code: 0, out: help });
  expect(await metadataCleaner('--version')).toMatchObject({ code: 0, out: `${manifest.version}\n` });
});

it('does not complain when its reader stops reading', async () => {
  const script = '"$0" "$@" | head -c 1';
  const files = Array.from({ length: 50 }, () => 'photo.jpg');
  const { err } = await run(folder, 'bash', '-c', script, process.execPath, command.path, '--inspect', ...files);
  expect(err).toBe('');
});

/** A module that has a process write half of its output and then act on itself. */
function inMidWrite(action: string): string {
  return `data:text/javascript,${encodeURIComponent(`
    import { open } from 'node:fs/promises';
    const handle = await open(process.execPath);
    const prototype = Object.getPrototypeOf(handle);
    await handle.close();
    const { write } = prototype;
    prototype.write = async function (bytes) {
      const result = await write.call(this, bytes.subarray(0, bytes.length >> 1));
      ${action}
      return result;
    };`)}`;
}

const killInMidWrite = inMidWrite(`process.kill(process.pid, 'SIGKILL');`);

/** Sends the signal once and waits until it has arrived. */
function stopInMidWrite(signal: string): string {
  return inMidWrite(`
    prototype.write = write;
    process.kill(process.pid, '${signal}');
    await new Promise((resolve) => setTimeout(resolve, 50));`);
}
