/** What a piece of metadata tells about, the most telling first. */
export type FindingKind =
  | 'location'
  | 'device'
  | 'author'
  | 'time'
  | 'software'
  | 'identifier'
  | 'thumbnail'
  | 'embedded-file'
  | 'comment'
  | 'history'
  | 'provenance'
  | 'trailing-data'
  | 'color-profile'
  | 'orientation'
  | 'structure'
  | 'other';

/** Something that was met in a file, and what is done with it. Plain JSON. */
export interface Finding {
  /** What it tells about. */
  kind: FindingKind;
  /** The specification's names from the outermost structure in, joined by ` › `: `APP1 › Exif › GPS IFD`. */
  where: string;
  /** `removed`: not in the output. `rewritten`: there in a neutral form. `kept`: there as it was. */
  action: 'removed' | 'rewritten' | 'kept';
  /** Size in the input, in bytes. */
  bytes: number;
  /** Absolute offset in the input, where it has one; of the first, where several were counted together. */
  offset?: number;
  /** Why, or what else is worth knowing: one sentence. */
  note?: string;
  /** Human-readable content, only with `options.values`. */
  values?: Record<string, string | number>;
}

/** What a scrub did, or what it would do. Plain JSON. */
export interface Report {
  /** Id of the format: `jpeg`, `png`, … */
  format: string;
  /** Media type by content, whatever the file was called. */
  mediaType: string;
  /** Whether the output differs from the input. */
  changed: boolean;
  /** Size of the input in bytes. */
  bytesIn: number;
  /** Size of the output in bytes. */
  bytesOut: number;
  /** What was met, in the order of the file. */
  findings: Finding[];
  /** What this scrub does not cover and may still tell something: one sentence each. */
  residual: string[];
}
