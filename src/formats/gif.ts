// GIF: images and their control blocks on a logical screen (Graphics Interchange Format, Version 89a, CompuServe 1990).
// Screen, colour tables, image descriptors, LZW data, graphic control and the loop count make the picture.
// Comments, plain text, every other application extension (XMP, C2PA, …) and what stands behind the trailer are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** GIF pictures and animations, versions 87a and 89a. */
export const gif: Format = {
  id: 'gif',
  name: 'GIF',
  mediaTypes: ['image/gif'],
  extensions: ['gif'],
  summary: 'Comments, XMP, application blocks and trailing data go; frames, their timing and the loop count stay.',
  matches: (head) => startsWith(head, 'GIF87a') || startsWith(head, 'GIF89a'),
  walk: /* @__PURE__ */ lazily('GIF', async () => (await import('./gif/walk.ts')).walkGif),
};
