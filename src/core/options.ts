import { type Limits, resolveLimits } from './limits.ts';

/** Things that can be kept or dropped by name. All that is kept is kept in canonical form. */
export interface Keepables {
  /** How the picture is turned for display. */
  orientation: boolean;
  /** ICC profiles, without what identifies their maker and making. */
  colorProfile: boolean;
  /** Adobe RGB as announced by Exif alone (DCF 2.0, option files `R03`). */
  exifColor: boolean;
  /**
   * The second picture of a JPEG that tells HDR displays how bright it is (Ultra HDR, ISO 21496-1), scrubbed itself. Outlines of
   * what was covered up in the picture alone may show in it.
   */
  gainMap: boolean;
  /** All frames of an animation; dropped: the first alone. */
  animation: boolean;
  /** Width to height of a pixel, where it isn't 1:1. */
  pixelAspect: boolean;
  /** Absolute resolution: dots per inch or per metre. */
  density: boolean;
  /** Copyright notice. */
  copyright: boolean;
  /** Title or caption. */
  title: boolean;
  /** Author or artist. */
  author: boolean;
  /** When the content was made. */
  dates: boolean;
  /** Chapter marks. */
  chapters: boolean;
  /** Cover pictures, each scrubbed itself. */
  coverArt: boolean;
  /** Loudness and gain hints. */
  loudness: boolean;
  /** Language tags of the only track of their kind. */
  language: boolean;
  /** Signed manifests (C2PA) and the like. */
  provenance: boolean;
  /** Speaker's and author's notes. */
  notes: boolean;
  /** Files attached to a document, each scrubbed itself where its format is known. */
  attachments: boolean;
  /** Comments and other markup on a document's pages, without their authors and dates. */
  comments: boolean;
  /** JavaScript of a document: forms calculate with it. */
  scripts: boolean;
  /** Coordinates that a map in a document is drawn in. */
  mapCoordinates: boolean;
  /** Links out of a document, to addresses and other files. */
  links: boolean;
  /** What a document's form is filled in with. */
  formValues: boolean;
  /** Names, notices and private tables of embedded fonts. */
  fontNames: boolean;
}

/** Whether each is kept by default. */
export const keepable: Readonly<Keepables> = {
  orientation: true,
  colorProfile: true,
  exifColor: true,
  gainMap: true,
  animation: true,
  pixelAspect: true,
  density: false,
  copyright: false,
  title: false,
  author: false,
  dates: false,
  chapters: false,
  coverArt: false,
  loudness: false,
  language: false,
  provenance: false,
  notes: false,
  attachments: true,
  comments: true,
  scripts: true,
  mapCoordinates: true,
  links: true,
  formValues: true,
  fontNames: true,
};

/** Name of something that can be kept or dropped. */
export type Keepable = keyof Keepables;

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
  /** Opens an encrypted document, as its user or its owner. The empty one is always tried. */
  password?: string;
  /**
   * Also walks the coded payload (every MCU of a JPEG, the zlib stream of a PNG, the codes of a GIF), so that no slack
   * behind its end survives. Costs a decoding; default false: what was not walked is named in the report's `residual`.
   */
  thorough?: boolean;
  /**
   * What is done with a Photoshop document: it is refused, or its merged picture alone is kept, without layers, extra channels
   * and transparency. Default `refuse`.
   */
  psd?: 'refuse' | 'flatten';
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  kept: ReadonlySet<Keepable>;
  limits: Limits;
  signal: AbortSignal | undefined;
  values: boolean;
  password: string;
  thorough: boolean;
  psd: 'refuse' | 'flatten';
}

const defaults: ResolvedOptions = {
  kept: new Set(Object.entries(keepable).flatMap(([name, isKept]) => (isKept ? [name as Keepable] : []))),
  limits: resolveLimits(),
  signal: undefined,
  values: false,
  password: '',
  thorough: false,
  psd: 'refuse',
};

const names: Readonly<Record<keyof ScrubOptions, true>> = {
  keep: true,
  drop: true,
  limits: true,
  signal: true,
  values: true,
  password: true,
  thorough: true,
  psd: true,
};

/**
 * Fills in the defaults.
 * @throws TypeError for a name that does not exist, or one that is both kept and dropped.
 */
export function resolveOptions(options?: ScrubOptions): ResolvedOptions {
  if (options === undefined) return defaults;
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object.');
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) {
      throw new TypeError(`"${name}" is no option: use ${Object.keys(names).join(', ')}.`);
    }
  }
  const { keep = [], drop = [], signal, values = false, password = '', thorough = false, psd = 'refuse' } = options;
  if (typeof values !== 'boolean') throw new TypeError('options.values must be true or false.');
  for (const [name, list] of Object.entries({ keep, drop })) {
    if (!Array.isArray(list)) throw new TypeError(`options.${name} must be a list of names.`);
  }
  if (signal !== undefined && typeof signal?.aborted !== 'boolean') {
    throw new TypeError('options.signal must be an AbortSignal.');
  }
  if (typeof thorough !== 'boolean') throw new TypeError('options.thorough must be true or false.');
  if (psd !== 'refuse' && psd !== 'flatten') throw new TypeError("options.psd must be 'refuse' or 'flatten'.");
  if (typeof password !== 'string') throw new TypeError('options.password must be a string.');
  const kept = new Set(defaults.kept);
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
  return { kept, limits: resolveLimits(options.limits), signal, values, password, thorough, psd };
}
