// OpenJPEG as WebAssembly, from npm: decodes and encodes JPEG 2000.
import { createRequire } from 'node:module';

interface FrameInfo {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned: boolean;
}

interface Coder {
  delete(): void;
}

interface Decoder extends Coder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): FrameInfo;
  getColorSpace(): number;
}

interface Encoder extends Coder {
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  setDecompositions(levels: number): void;
  setQuality(isLossless: boolean, ratio: number): void;
}

interface OpenJpeg {
  J2KDecoder: new () => Decoder;
  J2KEncoder: new () => Encoder;
}

let loading: Promise<OpenJpeg> | undefined;

function load(): Promise<OpenJpeg> {
  const create = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg') as (
    options: unknown,
  ) => Promise<OpenJpeg>;
  loading ??= create({ print: () => undefined, printErr: () => undefined });
  return loading;
}

/**
 * What OpenJPEG makes of a JP2 file or codestream.
 * @throws where it can't read it
 */
export async function decodeJpeg2000(
  file: Uint8Array,
): Promise<{ info: FrameInfo; colorSpace: number; pixels: string }> {
  const { J2KDecoder } = await load();
  const decoder = new J2KDecoder();
  try {
    decoder.getEncodedBuffer(file.length).set(file);
    decoder.decode();
    const info = { ...decoder.getFrameInfo() };
    const pixels = Buffer.from(decoder.getDecodedBuffer()).toString('hex');
    if (pixels === '') throw new Error('OpenJPEG decodes nothing.');
    return { info, colorSpace: decoder.getColorSpace(), pixels };
  } finally {
    decoder.delete();
  }
}

/** Encodes 8-bit samples, components interleaved, as a codestream. */
export async function encodeJpeg2000(
  samples: Uint8Array,
  width: number,
  height: number,
  options: { isLossless?: boolean } = {},
): Promise<Uint8Array> {
  const { J2KEncoder } = await load();
  const encoder = new J2KEncoder();
  try {
    const componentCount = samples.length / width / height;
    encoder.getDecodedBuffer({ width, height, bitsPerSample: 8, componentCount, isSigned: false }).set(samples);
    encoder.setDecompositions(3);
    encoder.setQuality(options.isLossless ?? true, 10);
    encoder.encode();
    return encoder.getEncodedBuffer().slice();
  } finally {
    encoder.delete();
  }
}
