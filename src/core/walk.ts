/** Bytes that a walker needs to see before it can go on. */
export interface BytesRequest {
  kind: 'bytes';
  /** First byte asked for, an absolute offset. */
  start: number;
  /** End of what is asked for, exclusive. */
  end: number;
  /**
   * Set: without all of these bytes the file is truncated, and the walker is resumed with that error.
   * Unset: any run of at least one byte from `start` will do, and none at the end of the file.
   */
  needed?: { trail: readonly string[] };
}

/** Code that only some files need, and that is loaded when the first of them comes. */
export interface Tool<T> {
  /** Name for error messages. */
  name: string;
  /** Imports it. */
  load: () => Promise<T>;
}

/** A tool that a walker needs before it can go on. */
export interface ToolRequest {
  kind: 'tool';
  tool: Tool<unknown>;
}

/** What a walker yields when it can't go on with what it has. */
export type WalkRequest = BytesRequest | ToolRequest;

/** A walk over a file: reads in place, suspends only for what is missing, returns its result. */
export type Walk<T = void> = Generator<WalkRequest, T, void>;
