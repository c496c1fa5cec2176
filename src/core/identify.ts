import { id3v2Length } from '../bytes/id3v2-length.ts';
import type { Context } from './context.ts';
import type { Tools } from './drive.ts';
import { ScrubError } from './errors.ts';
import { type Format, HEAD_LENGTH } from './format.ts';
import type { OpenInput } from './input.ts';
import type { Tool, Walk } from './walk.ts';
import type { Window } from './window.ts';

/** Names types that no format here cleans, so that a refusal can say what the file is. */
const fileType: Tool<typeof import('file-type/core')> = { name: 'file-type', load: () => import('file-type/core') };

/** How much of a file is looked at to name a type that isn't cleaned: Office files tell themselves apart late. */
const NAMING_LENGTH = 1024 * 1024;
/** Real files hold up to a handful of tags in front. */
const MAX_TAGS = 64;

/** The format of the file `[start, end)` by its own signature, or by the one behind the ID3v2 tags in front of it. */
export function* identify(
  window: Window,
  formats: readonly Format[],
  context: Context,
  start = 0,
  end: number = window.size,
): Walk<Format | undefined> {
  const head = yield* readHead(window, start, end);
  if (id3v2Length(head) > 0) {
    const behind = yield* readBehindTags(window, start, end);
    const format = formats.find((candidate) => candidate.mayFollowId3 && candidate.matches(behind));
    if (format !== undefined) return format;
  }
  for (const format of formats) {
    if (!format.matches(head)) continue;
    if (format.confirms === undefined || (yield* format.confirms(window, start, end, context))) return format;
  }
  return undefined;
}

/** The first {@link HEAD_LENGTH} bytes from `at`, or all there are. */
function* readHead(window: Window, at: number, end: number): Walk<Uint8Array> {
  const to = Math.min(at + HEAD_LENGTH, end);
  if (at >= to) return new Uint8Array(0);
  if (!window.has(at, to - at)) yield window.need(at, to - at);
  return window.view(at, to);
}

/** What stands behind the ID3v2 tags at `start` and the zeros that pad them. */
function* readBehindTags(window: Window, start: number, end: number): Walk<Uint8Array> {
  let at = start;
  let head = yield* readHead(window, at, end);
  for (let tags = 0; head.length > 0; ) {
    const length = id3v2Length(head);
    const padding = head.findIndex((byte) => byte !== 0);
    if (length > 0 && tags++ < MAX_TAGS) at += length;
    else if (padding !== 0) at += padding === -1 ? head.length : padding;
    else break;
    head = yield* readHead(window, at, end);
  }
  return head;
}

/** The error for a file that no format matches: `unsupported` for a type that is known but not cleaned, else `unknown-format`. */
export async function nameUnsupported(input: OpenInput, tools: Tools): Promise<ScrubError> {
  if (!tools.has(fileType)) tools.set(fileType, await fileType.load());
  const { fileTypeFromBuffer } = tools.get(fileType) as typeof import('file-type/core');
  const beginning =
    input.bytes ?? (await input.source?.read(0, Math.min(NAMING_LENGTH, input.size))) ?? input.window.bytes;
  const type = await fileTypeFromBuffer(beginning);
  if (type === undefined) {
    return new ScrubError(
      'unknown-format',
      'The file is of no format that is known here, so nothing can be promised about it. Send it in a format that can be cleaned.',
      { offset: 0 },
    );
  }
  return new ScrubError(
    'unsupported',
    `The file is ${type.mime} (.${type.ext}), a format that can't be cleaned. Convert it to one that can, or send it knowing that its metadata stays.`,
    { offset: 0, format: type.ext },
  );
}
