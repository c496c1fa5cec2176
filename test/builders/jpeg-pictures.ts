import sharp from 'sharp';
import { jpeg } from '../../src/formats/jpeg.ts';
import { createScrubber, type Report, type ScrubError } from '../../src/scrub.ts';
import { APP, encodeJpeg, encodeRestarted, jfif, joinJpeg, type Segment, splitJpeg } from './jpeg.ts';
import { refusalOf } from './outcome.ts';

export const { scrub, inspect, scrubWithReport } = createScrubber([jpeg]);

export const bare = withoutApplication(splitJpeg(await encodeJpeg()));

export const parts = [jfif(), ...bare];

export const plain = joinJpeg(parts);

export const fullChroma = withoutApplication(splitJpeg(await encodeJpeg({ chromaSubsampling: '4:4:4' })));

export const gray = withoutApplication(splitJpeg(await encodeJpeg({ colors: 'gray' })));

export const cmyk = splitJpeg(await encodeJpeg({ colors: 'cmyk' }));

export const progressive = splitJpeg(await encodeJpeg({ progressive: true }));

export const restarted = await encodeRestarted();

export function withoutApplication(segments: readonly Segment[]): Segment[] {
  return segments.filter(({ marker }) => marker < APP(0) || marker > APP(15));
}

/** The picture with segments put behind its JFIF segment. */
export function withSegments(...segments: Segment[]): Uint8Array {
  return joinJpeg([...parts.slice(0, 1), ...segments, ...parts.slice(1)]);
}

export async function pixels(file: Uint8Array): Promise<Buffer> {
  return sharp(file, { failOn: 'none' }).rotate().raw().toBuffer();
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function kinds(report: Report): string[] {
  return report.findings.filter(({ action }) => action === 'removed').map(({ kind, where }) => `${kind}: ${where}`);
}

export const refusal = (file: Uint8Array): Promise<ScrubError> => refusalOf(scrub(file));
