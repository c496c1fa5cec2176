/** Why a file was refused. */
export type ScrubErrorCode =
  | 'unknown-format'
  | 'unsupported'
  | 'malformed'
  | 'encrypted'
  | 'limit-exceeded'
  | 'aborted';

/** Where in a file something stands. */
export interface Place {
  /** Absolute byte offset in the input. */
  offset?: number | undefined;
  /** Names of the structures from the outermost in, as the specification spells them. */
  trail?: readonly string[] | undefined;
  /** Id of the format that was being read. */
  format?: string | undefined;
}

/** The one error that a bad file can cause. A caller's mistake is a `TypeError`; input/output errors pass through untouched. */
export class ScrubError extends Error {
  override readonly name = 'ScrubError';
  /** Why the file was refused. */
  readonly code: ScrubErrorCode;
  /** Id of the format that was recognised, if one was. */
  readonly format: string | undefined;
  /** Absolute byte offset at which the trouble stands, if there is one. */
  readonly offset: number | undefined;
  /** Names of the structures from the outermost in, as the specification spells them. */
  readonly trail: readonly string[];

  constructor(code: ScrubErrorCode, sentence: string, place: Place = {}, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
    this.format = place.format;
    this.offset = place.offset;
    this.trail = place.trail ?? [];
  }

  /** The same error seen from the outer file: its format, its offsets, its trail in front. */
  within(format: string | undefined, start = 0, trail: readonly string[] = []): ScrubError {
    if (this.format !== undefined && start === 0 && trail.length === 0) return this;
    return new ScrubError(
      this.code,
      this.message,
      {
        format: format ?? this.format,
        offset: this.offset === undefined ? undefined : this.offset + start,
        trail: [...trail, ...this.trail],
      },
      { cause: this.cause },
    );
  }
}

/** A `malformed` error: the file breaks its format's rules in a way that can't be repaired. */
export function malformed(sentence: string, offset?: number, ...trail: string[]): ScrubError {
  return new ScrubError('malformed', sentence, { offset, trail });
}

/** An `unsupported` error: the file may be right, but this library can't promise to clean it. */
export function unsupported(sentence: string, offset?: number, ...trail: string[]): ScrubError {
  return new ScrubError('unsupported', sentence, { offset, trail });
}

/** A `limit-exceeded` error: reading on would cost more than `options.limits` allow. */
export function limitExceeded(sentence: string, offset?: number, ...trail: string[]): ScrubError {
  return new ScrubError('limit-exceeded', sentence, { offset, trail });
}
