// FLAC: metadata blocks in front of frames of losslessly coded sound (RFC 9639).
// STREAMINFO, the channel mask and the frames make the sound. Comments, pictures, cue sheets, application blocks, padding, ID3
// and APE tags, and whatever stands behind the last frame are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** FLAC sound, also behind ID3v2 tags. */
export const flac: Format = {
  id: 'flac',
  name: 'FLAC',
  mediaTypes: ['audio/flac', 'audio/x-flac'],
  extensions: ['flac'],
  summary: 'Frames are copied as they are; comments, pictures, cue sheets, application blocks, padding and tags go.',
  mayFollowId3: true,
  matches: (head) => startsWith(head, 'fLaC'),
  walk: /* @__PURE__ */ lazily('FLAC', async () => (await import('./flac/walk.ts')).walkFlac),
};
