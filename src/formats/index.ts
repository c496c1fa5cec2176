// The registry: one line per format. Order matters only where one signature is the beginning of another.
import type { Format } from '../core/format.ts';
import { jpeg } from './jpeg.ts';
import { pdf } from './pdf.ts';

/** Every format that is cleaned. */
export const formats: readonly Format[] = [jpeg, pdf];
