// JPEG XL as WebAssembly, from npm: jxl-oxide decodes, libjxl encodes.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import encode, { init as initEncoder } from '@jsquash/jxl/encode.js';
import initDecoder, { JxlImage } from 'jxl-oxide-wasm';

const { resolve } = createRequire(import.meta.url);
/** Beside the module: the package does not name it. */
const DECODER = new URL('../../node_modules/jxl-oxide-wasm/jxl_oxide_wasm_bg.wasm', import.meta.url);

async function load(path: string | URL): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(path));
}

let decoder: Promise<unknown> | undefined;
let encoder: Promise<unknown> | undefined;

/** What a picture or animation shows: pixels of each frame as PNG, profile, time. */
export interface ShownFrame {
  png: string;
  profile: string;
  duration: number;
}

/**
 * Decodes all frames, turned as the file says.
 * @throws where the decoder can't read the file
 */
export async function decodeJxl(file: Uint8Array): Promise<{ width: number; height: number; frames: ShownFrame[] }> {
  decoder ??= load(DECODER).then((module) => initDecoder({ module_or_path: module }));
  await decoder;
  const image = new JxlImage();
  try {
    image.feedBytes(file);
    if (!image.tryInit()) throw new Error('The decoder lacks bytes of the header.');
    const frames: ShownFrame[] = [];
    for (let index = 0; index < image.numLoadedKeyframes; index++) {
      const frame = image.render(index);
      const profile = Buffer.from(frame.iccProfile).toString('hex');
      const { duration } = frame;
      // Its memory is gone with this.
      frames.push({ png: Buffer.from(frame.encodeToPng()).toString('hex'), profile, duration });
    }
    if (!image.loaded) throw new Error('The decoder lacks bytes of a frame.');
    return { width: image.width ?? 0, height: image.height ?? 0, frames };
  } finally {
    image.free();
  }
}

/** Encodes 8-bit RGBA pixels as a bare codestream. */
export async function encodeJxl(
  pixels: Uint8Array,
  width: number,
  height: number,
  options: { lossless?: boolean; quality?: number; progressive?: boolean } = {},
): Promise<Uint8Array> {
  encoder ??= load(resolve('@jsquash/jxl/codec/enc/jxl_enc.wasm')).then((module) => initEncoder(module as never));
  await encoder;
  const data = new Uint8ClampedArray(pixels);
  return new Uint8Array(await encode({ data, width, height, colorSpace: 'srgb' } as ImageData, options));
}
