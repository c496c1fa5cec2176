// Ogg: pages of one or more logical streams (RFC 3533): Vorbis, Opus (RFC 7845), Speex, FLAC (RFC 9639 §10.1), Theora.
// Coded packets, their times and the codecs' own headers make sound and film. Comments and vendor strings, serial numbers, other
// streams (Skeleton, Kate, CMML, unknown ones) and bytes between pages are metadata.
import { startsWith } from '../bytes/text.ts';
import { type Format, lazily } from '../core/format.ts';

/** Ogg sound and film, chained and multiplexed. */
export const ogg: Format = {
  id: 'ogg',
  name: 'Ogg',
  mediaTypes: ['audio/ogg', 'video/ogg', 'application/ogg'],
  extensions: ['ogg', 'oga', 'opus', 'spx', 'ogv'],
  summary:
    'Vorbis, Opus, Speex, FLAC and Theora packets are copied as they are; comments, vendor strings, serial numbers and other streams go.',
  mayFollowId3: true,
  matches: (head) => startsWith(head, 'OggS'),
  walk: /* @__PURE__ */ lazily('Ogg', async () => (await import('./ogg/walk.ts')).walkOgg),
};
