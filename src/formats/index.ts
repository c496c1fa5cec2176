// The registry: one line per format. Order matters only where one signature is the beginning of another.
import type { Format } from '../core/format.ts';
import { asf } from './asf.ts';
import { jpeg } from './jpeg.ts';
import { m4a } from './m4a.ts';

/** Every format that is cleaned. */
export const formats: readonly Format[] = [jpeg, m4a, asf];
