import { type Limits, resolveLimits } from './limits.ts';

/** Things that can be kept or dropped by name, and whether they are kept by default. All that is kept is kept in canonical form. */
export const keepable = {
  /** How the picture is turned for display. */
  orientation: true,
  /** ICC profiles, without what identifies their maker and making. */
  colorProfile: true,
  /** Adobe RGB as announced by Exif alone (DCF 2.0, option files `R03`). */
  exifColor: true,
  /** The second picture that carries HDR brightness. */
  gainMap: true,
  /** All frames of an animation; dropped: the first alone. */
  animation: true,
  /** Width to height of a pixel, where it isn't 1:1. */
  pixelAspect: true,
  /** Absolute resolution: dots per inch or per metre. */
  density: false,
  /** Copyright notice. */
  copyright: false,
  /** Title or caption. */
  title: false,
  /** Author or artist. */
  author: false,
  /** When the content was made. */
  dates: false,
  /** Chapter marks. */
  chapters: false,
  /** Cover pictures, each scrubbed itself. */
  coverArt: false,
  /** Loudness and gain hints. */
  loudness: false,
  /** Language tags of the only track of their kind. */
  language: false,
  /** Signed manifests (C2PA) and the like. */
  provenance: false,
  /** Speaker's and author's notes. */
  notes: false,
} as const satisfies Record<string, boolean>;

/** Name of something that can be kept or dropped. */
export type Keepable = keyof typeof keepable;

/** How to scrub. */
export interface ScrubOptions {
  /** Names of things to keep that are dropped by default. */
  keep?: readonly Keepable[];
  /** Names of things to drop that are kept by default. */
  drop?: readonly Keepable[];
  /** Bounds on what one file may cost. */
  limits?: Partial<Limits>;
  /** Stops the work: it ends with a {@link ScrubError} of code `aborted`. */
  signal?: AbortSignal;
  /** Puts human-readable values (a coordinate, a camera name) into the findings. Default false. */
  values?: boolean;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  kept: ReadonlySet<Keepable>;
  limits: Limits;
  signal: AbortSignal | undefined;
  values: boolean;
}

/**
 * Fills in the defaults.
 * @throws TypeError for a name that does not exist, or one that is both kept and dropped.
 */
export function resolveOptions(options: ScrubOptions = {}): ResolvedOptions {
  const { keep = [], drop = [], signal, values = false } = options;
  const kept = new Set<Keepable>();
  for (const [name, isDefault] of Object.entries(keepable)) if (isDefault) kept.add(name as Keepable);
  for (const name of [...keep, ...drop]) {
    if (!Object.hasOwn(keepable, name)) {
      throw new TypeError(
        `"${String(name)}" is nothing that can be kept or dropped: use ${Object.keys(keepable).join(', ')}.`,
      );
    }
  }
  for (const name of keep) {
    if (drop.includes(name)) throw new TypeError(`"${name}" can't be both kept and dropped.`);
    kept.add(name);
  }
  for (const name of drop) kept.delete(name);
  return { kept, limits: resolveLimits(options.limits), signal, values };
}
