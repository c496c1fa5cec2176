/** Bounds on what one file, with all the files nested in it, may cost. */
export interface Limits {
  /** How deep files may be nested in files. Default 8: a picture in a document in an archive in an archive is 4. */
  depth: number;
  /** How many structures (chunks, segments, boxes, objects) are read. Default 4,000,000: more than any real file of a gigabyte. */
  structures: number;
  /** How many bytes compressed metadata may unpack to in all. Default 256 MiB. */
  inflatedBytes: number;
  /** How many bytes of headers are held in memory at a time. Default 64 MiB; an ICC profile in a JPEG may take 16 MiB. */
  bufferedBytes: number;
}

const defaults: Limits = {
  depth: 8,
  structures: 4_000_000,
  inflatedBytes: 256 * 1024 * 1024,
  bufferedBytes: 64 * 1024 * 1024,
};

/**
 * Fills in the defaults.
 * @throws TypeError for an unknown name or a value that is not a number of at least 0.
 */
export function resolveLimits(limits: Partial<Limits> = {}): Limits {
  if (typeof limits !== 'object' || limits === null) throw new TypeError('options.limits must be an object.');
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new TypeError(`"${name}" is no limit: use ${Object.keys(defaults).join(', ')}.`);
    }
    if (typeof value !== 'number' || !(value >= 0))
      throw new TypeError(`limits.${name} must be a number of at least 0.`);
  }
  return { ...defaults, ...limits };
}
