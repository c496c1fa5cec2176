// Canonical data of the chunks that give the samples their meaning. What decoders ignore is left out.
import { areEqual } from '../../bytes/equal.ts';
import { ColorType, type ImageHeader } from '../../containers/png/image-header.ts';
import { MAX_UINT } from '../../containers/png.ts';

/** Length of a palette entry. */
const ENTRY_LENGTH = 3;
const MAX_ENTRIES = 256;

/** The last rendering intent (§11.3.2.5). */
const ABSOLUTE_COLORIMETRIC = 3;

/** Transfer functions of ITU-T H.273 whose pictures are tone mapped. */
const HdrTransfer = { pq: 16, hlg: 18 } as const;

/** §11.3.2.1: a chromaticity of 1; libpng ignores those of more than a tenth beyond it, on either side. */
const CHROMATICITY_ONE = 100_000;
const MAX_CHROMATICITY = CHROMATICITY_ONE + CHROMATICITY_ONE / 10;

/** The palette cut to the entries that the bit depth can name; nothing where decoders ignore it. */
export function readPalette(data: Uint8Array, { bitDepth }: ImageHeader): Uint8Array | undefined {
  if (data.length === 0 || data.length % ENTRY_LENGTH !== 0 || data.length > MAX_ENTRIES * ENTRY_LENGTH)
    return undefined;
  return data.subarray(0, ENTRY_LENGTH * 2 ** bitDepth);
}

/**
 * The transparency (§11.3.1.1): an alpha value for each palette entry, or the transparent colour.
 * @param entries length of the palette
 */
export function readTransparency(data: Uint8Array, image: ImageHeader, entries: number): Uint8Array | undefined {
  if (image.colorType === ColorType.indexed) return data.length === 0 || data.length > entries ? undefined : data;
  if (image.colorType === ColorType.gray && data.length === 2) return maskSamples(data, image.bitDepth);
  if (image.colorType === ColorType.rgb && data.length === 6) return maskSamples(data, image.bitDepth);
  return undefined;
}

/** Samples of two bytes, of which only as many bits count as the picture's samples have. */
function maskSamples(data: Uint8Array, bitDepth: number): Uint8Array {
  const mask = 2 ** bitDepth - 1;
  return data.map((byte, index) => byte & (index % 2 === 0 ? mask >> 8 : mask));
}

/** The background colour (§11.3.4.1); libpng ignores one that the picture could not have. */
export function readBackground(data: Uint8Array, image: ImageHeader, entries: number): Uint8Array | undefined {
  if (image.colorType === ColorType.indexed) {
    const [index = 0] = data;
    return data.length === 1 && index < entries ? data : undefined;
  }
  const isGray = image.colorType === ColorType.gray || image.colorType === ColorType.grayAlpha;
  if (data.length !== (isGray ? 2 : 6)) return undefined;
  return areEqual(maskSamples(data, image.bitDepth), data) ? data : undefined;
}

/** Coding-independent code points (§11.3.2.6); PNG knows no matrix but the identity. */
export function readCodePoints(data: Uint8Array): Uint8Array | undefined {
  const [, , matrix, fullRange = 0] = data;
  return data.length === 4 && matrix === 0 && fullRange <= 1 ? data : undefined;
}

/** Whether code points name a transfer function for which mDCV and cLLI count. */
export function isHdr(codePoints: Uint8Array | undefined): boolean {
  const transfer = codePoints?.[1];
  return transfer === HdrTransfer.pq || transfer === HdrTransfer.hlg;
}

/** §11.3.2.5. */
export function readIntent(data: Uint8Array): Uint8Array | undefined {
  const [intent = 0] = data;
  return data.length === 1 && intent <= ABSOLUTE_COLORIMETRIC ? data : undefined;
}

/** §11.3.2.2: 0 means nothing. */
export function readGamma(data: Uint8Array): Uint8Array | undefined {
  if (data.length !== 4) return undefined;
  const gamma = new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
  return gamma > 0 && gamma <= MAX_UINT ? data : undefined;
}

/** §11.3.2.1: x and y of white, red, green and blue. */
export function readChromaticities(data: Uint8Array): Uint8Array | undefined {
  if (data.length !== 32) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, 32);
  for (let at = 0; at < 32; at += 4) if (Math.abs(view.getInt32(at)) > MAX_CHROMATICITY) return undefined;
  // Without luminance white is none.
  return view.getInt32(4) > 0 ? data : undefined;
}
