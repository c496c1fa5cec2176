import { pictures } from './pictures.ts';
import { sounds } from './sounds.ts';

/** A file that is measured. */
export interface Case {
  name: string;
  /** Id of its format. */
  format: string;
  make: () => Promise<Buffer>;
}

/** All files that are measured. */
export const cases: readonly Case[] = [...pictures, ...sounds];
