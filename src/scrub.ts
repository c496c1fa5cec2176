// The straight line for any list of formats: detect → walk → plan → write.
import { Context } from './core/context.ts';
import type { Tools } from './core/drive.ts';
import type { Format } from './core/format.ts';
import { isA, type OpenInput, openInput, type ScrubInput } from './core/input.ts';
import { neutralName } from './core/name.ts';
import { resolveOptions, type ScrubOptions } from './core/options.ts';
import type { Report } from './core/report.ts';
import { describeValues } from './core/values.ts';
import { type Walked, walkInput } from './core/walk-input.ts';
import { toBlobParts, toBytes } from './core/write.ts';

export type { Context } from './core/context.ts';
export { ScrubError, type ScrubErrorCode } from './core/errors.ts';
export type { Format } from './core/format.ts';
export type { ScrubInput } from './core/input.ts';
export type { Limits } from './core/limits.ts';
export type { Keepable, ScrubOptions } from './core/options.ts';
export type { Finding, FindingKind, Report } from './core/report.ts';

/** A file as a messenger or an upload form handles it. */
export interface Attachment<Data extends ScrubInput = ScrubInput> {
  /** The file's content. */
  data: Data;
  /** Its name. Not looked at: the type is told by the content. */
  name?: string;
  /** Its declared media type. Not looked at: the type is told by the content. */
  type?: string;
}

/** An attachment that may be sent. */
export interface CleanAttachment<Data extends ScrubInput = ScrubInput> {
  /** The clean content. */
  data: Data;
  /** A neutral name with the extension of the detected type: `image.jpg`. */
  name: string;
  /** The media type by content. */
  type: string;
  /** What was done. */
  report: Report;
}

/** The functions of this library over a list of formats. */
export interface Scrubber {
  /** The formats it cleans. */
  readonly formats: readonly Format[];
  /**
   * Takes the metadata out of a file. A file that is clean already comes back as it is; any other as a fresh value of the
   * same type. The input is never changed. A `File` comes back with a neutral name and no date.
   * @throws ScrubError when the file can't be cleaned; nothing half-clean is returned
   * @throws TypeError when the input is not bytes, or is empty, or an option does not exist
   */
  scrub<Data extends ScrubInput>(input: Data, options?: ScrubOptions): Promise<Data>;
  /**
   * Tells what {@link Scrubber.scrub} would do. It is the same walk; only nothing is written.
   * @throws ScrubError and TypeError as `scrub` does
   */
  inspect(input: ScrubInput, options?: ScrubOptions): Promise<Report>;
  /**
   * {@link Scrubber.scrub} and {@link Scrubber.inspect} in one walk.
   * @throws ScrubError and TypeError as `scrub` does
   */
  scrubWithReport<Data extends ScrubInput>(
    input: Data,
    options?: ScrubOptions,
  ): Promise<{ output: Data; report: Report }>;
  /**
   * Makes an attachment safe to send: content, name and type. The name becomes neutral, the type is that of the content.
   * @throws ScrubError and TypeError as `scrub` does
   */
  scrubAttachment<Data extends ScrubInput>(
    attachment: Attachment<Data>,
    options?: ScrubOptions,
  ): Promise<CleanAttachment<Data>>;
  /** Walks a file from any source, for whoever writes the output by other means. */
  walk(input: OpenInput, options: ScrubOptions | undefined, describes: boolean): Promise<Walked>;
}

/**
 * Makes the functions of this library for the given formats alone, so that a bundle holds no others.
 * @throws TypeError when what is given is no list of formats
 */
export function createScrubber(formats: readonly Format[]): Scrubber {
  if (!(Array.isArray(formats) && formats.every(isFormat))) {
    throw new TypeError('createScrubber takes a list of formats: createScrubber([jpeg, png]).');
  }
  const tools: Tools = new Map();

  const walk: Scrubber['walk'] = (input, options, describes) =>
    walkInput(input, formats, new Context(formats, tools, resolveOptions(options), describes), tools);

  async function scrub<Data extends ScrubInput>(input: Data, options?: ScrubOptions): Promise<Data> {
    const open = openInput(input);
    return write(input, open, await walk(open, options, false));
  }

  async function inspect(input: ScrubInput, options?: ScrubOptions): Promise<Report> {
    const open = openInput(input);
    return reportOn(open, await walk(open, options, true));
  }

  async function scrubWithReport<Data extends ScrubInput>(
    input: Data,
    options?: ScrubOptions,
  ): Promise<{ output: Data; report: Report }> {
    const open = openInput(input);
    const walked = await walk(open, options, true);
    return { output: await write(input, open, walked), report: await reportOn(open, walked) };
  }

  async function scrubAttachment<Data extends ScrubInput>(
    attachment: Attachment<Data>,
    options?: ScrubOptions,
  ): Promise<CleanAttachment<Data>> {
    checkAttachment(attachment);
    const open = openInput(attachment.data);
    const walked = await walk(open, options, true);
    const report = await reportOn(open, walked);
    return {
      data: await write(attachment.data, open, walked),
      name: neutralName(walked.format, report.mediaType, walked.plan.extension),
      type: report.mediaType,
      report,
    };
  }

  return { formats, scrub, inspect, scrubWithReport, scrubAttachment, walk };
}

function isFormat(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Format).walk === 'function';
}

/** @throws TypeError where a caller without types gives something else */
function checkAttachment(attachment: Attachment): void {
  if (typeof attachment !== 'object' || attachment === null) {
    throw new TypeError('scrubAttachment takes an object with the data of a file: { data, name, type }.');
  }
  for (const key of ['name', 'type'] as const) {
    const value: unknown = attachment[key];
    if (value !== undefined && typeof value !== 'string') {
      throw new TypeError(`The ${key} of an attachment must be a string, not a ${typeof value}.`);
    }
  }
}

/** What a walk found, as a report. */
export async function reportOn(input: OpenInput, { format, plan, bytesOut, changed }: Walked): Promise<Report> {
  return {
    format: format.id,
    mediaType: plan.mediaType ?? format.mediaTypes[0],
    changed,
    bytesIn: input.size,
    bytesOut,
    findings: await describeValues(plan),
    residual: [...plan.residual],
  };
}

/** The output in the type of the input. */
async function write<Data extends ScrubInput>(input: Data, open: OpenInput, walked: Walked): Promise<Data> {
  const output =
    open.bytes === undefined
      ? await writeBlob(input as Blob, walked)
      : writeMemory(input as Uint8Array, open.bytes, walked);
  return output as Data;
}

async function writeBlob(input: Blob, { format, plan, pieces, changed }: Walked): Promise<Blob> {
  const type = plan.mediaType ?? format.mediaTypes[0];
  const parts = changed ? await toBlobParts(pieces, input) : [input];
  // A File made without a date would carry the present one.
  if (isFile(input)) {
    return new File(parts, neutralName(format, type, plan.extension), { type, lastModified: 0 });
  }
  return new Blob(parts, { type });
}

/** Bun calls its Files Blobs; elsewhere a File may come from another realm. */
function isFile(input: Blob): boolean {
  return isA(input, 'File') || (typeof File === 'function' && input instanceof File);
}

function writeMemory(input: Uint8Array | ArrayBuffer, bytes: Uint8Array, walked: Walked): Uint8Array | ArrayBuffer {
  const isBuffer = !ArrayBuffer.isView(input);
  if (!walked.changed) return isBuffer || input.buffer === bytes.buffer ? input : bytes;
  const output = toBytes(walked.pieces, walked.bytesOut, bytes);
  if (isBuffer) return output.buffer;
  const NodeBuffer = globalThis.Buffer;
  return NodeBuffer?.isBuffer(input) ? NodeBuffer.from(output.buffer) : output;
}
