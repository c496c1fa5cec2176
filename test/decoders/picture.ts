import { runFfmpeg } from './ffmpeg.ts';

/** The pixels that FFmpeg decodes of a picture, with their size and format. */
export async function decodePicture(file: Uint8Array, extension: string): Promise<string> {
  const lines = new TextDecoder().decode(await runFfmpeg(file, extension, ['-f', 'framemd5'])).split('\n');
  const kept = lines.filter((line) => line !== '' && !line.startsWith('#software'));
  if (!kept.some((line) => !line.startsWith('#'))) throw new Error('FFmpeg finds no picture.');
  return kept.join('\n');
}
