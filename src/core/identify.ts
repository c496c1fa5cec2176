import type { Tools } from './drive.ts';
import { ScrubError } from './errors.ts';
import { type Format, HEAD_LENGTH } from './format.ts';
import type { OpenInput } from './input.ts';
import type { Tool } from './walk.ts';

/** Names types that no format here cleans, so that a refusal can say what the file is. */
const fileType: Tool<typeof import('file-type/core')> = { name: 'file-type', load: () => import('file-type/core') };

/** How much of a file is looked at to name a type that isn't cleaned: Office files tell themselves apart late. */
const NAMING_LENGTH = 1024 * 1024;

/** The format of the input by its own signature; the head is at hand. */
export function identify(input: OpenInput, formats: readonly Format[]): Format | undefined {
  const head = input.window.view(0, Math.min(HEAD_LENGTH, input.window.end));
  return formats.find((format) => format.matches(head));
}

/** Puts the first {@link HEAD_LENGTH} bytes at hand, or all there are. */
export async function readHead({ window, feed }: OpenInput): Promise<void> {
  while (feed !== undefined && !window.has(0, Math.min(HEAD_LENGTH, window.size))) {
    await feed(window, window.need(0, Math.min(HEAD_LENGTH, window.size)));
  }
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
