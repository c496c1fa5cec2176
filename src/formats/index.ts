// The registry: one line per format. Order matters only where one signature is the beginning of another.
import type { Format } from '../core/format.ts';
import { aac } from './aac.ts';
import { jpeg } from './jpeg.ts';
import { midi } from './midi.ts';
import { mp3 } from './mp3.ts';

/** Every format that is cleaned. */
export const formats: readonly Format[] = [jpeg, aac, midi, mp3];
