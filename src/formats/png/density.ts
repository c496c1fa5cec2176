import { greatestCommonDivisor } from '../../bytes/greatest-common-divisor.ts';
import { MAX_UINT } from '../../containers/png.ts';
import type { Context } from '../../core/context.ts';

/** Unit specifier of pHYs (§11.3.4.3): 0 means that the ratio alone is known. */
const UNIT_METRE = 1;

/** What the options keep of the data of a pHYs chunk; nothing for square pixels without a resolution. */
export function readDensity(data: Uint8Array, context: Context): Uint8Array | undefined {
  if (data.length !== 9) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [x, y, unit] = [view.getUint32(0), view.getUint32(4), view.getUint8(8)];
  if (x === 0 || y === 0 || x > MAX_UINT || y > MAX_UINT) return undefined;
  if (unit === UNIT_METRE && context.keeps('density')) return data;
  if (x === y || !context.keeps('pixelAspect')) return undefined;
  const divisor = greatestCommonDivisor(x, y);
  const ratio = new Uint8Array(data.length);
  const written = new DataView(ratio.buffer);
  written.setUint32(0, x / divisor);
  written.setUint32(4, y / divisor);
  return ratio;
}
