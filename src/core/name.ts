import type { Format } from './format.ts';

/** A name that tells nothing but the type: `image.jpg`, `audio.mp3`, `document.pdf`. */
export function neutralName(format: Format, mediaType: string, extension: string = format.extensions[0]): string {
  const [top = ''] = mediaType.split('/');
  const base = ['image', 'audio', 'video'].includes(top) ? top : 'document';
  return `${base}.${extension}`;
}
