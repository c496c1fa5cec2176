import { parseMetadata } from '@uswriting/exiftool';

/** Groups that describe the file as a file and the reader itself, and what is computed from other tags. */
const ABOUT_THE_FILE = /^(ExifTool:(ExifToolVersion|Warning)|System|File:(?!Comment)|Composite)/;

/** What {@link readTags} gives for a format that ExifTool does not know: it ends with 1 and says no word. */
export const UNKNOWN_TO_EXIFTOOL = 'ExifTool:Error=unknown file type';

/**
 * What ExifTool reads from a file, as `group:tag=value`, without what it says of the file as such.
 * @param extension the file's extension: ExifTool goes by the content but looks at the name where that is not enough
 */
export async function readTags(file: Uint8Array, extension: string): Promise<string[]> {
  const result = await parseMetadata(new File([new Uint8Array(file)], `file.${extension}`), {
    args: ['-json', '-a', '-u', '-ee', '-G1', '-struct'],
    transform: (text) => JSON.parse(text) as Record<string, unknown>[],
  });
  if (!result.success && result.error === 'Unknown error') return [UNKNOWN_TO_EXIFTOOL];
  if (!result.success) throw new Error(`ExifTool can't read the file: ${result.error}`);
  return Object.entries(result.data[0] ?? {})
    .filter(([tag]) => tag !== 'SourceFile' && !ABOUT_THE_FILE.test(tag))
    .map(([tag, value]) => `${tag}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
}
