// The EXIF chunk (RFC 9649 §2.7.1.5): an Exif block, which by the specification begins with its TIFF header. Some writers put
// the identifier of JPEG in front of it.
import { concat } from '../../bytes/concat.ts';
import { latin1Bytes, startsWith } from '../../bytes/text.ts';
import { noEssentials, readExif, writeExif } from '../../containers/exif.ts';
import { describeExif } from '../../containers/exif-inventory.ts';
import type { Context } from '../../core/context.ts';
import type { Plan } from '../../core/plan.ts';

const IDENTIFIER = 'Exif\0\0';
const UPRIGHT = 1;

/** Where the TIFF header stands in the data of an EXIF chunk. */
function blockStart(data: Uint8Array): number {
  return startsWith(data, IDENTIFIER) ? IDENTIFIER.length : 0;
}

/**
 * What is kept of an EXIF chunk's data; nothing if there is nothing to keep. Readers are of two kinds: most take the data as the
 * specification has it and fail at an identifier (Skia, FFmpeg), some search for one and obey nothing else (ImageMagick).
 * For the second kind the orientation is told again behind the block, where the first do not look.
 */
export function canonicalExif(data: Uint8Array, context: Context): Uint8Array | undefined {
  const essentials = readExif(data.subarray(blockStart(data)), context);
  const block = writeExif(essentials);
  if (block === undefined || essentials.orientation === UPRIGHT) return block;
  const again = writeExif({ ...noEssentials, orientation: essentials.orientation });
  return again === undefined ? block : concat(block, latin1Bytes(IDENTIFIER), again);
}

/** Notes what the data of an EXIF chunk tells, which stands at `start`. */
export function describeExifBlock(
  plan: Plan,
  context: Context,
  data: Uint8Array,
  start: number,
  ...trail: string[]
): void {
  if (!context.describes) return;
  const from = blockStart(data);
  const where = [...trail, 'EXIF'].join(' › ');
  describeExif(plan, data.subarray(from), where, start + from);
  if (context.options.values) plan.exhibit(data.subarray(from), where);
}
