import type { ScrubOptions } from '../../src/core/options.ts';

/**
 * A file whose content is fixed and whose metadata is drawn from a seed. Each format of the registry has a module
 * `test/specimens/<id>.ts` with the members of {@link SpecimenModule}; the laws run over all of them.
 */
export interface Specimen {
  /** What is special about it: `progressive, EXIF thumbnail, trailing data`. */
  name: string;
  /** The file with metadata of this seed. The same seed gives the same bytes; seeds differ in metadata alone: texts, sizes, order, padding, presence. */
  make(seed: number): Uint8Array | Promise<Uint8Array>;
  /** Words planted by `make(seed)` that must not be in the output, in any of the encodings they were planted in. */
  canaries(seed: number): readonly string[];
  /** What an independent decoder makes of a file: compared with `toEqual` before and after. Orientation is applied or part of the result. */
  decode(file: Uint8Array): Promise<unknown>;
}

/** What a module of specimens exports. */
export interface SpecimenModule {
  specimens: readonly Specimen[];
  /** Matches each `group:tag=value` that ExifTool may report of a clean file: what its structure says, and what is kept. */
  structuralTags: RegExp;
  /** Options without which files of the format are refused. */
  options?: ScrubOptions;
}

/** A deterministic random generator (mulberry32), uniform in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A word that stands in no format's own vocabulary: `canary-<seed>-<name>` with random letters behind it. */
export function canary(seed: number, name: string): string {
  const random = randomFrom(seed * 7919 + name.length * 104729 + name.charCodeAt(0));
  const letters = Array.from({ length: 4 + Math.floor(random() * 24) }, () =>
    String.fromCharCode(97 + Math.floor(random() * 26)),
  );
  return `canary${seed}${name}${letters.join('')}`;
}
