// MP3, MP2 and MP1: frames of MPEG audio one behind the other (ISO/IEC 11172-3, 13818-3), tags in front, behind and between.
// Frames are sound. Tags, bytes that belong to no frame, the encoder's name and measurements in the first frame, and header bits
// that say nothing about the sound are metadata.
import { type Format, lazily } from '../core/format.ts';
import { beginsWithFrames } from './mp3/recognise.ts';

/** MPEG audio, layers I to III. */
export const mp3: Format = {
  id: 'mp3',
  name: 'MP3',
  mediaTypes: ['audio/mpeg', 'audio/mp3'],
  extensions: ['mp3', 'mp2', 'mp1', 'mpa'],
  summary:
    'Frames stay, and gapless playback with them; ID3, APE, Lyrics3 and MusicMatch tags, encoder names and junk between frames go.',
  mayFollowId3: true,
  matches: beginsWithFrames,
  walk: /* @__PURE__ */ lazily('MP3', async () => (await import('./mp3/walk.ts')).walkMp3),
};
