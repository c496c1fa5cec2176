// FFmpeg as WebAssembly, which runs wherever the tests do.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Core } from '@ffmpeg/core';

/** A run leaves traces in its instance's memory: after so many it is replaced by a fresh one. */
const RUNS_PER_INSTANCE = 10;

let compiling: Promise<WebAssembly.Module> | undefined;
let instance: Promise<Core> | undefined;
let runs = 0;

async function compile(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve('@ffmpeg/core/wasm')));
}

async function instantiate(): Promise<Core> {
  compiling ??= compile();
  const module = await compiling;
  // It takes itself for a worker of a browser and asks where its script came from.
  Object.assign(globalThis, { self: { location: { href: import.meta.url } } });
  const { default: create } = await import('@ffmpeg/core');
  return create({
    instantiateWasm(imports, use) {
      void WebAssembly.instantiate(module, imports).then((made) => use(made, module));
      return {};
    },
    locateFile: (name) => name,
  });
}

/**
 * Runs `ffmpeg -i FILE …args OUTPUT` on a file and returns what it wrote to the output.
 * @param extension the input's extension, by which FFmpeg breaks ties between demuxers
 * @throws Error with FFmpeg's messages where it fails
 */
export async function runFfmpeg(
  file: Uint8Array,
  extension: string,
  args: readonly string[],
  output = 'output',
): Promise<Uint8Array> {
  if (instance === undefined || runs++ % RUNS_PER_INSTANCE === 0) instance = instantiate();
  const core = await instance;
  const lines: string[] = [];
  core.setLogger(({ message }) => lines.push(message));
  const input = `input.${extension}`;
  core.FS.writeFile(input, file);
  try {
    const code = core.exec('-v', 'error', '-y', '-i', input, ...args, output);
    if (code !== 0) throw new Error(`FFmpeg ended with ${code}: ${lines.join('\n')}`);
    return core.FS.readFile(output).slice();
  } finally {
    core.FS.unlink(input);
  }
}

/** MD5 of each decoded stream, with its kind: the same for two files that play the same. */
export async function hashStreams(file: Uint8Array, extension: string): Promise<string> {
  const hashes = await runFfmpeg(file, extension, ['-map', '0:a?', '-map', '0:V?', '-f', 'streamhash', '-hash', 'md5']);
  const text = new TextDecoder().decode(hashes);
  if (text === '') throw new Error('FFmpeg finds no stream.');
  return text;
}
