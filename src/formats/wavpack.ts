// WavPack: blocks of a header and metadata sub-blocks, some of which hold the coded sound (WavPack 4 & 5 Binary File / Block
// Format, David Bryant). What decoders read makes the sound; header and trailer of the file that was packed, with all chunks
// that stood in them, its extension, fillers, and the tags around the blocks are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** WavPack sound: lossless, hybrid, float, DSD. */
export const wavpack: Format = {
  id: 'wavpack',
  name: 'WavPack',
  mediaTypes: ['audio/x-wavpack', 'audio/wavpack'],
  extensions: ['wv', 'wvc'],
  summary: 'Blocks of sound stay; header and trailer of the packed file and the tags go.',
  mayFollowId3: true,
  matches: (head) => startsWith(head, 'wvpk') && head[9] === 4,
  walk: /* @__PURE__ */ lazily('WavPack', async () => (await import('./wavpack/walk.ts')).walkWavpack),
};
