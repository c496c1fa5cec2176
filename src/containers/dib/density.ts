import { greatestCommonDivisor } from '../../bytes/greatest-common-divisor.ts';
import type { Context } from '../../core/context.ts';
import type { DibHeader } from './header.ts';

/** Pixels per metre as far as the options keep them: by default only their ratio, where pixels are not square. */
export function keepDensity({ density }: DibHeader, context: Context): { x: number; y: number } {
  const { x, y } = density;
  const nothing = { x: 0, y: 0 };
  if (x <= 0 || y <= 0) return nothing;
  if (context.keeps('density')) return density;
  if (x === y || !context.keeps('pixelAspect')) return nothing;
  const divisor = greatestCommonDivisor(x, y);
  return { x: x / divisor, y: y / divisor };
}
